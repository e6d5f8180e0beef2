// Command worker stands for honeyDue's job worker: the real Asynq as consumer and scheduler on
// Redis, health on port 6060, and a ledger of what became of every job.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"honeydue.lab/workloads/app"
	"honeydue.lab/workloads/contract"
)

const (
	address = ":6060"
	// Asynq's own default of 8 s would cut jobs short; the pod's grace period must be longer than this.
	shutdownTimeout = 45 * time.Second
)

func main() { app.Main(run) }

func run(ctx context.Context) error {
	process, err := app.New("worker", address, 0, shutdownTimeout)
	if err != nil {
		return err
	}
	env, err := contract.Load(os.Getenv)
	if err != nil {
		return err
	}
	flush, err := app.Trace(ctx, process, env)
	if err != nil {
		return err
	}
	defer flush()
	client := app.Redis(env)
	defer client.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		if process.Fault == "never-ready" {
			app.JSON(w, http.StatusInternalServerError, map[string]string{"status": "broken"})
			return
		}
		app.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": process.Version})
	})
	server, listener, err := app.Listen(process, mux)
	if err != nil {
		return err
	}
	health := make(chan error, 1)
	// Health answers until the last job has ended, so it stops after the queue and not by ctx.
	serving, stopServing := context.WithCancel(context.Background())
	defer stopServing()
	go func() { health <- server.Run(serving, listener) }()

	worker := &consumer{process: process, env: env, redis: client}
	if err := worker.run(ctx); err != nil {
		return err
	}
	stopServing()
	return <-health
}
