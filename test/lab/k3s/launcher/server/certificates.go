package server

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
)

// internalAPI is where this server's own components reach the API server: the same port on another loopback address.
const (
	internalAddress = "127.0.0.2"
	internalAPI     = "https://127.0.0.2:6443"
)

// authorities are the five CAs of a cluster; every server has their keys.
type authorities struct{ server, client, front, etcd, etcdPeer *pki.Pair }

func loadAuthorities(s *settings.Settings) (authorities, error) {
	var cas authorities
	for _, one := range []struct {
		target     **pki.Pair
		file, name string
	}{
		{&cas.server, "server-ca", "k3s-server-ca"}, {&cas.client, "client-ca", "k3s-client-ca"},
		{&cas.front, "request-header-ca", "k3s-request-header-ca"},
		{&cas.etcd, "etcd/server-ca", "etcd-server-ca"}, {&cas.etcdPeer, "etcd/peer-ca", "etcd-peer-ca"},
	} {
		pair, err := pki.EnsureCA(s.Path("server", "tls", one.file), one.name)
		if err != nil {
			return cas, err
		}
		*one.target = pair
	}
	return cas, pki.EnsureKey(s.Path("server", "tls", "service.key"))
}

// servingNames are the names and addresses in the certificate of port 6443.
func servingNames(s *settings.Settings) []string {
	_, services, _ := net.ParseCIDR(s.ServiceCIDR)
	first := append(net.IP{}, services.IP.To4()...)
	first[3]++
	names := []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + s.ClusterDomain, "localhost",
		s.NodeName, "127.0.0.1", "::1", first.String()}
	names = append(names, s.NodeIPs...)
	names = append(names, s.NodeExternalIPs...)
	return unique(append(names, s.TLSSAN...))
}

func unique(values []string) []string {
	seen, result := map[string]bool{}, []string{}
	for _, value := range values {
		if !seen[value] {
			seen[value] = true
			result = append(result, value)
		}
	}
	return result
}

// issueLeaves makes or renews every certificate of this server below its data folder.
func issueLeaves(s *settings.Settings, cas authorities) error {
	masters := []string{"system:masters"}
	own := unique(append([]string{s.NodeName, "localhost", "127.0.0.1", "::1"}, s.NodeIPs...))
	for _, one := range []struct {
		file string
		ca   *pki.Pair
		leaf pki.Leaf
	}{
		{"server/tls/client-admin", cas.client, pki.Leaf{CommonName: "system:admin", Organization: masters}},
		{"server/tls/client-supervisor", cas.client, pki.Leaf{CommonName: "system:k3s-supervisor", Organization: masters}},
		{"server/tls/client-controller", cas.client, pki.Leaf{CommonName: "system:kube-controller-manager"}},
		{"server/tls/client-scheduler", cas.client, pki.Leaf{CommonName: "system:kube-scheduler"}},
		{"server/tls/client-kube-apiserver", cas.client, pki.Leaf{CommonName: "system:apiserver", Organization: masters}},
		{"server/tls/client-auth-proxy", cas.front, pki.Leaf{CommonName: "system:auth-proxy"}},
		{"server/tls/serving-kube-apiserver", cas.server, pki.Leaf{CommonName: "kube-apiserver", Server: true,
			Hosts: append(servingNames(s), internalAddress)}},
		{"server/tls/serving-supervisor", cas.server, pki.Leaf{CommonName: "k3s", Server: true, Hosts: servingNames(s)}},
		{"server/tls/etcd/client", cas.etcd, pki.Leaf{CommonName: "etcd-client"}},
		{"server/tls/etcd/server-client", cas.etcd, pki.Leaf{CommonName: "etcd-server", Hosts: own, Server: true}},
		{"server/tls/etcd/peer-server-client", cas.etcdPeer, pki.Leaf{CommonName: "etcd-peer", Hosts: own, Server: true}},
		{"agent/client-kubelet", cas.client, pki.Leaf{CommonName: "system:node:" + s.NodeName, Organization: []string{"system:nodes"}}},
		{"agent/client-kube-proxy", cas.client, pki.Leaf{CommonName: "system:kube-proxy"}},
		{"agent/serving-kubelet", cas.server, pki.Leaf{CommonName: s.NodeName, Hosts: own, Server: true}},
	} {
		if _, err := pki.EnsureLeaf(s.Path(one.file), one.ca, one.leaf); err != nil {
			return err
		}
	}
	for file, ca := range map[string]*pki.Pair{"agent/client-ca.crt": cas.client, "agent/server-ca.crt": cas.server} {
		if err := pki.WriteFile(s.Path(file), ca.PEM, 0o644); err != nil {
			return err
		}
	}
	return writeKubeconfigs(s, cas.server.PEM)
}

func writeKubeconfigs(s *settings.Settings, ca []byte) error {
	mode, err := s.KubeconfigFileMode()
	if err != nil {
		return err
	}
	for _, one := range []struct {
		file, leaf, server string
		mode               os.FileMode
	}{
		{s.KubeconfigPath, "server/tls/client-admin", "https://127.0.0.1:6443", mode},
		{s.Path("server/cred/admin.kubeconfig"), "server/tls/client-admin", internalAPI, 0o600},
		{s.Path("server/cred/supervisor.kubeconfig"), "server/tls/client-supervisor", internalAPI, 0o600},
		{s.Path("server/cred/controller.kubeconfig"), "server/tls/client-controller", internalAPI, 0o600},
		{s.Path("server/cred/scheduler.kubeconfig"), "server/tls/client-scheduler", internalAPI, 0o600},
		{s.Path("agent/kubelet.kubeconfig"), "agent/client-kubelet", internalAPI, 0o600},
		{s.Path("agent/kubeproxy.kubeconfig"), "agent/client-kube-proxy", internalAPI, 0o600},
	} {
		data, err := pki.KubeconfigFor(one.server, ca, s.Path(one.leaf))
		if err != nil {
			return err
		}
		if err := pki.WriteFile(one.file, data, one.mode); err != nil {
			return err
		}
	}
	return nil
}

func keyPair(s *settings.Settings, leaf string) (tls.Certificate, error) {
	file := filepath.Join(s.DataDir, leaf)
	return tls.LoadX509KeyPair(file+".crt", file+".key")
}

func pool(pair *pki.Pair) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(pair.Certificate)
	return roots
}
