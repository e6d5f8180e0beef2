package server

import (
	"strconv"

	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/settings"
)

const cipherSuites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384," +
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"

func apiServer(s *settings.Settings) process.Command {
	tls := func(name string) string { return s.Path("server", "tls", name) }
	issuer := "https://kubernetes.default.svc." + s.ClusterDomain
	args := map[string]string{
		"advertise-address":                  s.Advertised(),
		"allow-privileged":                   "true",
		"anonymous-auth":                     "false",
		"api-audiences":                      issuer + ",k3s",
		"authorization-mode":                 "Node,RBAC",
		"bind-address":                       internalAddress,
		"cert-dir":                           s.Path("server", "tls", "temporary-certs"),
		"client-ca-file":                     tls("client-ca.crt"),
		"enable-admission-plugins":           "NodeRestriction",
		"enable-aggregator-routing":          "true",
		"enable-bootstrap-token-auth":        "true",
		"etcd-cafile":                        tls("etcd/server-ca.crt"),
		"etcd-certfile":                      tls("etcd/client.crt"),
		"etcd-keyfile":                       tls("etcd/client.key"),
		"etcd-servers":                       "https://127.0.0.1:2379",
		"kubelet-certificate-authority":      tls("server-ca.crt"),
		"kubelet-client-certificate":         tls("client-kube-apiserver.crt"),
		"kubelet-client-key":                 tls("client-kube-apiserver.key"),
		"kubelet-preferred-address-types":    "InternalIP,ExternalIP,Hostname",
		"permit-port-sharing":                "true",
		"profiling":                          "false",
		"proxy-client-cert-file":             tls("client-auth-proxy.crt"),
		"proxy-client-key-file":              tls("client-auth-proxy.key"),
		"requestheader-allowed-names":        "system:auth-proxy",
		"requestheader-client-ca-file":       tls("request-header-ca.crt"),
		"requestheader-extra-headers-prefix": "X-Remote-Extra-",
		"requestheader-group-headers":        "X-Remote-Group",
		"requestheader-username-headers":     "X-Remote-User",
		"secure-port":                        strconv.Itoa(s.HTTPSPort),
		"service-account-issuer":             issuer,
		"service-account-key-file":           tls("service.key"),
		"service-account-signing-key-file":   tls("service.key"),
		"service-cluster-ip-range":           s.ServiceCIDR,
		"service-node-port-range":            s.NodePortRange,
		"storage-backend":                    "etcd3",
		"tls-cert-file":                      tls("serving-kube-apiserver.crt"),
		"tls-cipher-suites":                  cipherSuites,
		"tls-private-key-file":               tls("serving-kube-apiserver.key"),
	}
	if s.SecretsEncryption {
		args["encryption-provider-config"] = encryptionFile(s)
		args["encryption-provider-config-automatic-reload"] = "true"
	}
	return process.Self("kube-apiserver", settings.Arguments(args, s.APIServerArgs))
}

func controllerManager(s *settings.Settings) process.Command {
	tls := func(name string) string { return s.Path("server", "tls", name) }
	kubeconfig := s.Path("server", "cred", "controller.kubeconfig")
	return process.Self("kube-controller-manager", settings.Arguments(map[string]string{
		"allocate-node-cidrs":              "true",
		"authentication-kubeconfig":        kubeconfig,
		"authorization-kubeconfig":         kubeconfig,
		"bind-address":                     "127.0.0.1",
		"cluster-cidr":                     s.ClusterCIDR,
		"cluster-signing-cert-file":        tls("client-ca.crt"),
		"cluster-signing-key-file":         tls("client-ca.key"),
		"configure-cloud-routes":           "false",
		"controllers":                      "*,tokencleaner",
		"kubeconfig":                       kubeconfig,
		"profiling":                        "false",
		"root-ca-file":                     tls("server-ca.crt"),
		"service-account-private-key-file": tls("service.key"),
		"service-cluster-ip-range":         s.ServiceCIDR,
		"use-service-account-credentials":  "true",
	}, s.ControllerArgs))
}

func scheduler(s *settings.Settings) process.Command {
	kubeconfig := s.Path("server", "cred", "scheduler.kubeconfig")
	return process.Self("kube-scheduler", settings.Arguments(map[string]string{
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig":  kubeconfig,
		"bind-address":              "127.0.0.1",
		"kubeconfig":                kubeconfig,
		"profiling":                 "false",
	}, s.SchedulerArgs))
}
