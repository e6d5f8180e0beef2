package datastore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// MemberInfo is what a supervisor tells a joiner about one member.
type MemberInfo struct {
	Name       string   `json:"name"`
	PeerURLs   []string `json:"peerURLs"`
	ClientURLs []string `json:"clientURLs"`
	IsLearner  bool     `json:"isLearner"`
}

// Join makes this server a learner of the cluster and tells how to start it. While another learner is being promoted, or
// a member is unwell, etcd refuses; the join is then tried again until the context ends.
func (d *Datastore) Join(ctx context.Context, known []MemberInfo) (Launch, error) {
	var endpoints []string
	for _, member := range known {
		if !member.IsLearner {
			endpoints = append(endpoints, member.ClientURLs...)
		}
	}
	config, err := d.clientConfig(endpoints...)
	if err != nil {
		return Launch{}, err
	}
	client, err := clientv3.New(config)
	if err != nil {
		return Launch{}, err
	}
	defer client.Close()
	for {
		attempt, cancel := context.WithTimeout(ctx, 20*time.Second)
		launch, err := d.joinOnce(attempt, client)
		cancel()
		if err == nil {
			return launch, nil
		}
		if !errors.Is(err, rpctypes.ErrTooManyLearners) && !errors.Is(err, rpctypes.ErrUnhealthy) && !errors.Is(err, rpctypes.ErrMemberNotEnoughStarted) {
			return Launch{}, fmt.Errorf("etcd cluster join failed: %w", err)
		}
		slog.Warn("Waiting to join the etcd cluster", "error", err)
		select {
		case <-ctx.Done():
			return Launch{}, fmt.Errorf("etcd cluster join failed: %w", err)
		case <-time.After(2 * time.Second):
		}
	}
}

func (d *Datastore) joinOnce(ctx context.Context, client *clientv3.Client) (Launch, error) {
	list, err := client.MemberList(ctx)
	if err != nil {
		return Launch{}, err
	}
	var cluster []string
	added := false
	for _, member := range list.Members {
		if len(member.PeerURLs) == 0 {
			continue
		}
		name := member.Name
		if peer, err := url.Parse(member.PeerURLs[0]); err == nil && name == "" && peer.Hostname() == d.IP {
			name = d.Name // a member that never started has no name; at our address it is us, from an interrupted join
		}
		added = added || name == d.Name
		if end := strings.LastIndex(name, "-"); name != d.Name && end > 0 && name[:end] == d.Node {
			_ = os.Remove(filepath.Join(d.dir(), "name"))
			return Launch{}, errors.New("duplicate node name found, please use a unique name for this node")
		}
		cluster = append(cluster, name+"="+member.PeerURLs[0])
	}
	if !added {
		slog.Info("Adding member " + d.Name + "=" + d.peerURL() + " to etcd cluster " + strings.Join(cluster, ","))
		if _, err := client.MemberAddAsLearner(ctx, []string{d.peerURL()}); err != nil {
			return Launch{}, err
		}
		cluster = append(cluster, d.Name+"="+d.peerURL())
	}
	return Launch{InitialCluster: strings.Join(cluster, ","), Joining: true}, nil
}
