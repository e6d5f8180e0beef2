package ledger

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"
)

const (
	currentKey     = "lab:beat:current"
	retiredKey     = "lab:beat:retired"
	overlapBeatKey = "lab:beat:overlaps"
	pairsKey       = "lab:beat:pairs"
)

// The scheduler's instance beats again and again. Whoever beats takes the place of the one before,
// who then never beats again, unless two are alive. No clock is involved, so neither a crash nor a
// slow start looks like two.
var beat = redis.NewScript(`
local now = redis.call('get', KEYS[1])
if now == ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1])
if now then redis.call('sadd', KEYS[2], now) end
if redis.call('sismember', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('sadd', KEYS[4], now .. ' and ' .. ARGV[1])
return redis.call('incr', KEYS[3])`)

// Beats says who holds the schedule and whether two ever did at once.
type Beats struct {
	Current  string   `json:"current"`
	Overlaps int      `json:"overlaps"`
	Pairs    []string `json:"pairs"`
}

// Beat says that instance schedules now; it returns how often two instances have been seen at once.
func Beat(ctx context.Context, client *redis.Client, instance string) (int, error) {
	return beat.Run(ctx, client, []string{currentKey, retiredKey, overlapBeatKey, pairsKey}, instance).Int()
}

// ReadBeats reads what the beats have shown.
func ReadBeats(ctx context.Context, client *redis.Client) (Beats, error) {
	current, err := client.Get(ctx, currentKey).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return Beats{}, err
	}
	overlaps, err := number(ctx, client, overlapBeatKey)
	if err != nil {
		return Beats{}, err
	}
	pairs, err := client.SMembers(ctx, pairsKey).Result()
	return Beats{current, overlaps, pairs}, err
}
