package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"honeydue.lab/workloads/labsvc/obs"
)

func startedJobs(t *testing.T, env map[string]string) int64 {
	client := redis.NewClient(&redis.Options{Addr: env["REDIS_HOST"] + ":" + env["REDIS_PORT"]})
	defer client.Close()
	return client.HLen(t.Context(), "lab:jobs:started").Val()
}

func service(t *testing.T, env map[string]string, name string, args ...string) *process {
	address := freeAddress(t)
	p := start(t, env, filepath.Join(binaries, "labsvc"), append([]string{name, "-listen", address}, args...)...)
	p.address = address
	await(t, name, func() error {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		return connection.Close()
	})
	return p
}

func summary(o *process) obs.Summary {
	var s obs.Summary
	o.get("/lab/summary", &s)
	return s
}

func TestSpansArriveUnderTheServiceName(t *testing.T) {
	t.Parallel()
	o := service(t, map[string]string{"LAB_TOKENS": "good"}, "obs")
	env := with(environment(startRedis(t)), "DEBUG", "true", "OBS_TRACES_URL", "http://"+o.address+"/otlp/v1/traces",
		"OTEL_BSP_SCHEDULE_DELAY", "50", "OBS_INGEST_TOKEN", "good")
	api := standIn(t, "api", env).ready("/api/health/")
	api.post("/lab/jobs", 202)
	standIn(t, "worker", env)
	await(t, "spans", func() error {
		if by := summary(o).SpansByService; by["honeydue-api"]["POST /lab/jobs"] != 1 || by["honeydue-worker"]["asynq.handle:lab:work"] != 1 {
			return fmt.Errorf("%v", by)
		}
		return nil
	})
}

func TestAWrongTokenIsRefusedAndHarmless(t *testing.T) {
	t.Parallel()
	o := service(t, map[string]string{"LAB_TOKENS": "good"}, "obs")
	api := standIn(t, "api", with(environment(startRedis(t)), "DEBUG", "true", "OBS_TRACES_URL", "http://"+o.address+"/v1/traces",
		"OTEL_BSP_SCHEDULE_DELAY", "50", "OBS_INGEST_TOKEN", "bad")).ready("/api/health/")
	api.post("/lab/writes", 201)
	await(t, "refusal", func() error {
		if s := summary(o); s.Unauthorized == 0 || s.TraceRequests != 0 {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	api.ready("/api/health/")
	if strings.Contains(api.log(), "bad\"") {
		t.Error("the token is in the log")
	}
}

func TestRemoteWriteOfARealVmagent(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("vmagent"); err != nil {
		t.Fatal("this test needs vmagent (Debian package victoria-metrics)")
	}
	o := service(t, map[string]string{"LAB_TOKENS": "good"}, "obs")
	api := standIn(t, "api", environment(startRedis(t))).ready("/api/health/")
	dir := t.TempDir()
	write(t, dir+"/scrape.yml", fmt.Sprintf("global: {scrape_interval: 1s}\nscrape_configs: [{job_name: api, static_configs: [{targets: [%q]}]}]\n", api.address))
	write(t, dir+"/token", "good")
	start(t, nil, "vmagent", "-promscrape.config="+dir+"/scrape.yml", "-remoteWrite.url=http://"+o.address+"/api/v1/write", "-remoteWrite.flushInterval=200ms",
		"-remoteWrite.bearerTokenFile="+dir+"/token", "-remoteWrite.tmpDataPath="+dir, "-httpListenAddr="+freeAddress(t))
	await(t, "samples", func() error {
		var up []obs.Series
		o.get("/lab/series?name=up", &up)
		if len(up) != 1 || up[0].Samples < 2 || up[0].Last != 1 {
			return fmt.Errorf("%+v", up)
		}
		return nil
	})
}

func TestFaultsOfObs(t *testing.T) {
	t.Parallel()
	o := service(t, map[string]string{"LAB_TOKENS": "good"}, "obs")
	for mode, want := range map[string]int{"503": 503, "401": 401, "none": 401} { // 401: no token
		request, _ := http.NewRequest("PUT", "http://"+o.address+"/lab/fault", strings.NewReader(mode))
		if answer, err := http.DefaultClient.Do(request); err != nil || answer.StatusCode != 204 {
			t.Fatal(answer, err)
		}
		if status, _, err := o.request("POST", "/api/v1/write"); err != nil || status != want {
			t.Errorf("%s: %d %v", mode, status, err)
		}
	}
}

func TestMailNeedsThePassword(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.Command(filepath.Join(binaries, "labsvc"), "pki", "-dir", dir, "-name", "localhost").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	control := freeAddress(t)
	smtp := service(t, map[string]string{"LAB_PASSWORD": "mail-password"}, "mail", "-control", control, "-pki", dir)
	_, port, _ := net.SplitHostPort(smtp.address)
	smtp.address = control
	env := with(environment(startRedis(t)), "EMAIL_PORT", port, "SSL_CERT_FILE", dir+"/ca.pem")
	api := standIn(t, "api", env).ready("/api/health/")
	api.post("/lab/jobs?kind=mail", 202)
	worker := standIn(t, "worker", with(env, "EMAIL_HOST_PASSWORD", "wrong"))
	await(t, "refused login", func() error { return mailbox(smtp, 0, 1) })
	worker.signal(9)
	worker.exit()
	api.post("/lab/jobs?kind=mail", 202)
	standIn(t, "worker", env)
	await(t, "accepted mail", func() error { return mailbox(smtp, 1, 1) })
}

func mailbox(smtp *process, messages, refused int) error {
	var box struct {
		Messages      []any `json:"messages"`
		RefusedLogins int   `json:"refusedLogins"`
	}
	smtp.get("/lab/mail", &box)
	if len(box.Messages) < messages || box.RefusedLogins < refused {
		return fmt.Errorf("%+v", box)
	}
	return nil
}

func write(t *testing.T, path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
