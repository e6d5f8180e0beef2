package node

import (
	"net"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/settings"
)

// sharedDisk takes back what any file before it says about a full disk: the hosts see the machine's disk as theirs, and how
// full that is says nothing of them. Without it a kubelet throws away images, its own pause image among them.
const sharedDisk = `kind: KubeletConfiguration
apiVersion: kubelet.config.k8s.io/v1beta1
imageGCHighThresholdPercent: 100
evictionHard:
  memory.available: 200Mi
  nodefs.available: 1%
  nodefs.inodesFree: 1%
  imagefs.available: 1%
`

// Kubelet writes the kubelet's configuration and tells how to run it. Operators add files to agent/etc/kubelet.conf.d.
func Kubelet(s *settings.Settings) (process.Command, error) {
	resolver, err := resolvConf(s)
	if err != nil {
		return process.Command{}, err
	}
	configuration := map[string]any{
		"kind":                     "KubeletConfiguration",
		"apiVersion":               "kubelet.config.k8s.io/v1beta1",
		"address":                  "0.0.0.0",
		"authentication":           map[string]any{"anonymous": map[string]any{"enabled": false}, "webhook": map[string]any{"enabled": true}, "x509": map[string]any{"clientCAFile": s.Path("agent", "client-ca.crt")}},
		"authorization":            map[string]any{"mode": "Webhook"},
		"cgroupDriver":             "cgroupfs",
		"clusterDNS":               []string{s.ClusterDNS},
		"clusterDomain":            s.ClusterDomain,
		"containerRuntimeEndpoint": "unix://" + Socket,
		"evictionHard":             map[string]any{"imagefs.available": "5%", "nodefs.available": "5%"},
		"evictionMinimumReclaim":   map[string]any{"imagefs.available": "10%", "nodefs.available": "10%"},
		"failSwapOn":               false,
		"healthzBindAddress":       "127.0.0.1",
		"protectKernelDefaults":    s.ProtectKernelDefaults,
		"resolvConf":               resolver,
		"serializeImagePulls":      false,
		"staticPodPath":            s.Path("agent", "pod-manifests"),
		"tlsCertFile":              s.Path("agent", "serving-kubelet.crt"),
		"tlsPrivateKeyFile":        s.Path("agent", "serving-kubelet.key"),
	}
	data, err := yaml.Marshal(configuration)
	if err != nil {
		return process.Command{}, err
	}
	file, dropIns := s.Path("agent", "etc", "kubelet.conf"), s.Path("agent", "etc", "kubelet.conf.d")
	for _, folder := range []string{dropIns, s.Path("agent", "pod-manifests")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return process.Command{}, err
		}
	}
	if err := pki.WriteFile(file, data, 0o600); err != nil {
		return process.Command{}, err
	}
	if err := pki.WriteFile(filepath.Join(dropIns, "99-lab.conf"), []byte(sharedDisk), 0o600); err != nil {
		return process.Command{}, err
	}
	args := map[string]string{
		"containerd": Socket, "config": file, "config-dir": dropIns, "hostname-override": s.NodeName, "kubeconfig": s.Path("agent", "kubelet.kubeconfig"),
		"node-ip": strings.Join(s.NodeIPs, ","), "node-labels": strings.Join(s.NodeLabels, ","),
		"register-with-taints": strings.Join(s.NodeTaint, ","),
	}
	if !s.DisableCloudController {
		args["cloud-provider"] = "external"
	}
	return process.Self("kubelet", settings.Arguments(args, s.KubeletArgs)), nil
}

// KubeProxy tells how to run kube-proxy.
func KubeProxy(s *settings.Settings) process.Command {
	return process.Self("kube-proxy", settings.Arguments(map[string]string{
		"cluster-cidr":                      s.ClusterCIDR,
		"conntrack-max-per-core":            "0",
		"conntrack-tcp-timeout-close-wait":  "0s",
		"conntrack-tcp-timeout-established": "0s",
		"healthz-bind-address":              "127.0.0.1",
		"hostname-override":                 s.NodeName,
		"kubeconfig":                        s.Path("agent", "kubeproxy.kubeconfig"),
		"metrics-bind-address":              "127.0.0.1",
		"proxy-mode":                        "iptables",
	}, s.KubeProxyArgs))
}

// resolvConf finds a file whose name servers pods can reach: loopback ones (systemd-resolved's) are not.
func resolvConf(s *settings.Settings) (string, error) {
	if s.ResolvConf != "" {
		return s.ResolvConf, nil
	}
	for _, file := range []string{"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"} {
		data, err := os.ReadFile(file)
		if err == nil && usableResolver(string(data)) {
			return file, nil
		}
	}
	file := s.Path("agent", "etc", "resolv.conf")
	return file, pki.WriteFile(file, nil, 0o644)
}

func usableResolver(content string) bool {
	found := false
	for _, line := range strings.Split(content, "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "nameserver" {
			address := net.ParseIP(fields[1])
			if address == nil || !address.IsGlobalUnicast() {
				return false
			}
			found = true
		}
	}
	return found
}
