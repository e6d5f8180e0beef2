// Command load puts a constant load on the origins as Cloudflare would, until SIGTERM or its time is over. What to send
// is JSON on standard input; it says "running" on standard error once it begins, and reports as JSON on standard output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// mostInFlight bounds the requests of a stream that are under way: a site that hangs must not fill this machine.
const mostInFlight = 2000

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	load, err := readSpec(os.Stdin)
	if err != nil {
		return err
	}
	security, err := load.security()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	edges := map[string]*edge{}
	result := report{BeganMs: time.Now().UnixMilli(), Streams: map[string]*tally{}}
	for _, each := range load.Streams {
		edges[each.Name] = newEdge(load.Origins, security)
		result.Streams[each.Name] = newTally(each.Acknowledged)
	}
	var sum vegeta.Metrics
	var lock sync.Mutex // of sum
	var running sync.WaitGroup
	fmt.Fprintln(os.Stderr, "running")
	for _, each := range load.Streams {
		running.Go(func() {
			for answer := range attack(ctx, load, each, edges[each.Name]) {
				result.Streams[each.Name].add(answer)
				if !each.Background {
					lock.Lock()
					sum.Add(answer)
					lock.Unlock()
				}
			}
		})
	}
	running.Wait()
	result.EndedMs = time.Now().UnixMilli()
	result.All = figuresOf(&sum)
	for name, tally := range result.Streams {
		tally.figures = figuresOf(&tally.metrics)
		tally.SecondTries, tally.Replays = edges[name].secondTries.Load(), edges[name].replays.Load()
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// attack sends a stream's requests until ctx ends or the load's time is over; the channel closes when the last has
// been answered or given up.
func attack(ctx context.Context, load spec, what stream, through *edge) <-chan *vegeta.Result {
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: through, Timeout: load.timeout()}),
		vegeta.MaxWorkers(mostInFlight),
		vegeta.Redirects(vegeta.NoFollow),
	)
	context.AfterFunc(ctx, func() { attacker.Stop() })
	pace := vegeta.ConstantPacer{Freq: what.Rate, Per: time.Second}
	longest := time.Duration(load.MaxSeconds) * time.Second
	return attacker.Attack(inTurn(load.scheme(), what.Targets), pace, longest, what.Name)
}
