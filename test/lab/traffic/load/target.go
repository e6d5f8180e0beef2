package main

import (
	"fmt"
	"net/http"
	"sync/atomic"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// inTurn gives one target after the other, each time from another client as Cloudflare would name it.
func inTurn(scheme string, targets []target) vegeta.Targeter {
	var turn atomic.Uint64
	return func(next *vegeta.Target) error {
		n := turn.Add(1) - 1
		t := targets[n%uint64(len(targets))]
		*next = vegeta.Target{
			Method: t.Method,
			URL:    fmt.Sprintf("%s://%s%s", scheme, t.Host, t.Path),
			Header: http.Header{
				"User-Agent":        {"honeydue-lab-load"},
				"X-Forwarded-For":   {client(n)},
				"X-Forwarded-Proto": {"https"},
			},
		}
		if t.Body != "" {
			next.Body = []byte(t.Body)
			next.Header.Set("Content-Type", "application/json")
		}
		return nil
	}
}

// clients is how many addresses the requests come from: enough that none meets the limit of its rate.
const clients = 500

// client is an address of a documentation range (RFC 5737: 192.0.2.0/24 and 198.51.100.0/24).
func client(n uint64) string {
	nets := []string{"192.0.2", "198.51.100"}
	return fmt.Sprintf("%s.%d", nets[n%clients/250], n%250+1)
}
