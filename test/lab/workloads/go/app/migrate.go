package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	lockKey = "lab:migration:lock"
	// MigrationsKey lists every migration that ran, for tests: instance, begin and end in milliseconds.
	MigrationsKey = "lab:migrations"
	// The lock outlives a dead holder by this long, as a Postgres advisory lock outlives a dead session's connection.
	lockLife = 6 * time.Second
)

var (
	renew   = redis.NewScript(`if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`)
	release = redis.NewScript(`if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`)
)

// Migration is one entry of MigrationsKey.
type Migration struct {
	Instance string `json:"instance"`
	BeginMs  int64  `json:"beginMs"`
	EndMs    int64  `json:"endMs"`
}

// Migrate stands for the schema migration that the real api runs when it starts: it takes
// process.Start and never runs in two replicas at once. The real lock is in Postgres; when the
// lab's, in Redis, cannot be had because Redis is away, the migration runs without it, since the
// real api starts without Redis too.
func Migrate(ctx context.Context, process Process, client *redis.Client) error {
	if process.Start == 0 {
		return nil
	}
	waited := time.Now()
	held, err := acquire(ctx, client, process.Instance)
	if err != nil {
		return err
	}
	process.Log.Info("migrating", "locked", held, "waitedMs", time.Since(waited).Milliseconds())
	begin := time.Now()
	if err := hold(ctx, client, process, held); err != nil {
		return err
	}
	if !held {
		return nil
	}
	entry, err := json.Marshal(Migration{process.Instance, begin.UnixMilli(), time.Now().UnixMilli()})
	if err != nil {
		return err
	}
	if err := client.RPush(ctx, MigrationsKey, entry).Err(); err != nil {
		process.Log.Warn("migration not recorded", "error", err)
	}
	if err := release.Run(ctx, client, []string{lockKey}, process.Instance).Err(); err != nil {
		process.Log.Warn("migration lock not released, it ends by itself", "error", err)
	}
	return nil
}

func acquire(ctx context.Context, client *redis.Client, owner string) (bool, error) {
	for {
		err := client.SetArgs(ctx, lockKey, owner, redis.SetArgs{Mode: "NX", TTL: lockLife}).Err()
		switch {
		case err == nil:
			return true, nil
		case ctx.Err() != nil:
			return false, fmt.Errorf("stopped while waiting for the migration lock")
		case !errors.Is(err, redis.Nil):
			return false, nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return false, fmt.Errorf("stopped while waiting for the migration lock")
		}
	}
}

func hold(ctx context.Context, client *redis.Client, process Process, held bool) error {
	for end := time.Now().Add(process.Start); ; {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		if err := pause(ctx, min(left, lockLife/4)); err != nil {
			if held {
				// The context is over, the lock must go all the same.
				_ = release.Run(context.Background(), client, []string{lockKey}, process.Instance).Err()
			}
			return fmt.Errorf("stopped during the migration")
		}
		if held {
			if err := renew.Run(ctx, client, []string{lockKey}, process.Instance, lockLife.Milliseconds()).Err(); err != nil {
				process.Log.Warn("migration lock not renewed", "error", err)
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
