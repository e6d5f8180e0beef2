// Package process runs the launcher's child programs: they die with the launcher, and the launcher learns when one ends.
package process

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Child is a running program.
type Child struct {
	Name string
	Done chan struct{} // closed when it has ended; Err is set then
	Err  error
	cmd  *exec.Cmd
}

// Command is what to run: an executable, the name it shall see as its own, and its arguments.
type Command struct {
	Name, Executable string
	Args             []string
	Env              []string
}

// Self is a command that runs one of the programs inside the launcher's own binary.
func Self(name string, args []string) Command {
	return Command{Name: name, Executable: "/proc/self/exe", Args: args}
}

type request struct {
	cmd    *exec.Cmd
	result chan error
}

// The kernel sends a child's parent-death signal when the thread that started it ends, so one thread starts them all
// and stays for as long as the launcher lives.
var starter = func() chan request {
	requests := make(chan request)
	go func() {
		runtime.LockOSThread()
		for request := range requests {
			request.result <- request.cmd.Start()
		}
	}()
	return requests
}()

// Start runs a command with the launcher's output as its own and, if the launcher dies, the same fate.
func Start(command Command) (*Child, error) {
	slog.Info("Running " + command.Name + " " + strings.Join(command.Args, " "))
	cmd := exec.Command(command.Executable, command.Args...)
	cmd.Args[0] = command.Name
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(cleanEnvironment(), command.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	result := make(chan error)
	starter <- request{cmd, result}
	if err := <-result; err != nil {
		return nil, fmt.Errorf("starting %s: %w", command.Name, err)
	}
	child := &Child{Name: command.Name, Done: make(chan struct{}), cmd: cmd}
	go func() {
		child.Err = cmd.Wait()
		close(child.Done)
	}()
	return child, nil
}

// cleanEnvironment hides systemd's notification socket, which etcd would use, and the cluster's secrets from children.
func cleanEnvironment() []string {
	var kept []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "NOTIFY_SOCKET=") && !strings.HasPrefix(entry, "K3S_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Stop asks a child to end and, after the grace period, ends it.
func (c *Child) Stop(grace time.Duration) {
	if c == nil {
		return
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.Done:
	case <-time.After(grace):
		slog.Warn(c.Name + " did not end in time and is killed")
		_ = c.cmd.Process.Kill()
		<-c.Done
	}
}
