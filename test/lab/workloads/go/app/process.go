// Package app holds what api, worker and admin have in common: who they are, how they serve and
// stop, how they reach Redis and where their spans go.
package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// Process is what a stand-in knows about itself. The LAB_ variables are the lab's own, set in an
// image's configuration or by a test; production sets none of them.
type Process struct {
	Name     string // api, worker or admin
	Version  string // LAB_VERSION: the image's tag
	Instance string // the pod's name and a random suffix, so that a restarted container is another instance
	Address  string // LAB_LISTEN, or the real program's port
	Start    time.Duration
	Shutdown time.Duration
	Fault    string // LAB_FAULT: "" or "never-ready"
	Log      *slog.Logger
}

// New reads the process's own settings: LAB_LISTEN (its address), LAB_START_SECONDS (how long
// starting takes) and LAB_SHUTDOWN_SECONDS (how long stopping may take), with the given defaults.
func New(name, address string, start, shutdown time.Duration) (Process, error) {
	if other := os.Getenv("LAB_LISTEN"); other != "" {
		address = other
	}
	startFor, err := seconds("LAB_START_SECONDS", start)
	if err != nil {
		return Process{}, err
	}
	stopFor, err := seconds("LAB_SHUTDOWN_SECONDS", shutdown)
	if err != nil {
		return Process{}, err
	}
	fault := os.Getenv("LAB_FAULT")
	if fault != "" && fault != "never-ready" {
		return Process{}, fmt.Errorf("LAB_FAULT is %q: only never-ready is known", fault)
	}
	host, err := os.Hostname()
	if err != nil {
		return Process{}, fmt.Errorf("own host name: %w", err)
	}
	suffix := make([]byte, 3)
	if _, err := rand.Read(suffix); err != nil {
		return Process{}, err
	}
	version := os.Getenv("LAB_VERSION")
	instance := host + "/" + hex.EncodeToString(suffix)
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "honeydue-"+name, "version", version, "instance", instance)
	return Process{
		Name: name, Version: version, Instance: instance, Address: address,
		Start: startFor, Shutdown: stopFor, Fault: fault, Log: log,
	}, nil
}

// Main runs a stand-in until SIGTERM or SIGINT cancels its context. An error ends the process with
// code 1 and one line that says why.
func Main(run func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func seconds(name string, fallback time.Duration) (time.Duration, error) {
	text := os.Getenv(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is %q: expected a number of seconds", name, text)
	}
	return time.Duration(n * float64(time.Second)), nil
}
