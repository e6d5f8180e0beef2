package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"honeydue.lab/k3s/bootstrap"
	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
	"honeydue.lab/k3s/token"
)

// startDatastore brings this server's etcd member up as a voter: continued from disk, joined, or first of a new cluster.
func (l *launch) startDatastore(ctx context.Context) error {
	s := l.settings
	launched, err := l.arrive(ctx)
	if err != nil {
		return err
	}
	if err := l.store.Start(launched); err != nil {
		return err
	}
	if err := l.store.WaitVoter(ctx); err != nil {
		return err
	}
	identity, err := l.store.LoadIdentity(ctx, l.token.Password)
	if errors.Is(err, datastore.ErrNoIdentity) {
		if identity, err = bootstrap.Collect(s.Path("server")); err != nil {
			return err
		}
		if err := l.store.SaveIdentity(ctx, l.token.Password, identity); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	return l.writeTokens()
}

func (l *launch) arrive(ctx context.Context) (datastore.Launch, error) {
	s := l.settings
	switch {
	case l.existing:
		slog.Info("Managed etcd cluster is initialized: cluster-init and server are ignored")
		if err := l.store.LoadName(false); err != nil {
			return datastore.Launch{}, err
		}
		return datastore.Launch{}, l.prepare(true)
	case s.Server != "":
		return l.joinCluster(ctx)
	case s.ClusterInit:
		slog.Info("Managed etcd cluster not yet initialized")
		if err := l.store.LoadName(true); err != nil {
			return datastore.Launch{}, err
		}
		return l.store.FirstMember(), l.prepare(false)
	}
	return datastore.Launch{}, errors.New("neither cluster-init nor server is set: k3s would start with sqlite here, the lab's launcher has only embedded etcd")
}

// prepare makes the keys and certificates of this server below its data folder.
func (l *launch) prepare(existing bool) (err error) {
	if l.cas, err = loadAuthorities(l.settings); err != nil {
		return err
	}
	if err := l.token.CheckCA(l.cas.server.PEM); err != nil {
		return err
	}
	if err := ensureEncryption(l.settings, existing); err != nil {
		return err
	}
	return issueLeaves(l.settings, l.cas)
}

func (l *launch) joinCluster(ctx context.Context) (datastore.Launch, error) {
	s, none := l.settings, datastore.Launch{}
	if l.token.CAHash == "" {
		slog.Warn("Cluster CA certificate is not trusted by the host CA bundle, but the token does not include a CA hash. " +
			"Use the full token from the server's node-token file to enable Cluster CA validation.")
	}
	peer, err := bootstrap.Connect(ctx, s.Server, l.token)
	if err != nil {
		return none, fmt.Errorf("failed to validate token: %w", err)
	}
	var identity bootstrap.Data
	if err := peer.Get(ctx, "/v1-k3s/server-bootstrap", &identity); err != nil {
		return none, fmt.Errorf("failed to validate token: %w", err)
	}
	var critical map[string]string
	if err := peer.Get(ctx, "/v1-k3s/config", &critical); err != nil {
		return none, err
	}
	if different := settings.Mismatches(s.Critical(), critical); len(different) > 0 {
		slog.Warn("critical configuration mismatched: " + strings.Join(different, ", "))
		return none, fmt.Errorf("failed to validate server configuration: critical configuration value mismatch between servers: %s", strings.Join(different, ", "))
	}
	if err := identity.Write(s.Path("server")); err != nil {
		return none, err
	}
	if err := l.prepare(false); err != nil {
		return none, err
	}
	var members []datastore.MemberInfo
	if err := peer.Get(ctx, "/db/info", &members); err != nil {
		return none, err
	}
	if err := l.store.LoadName(false); err != nil {
		return none, err
	}
	return l.store.Join(ctx, members)
}

// writeTokens leaves the full tokens where k3s does, for joiners and for whoever backs them up.
func (l *launch) writeTokens() error {
	s, ca := l.settings, l.cas.server.PEM
	full := []byte(token.Format("server", l.token.Password, ca) + "\n")
	agent := full
	if s.AgentToken != "" {
		parsed, err := token.Parse(s.AgentToken, "node")
		if err != nil {
			return fmt.Errorf("agent-token: %w", err)
		}
		agent = []byte(token.Format("node", parsed.Password, ca) + "\n")
	}
	for name, content := range map[string][]byte{"token": full, "node-token": full, "agent-token": agent} {
		if err := pki.WriteFile(s.Path("server", name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// reset is `k3s server --cluster-reset`: it leaves a one-member etcd on disk, with the identity that the data belongs to.
func (l *launch) reset(ctx context.Context) error {
	s := l.settings
	if s.Server != "" {
		return errors.New("cannot perform cluster-reset while server URL is set - remove server from configuration before resetting")
	}
	var err error
	if l.cas, err = loadAuthorities(s); err != nil {
		return err
	}
	if err := issueLeaves(s, l.cas); err != nil {
		return err
	}
	if err := l.store.Reset(ctx, s.RestorePath); err != nil {
		return err
	}
	identity, err := l.store.LoadIdentity(ctx, l.token.Password)
	if err != nil {
		_ = os.Remove(l.store.ResetFlag())
		return err
	}
	if err := identity.Write(s.Path("server")); err != nil {
		return err
	}
	if err := l.prepare(true); err != nil {
		return err
	}
	if err := l.writeTokens(); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. "+
		"Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes")
	return nil
}
