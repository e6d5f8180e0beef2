// The lab's k3s: k3s's contract (command line, files, ports, joining, snapshots) around the real Kubernetes and etcd.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"google.golang.org/grpc/grpclog"

	"honeydue.lab/k3s/commands"
	"honeydue.lab/k3s/components"
	"honeydue.lab/k3s/server"
	"honeydue.lab/k3s/settings"
)

// release is stamped by the build, for example v1.34.4+lab1.
var release = "v0.0.0+lab0"

const usage = `k3s %s: the lab's launcher, which is not a genuine k3s

  k3s server [--cluster-reset [--cluster-reset-restore-path FILE]]
  k3s kubectl ...            k3s ctr ...
  k3s etcd-snapshot save|ls|delete|prune
  k3s secrets-encrypt status [--output json]
  k3s certificate check [--output table|text]
  k3s token generate
  k3s --version
`

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	if name == "k3s" && len(args) > 0 && args[0] == "kubectl" { // the components look at os.Args themselves
		name, args, os.Args = "kubectl", args[1:], append([]string{"kubectl"}, args[1:]...)
	}
	if name == "kubectl" {
		commands.DefaultKubeconfig()
	}
	_ = os.WriteFile("/proc/self/comm", []byte(name), 0) // children are started as /proc/self/exe; ps shall tell them apart
	if code, ran := components.Run(name, os.Args); ran {
		os.Exit(code)
	}
	if err := run(name, args); err != nil {
		fmt.Fprintln(os.Stderr, "FATA "+err.Error())
		os.Exit(1)
	}
}

func run(name string, args []string) error {
	if name == "ctr" {
		args = append([]string{"ctr"}, args...)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	// etcd's client reports every attempt to connect; the launcher reports those that matter.
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, os.Stderr))
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	switch args[0] {
	case "--version", "-v":
		fmt.Printf("k3s version %s\ngo version %s\n", release, runtime.Version())
		return nil
	case "--help", "-h", "help":
		fmt.Printf(usage, release)
		return nil
	case "server":
		return serve(ctx, args[1:])
	case "ctr":
		return commands.Ctr(args[1:])
	case "etcd-snapshot":
		return commands.Snapshot(ctx, args[1:])
	case "secrets-encrypt":
		return commands.SecretsEncrypt(ctx, args[1:])
	case "certificate":
		return commands.Certificate(args[1:])
	case "token":
		return commands.Token(args[1:])
	}
	return fmt.Errorf("%q is not a command of the lab's launcher; see k3s --help", args[0])
}

func serve(ctx context.Context, args []string) error {
	s, err := settings.Parse(args)
	if err != nil {
		return err
	}
	if err := s.Complete(); err != nil {
		return err
	}
	slog.Info("Starting k3s " + release)
	return server.Run(ctx, s)
}
