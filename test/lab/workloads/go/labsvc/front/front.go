// Package front ends TLS on port 443 for every production host that the lab stands in for, and
// passes requests on by their Host header.
package front

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// New passes requests for each host name on to its address (host:port, plain HTTP); others get 421.
func New(routes map[string]string) http.Handler {
	proxies := map[string]http.Handler{}
	for host, address := range routes {
		target := &url.URL{Scheme: "http", Host: address}
		proxies[host] = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		}}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if proxy := proxies[r.Host]; proxy != nil {
			proxy.ServeHTTP(w, r)
			return
		}
		http.Error(w, fmt.Sprintf("the lab has no %s", r.Host), http.StatusMisdirectedRequest)
	})
}
