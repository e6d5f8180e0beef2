package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/token"
)

const passwordFile = "/etc/rancher/node/password"

func passwordSecret(node string) string { return node + ".node-password.k3s" }

// ensurePassword records that this host owns its node name. Another host of the same name is reported, not stopped:
// a server asks itself, so k3s lets it start too.
func (n *nodes) ensurePassword(ctx context.Context) error {
	data, err := os.ReadFile(passwordFile)
	if os.IsNotExist(err) {
		data = []byte(token.Random(16))
		err = pki.WriteFile(passwordFile, data, 0o600)
	}
	if err != nil {
		return err
	}
	password := strings.TrimSpace(string(data))
	secrets := n.client.CoreV1().Secrets("kube-system")
	known, err := secrets.Get(ctx, passwordSecret(n.settings.NodeName), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		salt := token.Random(8)
		immutable := true
		_, err = secrets.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: passwordSecret(n.settings.NodeName)}, Immutable: &immutable,
			Data: map[string][]byte{"hash": []byte(hash(salt, password))}}, metav1.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	salt, _, _ := strings.Cut(string(known.Data["hash"]), ":")
	if hash(salt, password) != string(known.Data["hash"]) {
		slog.Error(fmt.Sprintf("Node password rejected, duplicate hostname or contents of '%s' may not match server node-passwd entry: delete Secret kube-system/%s if this host replaces another",
			passwordFile, passwordSecret(n.settings.NodeName)))
	}
	return nil
}

func hash(salt, password string) string {
	sum := sha256.Sum256([]byte(salt + password))
	return salt + ":" + hex.EncodeToString(sum[:])
}
