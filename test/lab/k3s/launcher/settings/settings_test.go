package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "config.yaml")
}

func TestLastFileWinsAndPlusAppends(t *testing.T) {
	file := write(t, map[string]string{
		"config.yaml":           "node-name: one\ntls-san: [a, b]\ndisable: traefik,servicelb\n",
		"config.yaml.d/10.yaml": "node-name: two\ntls-san+: [c]\n",
		"config.yaml.d/20.yaml": "tls-san+: d\n",
		"config.yaml.d/30.txt":  "node-name: never\n",
	})
	s, err := Parse([]string{"--config", file, "--tls-san=e", "--node-name=cli"})
	if err != nil {
		t.Fatal(err)
	}
	if s.NodeName != "cli" || strings.Join(s.TLSSAN, "") != "abcde" || strings.Join(s.Disable, " ") != "traefik servicelb" {
		t.Errorf("got %q %q %q", s.NodeName, s.TLSSAN, s.Disable)
	}
}

func TestRefusals(t *testing.T) {
	for content, expected := range map[string]string{
		"node-nmae: x":                      "Unknown flag --node-nmae",
		"cluster-init: maybe":               "cluster-init",
		"cluster-init:":                     "cluster-init",
		"https-listen-port: many":           "https-listen-port",
		"tls-san: {a: b}":                   "tls-san: a map",
		"tls-san: [a":                       "config.yaml",
		"datastore-endpoint: mysql://x":     "embedded etcd is the only datastore",
		"write-kubeconfig-mode: '9'":        "write-kubeconfig-mode",
		"cluster-cidr: ten":                 "cluster-cidr",
		"node-ip: ten":                      "node-ip",
		"flannel-iface: none9":              "flannel-iface",
		"token-file: /does/not/exist":       "token-file",
		"flannel-backend: wireguard-native": "flannel-backend",
	} {
		s, err := Parse([]string{"--config=" + write(t, map[string]string{"config.yaml": content})})
		if err == nil {
			err = s.Complete()
		}
		if err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestUnquotedModeIsTheYamlTrapOfK3s(t *testing.T) {
	s, err := Parse([]string{"--config=" + write(t, map[string]string{"config.yaml": "write-kubeconfig-mode: 0600\n"})})
	if err != nil {
		t.Fatal(err)
	}
	if mode, _ := s.KubeconfigFileMode(); mode == 0o600 {
		t.Error("an unquoted 0600 is the number 384 in YAML")
	}
}

func TestMismatches(t *testing.T) {
	one, two := &Settings{ClusterCIDR: "a", Disable: []string{"x", "y"}}, &Settings{ClusterCIDR: "b", Disable: []string{"y", "x"}}
	if got := Mismatches(one.Critical(), two.Critical()); len(got) != 1 || got[0] != "cluster-cidr" {
		t.Error(got)
	}
}
