// Package datastore runs this server's etcd member: starting, joining, promoting, removing, snapshots and reset.
package datastore

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"sigs.k8s.io/yaml"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/settings"
	"honeydue.lab/k3s/token"
)

const localEndpoint = "https://127.0.0.1:2379"

// Datastore is this server's member of etcd.
type Datastore struct {
	Name     string // the member's: NODE-RANDOM, so that a replaced node is another member
	Node, IP string
	Child    *process.Child
	folder   string
	extra    []string
	client   *clientv3.Client
}

// New describes the member without starting it.
func New(s *settings.Settings) *Datastore {
	return &Datastore{Node: s.NodeName, IP: s.NodeIP(), folder: s.Path("server"), extra: s.EtcdArgs}
}

func (d *Datastore) dir() string     { return filepath.Join(d.folder, "db", "etcd") }
func (d *Datastore) peerURL() string { return "https://" + d.IP + ":2380" }

// ResetFlag is the file that blocks a second reset until the server has started normally.
func (d *Datastore) ResetFlag() string { return filepath.Join(d.folder, "db", "reset-flag") }

// Initialized tells whether a member lives on this disk.
func (d *Datastore) Initialized() bool {
	info, err := os.Stat(filepath.Join(d.dir(), "member", "wal"))
	return err == nil && info.IsDir()
}

// LoadName reads the member's name, or makes one when there is none or a new one is wanted.
func (d *Datastore) LoadName(fresh bool) error {
	file := filepath.Join(d.dir(), "name")
	if data, err := os.ReadFile(file); err == nil && !fresh {
		d.Name = string(data)
		return nil
	}
	d.Name = d.Node + "-" + token.Random(4)
	return pki.WriteFile(file, []byte(d.Name), 0o600)
}

// Launch tells how the member comes to its cluster; the zero value continues with what is on disk.
type Launch struct {
	InitialCluster string // NAME=PEER_URL,... of a new member
	Joining        bool
	ForceNew       bool // forget all other members
}

// Start writes etcd's configuration and runs it.
func (d *Datastore) Start(launch Launch) error {
	if err := os.MkdirAll(d.dir(), 0o700); err != nil {
		return err
	}
	file := filepath.Join(d.dir(), "config")
	data, err := yaml.Marshal(d.configuration(launch))
	if err != nil {
		return err
	}
	if err := pki.WriteFile(file, data, 0o600); err != nil {
		return err
	}
	d.Child, err = process.Start(process.Self("etcd", []string{"--config-file=" + file}))
	return err
}

func (d *Datastore) configuration(launch Launch) map[string]any {
	tlsFile := func(name string) string { return filepath.Join(d.folder, "tls", "etcd", name) }
	config := map[string]any{
		"name":                           d.Name,
		"data-dir":                       d.dir(),
		"listen-client-urls":             localEndpoint + ",https://" + d.IP + ":2379",
		"advertise-client-urls":          "https://" + d.IP + ":2379",
		"listen-client-http-urls":        "https://127.0.0.1:2382",
		"listen-metrics-urls":            "http://127.0.0.1:2381",
		"listen-peer-urls":               "https://127.0.0.1:2380," + d.peerURL(),
		"initial-advertise-peer-urls":    d.peerURL(),
		"heartbeat-interval":             500,
		"election-timeout":               5000,
		"snapshot-count":                 10000,
		"logger":                         "zap",
		"log-level":                      "warn",
		"log-outputs":                    []string{"stderr"},
		"watch-progress-notify-interval": 5 * time.Second,
		"client-transport-security": map[string]any{"client-cert-auth": true, "cert-file": tlsFile("server-client.crt"),
			"key-file": tlsFile("server-client.key"), "trusted-ca-file": tlsFile("server-ca.crt")},
		"peer-transport-security": map[string]any{"client-cert-auth": true, "cert-file": tlsFile("peer-server-client.crt"),
			"key-file": tlsFile("peer-server-client.key"), "trusted-ca-file": tlsFile("peer-ca.crt")},
	}
	if launch.InitialCluster != "" {
		config["initial-cluster"] = launch.InitialCluster
		config["initial-cluster-state"] = map[bool]string{true: "existing", false: "new"}[launch.Joining]
	}
	if launch.ForceNew {
		config["force-new-cluster"] = true
	}
	for _, argument := range d.extra {
		key, value, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		var parsed any
		if yaml.Unmarshal([]byte(value), &parsed) != nil {
			parsed = value
		}
		config[key] = parsed
	}
	return config
}

// FirstMember is how the first server of a new cluster starts.
func (d *Datastore) FirstMember() Launch { return Launch{InitialCluster: d.Name + "=" + d.peerURL()} }

func (d *Datastore) clientConfig(endpoints ...string) (clientv3.Config, error) {
	config, err := d.tls()
	return clientv3.Config{Endpoints: endpoints, TLS: config, DialTimeout: 5 * time.Second, Logger: zap.NewNop(),
		DialKeepAliveTime: 30 * time.Second, DialKeepAliveTimeout: 10 * time.Second}, err
}

func (d *Datastore) tls() (*tls.Config, error) {
	folder := filepath.Join(d.folder, "tls", "etcd")
	return transport.TLSInfo{CertFile: filepath.Join(folder, "client.crt"), KeyFile: filepath.Join(folder, "client.key"),
		TrustedCAFile: filepath.Join(folder, "server-ca.crt")}.ClientConfig()
}

// Client is a connection to the local member, made once.
func (d *Datastore) Client() (*clientv3.Client, error) {
	if d.client != nil {
		return d.client, nil
	}
	config, err := d.clientConfig(localEndpoint)
	if err != nil {
		return nil, err
	}
	d.client, err = clientv3.New(config)
	return d.client, err
}

// WaitVoter returns when the local member serves and votes; a learner waits for its promotion by the leader.
func (d *Datastore) WaitVoter(ctx context.Context) error {
	client, err := d.Client()
	if err != nil {
		return err
	}
	reported := time.Now()
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		err = d.voting(attempt, client)
		cancel()
		if err == nil {
			return nil
		}
		if time.Since(reported) > 10*time.Second {
			slog.Info("Waiting for etcd server to become available", "error", err)
			reported = time.Now()
		}
		select {
		case <-d.Child.Done:
			return fmt.Errorf("etcd ended while the server waited for it (%v); last error: %w", d.Child.Err, err)
		case <-ctx.Done():
			return fmt.Errorf("waiting for etcd: %w; last error: %w", ctx.Err(), err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (d *Datastore) voting(ctx context.Context, client *clientv3.Client) error {
	status, err := client.Status(ctx, localEndpoint)
	if err != nil {
		return err
	}
	if status.IsLearner {
		return errors.New("this server has not yet been promoted from learner to voting member")
	}
	_, err = client.Get(ctx, "health") // linearizable: there is a quorum
	return err
}

// Members lists the cluster as the local member knows it, and whether the local member leads it.
func (d *Datastore) Members(ctx context.Context) (members []*etcdserverpb.Member, leads bool, err error) {
	client, err := d.Client()
	if err != nil {
		return nil, false, err
	}
	status, err := client.Status(ctx, localEndpoint)
	if err != nil {
		return nil, false, err
	}
	list, err := client.MemberList(ctx)
	if err != nil {
		return nil, false, err
	}
	return list.Members, status.Leader == status.Header.MemberId, nil
}
