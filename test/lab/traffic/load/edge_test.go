package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the table counts stands and falls with when a request is tried again: too often, and lost requests are hidden;
// too seldom, and Cloudflare's visitors are said to lose what they do not lose.

func origins(t *testing.T, handlers ...http.HandlerFunc) []string {
	t.Helper()
	addresses := []string{}
	for _, handler := range handlers {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		addresses = append(addresses, server.Listener.Addr().String())
	}
	return addresses
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func answers(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }

func post(t *testing.T, e *edge, body string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, "http://site.example/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return e.RoundTrip(request)
}

func TestARefusedConnectionIsTriedAtTheNextOriginWithItsBody(t *testing.T) {
	addresses := append(origins(t, answers), closed(t))
	e := newEdge(addresses, nil)
	for range 4 {
		response, err := post(t, e, "whole")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		if string(body) != "whole" || response.Header.Get(originHeader) != addresses[0] {
			t.Fatalf("%q from %s", body, response.Header.Get(originHeader))
		}
	}
	if tries := e.secondTries.Load(); tries != 2 {
		t.Fatalf("%d second tries of 4 requests over two origins, one of them closed", tries)
	}
}

func TestWhatWasSentIsNotSentToAnotherOrigin(t *testing.T) {
	reached := 0
	dies := func(http.ResponseWriter, *http.Request) { reached++; panic(http.ErrAbortHandler) }
	e := newEdge(origins(t, dies, dies), nil)
	if _, err := post(t, e, "once"); err == nil {
		t.Fatal("an answer from an origin that closed the connection")
	}
	if reached != 1 || e.secondTries.Load() != 0 {
		t.Fatalf("reached %d origins, %d second tries", reached, e.secondTries.Load())
	}
}

func TestAnErrorOfTheOriginIsNotTriedAgain(t *testing.T) {
	fails := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
	e := newEdge(origins(t, fails, fails), nil)
	response, err := post(t, e, "")
	if err != nil || response.StatusCode != http.StatusBadGateway {
		t.Fatalf("%v, %v", response, err)
	}
}

func TestOriginsTakeTurnsOverKeptConnections(t *testing.T) {
	connections := map[string]int{}
	count := map[string]int{}
	note := func(w http.ResponseWriter, r *http.Request) { connections[r.RemoteAddr]++ }
	addresses := origins(t, note, note, note)
	e := newEdge(addresses, nil)
	for range 30 {
		response, err := post(t, e, "")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		count[response.Header.Get(originHeader)]++
	}
	for _, address := range addresses {
		if count[address] != 10 {
			t.Fatalf("%v requests by origin", count)
		}
	}
	if len(connections) != 3 {
		t.Fatalf("%d connections for 30 requests to 3 origins", len(connections))
	}
}

func TestNoOriginLeftSaysWhyOfBoth(t *testing.T) {
	e := newEdge([]string{closed(t), closed(t), closed(t)}, nil)
	_, err := post(t, e, "")
	if err == nil || strings.Count(err.Error(), "refused") != 2 {
		t.Fatalf("expected two refusals and not three: %v", err)
	}
}

// In HTTP/1.1 a POST is lost when it meets the end of a kept connection; HTTP/2 says which requests were not taken.
func TestHTTPSGoesByHTTP2AndOutlivesTheEndOfAConnection(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // GOAWAY, as from a Traefik that stops
		answers(w, r)
	}))
	secure.EnableHTTP2 = true
	secure.StartTLS()
	t.Cleanup(secure.Close)
	e := newEdge([]string{secure.Listener.Addr().String()}, secure.Client().Transport.(*http.Transport).TLSClientConfig)
	for range 20 {
		request, _ := http.NewRequest(http.MethodPost, "https://example.com/", strings.NewReader("whole"))
		response, err := e.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		if response.ProtoMajor != 2 || string(body) != "whole" {
			t.Fatalf("%s: %q", response.Proto, body)
		}
	}
}

func TestFailedHandshakeIsTriedAtTheNextOrigin(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(answers))
	t.Cleanup(secure.Close)
	plain := origins(t, answers)
	config := secure.Client().Transport.(*http.Transport).TLSClientConfig
	e := newEdge([]string{secure.Listener.Addr().String(), plain[0]}, config)
	for range 2 {
		request, _ := http.NewRequest(http.MethodGet, "https://example.com/", nil)
		if _, err := e.RoundTrip(request); err != nil {
			t.Fatal(err)
		}
	}
	if tries := e.secondTries.Load(); tries != 1 {
		t.Fatalf("%d second tries", tries)
	}
}
