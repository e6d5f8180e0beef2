// Package bootstrap carries a cluster's identity (CAs, service-account key, encryption keys) between servers: over the
// supervisor's port for those that join, and encrypted with the server token inside etcd for those that are restored.
package bootstrap

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/pbkdf2"

	"honeydue.lab/k3s/pki"
)

// Prefix is the folder of etcd that holds the encrypted data, one key per token.
const Prefix = "/bootstrap/"

const rounds = 4096

// Data maps a file, relative to the server folder, to its content.
type Data map[string][]byte

var files = []string{
	"tls/server-ca.crt", "tls/server-ca.key", "tls/client-ca.crt", "tls/client-ca.key",
	"tls/request-header-ca.crt", "tls/request-header-ca.key", "tls/service.key",
	"tls/etcd/server-ca.crt", "tls/etcd/server-ca.key", "tls/etcd/peer-ca.crt", "tls/etcd/peer-ca.key",
	"cred/encryption-config.json",
}

// Collect reads the data from a server folder; only the encryption configuration may be missing.
func Collect(folder string) (Data, error) {
	data := Data{}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(folder, file))
		if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(file, "cred/") {
			continue
		}
		if err != nil {
			return nil, err
		}
		data[file] = content
	}
	return data, nil
}

// Write puts the data into a server folder. Names that are not ours are refused: they came over the network.
func (d Data) Write(folder string) error {
	for file, content := range d {
		known := false
		for _, name := range files {
			known = known || name == file
		}
		if !known {
			return fmt.Errorf("bootstrap data names an unexpected file %q", file)
		}
		if err := pki.WriteFile(filepath.Join(folder, file), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Key is the key in etcd for data that is encrypted with this password.
func Key(password string) string {
	sum := sha256.Sum256([]byte(password))
	return Prefix + hex.EncodeToString(sum[:])[:12]
}

// Encrypt seals the data with a key derived from the password.
func Encrypt(password string, data Data) (string, error) {
	plain, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	salt := make([]byte, 8)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sealer, err := gcm(password, hex.EncodeToString(salt))
	if err != nil {
		return "", err
	}
	nonce := make([]byte, sealer.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	sealed := sealer.Seal(nonce, nonce, plain, nil)
	return hex.EncodeToString(salt) + ":" + base64.StdEncoding.EncodeToString(sealed), nil
}

// Decrypt opens what Encrypt sealed; a wrong password is an error.
func Decrypt(password, text string) (Data, error) {
	salt, body, found := strings.Cut(text, ":")
	if !found {
		return nil, errors.New("bootstrap data is not in the form SALT:DATA")
	}
	sealed, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, err
	}
	opener, err := gcm(password, salt)
	if err != nil {
		return nil, err
	}
	if len(sealed) < opener.NonceSize() {
		return nil, errors.New("bootstrap data is too short")
	}
	plain, err := opener.Open(nil, sealed[:opener.NonceSize()], sealed[opener.NonceSize():], nil)
	if err != nil {
		return nil, fmt.Errorf("bootstrap data cannot be decrypted with this token: %w", err)
	}
	data := Data{}
	return data, json.Unmarshal(plain, &data)
}

func gcm(password, salt string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(pbkdf2.Key([]byte(password), []byte(salt), rounds, 32, sha1.New))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
