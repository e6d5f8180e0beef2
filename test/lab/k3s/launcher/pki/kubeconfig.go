package pki

import (
	"encoding/base64"
	"fmt"
	"os"
)

// Kubeconfig is a kubeconfig with everything in it and named `default`, as k3s writes for administrators.
func Kubeconfig(server string, ca, certificate, key []byte) []byte {
	encode := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: %s
    server: %s
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {}
users:
- name: default
  user:
    client-certificate-data: %s
    client-key-data: %s
`, encode(ca), server, encode(certificate), encode(key))
}

// KubeconfigFor reads LEAF.crt and LEAF.key and makes the kubeconfig of that client.
func KubeconfigFor(server string, ca []byte, leaf string) ([]byte, error) {
	certificate, err := os.ReadFile(leaf + ".crt")
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(leaf + ".key")
	if err != nil {
		return nil, err
	}
	return Kubeconfig(server, ca, certificate, key), nil
}
