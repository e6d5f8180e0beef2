package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	duration = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Time to answer a request.",
	}, []string{"method", "status"})
	served atomic.Int64
)

func metrics() http.Handler { return promhttp.Handler() }

// legacyMetrics is the older page that the real api still serves.
func legacyMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	fmt.Fprintf(w, "# TYPE honeydue_requests_total counter\nhoneydue_requests_total %d\n", served.Load())
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		writer := &statusWriter{w, http.StatusOK}
		next.ServeHTTP(writer, r)
		served.Add(1)
		duration.WithLabelValues(r.Method, strconv.Itoa(writer.status)).Observe(time.Since(begin).Seconds())
	})
}
