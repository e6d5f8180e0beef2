package settings

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// refused are k3s's flags that would change the cluster and that the lab cannot honour: saying nothing would be a lie.
var refused = map[string]string{
	"datastore-endpoint":         "embedded etcd is the only datastore",
	"datastore-cafile":           "embedded etcd is the only datastore",
	"datastore-certfile":         "embedded etcd is the only datastore",
	"datastore-keyfile":          "embedded etcd is the only datastore",
	"docker":                     "containerd is the only runtime",
	"container-runtime-endpoint": "the launcher runs its own containerd",
	"image-service-endpoint":     "the launcher runs its own containerd",
	"rootless":                   "servers run as root",
	"selinux":                    "the lab's hosts have no SELinux",
	"vpn-auth":                   "there is no VPN",
	"vpn-auth-file":              "there is no VPN",
	"flannel-conf":               "flannel is the launcher's own",
	"flannel-cni-conf":           "flannel is the launcher's own",
	"flannel-external-ip":        "VXLAN runs between node-ip addresses",
	"flannel-ipv6-masq":          "pods have IPv4 only",
	"etcd-s3":                    "snapshots stay on disk",
	"etcd-s3-config-secret":      "snapshots stay on disk",
	"etcd-snapshot-compress":     "snapshots are not compressed",
	"disable-agent":              "every server is a node",
	"disable-apiserver":          "every server runs the whole control plane",
	"disable-controller-manager": "every server runs the whole control plane",
	"disable-etcd":               "every server runs the whole control plane",
	"disable-scheduler":          "every server runs the whole control plane",
}

// ignored are flags of k3s that change nothing in the lab.
var ignored = strings.Fields(`debug v vmodule log alsologtostderr tls-san-security advertise-port servicelb-namespace
	write-kubeconfig-group helm-job-image kube-cloud-controller-manager-arg kine-tls etcd-expose-metrics system-default-registry
	airgap-extra-registry with-node-id image-credential-provider-bin-dir image-credential-provider-config default-runtime
	disable-default-registry-endpoint snapshotter enable-pprof supervisor-metrics prefer-bundled-bin lb-server-port
	nonroot-devices node-internal-dns node-external-dns multus kube-controller-arg kube-cloud-controller-arg
	etcd-s3-endpoint etcd-s3-endpoint-ca etcd-s3-skip-ssl-verify etcd-s3-access-key etcd-s3-secret-key etcd-s3-session-token
	etcd-s3-bucket etcd-s3-bucket-lookup-type etcd-s3-region etcd-s3-folder etcd-s3-proxy etcd-s3-insecure etcd-s3-timeout
	etcd-s3-retention etcd-snapshot-reconcile-interval helm-controller-namespace`)

// ignoredSwitches are the ignored flags that take no value on the command line.
var ignoredSwitches = map[string]bool{"debug": true, "alsologtostderr": true, "tls-san-security": true, "etcd-expose-metrics": true,
	"with-node-id": true, "disable-default-registry-endpoint": true, "enable-pprof": true, "supervisor-metrics": true,
	"prefer-bundled-bin": true, "nonroot-devices": true, "kine-tls": true, "etcd-s3-skip-ssl-verify": true, "etcd-s3-insecure": true}

func environment(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// flagSet binds every flag of `k3s server` to a field, to the list of ignored flags or to a refusal.
func flagSet(s *Settings) *pflag.FlagSet {
	f := pflag.NewFlagSet("server", pflag.ContinueOnError)
	text := func(field *string, name, short, value string) { f.StringVarP(field, name, short, value, "") }
	list := func(field *[]string, name, short string) { f.StringArrayVarP(field, name, short, nil, "") }
	toggle := func(field *bool, name string) { f.BoolVar(field, name, false, "") }

	text(new(string), "config", "c", "")
	text(&s.Token, "token", "t", os.Getenv("K3S_TOKEN"))
	text(&s.TokenFile, "token-file", "", os.Getenv("K3S_TOKEN_FILE"))
	text(&s.AgentToken, "agent-token", "", os.Getenv("K3S_AGENT_TOKEN"))
	text(&s.AgentTokenFile, "agent-token-file", "", os.Getenv("K3S_AGENT_TOKEN_FILE"))
	text(&s.Server, "server", "s", os.Getenv("K3S_URL"))
	f.BoolVar(&s.ClusterInit, "cluster-init", os.Getenv("K3S_CLUSTER_INIT") == "true", "")
	toggle(&s.ClusterReset, "cluster-reset")
	text(&s.RestorePath, "cluster-reset-restore-path", "", "")
	text(&s.DataDir, "data-dir", "d", environment("K3S_DATA_DIR", "/var/lib/rancher/k3s"))
	text(&s.NodeName, "node-name", "", os.Getenv("K3S_NODE_NAME"))
	list(&s.NodeIPs, "node-ip", "i")
	list(&s.NodeExternalIPs, "node-external-ip", "")
	list(&s.NodeLabels, "node-label", "")
	list(&s.NodeTaint, "node-taint", "")
	text(&s.BindAddress, "bind-address", "", "")
	text(&s.AdvertiseAddress, "advertise-address", "", "")
	f.IntVar(&s.HTTPSPort, "https-listen-port", 6443, "")
	list(&s.TLSSAN, "tls-san", "")
	text(&s.FlannelBackend, "flannel-backend", "", "vxlan")
	text(&s.FlannelIface, "flannel-iface", "", "")
	text(&s.ClusterCIDR, "cluster-cidr", "", "10.42.0.0/16")
	text(&s.ServiceCIDR, "service-cidr", "", "10.43.0.0/16")
	text(&s.ClusterDNS, "cluster-dns", "", "10.43.0.10")
	text(&s.ClusterDomain, "cluster-domain", "", "cluster.local")
	text(&s.NodePortRange, "service-node-port-range", "", "30000-32767")
	text(&s.KubeconfigPath, "write-kubeconfig", "o", environment("K3S_KUBECONFIG_OUTPUT", "/etc/rancher/k3s/k3s.yaml"))
	text(&s.KubeconfigMode, "write-kubeconfig-mode", "", os.Getenv("K3S_KUBECONFIG_MODE"))
	text(&s.PrivateRegistry, "private-registry", "", "/etc/rancher/k3s/registries.yaml")
	list(&s.Disable, "disable", "")
	toggle(&s.SecretsEncryption, "secrets-encryption")
	text(&s.SecretsProvider, "secrets-encryption-provider", "", "aescbc")
	toggle(&s.ProtectKernelDefaults, "protect-kernel-defaults")
	toggle(&s.DisableKubeProxy, "disable-kube-proxy")
	toggle(&s.DisableNetworkPolicy, "disable-network-policy")
	toggle(&s.DisableCloudController, "disable-cloud-controller")
	toggle(&s.DisableHelmController, "disable-helm-controller")
	toggle(&s.EmbeddedRegistry, "embedded-registry")
	text(&s.EgressSelectorMode, "egress-selector-mode", "", "agent")
	text(&s.LocalStoragePath, "default-local-storage-path", "", "")
	text(&s.PauseImage, "pause-image", "", "")
	text(&s.ResolvConf, "resolv-conf", "", os.Getenv("K3S_RESOLV_CONF"))
	list(&s.APIServerArgs, "kube-apiserver-arg", "")
	list(&s.ControllerArgs, "kube-controller-manager-arg", "")
	list(&s.SchedulerArgs, "kube-scheduler-arg", "")
	list(&s.EtcdArgs, "etcd-arg", "")
	list(&s.KubeletArgs, "kubelet-arg", "")
	list(&s.KubeProxyArgs, "kube-proxy-arg", "")
	text(&s.SnapshotName, "etcd-snapshot-name", "", "etcd-snapshot")
	text(&s.SnapshotDir, "etcd-snapshot-dir", "", "")
	text(&s.SnapshotCron, "etcd-snapshot-schedule-cron", "", "0 */12 * * *")
	f.IntVar(&s.SnapshotRetention, "etcd-snapshot-retention", 5, "")
	toggle(&s.DisableSnapshots, "etcd-disable-snapshots")

	for _, name := range ignored {
		f.StringArray(name, nil, "")
		if ignoredSwitches[name] {
			f.Lookup(name).NoOptDefVal = "true"
		}
	}
	for name, why := range refused {
		f.Var(refusal(why), name, "")
		f.Lookup(name).NoOptDefVal = "true"
	}
	return f
}

// refusal is a flag whose only accepted value is "off".
type refusal string

func (refusal) String() string { return "" }
func (refusal) Type() string   { return "string" }
func (r refusal) Set(value string) error {
	if value == "" || value == "false" {
		return nil
	}
	return fmt.Errorf("the lab's launcher cannot do this: %s", string(r))
}
