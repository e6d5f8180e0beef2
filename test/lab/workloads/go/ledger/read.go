package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"
)

func counts(ctx context.Context, client *redis.Client, key string) (map[string]int, error) {
	texts, err := client.HGetAll(ctx, key).Result()
	if err != nil {
		return nil, err
	}
	numbers := make(map[string]int, len(texts))
	for field, text := range texts {
		if numbers[field], err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("%s, field %s: %w", key, field, err)
		}
	}
	return numbers, nil
}

func number(ctx context.Context, client *redis.Client, key string) (int, error) {
	n, err := client.Get(ctx, key).Int()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return n, err
}

func above(numbers map[string]int, limit int) []string {
	names := []string{}
	for name, n := range numbers {
		if n > limit {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
