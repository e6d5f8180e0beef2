// Package e2e runs the stand-ins as processes against a real redis-server on loopback.
package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is the longest wait for what takes a moment on an idle machine.
const patience = time.Minute

var binaries string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "standins")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binaries = dir
		build := exec.Command("go", "build", "-o", dir+"/", "../api", "../worker", "../admin", "../labsvc")
		if out, err := build.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v: %s", err, out))
		}
		return m.Run()
	}())
}

type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	done    chan error
	mu      sync.Mutex
	output  bytes.Buffer
}

func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.Write(text)
}

func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

func freeAddress(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func start(t *testing.T, env map[string]string, program string, args ...string) *process {
	p := &process{t: t, cmd: exec.Command(program, args...), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended already
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(program), p.log())
		}
	})
	return p
}

func (p *process) signal(signal syscall.Signal) {
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code, -1 after a signal.
func (p *process) exit() int {
	p.t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.t.Fatalf("%s has not ended in %s; it said:\n%s", p.cmd.Path, patience, p.log())
		return 0
	}
}

func startRedis(t *testing.T, args ...string) string {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("these tests need redis-server (Debian package redis-server)")
	}
	address := freeAddress(t)
	_, port, _ := net.SplitHostPort(address)
	start(t, nil, "redis-server", append([]string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--dir", t.TempDir()}, args...)...)
	await(t, "redis-server", func() error {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		return connection.Close()
	})
	return address
}

func environment(redis string) map[string]string {
	host, port, _ := net.SplitHostPort(redis)
	return map[string]string{
		"DB_HOST": "db.lab", "DB_PORT": "5432", "DB_SSLMODE": "require", "POSTGRES_DB": "honeyDue", "POSTGRES_USER": "u",
		"POSTGRES_PASSWORD": "p", "SECRET_KEY": "k", "DEBUG": "false", "REDIS_HOST": host, "REDIS_PORT": port,
		"EMAIL_HOST": "localhost", "EMAIL_PORT": "587", "EMAIL_HOST_USER": "honey@lab.example", "EMAIL_HOST_PASSWORD": "mail-password",
		"FCM_SERVER_KEY": "f", "LAB_START_SECONDS": "0", "LAB_VERSION": "test",
	}
}

func with(env map[string]string, more ...string) map[string]string {
	copied := map[string]string{}
	for name, value := range env {
		copied[name] = value
	}
	for i := 0; i < len(more); i += 2 {
		copied[more[i]] = more[i+1]
	}
	return copied
}

// standIn starts api, worker or admin on a free port.
func standIn(t *testing.T, name string, env map[string]string) *process {
	address := freeAddress(t)
	p := start(t, with(env, "LAB_LISTEN", address), filepath.Join(binaries, name))
	p.address = address
	return p
}

func (p *process) ready(path string) *process {
	p.t.Helper()
	await(p.t, path, func() error {
		status, body, err := p.request("GET", path)
		if err == nil && status != 200 {
			return fmt.Errorf("%d %s", status, body)
		}
		return err
	})
	return p
}

func (p *process) request(method, path string) (int, string, error) {
	request, err := http.NewRequest(method, "http://"+p.address+path, nil)
	if err != nil {
		return 0, "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

func (p *process) get(path string, into any) {
	p.t.Helper()
	status, body, err := p.request("GET", path)
	if err == nil && status != 200 {
		err = fmt.Errorf("%d %s", status, body)
	}
	if err == nil {
		err = json.NewDecoder(strings.NewReader(body)).Decode(into)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
}

func (p *process) post(path string, want int) string {
	p.t.Helper()
	status, body, err := p.request("POST", path)
	if err != nil || status != want {
		p.t.Fatalf("POST %s: %d %s %v", path, status, body, err)
	}
	return body
}

func await(t *testing.T, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s not there after %s: %v", what, patience, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
