package server

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	annotationMember  = "etcd.k3s.cattle.io/node-name"
	annotationAddress = "etcd.k3s.cattle.io/node-address"
	annotationRemove  = "etcd.k3s.cattle.io/remove"
	annotationRemoved = "etcd.k3s.cattle.io/removed-node-name"
	annotationHash    = "k3s.io/encryption-config-hash"
	labelEtcd         = "node-role.kubernetes.io/etcd"
	labelControlPlane = "node-role.kubernetes.io/control-plane"
	finalizerEtcd     = "wrangler.cattle.io/managed-etcd-controller"
	taintCloud        = "node.cloudprovider.kubernetes.io/uninitialized"
)

// ensureOwn gives this server's Node its roles, annotations, finalizer, pod network and addresses.
func (n *nodes) ensureOwn(ctx context.Context, own *corev1.Node) error {
	if own.DeletionTimestamp != nil {
		return nil
	}
	if err := n.usePodCIDR(ctx, own.Spec.PodCIDR); err != nil {
		return err
	}
	annotations, err := n.annotations(own)
	if err != nil {
		return err
	}
	labels := map[string]string{labelEtcd: "true", labelControlPlane: "true"}
	if !hasAll(own.Labels, labels) || !hasAll(own.Annotations, annotations) || !slices.Contains(own.Finalizers, finalizerEtcd) {
		finalizers := own.Finalizers
		if !slices.Contains(finalizers, finalizerEtcd) {
			finalizers = append(slices.Clone(finalizers), finalizerEtcd)
		}
		metadata := map[string]any{"labels": labels, "annotations": annotations, "finalizers": finalizers, "resourceVersion": own.ResourceVersion}
		if err := n.patch(ctx, own.Name, map[string]any{"metadata": metadata}); err != nil {
			return err
		}
	}
	if !n.settings.DisableCloudController {
		return n.initialise(ctx, own)
	}
	return nil
}

func (n *nodes) usePodCIDR(ctx context.Context, cidr string) error {
	if n.network == nil || cidr == "" || cidr == n.podCIDR {
		return nil
	}
	if err := n.network.UsePodCIDR(cidr); err != nil {
		return err
	}
	if n.podCIDR == "" {
		go n.network.KeepRules(context.WithoutCancel(ctx), cidr)
	}
	n.podCIDR = cidr
	return nil
}

func (n *nodes) annotations(own *corev1.Node) (map[string]string, error) {
	result := map[string]string{}
	if n.network != nil {
		result = n.network.Annotations()
	}
	switch removed := own.Annotations[annotationRemoved]; removed {
	case n.store.Name: // taken out of etcd: this process is about to end
	case "":
		result[annotationMember], result[annotationAddress] = n.store.Name, n.store.IP
	default: // the node has joined again as another member
		result[annotationMember], result[annotationAddress] = n.store.Name, n.store.IP
		result[annotationRemove], result[annotationRemoved] = "false", ""
	}
	_, hash, err := ReadEncryption(n.settings)
	if err == nil {
		result[annotationHash] = hash
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return result, nil
}

func hasAll(have, want map[string]string) bool {
	for key, value := range want {
		if have[key] != value {
			return false
		}
	}
	return true
}

// initialise does what k3s's cloud controller does for a node: provider id, addresses, and the end of the taint.
func (n *nodes) initialise(ctx context.Context, own *corev1.Node) error {
	tainted := func(taint corev1.Taint) bool { return taint.Key == taintCloud }
	if own.Spec.ProviderID != "" && !slices.ContainsFunc(own.Spec.Taints, tainted) {
		return nil
	}
	addresses := []corev1.NodeAddress{}
	for _, ip := range n.settings.NodeIPs {
		addresses = append(addresses, corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: ip})
	}
	for _, ip := range n.settings.NodeExternalIPs {
		addresses = append(addresses, corev1.NodeAddress{Type: corev1.NodeExternalIP, Address: ip})
	}
	addresses = append(addresses, corev1.NodeAddress{Type: corev1.NodeHostName, Address: own.Name})
	if err := n.patchStatus(ctx, own.Name, map[string]any{"addresses": addresses}, types.MergePatchType); err != nil {
		return err
	}
	taints := slices.DeleteFunc(slices.Clone(own.Spec.Taints), tainted)
	return n.patch(ctx, own.Name, map[string]any{"spec": map[string]any{"providerID": "k3s://" + own.Name, "taints": taints}})
}

func (n *nodes) patch(ctx context.Context, name string, body map[string]any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = n.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, data, metav1.PatchOptions{FieldManager: "k3s"})
	return err
}

func (n *nodes) patchStatus(ctx context.Context, name string, status map[string]any, kind types.PatchType) error {
	data, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = n.client.CoreV1().Nodes().Patch(ctx, name, kind, data, metav1.PatchOptions{FieldManager: "k3s"}, "status")
	return err
}
