package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"

	"honeydue.lab/workloads/ledger"
)

const beatEvery = 500 * time.Millisecond

// schedule runs Asynq's scheduler until ctx ends and says so in Redis twice a second, which shows a
// second scheduler at once. The real clean-up runs at minute 30; every minute suits a test better.
func (c *consumer) schedule(ctx context.Context, queue asynq.RedisClientOpt) error {
	scheduler := asynq.NewScheduler(queue, &asynq.SchedulerOpts{
		Location: time.UTC,
		Logger:   quiet{c.process.Log},
		PostEnqueueFunc: func(info *asynq.TaskInfo, err error) {
			if err != nil {
				c.process.Log.Warn("cron job not enqueued", "error", err.Error())
				return
			}
			minute := time.Now().UTC().Format("2006-01-02T15:04")
			if err := ledger.Scheduled(context.Background(), c.redis, minute); err != nil {
				c.process.Log.Warn("cron job not recorded", "error", err.Error())
			}
		},
	})
	if _, err := scheduler.Register("* * * * *", asynq.NewTask(ledger.Tick, nil), asynq.Queue("low")); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	if err := scheduler.Start(); err != nil {
		return fmt.Errorf("scheduler: %w", err)
	}
	defer scheduler.Shutdown()
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for seen := 0; ; {
		overlaps, err := ledger.Beat(ctx, c.redis, c.process.Instance)
		if err != nil && ctx.Err() == nil {
			c.process.Log.Warn("no beat", "error", err.Error())
		}
		if overlaps > seen {
			seen = overlaps
			c.process.Log.Error("another scheduler is alive", "times", overlaps)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// quiet gives Asynq the process's log, from warnings upwards.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(...any)      {}
func (q quiet) Info(...any)       {}
func (q quiet) Warn(args ...any)  { q.log.Warn(fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Error(fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error(fmt.Sprint(args...)) }
