package pki

import (
	"path/filepath"
	"testing"
)

func TestLeavesAreKeptWhileTheyFit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ca")
	ca, err := EnsureCA(file, "lab")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := EnsureCA(file, "lab"); err != nil || !again.Certificate.Equal(ca.Certificate) {
		t.Fatal("the CA changed", err)
	}
	leaf := filepath.Join(filepath.Dir(file), "leaf")
	wish := Leaf{CommonName: "one", Organization: []string{"system:masters"}, Hosts: []string{"127.0.0.1", "::1", "api.lab"}, Server: true}
	first, err := EnsureLeaf(leaf, ca, wish)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := EnsureLeaf(leaf, ca, wish); err != nil || !same.Certificate.Equal(first.Certificate) {
		t.Error("renewed without need", err)
	}
	wish.Hosts = append(wish.Hosts, "10.0.0.2")
	if wider, err := EnsureLeaf(leaf, ca, wish); err != nil || wider.Certificate.VerifyHostname("10.0.0.2") != nil {
		t.Error("a new SAN needs a new certificate", err)
	}
}
