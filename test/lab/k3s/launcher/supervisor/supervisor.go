// Package supervisor is the listener on 6443: k3s's own paths are answered here, everything else is the API server's.
package supervisor

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"honeydue.lab/k3s/bootstrap"
	"honeydue.lab/k3s/datastore"
)

// Config is what the listener needs to know.
type Config struct {
	BindAddress                   string
	Port                          int
	Serving                       tls.Certificate
	CA                            []byte // PEM bundle that /cacerts shows and tokens name
	ClientCAs                     *x509.CertPool
	ServerPassword, AgentPassword string
	Identity                      func() (bootstrap.Data, error)
	Critical                      map[string]string
	Datastore                     *datastore.Datastore
	API                           *Proxy
}

// Serve listens until the context ends. The port is shared with the API server on 127.0.0.2, which therefore
// advertises 6443, where clients have to go.
func Serve(ctx context.Context, config Config) error {
	share := net.ListenConfig{Control: func(_, _ string, connection syscall.RawConn) error {
		var failure error
		err := connection.Control(func(descriptor uintptr) {
			failure = unix.SetsockoptInt(int(descriptor), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
		if err != nil {
			return err
		}
		return failure
	}}
	listener, err := share.Listen(ctx, "tcp", net.JoinHostPort(config.BindAddress, strconv.Itoa(config.Port)))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           config.handler(),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // handshakes that strangers break off are not news
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{config.Serving},
			ClientAuth:   tls.RequestClientCert,
			ClientCAs:    config.ClientCAs,
			MinVersion:   tls.VersionTLS12,
		},
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return nil
}

func (c Config) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cacerts", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(c.CA)
	})
	mux.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("pong")) })
	mux.Handle("GET /v1-k3s/server-bootstrap", c.only("server", func(w http.ResponseWriter, _ *http.Request) {
		data, err := c.Identity()
		answer(w, data, err)
	}))
	mux.Handle("GET /v1-k3s/config", c.only("server", func(w http.ResponseWriter, _ *http.Request) { answer(w, c.Critical, nil) }))
	mux.Handle("GET /db/info", c.only("server", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		members, _, err := c.Datastore.Members(ctx)
		infos := []datastore.MemberInfo{}
		for _, member := range members {
			infos = append(infos, datastore.MemberInfo{Name: member.Name, PeerURLs: member.PeerURLs, ClientURLs: member.ClientURLs, IsLearner: member.IsLearner})
		}
		answer(w, infos, err)
	}))
	mux.Handle("/", c.API)
	return mux
}

// only lets in the named user with the server's password.
func (c Config) only(name string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		if user != name || subtle.ConstantTimeCompare([]byte(password), []byte(c.ServerPassword)) != 1 {
			http.Error(w, "not authorized", http.StatusUnauthorized)
			return
		}
		next(w, r)
	})
}

func answer(w http.ResponseWriter, value any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
