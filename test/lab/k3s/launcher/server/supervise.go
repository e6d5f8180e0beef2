package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/robfig/cron/v3"
	"k8s.io/client-go/kubernetes"

	"honeydue.lab/k3s/bootstrap"
	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/supervisor"
)

func (l *launch) startSupervisor(ctx context.Context) error {
	s := l.settings
	front, err := keyPair(s, "server/tls/client-auth-proxy")
	if err != nil {
		return err
	}
	proxy, err := supervisor.NewProxy(fmt.Sprintf("https://%s:%d", internalAddress, s.HTTPSPort), pool(l.cas.server), pool(l.cas.client), front)
	if err != nil {
		return err
	}
	serving, err := keyPair(s, "server/tls/serving-supervisor")
	if err != nil {
		return err
	}
	return supervisor.Serve(ctx, supervisor.Config{
		BindAddress: s.BindAddress, Port: s.HTTPSPort, Serving: serving, CA: l.cas.server.PEM, ClientCAs: pool(l.cas.client),
		ServerPassword: l.token.Password, Critical: s.Critical(), Datastore: l.store, API: proxy,
		Identity: func() (bootstrap.Data, error) { return bootstrap.Collect(s.Path("server")) },
	})
}

// waitReady waits for the API server's own word that it is ready.
func waitReady(ctx context.Context, client kubernetes.Interface, api *process.Child) error {
	for {
		err := client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
		if err == nil {
			return nil
		}
		select {
		case <-api.Done:
			return fmt.Errorf("kube-apiserver exited before it was ready: %v", api.Err)
		case <-ctx.Done():
			return fmt.Errorf("waiting for kube-apiserver: %w; last error: %w", ctx.Err(), err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// notifyReady tells systemd (Type=notify) that the server is up.
func notifyReady() {
	address := os.Getenv("NOTIFY_SOCKET")
	if address == "" {
		return
	}
	connection, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: address, Net: "unixgram"})
	if err != nil {
		return
	}
	defer connection.Close()
	_, _ = connection.Write([]byte("READY=1\n"))
}

// scheduleSnapshots saves and prunes on schedule until the context ends.
func (l *launch) scheduleSnapshots(ctx context.Context) error {
	s := l.settings
	if s.DisableSnapshots {
		return nil
	}
	schedule := cron.New()
	_, err := schedule.AddFunc(s.SnapshotCron, func() {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		if _, err := l.store.Save(attempt, s.SnapshotDir, s.SnapshotName); err != nil {
			slog.Error("Failed to take a scheduled snapshot", "error", err)
			return
		}
		if _, err := datastore.Prune(s.SnapshotDir, s.SnapshotName+"-"+s.NodeName, s.SnapshotRetention); err != nil {
			slog.Error("Failed to prune snapshots", "error", err)
		}
	})
	if err != nil {
		return fmt.Errorf("etcd-snapshot-schedule-cron %q: %w", s.SnapshotCron, err)
	}
	schedule.Start()
	go func() {
		<-ctx.Done()
		schedule.Stop()
	}()
	return nil
}
