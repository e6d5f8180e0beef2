package server

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ensureHosts lets CoreDNS resolve node names, by the key NodeHosts of its ConfigMap.
func (n *nodes) ensureHosts(ctx context.Context, all []*corev1.Node) error {
	if n.settings.Disabled("coredns") {
		return nil
	}
	var lines []string
	for _, one := range all {
		for _, address := range one.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				lines = append(lines, address.Address+" "+one.Name)
			}
		}
	}
	sort.Strings(lines)
	text := strings.Join(lines, "\n") + "\n"
	maps := n.client.CoreV1().ConfigMaps("kube-system")
	known, err := maps.Get(ctx, "coredns", metav1.GetOptions{})
	if apierrors.IsNotFound(err) || (err == nil && known.Data["NodeHosts"] == text) {
		return nil // not deployed yet, or nothing to do
	}
	if err != nil {
		return err
	}
	data, err := json.Marshal(map[string]any{"data": map[string]string{"NodeHosts": text}})
	if err != nil {
		return err
	}
	_, err = maps.Patch(ctx, "coredns", types.MergePatchType, data, metav1.PatchOptions{FieldManager: "k3s"})
	return err
}
