package server

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/settings"
)

var snapshotResource = schema.GroupVersionResource{Group: "k3s.cattle.io", Version: "v1", Resource: "etcdsnapshotfiles"}

// snapshotFiles keeps the ETCDSnapshotFile objects of this server in step with the files in its snapshot folder, whoever
// wrote or removed them.
type snapshotFiles struct {
	settings *settings.Settings
	client   dynamic.Interface
	synced   string // what the folder held when the objects last were right
}

func newSnapshotFiles(s *settings.Settings) (*snapshotFiles, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.Path("server", "cred", "supervisor.kubeconfig"))
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	return &snapshotFiles{settings: s, client: client}, err
}

// run looks at the folder every two seconds until the context ends, and asks the API only when the folder has changed.
func (f *snapshotFiles) run(ctx context.Context) {
	for {
		attempt, cancel := context.WithTimeout(ctx, 15*time.Second)
		err := f.pass(attempt)
		cancel()
		// Not found: the resource itself is being defined.
		if err != nil && ctx.Err() == nil && !apierrors.IsNotFound(err) {
			slog.Warn("Failed to reconcile ETCDSnapshotFile objects", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(nodeInterval):
		}
	}
}

func (f *snapshotFiles) pass(ctx context.Context) error {
	found, err := datastore.List(f.settings.SnapshotDir)
	if err != nil || fmt.Sprint(found) == f.synced {
		return err
	}
	objects := f.client.Resource(snapshotResource)
	list, err := objects.List(ctx, metav1.ListOptions{LabelSelector: datastore.StorageNodeLabel + "=" + f.settings.NodeName})
	if err != nil {
		return err
	}
	stale := map[string]bool{}
	for _, item := range list.Items {
		stale[item.GetName()] = true
	}
	for _, one := range found {
		object := &unstructured.Unstructured{Object: one.Object(f.settings.NodeName)}
		if stale[object.GetName()] {
			delete(stale, object.GetName())
			continue
		}
		if _, err := objects.Create(ctx, object, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	for name := range stale {
		if err := objects.Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	f.synced = fmt.Sprint(found)
	return nil
}
