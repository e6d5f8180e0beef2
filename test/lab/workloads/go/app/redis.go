package app

import (
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"honeydue.lab/workloads/contract"
)

// redisTimeout bounds every exchange with Redis, so that its loss costs a request two seconds at
// most and never its connection.
const redisTimeout = 2 * time.Second

// Redis is a client that never retries by itself: a write that was retried unseen could be counted twice.
func Redis(env contract.Env) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: env.RedisAddress(), Password: env["REDIS_PASSWORD"], MaxRetries: -1,
		DialTimeout: redisTimeout, ReadTimeout: redisTimeout, WriteTimeout: redisTimeout, ContextTimeoutEnabled: true,
	})
}

// Queue is the same Redis for Asynq.
func Queue(env contract.Env) asynq.RedisClientOpt {
	return asynq.RedisClientOpt{
		Addr: env.RedisAddress(), Password: env["REDIS_PASSWORD"],
		DialTimeout: redisTimeout, ReadTimeout: redisTimeout, WriteTimeout: redisTimeout,
	}
}
