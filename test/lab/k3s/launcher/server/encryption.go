package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
)

type encryptionKey struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
}

type encryptionProvider struct {
	AESCBC *struct {
		Keys []encryptionKey `json:"keys"`
	} `json:"aescbc,omitempty"`
	Identity *struct{} `json:"identity,omitempty"`
}

// EncryptionConfig is the part of the API server's EncryptionConfiguration that k3s writes.
type EncryptionConfig struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Resources  []struct {
		Resources []string             `json:"resources"`
		Providers []encryptionProvider `json:"providers"`
	} `json:"resources"`
}

// ActiveKeys are the names of the AES-CBC keys, the one that encrypts first.
func (c EncryptionConfig) ActiveKeys() []string {
	var names []string
	for _, resource := range c.Resources {
		for _, provider := range resource.Providers {
			if provider.AESCBC != nil {
				for _, key := range provider.AESCBC.Keys {
					names = append(names, key.Name)
				}
			}
		}
	}
	return names
}

func encryptionFile(s *settings.Settings) string {
	return s.Path("server", "cred", "encryption-config.json")
}

// ReadEncryption reads the configuration and its hash in the form of k3s's node annotation; os.ErrNotExist when there is none.
func ReadEncryption(s *settings.Settings) (EncryptionConfig, string, error) {
	var config EncryptionConfig
	data, err := os.ReadFile(encryptionFile(s))
	if err != nil {
		return config, "", err
	}
	sum := sha256.Sum256(data)
	return config, "start-" + hex.EncodeToString(sum[:]), json.Unmarshal(data, &config)
}

// ensureEncryption makes the key of a new cluster; an existing server without one cannot get it later.
func ensureEncryption(s *settings.Settings, existing bool) error {
	_, err := os.Stat(encryptionFile(s))
	switch present := err == nil; {
	case present && !s.SecretsEncryption:
		return errors.New("secrets-encryption is on in this cluster and cannot be left out: its Secrets would be unreadable")
	case present || !s.SecretsEncryption:
		return nil
	}
	if existing {
		return errors.New("secrets-encryption cannot be enabled on an existing server: start a new cluster with it")
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	config := map[string]any{"kind": "EncryptionConfiguration", "apiVersion": "apiserver.config.k8s.io/v1", "resources": []any{map[string]any{
		"resources": []string{"secrets"},
		"providers": []any{
			map[string]any{"aescbc": map[string]any{"keys": []encryptionKey{{"aescbckey", base64.StdEncoding.EncodeToString(secret)}}}},
			map[string]any{"identity": map[string]any{}},
		},
	}}}
	data, err := json.Marshal(config)
	if err != nil {
		return err
	}
	return pki.WriteFile(encryptionFile(s), data, 0o600)
}

// CompareEncryption tells in which way the servers' configurations differ, or "" if they are the same.
func CompareEncryption(ctx context.Context, s *settings.Settings) (string, error) {
	client, err := kubernetesClient(s.Path("server", "cred", "admin.kubeconfig"))
	if err != nil {
		return "", err
	}
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: labelControlPlane})
	if err != nil {
		return "", err
	}
	_, own, err := ReadEncryption(s)
	if err != nil {
		return "", err
	}
	for _, one := range list.Items {
		if one.Annotations[annotationHash] != own {
			return "hash does not match between " + s.NodeName + " and " + one.Name, nil
		}
	}
	return "", nil
}
