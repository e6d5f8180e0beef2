package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"honeydue.lab/workloads/app"
)

func TestRefusesToStartWithoutARequiredVariable(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"api", "worker"} {
		p := standIn(t, name, with(environment("127.0.0.1:1"), "SECRET_KEY", "", "B2_BUCKET", "b"))
		if code := p.exit(); code != 1 {
			t.Errorf("%s ended with %d", name, code)
		}
		for _, said := range []string{"SECRET_KEY is required", "B2 needs all four"} {
			if !strings.Contains(p.log(), said) {
				t.Errorf("%s did not say %q but %s", name, said, p.log())
			}
		}
	}
}

func TestPathsOfApiAndAdmin(t *testing.T) {
	t.Parallel()
	api := standIn(t, "api", environment(startRedis(t))).ready("/api/health/")
	admin := standIn(t, "admin", nil)
	admin.ready("/")
	for _, c := range []struct {
		p      *process
		path   string
		status int
		text   string
	}{
		{api, "/", 200, "honeyDue"}, {api, "/api/health", 404, ""}, {api, "/metrics", 200, "http_request_duration_seconds_bucket"},
		{api, "/metrics/legacy", 200, "honeydue_requests_total"}, {api, "/api/tasks/", 401, ""}, {api, "/lab/echo?x=1", 200, "/lab/echo?x=1"},
		{admin, "/api/health", 200, ""}, {admin, "/admin/", 404, ""},
	} {
		status, body, err := c.p.request("GET", c.path)
		if err != nil || status != c.status || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s %v", c.path, status, body, err)
		}
	}
}

func TestReplicasMigrateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	address := startRedis(t)
	env := with(environment(address), "LAB_START_SECONDS", "0.4")
	apis := []*process{standIn(t, "api", env), standIn(t, "api", env), standIn(t, "api", env)}
	for _, api := range apis {
		api.ready("/api/health/")
	}
	entries := redis.NewClient(&redis.Options{Addr: address}).LRange(t.Context(), app.MigrationsKey, 0, -1).Val()
	if len(entries) != 3 {
		t.Fatalf("%d migrations: %v", len(entries), entries)
	}
	var end int64
	for _, entry := range entries {
		var migration app.Migration
		if err := json.Unmarshal([]byte(entry), &migration); err != nil {
			t.Fatal(err)
		}
		if migration.BeginMs < end || migration.EndMs-migration.BeginMs < 400 {
			t.Errorf("overlapping or too short: %v", entries)
		}
		end = migration.EndMs
	}
}

func TestAKilledMigrationDoesNotKeepTheLock(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t))
	first := standIn(t, "api", with(env, "LAB_START_SECONDS", "60"))
	await(t, "first migration", func() error { return says(first, "migrating") })
	first.signal(syscall.SIGTERM)
	first.exit()
	standIn(t, "api", with(env, "LAB_START_SECONDS", "0.1")).ready("/api/health/")
}

func TestRequestsInFlightAreFinished(t *testing.T) {
	t.Parallel()
	api := standIn(t, "api", environment(startRedis(t))).ready("/api/health/")
	type result struct {
		status int
		err    error
	}
	answered := make(chan result, 1)
	go func() {
		status, _, err := api.request("GET", "/lab/slow?ms=800")
		answered <- result{status, err}
	}()
	time.Sleep(200 * time.Millisecond) // the request must be in flight, which nothing outside can see
	api.signal(syscall.SIGTERM)
	await(t, "refusal of new requests", func() error {
		if _, _, err := api.request("GET", "/api/health/"); err == nil {
			return fmt.Errorf("still answered")
		}
		return nil
	})
	if r := <-answered; r.err != nil || r.status != 200 {
		t.Errorf("in-flight request: %+v", r)
	}
	if code := api.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestLosingRedisCostsOnlyWhatNeedsIt(t *testing.T) {
	t.Parallel()
	api := standIn(t, "api", with(environment("127.0.0.1:1"), "LAB_START_SECONDS", "0.1")).ready("/api/health/")
	status, _, err := api.request("POST", "/lab/jobs?n=3")
	if err != nil || status != 503 {
		t.Errorf("%d %v", status, err)
	}
}

func TestRedisPasswordMustMatch(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t, "--requirepass", "right"))
	standIn(t, "api", with(env, "REDIS_PASSWORD", "right")).ready("/api/health/").post("/lab/writes", 201)
	standIn(t, "api", with(env, "REDIS_PASSWORD", "wrong")).ready("/api/health/").post("/lab/writes", 503)
}

func TestBrokenImageNeverBecomesReady(t *testing.T) {
	t.Parallel()
	api := standIn(t, "api", with(environment(startRedis(t)), "LAB_FAULT", "never-ready"))
	await(t, "an answer", func() error {
		status, _, err := api.request("GET", "/api/health/")
		if err == nil && status != 500 {
			t.Fatalf("status %d", status)
		}
		return err
	})
}

func says(p *process, text string) error {
	if !strings.Contains(p.log(), text) {
		return fmt.Errorf("it said only: %s", p.log())
	}
	return nil
}
