package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel"

	"honeydue.lab/workloads/app"
	"honeydue.lab/workloads/contract"
	"honeydue.lab/workloads/ledger"
)

type consumer struct {
	process app.Process
	env     contract.Env
	redis   *redis.Client
}

// run consumes and schedules until ctx ends; then the schedule stops at once, running jobs get the
// process's shutdown time, and what is unfinished after it goes back into the queue.
func (c *consumer) run(ctx context.Context) error {
	queue := app.Queue(c.env)
	if err := c.awaitRedis(ctx); err != nil {
		return nil // stopped before Redis was there: nothing to finish
	}
	jobs, abandon := context.WithCancel(context.Background())
	defer abandon()
	server := asynq.NewServer(queue, asynq.Config{
		Concurrency:     10,
		Queues:          map[string]int{"critical": 6, "default": 3, "low": 1},
		BaseContext:     func() context.Context { return jobs },
		ShutdownTimeout: c.process.Shutdown,
		// A test cannot wait for Asynq's own backoff, which begins at 15 s.
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 2 * time.Second },
		Logger:         quiet{c.process.Log},
	})
	if err := server.Start(asynq.HandlerFunc(c.handle)); err != nil {
		return fmt.Errorf("consumer: %w", err)
	}
	err := c.schedule(ctx, queue)
	c.process.Log.Info("stopping")
	server.Shutdown()
	c.process.Log.Info("stopped")
	return err
}

// awaitRedis waits until Redis answers: the worker has nothing to do without it and must not crash for it.
func (c *consumer) awaitRedis(ctx context.Context) error {
	for last := ""; ; {
		err := c.redis.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		if err.Error() != last {
			last = err.Error()
			c.process.Log.Warn("waiting for Redis", "error", last)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (c *consumer) handle(ctx context.Context, task *asynq.Task) error {
	ctx, span := otel.Tracer("honeydue").Start(ctx, "asynq.handle:"+task.Type())
	defer span.End()
	if task.Type() == ledger.Tick {
		return nil
	}
	var job ledger.Job
	if err := json.Unmarshal(task.Payload(), &job); err != nil {
		return fmt.Errorf("payload: %w: %w", err, asynq.SkipRetry)
	}
	if task.Type() == ledger.Poison {
		return errors.New("this job always fails")
	}
	if err := ledger.Started(ctx, c.redis, job.ID, c.process.Instance); err != nil {
		return err
	}
	if err := c.work(ctx, task.Type(), job); err != nil {
		return err
	}
	return ledger.Done(ctx, c.redis, job.ID, c.process.Instance)
}

func (c *consumer) work(ctx context.Context, kind string, job ledger.Job) error {
	timer := time.NewTimer(time.Duration(job.Millis) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	if kind == ledger.Mail {
		return sendMail(c.env, job.ID)
	}
	return nil
}
