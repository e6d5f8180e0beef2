// Package registry stands for the image registries that the hosts pull from: docker.io, where
// anyone may pull, and private ones, where nobody may without credentials. The registry
// itself is go-containerregistry's; this package adds the names and the passwords.
package registry

import (
	"crypto/subtle"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"

	library "github.com/google/go-containerregistry/pkg/registry"

	"honeydue.lab/workloads/labsvc/fault"
)

// Config says where images lie and who may have them.
type Config struct {
	Layout   string   // an OCI image layout, loaded at start; its blobs are served from where they are
	Uploads  string   // folder for what is pushed later
	Private  []string // registries that need credentials even for reading
	User     string
	Password string
}

// New loads the layout and returns the handler.
//
// A pull through a mirror names its registry by ?ns= (as containerd does), a pull from the registry
// itself by its Host header, and a push to the lab's registry by the first part of the path:
// registry.lab:5000/gitea.example/admin/honeydue-api. All three end at the same image.
func New(config Config) (http.Handler, error) {
	store := library.New(
		library.WithBlobHandler(&blobs{layout: config.Layout, uploads: config.Uploads}),
		library.Logger(log.New(io.Discard, "", 0)))
	if err := load(store, config.Layout); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	control := &control{store: store}
	control.routes(mux)
	mux.HandleFunc("/v2/", func(w http.ResponseWriter, r *http.Request) {
		rest := strings.TrimPrefix(r.URL.Path, "/v2/")
		from := config.origin(r)
		if from == "" {
			from, _, _ = strings.Cut(rest, "/")
		} else if rest != "" && !strings.HasPrefix(rest, from+"/") { // upload locations have the full path already
			rest = from + "/" + rest
		}
		if !config.allowed(r, from, rest) && !(control.open.Load() && reading(r)) {
			w.Header().Set("WWW-Authenticate", `Basic realm="`+from+`"`)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}` + "\n"))
			return
		}
		r.URL.Path = "/v2/" + rest
		store.ServeHTTP(w, r)
	})
	return new(fault.Switch).Wrap(mux), nil
}

// origin is the registry that a request is meant for, or "" when its path says so.
func (c Config) origin(r *http.Request) string {
	if ns := r.URL.Query().Get("ns"); ns != "" {
		return ns
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == dockerHub {
		return "docker.io"
	}
	if slices.Contains(c.Private, host) {
		return host
	}
	return ""
}

// dockerHub is where clients look for the images of docker.io.
const dockerHub = "registry-1.docker.io"

// allowed: wrong credentials are refused everywhere; none are enough to read what is public.
// A request for no image (the login check) needs them too, or clients would never send them.
func (c Config) allowed(r *http.Request, from, rest string) bool {
	user, password, given := r.BasicAuth()
	if given {
		return same(user, c.User) && same(password, c.Password)
	}
	if !reading(r) || rest == "" {
		return false
	}
	return !slices.Contains(c.Private, from)
}

func reading(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
