// Package token reads and writes k3s's tokens: a bare password, or K10<sha256 of the cluster's CA>::<user>:<password>.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Token is a parsed token; CAHash is empty in the short form, which trusts whatever CA a server shows.
type Token struct{ CAHash, User, Password string }

var full = regexp.MustCompile(`^K10([0-9a-f]{64})::([^:]+):(.+)$`)

// Parse reads either form; the short form belongs to the given user.
func Parse(text, user string) (Token, error) {
	if !strings.HasPrefix(text, "K10") {
		if text == "" {
			return Token{}, fmt.Errorf("token must not be empty")
		}
		return Token{User: user, Password: text}, nil
	}
	match := full.FindStringSubmatch(text)
	if match == nil {
		return Token{}, fmt.Errorf("failed to normalize token; must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>")
	}
	return Token{CAHash: match[1], User: match[2], Password: match[3]}, nil
}

// Format writes the full form.
func Format(user, password string, ca []byte) string {
	return fmt.Sprintf("K10%s::%s:%s", Hash(ca), user, password)
}

// Hash is the part of a full token that names the cluster's CA bundle.
func Hash(ca []byte) string {
	sum := sha256.Sum256(ca)
	return hex.EncodeToString(sum[:])
}

// CheckCA compares the CA that a server shows with the one the token names.
func (t Token) CheckCA(ca []byte) error {
	if t.CAHash != "" && t.CAHash != Hash(ca) {
		return fmt.Errorf("token CA hash does not match the Cluster CA certificate hash: %s != %s", t.CAHash, Hash(ca))
	}
	return nil
}

// Random makes a password of n random bytes in hexadecimal.
func Random(n int) string {
	bytes := make([]byte, n)
	if _, err := rand.Read(bytes); err != nil {
		panic(err) // the kernel's random source never fails on Linux
	}
	return hex.EncodeToString(bytes)
}
