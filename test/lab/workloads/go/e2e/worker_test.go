package e2e

import (
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"honeydue.lab/workloads/ledger"
)

func report(api *process) ledger.Report {
	var r ledger.Report
	api.get("/lab/ledger", &r)
	return r
}

func awaitDone(t *testing.T, api *process, n int) ledger.Report {
	t.Helper()
	var r ledger.Report
	await(t, fmt.Sprintf("%d finished jobs", n), func() error {
		status, body, err := api.request("GET", "/lab/ledger")
		if err == nil && status == 200 {
			r = ledger.Report{}
			err = json.Unmarshal([]byte(body), &r)
		}
		if err == nil && r.Done < n {
			err = fmt.Errorf("%d %s", status, body)
		}
		return err
	})
	return r
}

func TestEveryJobIsDoneOnce(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t))
	api := standIn(t, "api", env).ready("/api/health/")
	api.post("/lab/jobs?n=50&ms=5", 202)
	standIn(t, "worker", env).ready("/health")
	if r := awaitDone(t, api, 50); r.Enqueued != 50 || len(r.Waiting)+len(r.Doubled)+r.Overlaps+r.Beat.Overlaps != 0 {
		t.Errorf("%+v", r)
	}
}

func TestAnUnfinishedJobIsPushedBackAtStop(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t))
	api := standIn(t, "api", env).ready("/api/health/")
	api.post("/lab/jobs?ms=2000", 202)
	first := standIn(t, "worker", with(env, "LAB_SHUTDOWN_SECONDS", "0.3")).ready("/health")
	await(t, "start of the job", func() error {
		if first.log(); report(api).Restarts == 0 && startedJobs(t, env) == 0 {
			return fmt.Errorf("not begun")
		}
		return nil
	})
	first.signal(syscall.SIGTERM)
	if code := first.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	standIn(t, "worker", env).ready("/health")
	if r := awaitDone(t, api, 1); r.Restarts != 1 || len(r.Doubled)+r.Overlaps+r.Beat.Overlaps != 0 {
		t.Errorf("%+v", r)
	}
}

func TestTwoSchedulersAreSeen(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t))
	api := standIn(t, "api", env).ready("/api/health/")
	standIn(t, "worker", env).ready("/health")
	await(t, "first beat", func() error {
		if report(api).Beat.Current == "" {
			return fmt.Errorf("none")
		}
		return nil
	})
	standIn(t, "worker", env).ready("/health")
	await(t, "overlap", func() error {
		if r := report(api); r.Beat.Overlaps == 0 || len(r.Beat.Pairs) == 0 {
			return fmt.Errorf("%+v", r.Beat)
		}
		return nil
	})
}

func TestACrashAndItsSuccessorAreNotTwoSchedulers(t *testing.T) {
	t.Parallel()
	env := environment(startRedis(t))
	api := standIn(t, "api", env).ready("/api/health/")
	for _, end := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGKILL} {
		before := report(api).Beat.Current
		worker := standIn(t, "worker", env).ready("/health")
		await(t, "beat", func() error {
			if report(api).Beat.Current == before {
				return fmt.Errorf("still %q", before)
			}
			return nil
		})
		worker.signal(end)
		worker.exit()
	}
	if beats := report(api).Beat; beats.Overlaps != 0 {
		t.Errorf("%+v", beats)
	}
}

func TestWorkerWaitsForRedis(t *testing.T) {
	t.Parallel()
	worker := standIn(t, "worker", environment("127.0.0.1:1")).ready("/health")
	time.Sleep(100 * time.Millisecond) // long enough to crash, if it did
	worker.signal(syscall.SIGTERM)
	if code := worker.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
