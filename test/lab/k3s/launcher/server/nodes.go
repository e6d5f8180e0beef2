package server

import (
	"context"
	"log/slog"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/node"
	"honeydue.lab/k3s/settings"
)

const nodeInterval = 2 * time.Second

// nodes keeps Kubernetes' view of the servers and etcd's in step. The server whose member leads etcd acts for all.
type nodes struct {
	settings *settings.Settings
	client   kubernetes.Interface
	store    *datastore.Datastore
	network  *node.Network
	podCIDR  string
}

func kubernetesClient(kubeconfig string) (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 50, 100
	return kubernetes.NewForConfig(config)
}

// run looks at all nodes every two seconds until the context ends. Failures are repeated, and reported when they change.
func (n *nodes) run(ctx context.Context) {
	last := ""
	for {
		attempt, cancel := context.WithTimeout(ctx, 15*time.Second)
		err := n.pass(attempt)
		cancel()
		if err != nil && ctx.Err() == nil && err.Error() != last {
			slog.Warn("Failed to look after the nodes", "error", err)
		}
		last = ""
		if err != nil {
			last = err.Error()
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(nodeInterval):
		}
	}
}

func (n *nodes) pass(ctx context.Context) error {
	list, err := n.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{ResourceVersion: "0"})
	if err != nil {
		return err
	}
	all := make([]*corev1.Node, 0, len(list.Items))
	for index := range list.Items {
		one := &list.Items[index]
		all = append(all, one)
		if one.Name == n.settings.NodeName {
			if err := n.ensureOwn(ctx, one); err != nil {
				return err
			}
		}
	}
	if n.network != nil {
		if err := n.network.SetPeers(all); err != nil {
			return err
		}
	}
	members, leads, err := n.store.Members(ctx)
	if err != nil || !leads {
		return err
	}
	if err := n.ensureHosts(ctx, all); err != nil {
		return err
	}
	return n.manageMembers(ctx, all, members)
}
