// Package server is `k3s server`: the order in which everything is prepared, started, watched and stopped.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"honeydue.lab/k3s/addons"
	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/images"
	"honeydue.lab/k3s/node"
	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/settings"
	"honeydue.lab/k3s/token"
)

// launch is a server on its way up.
type launch struct {
	settings  *settings.Settings
	token     token.Token
	store     *datastore.Datastore
	cas       authorities
	children  []*process.Child // in the order of their start; stopped the other way round
	existing  bool             // etcd was on this disk already
	runtime   chan containerRuntime
	cancelled func()
}

// containerRuntime is containerd with the system images, or why there is none. It needs nothing from the cluster, so it comes
// up while etcd and the API server do.
type containerRuntime struct {
	child *process.Child
	err   error
}

// Run runs a server until the context ends or one of its parts does.
func Run(ctx context.Context, s *settings.Settings) error {
	ctx, cancel := context.WithCancel(ctx)
	l := &launch{settings: s, store: datastore.New(s), cancelled: cancel}
	defer l.stop()
	if err := os.MkdirAll(s.Path("server"), 0o700); err != nil {
		return err
	}
	var err error
	l.existing = l.store.Initialized()
	if l.token, err = resolveToken(s, l.existing); err != nil {
		return err
	}
	if s.ClusterReset {
		return l.reset(ctx)
	}
	l.startRuntime(ctx)
	if err := l.startDatastore(ctx); err != nil {
		return err
	}
	if err := l.startControlPlane(ctx); err != nil {
		return err
	}
	if err := l.startNode(ctx); err != nil {
		return err
	}
	_ = os.Remove(l.store.ResetFlag())
	notifyReady()
	slog.Info("k3s is up and running")
	return l.watch(ctx)
}

func (l *launch) start(command process.Command) (*process.Child, error) {
	child, err := process.Start(command)
	if err == nil {
		l.children = append(l.children, child)
	}
	return child, err
}

// watch waits for the end: asked for, or because a child has ended.
func (l *launch) watch(ctx context.Context) error {
	ended := make(chan *process.Child, len(l.children))
	for _, child := range l.children {
		go func() {
			<-child.Done
			ended <- child
		}()
	}
	select {
	case <-ctx.Done():
		return nil
	case child := <-ended:
		return fmt.Errorf("%s exited: %v", child.Name, child.Err)
	}
}

func (l *launch) stop() {
	l.cancelled()
	_ = l.joinRuntime()
	for index := len(l.children) - 1; index >= 0; index-- {
		l.children[index].Stop(20 * time.Second)
	}
	if l.store.Child != nil {
		l.store.Child.Stop(20 * time.Second)
	}
}

func (l *launch) startControlPlane(ctx context.Context) error {
	s := l.settings
	if err := l.startSupervisor(ctx); err != nil {
		return err
	}
	api, err := l.start(apiServer(s))
	if err != nil {
		return err
	}
	client, err := kubernetesClient(s.Path("server", "cred", "supervisor.kubeconfig"))
	if err != nil {
		return err
	}
	if err := waitReady(ctx, client, api); err != nil {
		return err
	}
	for _, command := range []process.Command{controllerManager(s), scheduler(s)} {
		if _, err := l.start(command); err != nil {
			return err
		}
	}
	deployer, err := addons.NewDeployer(s)
	if err != nil {
		return err
	}
	go deployer.Run(ctx)
	return nil
}

func (l *launch) startNode(ctx context.Context) error {
	s := l.settings
	if err := l.joinRuntime(); err != nil {
		return err
	}
	kubelet, err := node.Kubelet(s)
	if err != nil {
		return err
	}
	if _, err := l.start(kubelet); err != nil {
		return err
	}
	if !s.DisableKubeProxy {
		if _, err := l.start(node.KubeProxy(s)); err != nil {
			return err
		}
	}
	return l.startNodes(ctx)
}

func (l *launch) startRuntime(ctx context.Context) {
	l.runtime = make(chan containerRuntime, 1)
	go func() {
		patience, cancel := context.WithTimeout(ctx, 3*time.Minute)
		defer cancel()
		child, err := node.StartContainerd(patience, l.settings, images.Pause)
		if err == nil {
			err = node.ImportImages(patience, l.settings)
		}
		l.runtime <- containerRuntime{child, err}
	}()
}

// joinRuntime waits for containerd and makes it one of the children.
func (l *launch) joinRuntime() error {
	if l.runtime == nil {
		return nil
	}
	result := <-l.runtime
	l.runtime = nil
	if result.child != nil {
		l.children = append(l.children, result.child)
	}
	return result.err
}

func (l *launch) startNodes(ctx context.Context) error {
	s := l.settings
	client, err := kubernetesClient(s.Path("server", "cred", "supervisor.kubeconfig"))
	if err != nil {
		return err
	}
	watcher := &nodes{settings: s, client: client, store: l.store}
	if s.FlannelBackend != "none" {
		if watcher.network, err = node.NewNetwork(s); err != nil {
			return err
		}
	}
	if err := watcher.ensurePassword(ctx); err != nil {
		return fmt.Errorf("node password: %w", err)
	}
	go watcher.run(ctx)
	snapshots, err := newSnapshotFiles(s)
	if err != nil {
		return err
	}
	go snapshots.run(ctx)
	go l.store.Manage(ctx)
	return l.scheduleSnapshots(ctx)
}

// resolveToken takes the token that was given, or the one on disk, or makes the one of a new cluster.
func resolveToken(s *settings.Settings, existing bool) (token.Token, error) {
	text := s.Token
	if text == "" {
		data, err := os.ReadFile(s.Path("server", "token"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return token.Token{}, err
		}
		text = strings.TrimSpace(string(data))
		if text != "" { // our own file is in the full form; a new cluster may have a new CA
			own, err := token.Parse(text, "server")
			own.CAHash = ""
			return own, err
		}
	}
	joins := s.Server != "" && !existing
	switch {
	case text == "" && joins:
		return token.Token{}, errors.New("--token is required to join a cluster")
	case text == "" && s.ClusterReset:
		return token.Token{}, errors.New("--token is required: the snapshot's bootstrap data is encrypted with it")
	case text == "":
		text = token.Random(16)
	}
	given, err := token.Parse(text, "server")
	if err == nil && given.CAHash != "" && !joins && !existing && !s.ClusterReset {
		return given, errors.New("the first server of a cluster takes a short token: there is no CA yet that a K10 token could name")
	}
	return given, err
}
