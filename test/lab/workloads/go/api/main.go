// Command api stands for honeyDue's REST API: its ports and paths, its slow start, its way to stop
// and to read its environment, and endpoints under /lab/ by which a test makes it work.
package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/hibiken/asynq"

	"honeydue.lab/workloads/app"
	"honeydue.lab/workloads/contract"
)

const address = ":8000"

func main() { app.Main(run) }

func run(ctx context.Context) error {
	process, err := app.New("api", address, time.Second, 30*time.Second)
	if err != nil {
		return err
	}
	env, err := contract.Load(os.Getenv)
	if err != nil {
		return err
	}
	if !env.HasStorage() {
		process.Log.Warn("no B2 variables: uploads would go to /app/uploads, which a read-only root file system does not have")
	}
	flush, err := app.Trace(ctx, process, env)
	if err != nil {
		return err
	}
	defer flush()
	client := app.Redis(env)
	defer client.Close()
	queue := asynq.NewClient(app.Queue(env))
	defer queue.Close()

	// As in the real api the port opens only after the migration, so a probe is refused until then.
	if err := app.Migrate(ctx, process, client); err != nil {
		return err
	}
	api := &service{process: process, env: env, redis: client, queue: queue}
	server, listener, err := app.Listen(process, measured(app.Spans(api.routes())))
	if err != nil {
		return err
	}
	return server.Run(ctx, listener)
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", landing)
	mux.HandleFunc("GET /api/health/{$}", s.health)
	mux.HandleFunc("GET /api/tasks/{$}", s.listTasks)
	mux.HandleFunc("POST /api/tasks/{$}", s.createTask)
	// Echo does not send a path without its slash to the one with it, as this mux would.
	mux.HandleFunc("/api/health", http.NotFound)
	mux.HandleFunc("/api/tasks", http.NotFound)
	mux.Handle("GET /metrics", metrics())
	mux.HandleFunc("GET /metrics/legacy", legacyMetrics)
	s.labRoutes(mux)
	return mux
}
