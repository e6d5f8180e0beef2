package server

import (
	"context"
	"slices"
	"strings"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const conditionVoter = "EtcdIsVoter"

// manageMembers removes the members of nodes that are deleted or annotated for removal, and tells in a condition of every
// server's Node whether its member votes.
func (n *nodes) manageMembers(ctx context.Context, all []*corev1.Node, members []*etcdserverpb.Member) error {
	for _, one := range all {
		if _, etcd := one.Labels[labelEtcd]; !etcd {
			continue
		}
		switch {
		case one.DeletionTimestamp != nil:
			if err := n.release(ctx, one); err != nil {
				return err
			}
			continue
		case strings.EqualFold(one.Annotations[annotationRemove], "true") && one.Annotations[annotationRemoved] == "" && one.Annotations[annotationMember] != "":
			if err := n.removeMember(ctx, one); err != nil {
				return err
			}
			continue
		}
		condition := n.condition(ctx, one, members)
		if known := find(one.Status.Conditions); known == nil || known.Status != condition.Status || known.Reason != condition.Reason {
			condition.LastTransitionTime, condition.LastHeartbeatTime = metav1.Now(), metav1.Now()
			if err := n.patchStatus(ctx, one.Name, map[string]any{"conditions": []corev1.NodeCondition{condition}}, types.StrategicMergePatchType); err != nil {
				return err
			}
		}
	}
	return nil
}

func find(conditions []corev1.NodeCondition) *corev1.NodeCondition {
	for index := range conditions {
		if conditions[index].Type == conditionVoter {
			return &conditions[index]
		}
	}
	return nil
}

func (n *nodes) condition(ctx context.Context, one *corev1.Node, members []*etcdserverpb.Member) corev1.NodeCondition {
	result := corev1.NodeCondition{Type: conditionVoter, Status: corev1.ConditionFalse}
	index := slices.IndexFunc(members, func(m *etcdserverpb.Member) bool { return m.Name == one.Annotations[annotationMember] })
	switch {
	case index < 0:
		result.Reason, result.Message = "NotAMember", "Node is not a member of the etcd cluster"
	case members[index].IsLearner:
		result.Reason, result.Message = "MemberIsLearner", "Node has not been promoted to voting member of the etcd cluster"
	case !n.store.Answers(ctx, members[index].ClientURLs):
		result.Reason, result.Message = "Unhealthy", "Node is a member of the etcd cluster that does not answer"
	default:
		result.Status = corev1.ConditionTrue
		result.Reason, result.Message = "MemberNotLearner", "Node is a voting member of the etcd cluster"
	}
	return result
}

// removeMember answers the annotation that asks for it, on the Node.
func (n *nodes) removeMember(ctx context.Context, one *corev1.Node) error {
	name := one.Annotations[annotationMember]
	if err := n.store.Remove(ctx, name); err != nil {
		return err
	}
	return n.patch(ctx, one.Name, map[string]any{"metadata": map[string]any{"annotations": map[string]any{
		annotationRemoved: name, annotationMember: nil, annotationAddress: nil}}})
}

// release lets go of a deleted Node: its member leaves etcd and its password is forgotten.
func (n *nodes) release(ctx context.Context, one *corev1.Node) error {
	if !slices.Contains(one.Finalizers, finalizerEtcd) {
		return nil
	}
	if name := one.Annotations[annotationMember]; name != "" {
		if err := n.store.Remove(ctx, name); err != nil {
			return err
		}
	}
	err := n.client.CoreV1().Secrets("kube-system").Delete(ctx, passwordSecret(one.Name), metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(one.Finalizers), func(name string) bool { return name == finalizerEtcd })
	return n.patch(ctx, one.Name, map[string]any{"metadata": map[string]any{"finalizers": left, "resourceVersion": one.ResourceVersion}})
}
