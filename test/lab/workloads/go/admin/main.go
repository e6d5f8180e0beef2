// Command admin stands for honeyDue's admin panel: port 3000, / and /api/health, nothing at
// /admin/ (probing that path once killed the real pods).
package main

import (
	"context"
	"net/http"
	"time"

	"honeydue.lab/workloads/app"
)

const address = ":3000"

func main() { app.Main(run) }

func run(ctx context.Context) error {
	process, err := app.New("admin", address, time.Second, 30*time.Second)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(process.Start):
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if process.Fault == "never-ready" {
			http.Error(w, "broken", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>honeyDue admin</title><h1>honeyDue admin</h1>\n"))
	})
	mux.HandleFunc("GET /api/health", func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		if process.Fault == "never-ready" {
			status = http.StatusInternalServerError
		}
		app.JSON(w, status, map[string]string{"version": process.Version})
	})
	mux.HandleFunc("/lab/echo", func(w http.ResponseWriter, r *http.Request) {
		app.JSON(w, http.StatusOK, map[string]any{"method": r.Method, "uri": r.RequestURI, "host": r.Host, "remote": r.RemoteAddr, "headers": r.Header})
	})
	server, listener, err := app.Listen(process, mux)
	if err != nil {
		return err
	}
	return server.Run(ctx, listener)
}
