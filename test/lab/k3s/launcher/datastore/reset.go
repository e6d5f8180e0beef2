package datastore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.uber.org/zap"

	"honeydue.lab/k3s/pki"
)

// Reset makes this server the only member of a new cluster, from its own disk or from a snapshot, and starts it.
func (d *Datastore) Reset(ctx context.Context, path string) error {
	if _, err := os.Stat(d.ResetFlag()); err == nil {
		return fmt.Errorf("Managed etcd cluster membership was previously reset, please remove the cluster-reset flag and start k3s normally. "+
			"If you need to perform another cluster reset, you must first manually delete the file at %s", d.ResetFlag())
	}
	launch := Launch{ForceNew: true}
	if path != "" {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("etcd: snapshot path does not exist: %s", path)
		case err != nil:
			return err
		case info.IsDir():
			return fmt.Errorf("etcd: snapshot path must be a file, not a directory: %s", path)
		}
		if err := d.restore(path); err != nil {
			return err
		}
		launch = Launch{}
	} else if !d.Initialized() {
		return errors.New("cluster-reset: there is no etcd on this disk to reset; give a snapshot with cluster-reset-restore-path")
	} else if err := d.LoadName(false); err != nil {
		return err
	}
	if err := d.Start(launch); err != nil {
		return err
	}
	if err := d.WaitVoter(ctx); err != nil {
		return err
	}
	return d.claim(ctx)
}

func (d *Datastore) restore(path string) error {
	if _, err := os.Stat(d.dir()); err == nil {
		if err := os.Rename(d.dir(), fmt.Sprintf("%s-old-%d", d.dir(), time.Now().Unix())); err != nil {
			return err
		}
	}
	// The member's name lives in etcd's folder, which the restore wants to create itself.
	d.Name = ""
	staging := d.dir() + "-restore"
	if err := os.RemoveAll(staging); err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%08x", d.Node, uint32(time.Now().UnixNano()))
	err := snapshot.NewV3(zap.NewNop()).Restore(snapshot.RestoreConfig{SnapshotPath: path, Name: name, OutputDataDir: staging,
		OutputWALDir: filepath.Join(staging, "member", "wal"), PeerURLs: []string{d.peerURL()}, InitialCluster: name + "=" + d.peerURL(),
		InitialClusterToken: "etcd-cluster"})
	if err != nil {
		return fmt.Errorf("etcd: snapshot %s cannot be restored: %w", path, err)
	}
	if err := os.Rename(staging, d.dir()); err != nil {
		return err
	}
	d.Name = name
	return pki.WriteFile(filepath.Join(d.dir(), "name"), []byte(name), 0o600)
}

// claim makes sure that the one member left is this server at its present address.
func (d *Datastore) claim(ctx context.Context) error {
	members, _, err := d.Members(ctx)
	if err != nil {
		return err
	}
	if len(members) != 1 || members[0].Name != d.Name {
		return fmt.Errorf("etcd has %d members after the reset, expected only %s", len(members), d.Name)
	}
	client, err := d.Client()
	if err != nil {
		return err
	}
	if _, err := client.MemberUpdate(ctx, members[0].ID, []string{d.peerURL()}); err != nil {
		return err
	}
	return os.WriteFile(d.ResetFlag(), nil, 0o600)
}
