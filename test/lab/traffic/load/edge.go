package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// connectTimeout is Cloudflare's: 19 s without an answer to the first packet, then error 522.
const connectTimeout = 19 * time.Second

// originHeader tells in a response which origin gave it.
const originHeader = "X-Load-Origin"

// edge sends requests to origins as Cloudflare does with several A records: one after the other, over connections that
// it keeps, and a second time, to the next origin, when the first could not be connected to (Cloudflare's errors 521,
// 522, 523, 525 and 526). What has been sent once is never sent to another origin.
type edge struct {
	origins []origin
	next    atomic.Uint64
	// secondTries counts requests that another origin answered for one that took no connection.
	secondTries atomic.Int64
	// replays counts requests that were sent again, to the same origin, because a kept connection had just been closed.
	replays atomic.Int64
}

type origin struct {
	address   string
	transport *http.Transport
}

// connectError says that nothing has been sent.
type connectError struct{ cause error }

func (e *connectError) Error() string { return "no connection: " + e.cause.Error() }
func (e *connectError) Unwrap() error { return e.cause }

func newEdge(addresses []string, security *tls.Config) *edge {
	e := &edge{}
	for _, address := range addresses {
		e.origins = append(e.origins, origin{address, keepAlive(address, security)})
	}
	return e
}

func keepAlive(address string, security *tls.Config) *http.Transport {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		dialer := net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, &connectError{err}
		}
		return conn, nil
	}
	return &http.Transport{
		DialContext: dial,
		// Cloudflare tries another origin after a failed handshake too (525, 526).
		DialTLSContext: func(ctx context.Context, network, name string) (net.Conn, error) {
			conn, err := dial(ctx, network, name)
			if err != nil {
				return nil, err
			}
			return handshake(ctx, conn, name, security)
		},
		ForceAttemptHTTP2:   true, // or it would take HTTP/1.1 alone, as the connections are made here
		DisableCompression:  true,
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     900 * time.Second, // Cloudflare's
	}
}

func handshake(ctx context.Context, conn net.Conn, name string, security *tls.Config) (net.Conn, error) {
	host, _, err := net.SplitHostPort(name)
	if err != nil {
		return nil, err
	}
	config := security.Clone()
	config.ServerName = host
	// Cloudflare speaks HTTP/2 with an origin that offers it, unless that is switched off ("HTTP/2 to Origin").
	config.NextProtos = []string{"h2", "http/1.1"}
	secured := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, &connectError{err}
	}
	return secured, nil
}

// RoundTrip implements http.RoundTripper.
func (e *edge) RoundTrip(request *http.Request) (*http.Response, error) {
	turn := e.next.Add(1)
	first := e.origins[turn%uint64(len(e.origins))]
	response, err := e.send(first, request)
	var unconnected *connectError
	if !errors.As(err, &unconnected) || len(e.origins) == 1 || request.Context().Err() != nil {
		return response, err
	}
	again, bodyErr := copyOf(request)
	if bodyErr != nil {
		return nil, bodyErr
	}
	second := e.origins[(turn+1)%uint64(len(e.origins))]
	response, secondErr := e.send(second, again)
	if secondErr != nil {
		return nil, fmt.Errorf("%w; before that %w", secondErr, err)
	}
	e.secondTries.Add(1)
	return response, nil
}

func (e *edge) send(to origin, request *http.Request) (*http.Response, error) {
	connections := 0
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connections++ }}
	response, err := to.transport.RoundTrip(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if connections > 1 {
		e.replays.Add(1)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", to.address, err)
	}
	response.Header.Set(originHeader, to.address)
	return response, nil
}

func copyOf(request *http.Request) (*http.Request, error) {
	again := request.Clone(request.Context())
	if request.Body == nil || request.Body == http.NoBody {
		return again, nil
	}
	if request.GetBody == nil {
		return nil, errors.New("the body cannot be sent a second time")
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	again.Body = io.NopCloser(body)
	return again, nil
}
