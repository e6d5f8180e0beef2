package node

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
)

// registries is k3s's registries.yaml.
type registries struct {
	Mirrors map[string]struct {
		Endpoint []string          `json:"endpoint"`
		Rewrite  map[string]string `json:"rewrite"`
	} `json:"mirrors"`
	Configs map[string]struct {
		Auth *struct {
			Username      string `json:"username"`
			Password      string `json:"password"`
			Auth          string `json:"auth"`
			IdentityToken string `json:"identity_token"`
		} `json:"auth"`
		TLS *struct {
			CAFile             string `json:"ca_file"`
			CertFile           string `json:"cert_file"`
			KeyFile            string `json:"key_file"`
			InsecureSkipVerify bool   `json:"insecure_skip_verify"`
		} `json:"tls"`
	} `json:"configs"`
}

// writeRegistries turns registries.yaml into one hosts.toml a registry, and returns the credentials for containerd's own file.
func writeRegistries(s *settings.Settings) (string, error) {
	folder := s.Path("agent", "etc", "containerd", "certs.d")
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	data, err := os.ReadFile(s.PrivateRegistry)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var parsed registries
	if err := yaml.UnmarshalStrict(data, &parsed); err != nil {
		return "", fmt.Errorf("%s: %w", s.PrivateRegistry, err)
	}
	names := map[string]bool{}
	for name, mirror := range parsed.Mirrors {
		if len(mirror.Rewrite) > 0 {
			return "", fmt.Errorf("%s: mirrors.%s.rewrite: Debian's containerd cannot rewrite names (k3s's own can)", s.PrivateRegistry, name)
		}
		names[name] = true
	}
	for name := range parsed.Configs {
		names[name] = true
	}
	for name := range names {
		target := name
		if name == "*" {
			target = "_default"
		}
		if err := pki.WriteFile(filepath.Join(folder, target, "hosts.toml"), []byte(parsed.hosts(name)), 0o600); err != nil {
			return "", err
		}
	}
	return parsed.credentials(), nil
}

func (r registries) hosts(name string) string {
	var text strings.Builder
	if name != "*" {
		home := name
		if name == "docker.io" {
			home = "registry-1.docker.io"
		}
		fmt.Fprintf(&text, "server = %q\n", "https://"+home+"/v2")
	}
	for _, endpoint := range r.Mirrors[name].Endpoint {
		if !strings.Contains(endpoint, "://") {
			endpoint = "https://" + endpoint
		}
		fmt.Fprintf(&text, "[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n", endpoint)
		if parsed, err := url.Parse(endpoint); err == nil {
			text.WriteString(r.tls(parsed.Host))
		}
	}
	if name != "*" && r.tls(name) != "" {
		fmt.Fprintf(&text, "[host.%q]\n  capabilities = [\"pull\", \"resolve\"]\n%s", "https://"+name, r.tls(name))
	}
	return text.String()
}

func (r registries) tls(host string) string {
	options := r.Configs[host].TLS
	if options == nil {
		return ""
	}
	var text strings.Builder
	if options.CAFile != "" {
		fmt.Fprintf(&text, "  ca = %q\n", options.CAFile)
	}
	if options.CertFile != "" {
		fmt.Fprintf(&text, "  client = [[%q, %q]]\n", options.CertFile, options.KeyFile)
	}
	if options.InsecureSkipVerify {
		text.WriteString("  skip_verify = true\n")
	}
	return text.String()
}

func (r registries) credentials() string {
	hosts := make([]string, 0, len(r.Configs))
	for host, config := range r.Configs {
		if config.Auth != nil {
			hosts = append(hosts, host)
		}
	}
	sort.Strings(hosts)
	var text strings.Builder
	for _, host := range hosts {
		auth := r.Configs[host].Auth
		fmt.Fprintf(&text, "[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.%q.auth]\n  username = %q\n  password = %q\n  auth = %q\n  identitytoken = %q\n",
			host, auth.Username, auth.Password, auth.Auth, auth.IdentityToken)
	}
	return text.String()
}
