// Package contract is the environment that api and worker read: which variables must be there,
// which may be, and what they must look like. The names live in env.json alone, which the
// TypeScript side of the lab reads too.
package contract

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed env.json
var source []byte

var names struct {
	Required  map[string]string `json:"required"`
	AllOrNone []string          `json:"allOrNone"`
	Optional  []string          `json:"optional"`
}

func init() {
	if err := json.Unmarshal(source, &names); err != nil {
		panic(fmt.Sprintf("env.json of the stand-ins: %v", err))
	}
}

// Env is a checked environment. A variable that is set to nothing counts as not set, as it does
// in the real programs.
type Env map[string]string

// Load reads the contract's variables through lookup (os.Getenv in production) and reports every
// problem at once, each by the name of its variable and never by its value.
func Load(lookup func(string) string) (Env, error) {
	env := Env{}
	var problems []string
	for _, name := range sortedKeys(names.Required) {
		value := lookup(name)
		if value == "" {
			problems = append(problems, name+" is required and not set")
			continue
		}
		if wrong := check(names.Required[name], value); wrong != "" {
			problems = append(problems, name+" "+wrong)
		}
		env[name] = value
	}
	for _, name := range names.Optional {
		if value := lookup(name); value != "" {
			env[name] = value
		}
	}
	var present, missing []string
	for _, name := range names.AllOrNone {
		if value := lookup(name); value != "" {
			env[name] = value
			present = append(present, name)
		} else {
			missing = append(missing, name)
		}
	}
	if len(present) > 0 && len(missing) > 0 {
		problems = append(problems, fmt.Sprintf("B2 needs all four variables or none: %s set, %s not set",
			strings.Join(present, ", "), strings.Join(missing, ", ")))
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("refusing to start: %s", strings.Join(problems, "; "))
	}
	return env, nil
}

// HasStorage tells whether the B2 group is there. Without it the real programs fall back to a
// folder, which a read-only root file system cannot hold.
func (env Env) HasStorage() bool { return env["B2_BUCKET"] != "" }

// Debug is DEBUG as a boolean.
func (env Env) Debug() bool { return env["DEBUG"] == "true" }

// RedisAddress is host:port.
func (env Env) RedisAddress() string { return env["REDIS_HOST"] + ":" + env["REDIS_PORT"] }

// Fingerprints tells, without showing it, which value each variable has: the first 12 hexadecimal
// digits of its SHA-256, so that a test can see a rotation arrive. Lab values only.
func (env Env) Fingerprints() map[string]string {
	prints := map[string]string{}
	for name, value := range env {
		sum := sha256.Sum256([]byte(value))
		prints[name] = hex.EncodeToString(sum[:6])
	}
	return prints
}

func check(kind, value string) string {
	switch kind {
	case "port":
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > 65535 {
			return "is not a port number"
		}
	case "boolean":
		if value != "true" && value != "false" {
			return "is neither true nor false"
		}
	case "sslmode":
		// Neon refuses connections without TLS.
		if !slices.Contains([]string{"require", "verify-ca", "verify-full"}, value) {
			return "must be require, verify-ca or verify-full"
		}
	case "database":
		// Postgres compares names by case: the real programs fail with this very mistake.
		if value == "honeydue" {
			return "is honeydue, but the database is called honeyDue (names are case-sensitive)"
		}
	}
	return ""
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
