package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"honeydue.lab/k3s/settings"
)

func TestRegistries(t *testing.T) {
	folder := t.TempDir()
	s := &settings.Settings{DataDir: folder, PrivateRegistry: filepath.Join(folder, "registries.yaml")}
	if credentials, err := writeRegistries(s); err != nil || credentials != "" {
		t.Fatal("a missing file is no error", err)
	}
	content := "mirrors:\n  docker.io: {endpoint: [\"http://registry.lab:5000\"]}\n  \"*\": {endpoint: [\"http://any.lab\"]}\n" +
		"configs:\n  registry.lab:5000: {auth: {username: u, password: p}, tls: {insecure_skip_verify: true}}\n"
	if err := os.WriteFile(s.PrivateRegistry, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	credentials, err := writeRegistries(s)
	if err != nil || !strings.Contains(credentials, `configs."registry.lab:5000".auth`) {
		t.Fatal(credentials, err)
	}
	hosts, err := os.ReadFile(s.Path("agent/etc/containerd/certs.d/docker.io/hosts.toml"))
	if err != nil || !strings.Contains(string(hosts), `[host."http://registry.lab:5000"]`) || !strings.Contains(string(hosts), "skip_verify") {
		t.Error(string(hosts), err)
	}
	if _, err := os.Stat(s.Path("agent/etc/containerd/certs.d/_default/hosts.toml")); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"mirors: {}", "mirrors: {a: {endpoint: [b], rewrite: {x: y}}}"} {
		_ = os.WriteFile(s.PrivateRegistry, []byte(bad), 0o600)
		if _, err := writeRegistries(s); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}
