package main

import (
	"encoding/json"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// report is what standard output gets at the end. Times are Unix milliseconds, durations milliseconds.
type report struct {
	BeganMs int64             `json:"beganMs"`
	EndedMs int64             `json:"endedMs"`
	All     figures           `json:"all"`
	Streams map[string]*tally `json:"streams"`
}

type figures struct {
	Requests uint64  `json:"requests"`
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
	Max      float64 `json:"max"`
}

// tally counts the outcomes of a stream.
type tally struct {
	figures
	Failed int `json:"failed"`
	// Failures are described up to mostFailures.
	Failures []failure `json:"failures"`
	// SecondTries were answered by another origin, since the first took no connection.
	SecondTries int64 `json:"secondTries"`
	// Replays were sent again because a kept connection had just been closed.
	Replays int64 `json:"replays"`
	// Origins and Versions count answers by who gave them.
	Origins  map[string]int `json:"origins"`
	Versions map[string]int `json:"versions"`
	// Acknowledged are the ids of answers 201, with the moment of the answer.
	Acknowledged []acknowledgement `json:"acknowledged"`

	metrics vegeta.Metrics
	keepIDs bool
}

type failure struct {
	// AtMs is when the request was sent, EndMs when it was given up or answered.
	AtMs   int64  `json:"atMs"`
	EndMs  int64  `json:"endMs"`
	Status int    `json:"status"`
	Error  string `json:"error"`
	Origin string `json:"origin"`
	URL    string `json:"url"`
}

type acknowledgement struct {
	ID   string `json:"id"`
	AtMs int64  `json:"atMs"`
}

const mostFailures = 500

func newTally(keepIDs bool) *tally {
	return &tally{
		Failures: []failure{}, Origins: map[string]int{}, Versions: map[string]int{},
		Acknowledged: []acknowledgement{}, keepIDs: keepIDs,
	}
}

func (t *tally) add(result *vegeta.Result) {
	t.metrics.Add(result)
	if origin := result.Headers.Get(originHeader); origin != "" {
		t.Origins[origin]++
	}
	if version := result.Headers.Get("X-Honeydue-Version"); version != "" {
		t.Versions[version]++
	}
	if result.Error != "" || result.Code < 200 || result.Code > 299 {
		t.fail(result)
		return
	}
	var answer struct{ ID string }
	if t.keepIDs && result.Code == 201 && json.Unmarshal(result.Body, &answer) == nil {
		t.Acknowledged = append(t.Acknowledged, acknowledgement{answer.ID, result.End().UnixMilli()})
	}
}

func (t *tally) fail(result *vegeta.Result) {
	t.Failed++
	if len(t.Failures) >= mostFailures {
		return
	}
	t.Failures = append(t.Failures, failure{
		AtMs: result.Timestamp.UnixMilli(), EndMs: result.End().UnixMilli(),
		Status: int(result.Code), Error: result.Error, Origin: result.Headers.Get(originHeader), URL: result.URL,
	})
}

func figuresOf(metrics *vegeta.Metrics) figures {
	metrics.Close()
	latencies := metrics.Latencies
	return figures{metrics.Requests, millis(latencies.P50), millis(latencies.P99), millis(latencies.Max)}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
