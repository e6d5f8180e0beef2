// Package pki makes and renews the certificates of a server, in the files and folders that k3s uses.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	caYears   = 10
	leafDays  = 365
	renewDays = 120 // k3s renews at start what has no more than this left
)

// Pair is a certificate and its key, in memory.
type Pair struct {
	Certificate *x509.Certificate
	PEM         []byte
	Key         crypto.Signer
}

// Leaf describes a certificate that a CA issues: hosts makes it a server's, and every leaf can be a client's.
type Leaf struct {
	CommonName   string
	Organization []string
	Hosts        []string
	Server       bool
}

// EnsureCA loads FILE.crt and FILE.key, or makes a CA of that name.
func EnsureCA(file, name string) (*Pair, error) {
	if pair, err := load(file); err == nil || !errors.Is(err, os.ErrNotExist) {
		return pair, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: fmt.Sprintf("%s@%d", name, time.Now().Unix())},
		NotAfter:              time.Now().AddDate(caYears, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	return issue(file, template, nil)
}

// EnsureLeaf keeps FILE.crt while it fits the wish, is signed by the CA and has time left, and issues a new one otherwise.
func EnsureLeaf(file string, ca *Pair, wish Leaf) (*Pair, error) {
	if pair, err := load(file); err == nil && fits(pair.Certificate, ca, wish) {
		return pair, nil
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: wish.CommonName, Organization: wish.Organization},
		NotAfter:    time.Now().AddDate(0, 0, leafDays),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if wish.Server {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	template.DNSNames, template.IPAddresses = split(wish.Hosts)
	return issue(file, template, ca)
}

func split(hosts []string) (names []string, addresses []net.IP) {
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			addresses = append(addresses, address)
		} else {
			names = append(names, host)
		}
	}
	return names, addresses
}

func fits(certificate *x509.Certificate, ca *Pair, wish Leaf) bool {
	if certificate.CheckSignatureFrom(ca.Certificate) != nil || time.Until(certificate.NotAfter) < renewDays*24*time.Hour ||
		certificate.Subject.CommonName != wish.CommonName || !slices.Equal(certificate.Subject.Organization, wish.Organization) {
		return false
	}
	for _, host := range wish.Hosts {
		if certificate.VerifyHostname(host) != nil {
			return false
		}
	}
	return len(certificate.DNSNames)+len(certificate.IPAddresses) == len(wish.Hosts)
}

func issue(file string, template *x509.Certificate, ca *Pair) (*Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Minute)
	parent, signer, chain := template, crypto.Signer(key), []byte(nil)
	if ca != nil {
		parent, signer, chain = ca.Certificate, ca.Key, ca.PEM
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	certificatePEM := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), chain...)
	if err := WriteFile(file+".key", keyPEM, 0o600); err != nil {
		return nil, err
	}
	if err := WriteFile(file+".crt", certificatePEM, 0o644); err != nil {
		return nil, err
	}
	return load(file)
}

func load(file string) (*Pair, error) {
	certificatePEM, err := os.ReadFile(file + ".crt")
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(file + ".key")
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(certificatePEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if block == nil || keyBlock == nil {
		return nil, fmt.Errorf("%s: no PEM block in the certificate or its key", file)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s.crt: %w", file, err)
	}
	key, err := x509.ParseECPrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s.key: %w", file, err)
	}
	return &Pair{Certificate: certificate, PEM: certificatePEM, Key: key}, nil
}

// WriteFile replaces a file in one step, so that a kill leaves the old or the new content and nothing between.
func WriteFile(file string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temporary := file + ".new"
	if err := os.WriteFile(temporary, data, mode); err != nil {
		return err
	}
	if err := os.Chmod(temporary, mode); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}

// EnsureKey makes a private key of its own (service-account tokens are signed with it), once.
func EnsureKey(file string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}
