package e2e

import (
	"net"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/hibiken/asynq"
)

// The queue outlives a restart of Redis, and both stand-ins find it again by themselves.
func TestARestartOfRedisLosesNoJob(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("these tests need redis-server (Debian package redis-server)")
	}
	address, dir := freeAddress(t), t.TempDir()
	_, port, _ := net.SplitHostPort(address)
	run := func() *process {
		p := start(t, nil, "redis-server", "--bind", "127.0.0.1", "--port", port, "--appendonly", "yes", "--dir", dir)
		await(t, "redis-server", func() error {
			connection, err := net.Dial("tcp", address)
			if err != nil {
				return err
			}
			return connection.Close()
		})
		return p
	}
	first, env := run(), environment(address)
	api := standIn(t, "api", env).ready("/api/health/")
	worker := standIn(t, "worker", env).ready("/health")
	api.post("/lab/jobs?n=30&ms=100", 202)
	first.signal(syscall.SIGTERM)
	first.exit()
	api.post("/lab/writes", 503)
	api.ready("/api/health/")
	run()
	// Ten jobs run at a time. One whose hand-over Redis did not live to answer comes back when its lease
	// has run out, which is too long for this test: it must only be there still.
	r := awaitDone(t, api, 20)
	queue := asynq.NewInspector(asynq.RedisClientOpt{Addr: address})
	defer queue.Close()
	for _, id := range r.Waiting {
		if _, err := queue.GetTaskInfo("default", id); err != nil && !done(api, id) {
			t.Errorf("job %s is lost: %v", id, err)
		}
	}
	if r.Overlaps != 0 || r.Beat.Overlaps != 0 {
		t.Errorf("%+v", r)
	}
	worker.ready("/health")
}

// done: the job ended after the report was made.
func done(api *process, id string) bool { return !slices.Contains(report(api).Waiting, id) }
