// Package ledger counts what happened to every job and which worker held the schedule, in Redis,
// so that a test can say how many jobs were lost, done twice or run by two workers at once.
package ledger

import (
	"context"
	"encoding/json"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

const (
	enqueuedKey = "lab:jobs:enqueued"
	startedKey  = "lab:jobs:started"
	doneKey     = "lab:jobs:done"
	runningKey  = "lab:jobs:running"
	overlapKey  = "lab:jobs:overlaps"
	cronKey     = "lab:cron"
)

// Task types. Work sleeps, Mail sends one message, Poison always fails, Tick is the cron job.
const (
	Work   = "lab:work"
	Mail   = "lab:mail"
	Poison = "lab:poison"
	Tick   = "uploads:cleanup"
)

// Job is a task's payload.
type Job struct {
	ID     string `json:"id"`
	Millis int    `json:"millis"`
}

// Enqueue hands a job to the queue under its own id, at most maxRetry retries. Once it returns nil
// the job is Redis's.
func Enqueue(ctx context.Context, queue *asynq.Client, client *redis.Client, kind string, job Job) error {
	payload, err := json.Marshal(job)
	if err != nil {
		return err
	}
	const maxRetry = 5
	if _, err := queue.EnqueueContext(ctx, asynq.NewTask(kind, payload), asynq.TaskID(job.ID), asynq.MaxRetry(maxRetry)); err != nil {
		return err
	}
	return client.SAdd(ctx, enqueuedKey, job.ID).Err()
}

// Started notes that instance begins job id.
func Started(ctx context.Context, client *redis.Client, id, instance string) error {
	_, err := client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HIncrBy(ctx, startedKey, id, 1)
		p.HSet(ctx, runningKey, id, instance)
		return nil
	})
	return err
}

// A job that another instance began while this one still worked on it ran twice at once. A job whose
// worker died and which began again elsewhere did not.
var finish = redis.NewScript(`
redis.call('hincrby', KEYS[2], ARGV[1], 1)
if redis.call('hget', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('hdel', KEYS[1], ARGV[1]) end
return redis.call('incr', KEYS[3])`)

// Done notes that instance has finished job id.
func Done(ctx context.Context, client *redis.Client, id, instance string) error {
	return finish.Run(ctx, client, []string{runningKey, doneKey, overlapKey}, id, instance).Err()
}

// Scheduled notes that the cron job was put into the queue in the given minute ("2006-01-02T15:04").
func Scheduled(ctx context.Context, client *redis.Client, minute string) error {
	return client.HIncrBy(ctx, cronKey, minute, 1).Err()
}

// Report is the ledger in figures.
type Report struct {
	Enqueued int      `json:"enqueued"`
	Done     int      `json:"done"`
	Waiting  []string `json:"waiting"` // enqueued, never done: still queued, or lost when the queue is empty
	Doubled  []string `json:"doubled"` // done more than once
	Restarts int      `json:"restarts"`
	Overlaps int      `json:"overlaps"`
	// Minutes in which the cron job was scheduled more than once: two schedulers.
	DoubledMinutes []string `json:"doubledMinutes"`
	Beat           Beats    `json:"beat"`
}

// Read sums the ledger up.
func Read(ctx context.Context, client *redis.Client) (Report, error) {
	report := Report{Waiting: []string{}, Doubled: []string{}, DoubledMinutes: []string{}}
	enqueued, err := client.SMembers(ctx, enqueuedKey).Result()
	if err != nil {
		return report, err
	}
	done, err := counts(ctx, client, doneKey)
	if err != nil {
		return report, err
	}
	started, err := counts(ctx, client, startedKey)
	if err != nil {
		return report, err
	}
	minutes, err := counts(ctx, client, cronKey)
	if err != nil {
		return report, err
	}
	report.Enqueued, report.Done = len(enqueued), len(done)
	for _, id := range enqueued {
		if done[id] == 0 {
			report.Waiting = append(report.Waiting, id)
		}
	}
	report.Doubled = above(done, 1)
	report.DoubledMinutes = above(minutes, 1)
	for _, n := range started {
		report.Restarts += n - 1
	}
	if report.Overlaps, err = number(ctx, client, overlapKey); err != nil {
		return report, err
	}
	report.Beat, err = ReadBeats(ctx, client)
	return report, err
}

// Clear forgets everything, for the next test. Jobs in the queue stay.
func Clear(ctx context.Context, client *redis.Client) error {
	return client.Del(ctx, enqueuedKey, startedKey, doneKey, runningKey, overlapKey, cronKey, overlapBeatKey, retiredKey, pairsKey).Err()
}
