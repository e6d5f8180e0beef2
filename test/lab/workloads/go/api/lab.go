package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"honeydue.lab/workloads/app"
	"honeydue.lab/workloads/ledger"
)

// labRoutes are the handles by which tests make api work. The real api has none of them.
func (s *service) labRoutes(mux *http.ServeMux) {
	mux.HandleFunc("/lab/echo", s.echo)
	mux.HandleFunc("GET /lab/env", s.environment)
	mux.HandleFunc("GET /lab/slow", slow)
	mux.HandleFunc("POST /lab/jobs", s.enqueue)
	mux.HandleFunc("GET /lab/ledger", s.ledger)
	mux.HandleFunc("DELETE /lab/ledger", s.clear)
	mux.HandleFunc("POST /lab/writes", s.write)
	mux.HandleFunc("GET /lab/writes", s.writes)
	mux.HandleFunc("POST /lab/allocate", s.allocate)
}

// echo answers with the request as it arrived, for tests of the proxy in front.
func (s *service) echo(w http.ResponseWriter, r *http.Request) {
	app.JSON(w, http.StatusOK, map[string]any{
		"method": r.Method, "uri": r.RequestURI, "host": r.Host, "protocol": r.Proto, "remote": r.RemoteAddr,
		"headers": r.Header, "instance": s.process.Instance, "version": s.process.Version,
	})
}

// environment names the variables that are set, each with a fingerprint of its value.
func (s *service) environment(w http.ResponseWriter, _ *http.Request) {
	app.JSON(w, http.StatusOK, s.env.Fingerprints())
}

// slow answers after ?ms= milliseconds.
func slow(w http.ResponseWriter, r *http.Request) {
	ms, ok := parameter(w, r, "ms", 1000, 120_000)
	if !ok {
		return
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
	case <-timer.C:
		app.JSON(w, http.StatusOK, map[string]int{"ms": ms})
	}
}

// enqueue puts ?n= jobs of ?kind= (work, mail or poison), each lasting ?ms= milliseconds, into the
// queue and answers with the ids that Redis has acknowledged, also when it failed on the way.
func (s *service) enqueue(w http.ResponseWriter, r *http.Request) {
	n, ok := parameter(w, r, "n", 1, 10_000)
	if !ok {
		return
	}
	ms, ok := parameter(w, r, "ms", 0, 120_000)
	if !ok {
		return
	}
	kinds := map[string]string{"": ledger.Work, "work": ledger.Work, "mail": ledger.Mail, "poison": ledger.Poison}
	kind, known := kinds[r.URL.Query().Get("kind")]
	if !known {
		app.JSON(w, http.StatusBadRequest, map[string]string{"message": "kind must be work, mail or poison"})
		return
	}
	ids := []string{}
	for range n {
		id := uuid.NewString()
		if err := ledger.Enqueue(r.Context(), s.queue, s.redis, kind, ledger.Job{ID: id, Millis: ms}); err != nil {
			w.Header().Set("Retry-After", "5")
			app.JSON(w, http.StatusServiceUnavailable, map[string]any{"message": "the queue is not reachable", "error": err.Error(), "ids": ids})
			return
		}
		ids = append(ids, id)
	}
	app.JSON(w, http.StatusAccepted, map[string]any{"ids": ids})
}

func (s *service) ledger(w http.ResponseWriter, r *http.Request) {
	report, err := ledger.Read(r.Context(), s.redis)
	if err != nil {
		app.Unavailable(w, "Redis", err)
		return
	}
	app.JSON(w, http.StatusOK, report)
}

func (s *service) clear(w http.ResponseWriter, r *http.Request) {
	if err := ledger.Clear(r.Context(), s.redis); err != nil {
		app.Unavailable(w, "Redis", err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

const writesKey = "lab:writes"

// write appends one entry to a list in Redis; status 201 is Redis's acknowledgement. ?bytes= pads it, to fill the memory.
func (s *service) write(w http.ResponseWriter, r *http.Request) {
	bytes, ok := parameter(w, r, "bytes", 0, 10<<20)
	if !ok {
		return
	}
	entry := fmt.Sprintf("%s %0*d", uuid.NewString(), bytes, 0)
	length, err := s.redis.RPush(r.Context(), writesKey, entry).Result()
	if err != nil {
		app.Unavailable(w, "Redis", err)
		return
	}
	app.JSON(w, http.StatusCreated, map[string]any{"id": entry[:36], "length": length})
}

// writes lists the ids that Redis still has.
func (s *service) writes(w http.ResponseWriter, r *http.Request) {
	entries, err := s.redis.LRange(r.Context(), writesKey, 0, -1).Result()
	if err != nil {
		app.Unavailable(w, "Redis", err)
		return
	}
	for i, entry := range entries {
		entries[i] = entry[:36]
	}
	app.JSON(w, http.StatusOK, entries)
}

// allocate takes ?mb= MiB of memory and keeps it for ?seconds=.
func (s *service) allocate(w http.ResponseWriter, r *http.Request) {
	mb, ok := parameter(w, r, "mb", 64, 2048)
	if !ok {
		return
	}
	seconds, ok := parameter(w, r, "seconds", 30, 600)
	if !ok {
		return
	}
	memory := make([]byte, mb<<20)
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1 // a page counts only once it has been touched
	}
	time.AfterFunc(time.Duration(seconds)*time.Second, func() { memory[0] = 0 })
	s.process.Log.Warn("holding memory", "mb", mb, "seconds", seconds)
	app.JSON(w, http.StatusOK, map[string]int{"mb": mb, "seconds": seconds})
}

func parameter(w http.ResponseWriter, r *http.Request, name string, fallback, most int) (int, bool) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		app.JSON(w, http.StatusBadRequest, map[string]string{"message": fmt.Sprintf("%s must be a number from 0 to %d", name, most)})
		return 0, false
	}
	return n, true
}
