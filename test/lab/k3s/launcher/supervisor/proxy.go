package supervisor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

// Proxy hands requests to the API server. A client certificate ends here, so its user goes on in the front-proxy headers
// (https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/); bearer tokens go through as they are.
type Proxy struct {
	target                                               *url.URL
	clients                                              *x509.CertPool
	anonymous, anonymousUpgrade, trusted, trustedUpgrade *httputil.ReverseProxy
}

// NewProxy proxies to the API server at target: roots verify it, front is the front-proxy's client certificate.
func NewProxy(target string, roots, clients *x509.CertPool, front tls.Certificate) (*Proxy, error) {
	parsed, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	p := &Proxy{target: parsed, clients: clients}
	plain, authenticated := &tls.Config{RootCAs: roots}, &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{front}}
	// SPDY upgrades (exec, port-forward of older clients) need HTTP/1.1; everything else shares few HTTP/2 connections.
	p.anonymous, p.anonymousUpgrade = p.proxy(plain, true), p.proxy(plain, false)
	p.trusted, p.trustedUpgrade = p.proxy(authenticated, true), p.proxy(authenticated, false)
	return p, nil
}

func (p *Proxy) proxy(config *tls.Config, http2 bool) *httputil.ReverseProxy {
	transport := &http.Transport{TLSClientConfig: config.Clone(), ForceAttemptHTTP2: http2, MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute}
	if !http2 {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.target)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
			if r.Context().Err() == context.Canceled {
				return
			}
			http.Error(w, "apiserver not ready", http.StatusServiceUnavailable)
		},
	}
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Remote-") { // only we may say who a user is
			r.Header.Del(name)
		}
	}
	upgrade := r.Header.Get("Upgrade") != ""
	chosen := p.anonymous
	if upgrade {
		chosen = p.anonymousUpgrade
	}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		leaf := r.TLS.PeerCertificates[0]
		intermediates := x509.NewCertPool()
		for _, certificate := range r.TLS.PeerCertificates[1:] {
			intermediates.AddCert(certificate)
		}
		usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: p.clients, Intermediates: intermediates, KeyUsages: usages}); err == nil {
			r.Header.Set("X-Remote-User", leaf.Subject.CommonName)
			for _, group := range leaf.Subject.Organization {
				r.Header.Add("X-Remote-Group", group)
			}
			chosen = p.trusted
			if upgrade {
				chosen = p.trustedUpgrade
			}
		}
	}
	chosen.ServeHTTP(w, r)
}
