// Package obs stands for the observability host: it accepts Prometheus remote write and OTLP traces
// under a bearer token, keeps counts, and answers questions about them under /lab/.
package obs

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"honeydue.lab/workloads/labsvc/fault"
)

const mostBody = 32 << 20

// Summary is what has arrived so far.
type Summary struct {
	Writes         int                       `json:"writes"`
	Samples        int                       `json:"samples"`
	Series         int                       `json:"series"`
	Unauthorized   int                       `json:"unauthorized"`
	Malformed      int                       `json:"malformed"`
	TraceRequests  int                       `json:"traceRequests"`
	SpansByService map[string]map[string]int `json:"spansByService"` // service name, span name, count
}

type server struct {
	mu      sync.Mutex
	tokens  []string
	summary Summary
	samples samples
}

// New is the handler; only requests with one of the tokens are let in.
func New(tokens []string) http.Handler {
	s := &server{tokens: tokens}
	s.reset()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/write", s.guarded(s.write))
	mux.HandleFunc("POST /v1/traces", s.guarded(s.traces))
	// Where below the host traces go is part of OBS_TRACES_URL and not known: any path will do.
	mux.HandleFunc("POST /{prefix...}", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/v1/traces") {
			http.NotFound(w, r)
			return
		}
		s.guarded(s.traces)(w, r)
	})
	mux.HandleFunc("GET /lab/summary", s.summarize)
	mux.HandleFunc("GET /lab/series", func(w http.ResponseWriter, r *http.Request) {
		answer(w, s.samples.named(r.URL.Query().Get("name")))
	})
	mux.HandleFunc("PUT /lab/tokens", s.setTokens)
	mux.HandleFunc("DELETE /lab/data", func(w http.ResponseWriter, r *http.Request) {
		s.reset()
		w.WriteHeader(http.StatusNoContent)
	})
	return new(fault.Switch).Wrap(mux)
}

func (s *server) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summary = Summary{SpansByService: map[string]map[string]int{}}
	s.samples.mu.Lock()
	defer s.samples.mu.Unlock()
	s.samples.series, s.samples.total = map[string]*Series{}, 0
}

func (s *server) guarded(handle func([]byte, http.Header) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		allowed := found && slices.Contains(s.tokens, token)
		if !allowed {
			s.summary.Unauthorized++
		}
		s.mu.Unlock()
		if !allowed {
			http.Error(w, "a valid bearer token is required", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
		if err == nil {
			err = handle(body, r.Header)
		}
		if err != nil {
			s.mu.Lock()
			s.summary.Malformed++
			s.mu.Unlock()
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	}
}

func (s *server) write(body []byte, header http.Header) error {
	var err error
	if header.Get("Content-Encoding") == "zstd" {
		body, err = unzstd(body)
	} else {
		body, err = snappy.Decode(nil, body)
	}
	if err != nil {
		return fmt.Errorf("remote write body: %w", err)
	}
	if err := s.samples.add(body); err != nil {
		return fmt.Errorf("remote write message: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summary.Writes++
	return nil
}

func unzstd(body []byte) ([]byte, error) {
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(mostBody))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	return decoder.DecodeAll(body, nil)
}

func (s *server) traces(body []byte, header http.Header) error {
	if header.Get("Content-Encoding") == "gzip" {
		reader, err := gzip.NewReader(strings.NewReader(string(body)))
		if err != nil {
			return fmt.Errorf("trace body: %w", err)
		}
		if body, err = io.ReadAll(io.LimitReader(reader, mostBody)); err != nil {
			return fmt.Errorf("trace body: %w", err)
		}
	}
	// TracesData has the same wire form as OTLP's ExportTraceServiceRequest.
	var data tracepb.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		return fmt.Errorf("trace message: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.summary.TraceRequests++
	for _, from := range data.ResourceSpans {
		service := ""
		for _, attribute := range from.GetResource().GetAttributes() {
			if attribute.Key == "service.name" {
				service = attribute.Value.GetStringValue()
			}
		}
		if s.summary.SpansByService[service] == nil {
			s.summary.SpansByService[service] = map[string]int{}
		}
		for _, scope := range from.ScopeSpans {
			for _, span := range scope.Spans {
				s.summary.SpansByService[service][span.Name]++
			}
		}
	}
	return nil
}

func (s *server) summarize(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	summary := s.summary
	s.samples.mu.Lock()
	summary.Samples, summary.Series = s.samples.total, len(s.samples.series)
	s.samples.mu.Unlock()
	answer(w, summary)
}

// setTokens takes a JSON list: the tokens that are valid from now on, for rotation drills.
func (s *server) setTokens(w http.ResponseWriter, r *http.Request) {
	var tokens []string
	if err := json.NewDecoder(r.Body).Decode(&tokens); err != nil {
		http.Error(w, "the body must be a JSON list of tokens", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = tokens
	w.WriteHeader(http.StatusNoContent)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
