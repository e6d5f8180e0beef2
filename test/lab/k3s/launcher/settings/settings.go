// Package settings turns k3s's command line, environment and configuration files into one typed value.
package settings

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Settings is everything an operator may tell `k3s server`, under k3s's own names.
type Settings struct {
	Token, TokenFile, AgentToken, AgentTokenFile string
	Server                                       string
	ClusterInit, ClusterReset                    bool
	RestorePath                                  string

	DataDir, NodeName                               string
	NodeIPs, NodeExternalIPs, NodeLabels, NodeTaint []string
	BindAddress, AdvertiseAddress                   string
	HTTPSPort                                       int
	TLSSAN                                          []string
	FlannelBackend, FlannelIface                    string
	ClusterCIDR, ServiceCIDR, ClusterDNS            string
	ClusterDomain, NodePortRange                    string

	KubeconfigPath, KubeconfigMode, PrivateRegistry string
	Disable                                         []string
	SecretsEncryption                               bool
	SecretsProvider                                 string
	ProtectKernelDefaults                           bool
	DisableKubeProxy, DisableNetworkPolicy          bool
	DisableCloudController, DisableHelmController   bool
	EmbeddedRegistry                                bool
	EgressSelectorMode, LocalStoragePath            string
	PauseImage, ResolvConf                          string

	APIServerArgs, ControllerArgs, SchedulerArgs []string
	EtcdArgs, KubeletArgs, KubeProxyArgs         []string

	SnapshotName, SnapshotDir, SnapshotCron string
	SnapshotRetention                       int
	DisableSnapshots                        bool
}

// Path joins parts to the data directory.
func (s *Settings) Path(parts ...string) string {
	return filepath.Join(append([]string{s.DataDir}, parts...)...)
}

// Disabled tells whether a packaged component is listed under `disable`.
func (s *Settings) Disabled(component string) bool {
	for _, name := range s.Disable {
		if name == component {
			return true
		}
	}
	return false
}

// NodeIP is the node's first address; Complete has made sure there is one.
func (s *Settings) NodeIP() string { return s.NodeIPs[0] }

// Advertised is the address that the API server puts into the `kubernetes` endpoints.
func (s *Settings) Advertised() string {
	if s.AdvertiseAddress != "" {
		return s.AdvertiseAddress
	}
	return s.NodeIP()
}

// Complete reads token files, derives what was not given, and refuses values that k3s refuses.
func (s *Settings) Complete() error {
	if err := fileInto(&s.Token, s.TokenFile, "token-file"); err != nil {
		return err
	}
	if err := fileInto(&s.AgentToken, s.AgentTokenFile, "agent-token-file"); err != nil {
		return err
	}
	if s.NodeName == "" {
		name, err := os.Hostname()
		if err != nil {
			return err
		}
		s.NodeName = strings.ToLower(strings.SplitN(name, ".", 2)[0])
	}
	if len(s.NodeIPs) == 0 {
		ip, err := defaultIP()
		if err != nil {
			return fmt.Errorf("node-ip is not set and no default route tells it: %w", err)
		}
		s.NodeIPs = []string{ip}
	}
	if s.SnapshotDir == "" {
		s.SnapshotDir = s.Path("server", "db", "snapshots")
	}
	return s.validate()
}

func (s *Settings) validate() error {
	for key, values := range map[string][]string{"node-ip": s.NodeIPs, "node-external-ip": s.NodeExternalIPs,
		"advertise-address": nonEmpty(s.AdvertiseAddress), "bind-address": nonEmpty(s.BindAddress), "cluster-dns": nonEmpty(s.ClusterDNS)} {
		for _, value := range values {
			if net.ParseIP(value) == nil {
				return fmt.Errorf("invalid value %q for %s: not an IP address", value, key)
			}
		}
	}
	for key, value := range map[string]string{"cluster-cidr": s.ClusterCIDR, "service-cidr": s.ServiceCIDR} {
		if _, _, err := net.ParseCIDR(value); err != nil {
			return fmt.Errorf("invalid value %q for %s: %w", value, key, err)
		}
	}
	if _, err := s.KubeconfigFileMode(); err != nil {
		return err
	}
	if s.FlannelBackend != "vxlan" && s.FlannelBackend != "none" {
		return fmt.Errorf("flannel-backend %q: the lab's launcher has vxlan and none", s.FlannelBackend)
	}
	if s.SecretsProvider != "aescbc" {
		return fmt.Errorf("secrets-encryption-provider %q: the lab's launcher has aescbc", s.SecretsProvider)
	}
	if s.FlannelIface != "" {
		if _, err := net.InterfaceByName(s.FlannelIface); err != nil {
			return fmt.Errorf("flannel-iface %q: %w", s.FlannelIface, err)
		}
	}
	return nil
}

// KubeconfigFileMode is the mode of the administrator's kubeconfig, 0600 unless told otherwise.
func (s *Settings) KubeconfigFileMode() (os.FileMode, error) {
	if s.KubeconfigMode == "" {
		return 0o600, nil
	}
	mode, err := strconv.ParseUint(s.KubeconfigMode, 8, 32)
	if err != nil {
		return 0, fmt.Errorf("invalid value %q for write-kubeconfig-mode: not an octal number", s.KubeconfigMode)
	}
	return os.FileMode(mode), nil
}

func nonEmpty(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func fileInto(target *string, file, key string) error {
	if file == "" || *target != "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	*target = strings.TrimSpace(string(data))
	if *target == "" {
		return fmt.Errorf("%s: %s is empty", key, file)
	}
	return nil
}

// defaultIP is the source address of the default route; no packet is sent.
func defaultIP() (string, error) {
	connection, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return "", err
	}
	defer connection.Close()
	return connection.LocalAddr().(*net.UDPAddr).IP.String(), nil
}
