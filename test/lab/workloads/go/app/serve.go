package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Server is an HTTP server that finishes what it has begun.
type Server struct {
	inFlight atomic.Int64
	http     http.Server
	process  Process
}

// Listen opens the process's port; requests wait in its backlog until Run.
func Listen(process Process, handler http.Handler) (*Server, net.Listener, error) {
	listener, err := net.Listen("tcp", process.Address)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot listen on %s: %w", process.Address, err)
	}
	server := &Server{process: process}
	server.http.ReadHeaderTimeout = 10 * time.Second
	server.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.inFlight.Add(1)
		defer server.inFlight.Add(-1)
		w.Header().Set("X-Honeydue-Version", process.Version)
		w.Header().Set("X-Honeydue-Instance", process.Instance)
		handler.ServeHTTP(w, r)
	})
	return server, listener, nil
}

// Run serves until ctx ends, then takes no new connections and waits for the requests in flight,
// at most the process's shutdown time; an overrun is an error.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(listener) }()
	s.process.Log.Info("serving", "address", listener.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.process.Log.Info("stopping", "inFlight", s.inFlight.Load())
	deadline, cancel := context.WithTimeout(context.Background(), s.process.Shutdown)
	defer cancel()
	if err := s.http.Shutdown(deadline); err != nil {
		return fmt.Errorf("%d requests were still in flight %s after the signal: %w", s.inFlight.Load(), s.process.Shutdown, err)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	s.process.Log.Info("stopped")
	return nil
}

// JSON writes value as the response's body.
func JSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone: nothing can be done about it here.
	_ = json.NewEncoder(w).Encode(value)
}

// Unavailable answers for a request that needs what is down: 503 with the moment to try again.
func Unavailable(w http.ResponseWriter, what string, err error) {
	w.Header().Set("Retry-After", "5")
	JSON(w, http.StatusServiceUnavailable, map[string]string{"message": what + " is not reachable, try later", "error": err.Error()})
}
