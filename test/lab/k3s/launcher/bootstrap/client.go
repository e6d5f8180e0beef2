package bootstrap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"honeydue.lab/k3s/token"
)

// Peer is a server of the cluster to join, whose CA has been compared with the token.
type Peer struct {
	url    string
	token  token.Token
	client *http.Client
	CA     []byte
}

// StatusError is an answer other than 200 from a supervisor.
type StatusError struct {
	URL    string
	Status int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: %d %s", e.URL, e.Status, http.StatusText(e.Status))
}

// Connect fetches the CA of a server without trusting it, holds it against the token, and trusts it from then on.
func Connect(ctx context.Context, address string, using token.Token) (*Peer, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "https" || parsed.Host == "" {
		return nil, fmt.Errorf("invalid server url %q: it must be https://HOST:PORT", address)
	}
	peer := &Peer{url: strings.TrimSuffix(address, "/"), token: using}
	peer.client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	if peer.CA, err = peer.get(ctx, "/cacerts", false); err != nil {
		return nil, fmt.Errorf("failed to get CA certs: %w", err)
	}
	if err := using.CheckCA(peer.CA); err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(peer.CA) {
		return nil, fmt.Errorf("%s/cacerts: no certificate in the answer", peer.url)
	}
	peer.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return peer, nil
}

func (p *Peer) get(ctx context.Context, path string, authenticated bool) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		return nil, err
	}
	if authenticated {
		request.SetBasicAuth(p.token.User, p.token.Password)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, &StatusError{p.url + path, response.StatusCode}
	}
	return body, nil
}

// Get fetches a document of the supervisor as the token's user.
func (p *Peer) Get(ctx context.Context, path string, into any) error {
	body, err := p.get(ctx, path, true)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s%s: %w", p.url, path, err)
	}
	return nil
}
