// Package mail stands for the mail submission host: STARTTLS, then any name with the
// right password, then mail that goes nowhere but into a list.
package mail

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const mostMessage, mostKept = 1 << 20, 1000

// Message is one mail that was accepted.
type Message struct {
	From string   `json:"from"`
	To   []string `json:"to"`
	Text string   `json:"text"`
}

// Box holds what was accepted.
type Box struct {
	mu       sync.Mutex
	password string
	accepted []Message
	refused  int
}

// Serve listens for mail and, at control, answers GET /lab/mail with what came. It returns only an error.
func Serve(address, control string, certificate tls.Certificate, password string) error {
	box := &Box{password: password}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: box}, nil }))
	server.Addr = address
	server.Domain = "smtp.lab"
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.MaxMessageBytes = mostMessage
	server.ReadTimeout, server.WriteTimeout = 30*time.Second, 30*time.Second
	failed := make(chan error, 2)
	go func() { failed <- server.ListenAndServe() }()
	go func() { failed <- http.ListenAndServe(control, box) }()
	return <-failed
}

// ServeHTTP lists the accepted mail; DELETE forgets it.
func (b *Box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.URL.Path != "/lab/mail" {
		http.NotFound(w, r)
		return
	}
	if r.Method == http.MethodDelete {
		b.accepted, b.refused = nil, 0
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"messages": append([]Message{}, b.accepted...), "refusedLogins": b.refused})
}

type session struct {
	box     *Box
	known   bool
	message Message
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		if password != s.box.password {
			s.box.refused++
			return smtp.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	s.message = Message{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.message.To = append(s.message.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.message.Text = string(text)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if len(s.box.accepted) < mostKept {
		s.box.accepted = append(s.box.accepted, s.message)
	}
	return nil
}

func (s *session) Reset()        { s.message = Message{} }
func (s *session) Logout() error { return nil }
