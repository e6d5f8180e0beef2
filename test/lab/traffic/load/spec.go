package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// spec is what standard input holds.
type spec struct {
	// Origins are address:port, in the order of the turns.
	Origins []string `json:"origins"`
	// Authority in PEM makes it HTTPS, and is the only one believed.
	Authority string `json:"authority"`
	// MaxSeconds ends the load if nobody else does.
	MaxSeconds int `json:"maxSeconds"`
	// TimeoutMs is how long a request may take.
	TimeoutMs int      `json:"timeoutMs"`
	Streams   []stream `json:"streams"`
}

// stream is one kind of request at a constant rate.
type stream struct {
	Name string `json:"name"`
	// Rate is requests a second.
	Rate    int      `json:"rate"`
	Targets []target `json:"targets"`
	// Background keeps its latencies out of the sum: they are not comparable.
	Background bool `json:"background"`
	// Acknowledged keeps the ids of what was answered with 201.
	Acknowledged bool `json:"acknowledged"`
}

type target struct {
	Method string `json:"method"`
	Host   string `json:"host"`
	Path   string `json:"path"`
	Body   string `json:"body"`
}

const (
	mostSeconds = 3600
	mostRate    = 1000
)

func readSpec(from io.Reader) (spec, error) {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	var s spec
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("standard input: %w", err)
	}
	problems := []error{}
	complain := func(holds bool, text string, args ...any) {
		if holds {
			problems = append(problems, fmt.Errorf(text, args...))
		}
	}
	complain(len(s.Origins) == 0, "origins: none")
	complain(s.MaxSeconds < 1 || s.MaxSeconds > mostSeconds, "maxSeconds: 1 to %d", mostSeconds)
	complain(s.TimeoutMs < 1, "timeoutMs: at least 1")
	complain(len(s.Streams) == 0, "streams: none")
	for _, each := range s.Streams {
		complain(each.Rate < 1 || each.Rate > mostRate, "stream %s: rate: 1 to %d", each.Name, mostRate)
		complain(len(each.Targets) == 0, "stream %s: targets: none", each.Name)
	}
	return s, errors.Join(problems...)
}

func (s spec) timeout() time.Duration { return time.Duration(s.TimeoutMs) * time.Millisecond }

func (s spec) scheme() string {
	if s.Authority == "" {
		return "http"
	}
	return "https"
}

func (s spec) security() (*tls.Config, error) {
	if s.Authority == "" {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(s.Authority)) {
		return nil, errors.New("authority: no certificate in it")
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}
