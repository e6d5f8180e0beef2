package settings

import (
	"crypto/sha256"
	"fmt"
	"sort"
	"strings"
)

// Critical are the values that must be the same on every server of a cluster, by k3s's flag names.
func (s *Settings) Critical() map[string]string {
	disabled := append([]string{}, s.Disable...)
	sort.Strings(disabled)
	return map[string]string{
		"agent-token":                 fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(s.AgentToken))),
		"cluster-cidr":                s.ClusterCIDR,
		"cluster-dns":                 s.ClusterDNS,
		"cluster-domain":              s.ClusterDomain,
		"service-cidr":                s.ServiceCIDR,
		"disable":                     strings.Join(disabled, ","),
		"disable-cloud-controller":    fmt.Sprint(s.DisableCloudController),
		"disable-helm-controller":     fmt.Sprint(s.DisableHelmController),
		"disable-kube-proxy":          fmt.Sprint(s.DisableKubeProxy),
		"disable-network-policy":      fmt.Sprint(s.DisableNetworkPolicy),
		"egress-selector-mode":        s.EgressSelectorMode,
		"embedded-registry":           fmt.Sprint(s.EmbeddedRegistry),
		"flannel-backend":             s.FlannelBackend,
		"secrets-encryption":          fmt.Sprint(s.SecretsEncryption),
		"secrets-encryption-provider": s.SecretsProvider,
	}
}

// Mismatches lists, sorted, the critical keys whose value differs between two servers.
func Mismatches(ours, theirs map[string]string) []string {
	var keys []string
	for key, value := range ours {
		if theirs[key] != value {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	return keys
}
