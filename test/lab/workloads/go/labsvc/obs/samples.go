package obs

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// Series is what has been received of one time series.
type Series struct {
	Labels     map[string]string `json:"labels"`
	Samples    int               `json:"samples"`
	Duplicates int               `json:"duplicates"` // samples with a time that was there already
	FirstMs    int64             `json:"firstMs"`
	LastMs     int64             `json:"lastMs"`
	MaxGapMs   int64             `json:"maxGapMs"` // between neighbours in time
	Last       float64           `json:"last"`
	times      map[int64]struct{}
}

// A lab's vmagent sends some hundred series; a flood must not eat the machine.
const mostSeries, mostSamples = 20_000, 20_000

type samples struct {
	mu     sync.Mutex
	series map[string]*Series
	total  int
}

// add decodes a Prometheus remote-write 1.0 request: field 1 timeseries, in it 1 labels, 2 samples.
func (s *samples) add(body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fields(body, func(number protowire.Number, value []byte, _ uint64) error {
		if number != 1 {
			return nil
		}
		return s.addSeries(value)
	})
}

func (s *samples) addSeries(body []byte) error {
	labels := map[string]string{}
	type sample struct {
		value float64
		ms    int64
	}
	var points []sample
	err := fields(body, func(number protowire.Number, value []byte, _ uint64) error {
		switch number {
		case 1:
			var name, text string
			err := fields(value, func(n protowire.Number, v []byte, _ uint64) error {
				if n == 1 {
					name = string(v)
				} else if n == 2 {
					text = string(v)
				}
				return nil
			})
			labels[name] = text
			return err
		case 2:
			var point sample
			err := fields(value, func(n protowire.Number, _ []byte, number uint64) error {
				if n == 1 {
					point.value = math.Float64frombits(number)
				} else if n == 2 {
					point.ms = int64(number)
				}
				return nil
			})
			points = append(points, point)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	known := s.find(labels)
	if known == nil {
		return fmt.Errorf("more than %d series", mostSeries)
	}
	for _, point := range points {
		if _, again := known.times[point.ms]; again {
			known.Duplicates++
			continue
		}
		if len(known.times) >= mostSamples {
			return fmt.Errorf("more than %d samples of %v", mostSamples, labels)
		}
		known.times[point.ms] = struct{}{}
		if point.ms >= known.LastMs {
			known.LastMs, known.Last = point.ms, point.value
		}
		if math.IsNaN(known.Last) { // staleness marker: JSON has no NaN
			known.Last = 0
		}
		s.total++
	}
	return nil
}

func (s *samples) find(labels map[string]string) *Series {
	pairs := make([]string, 0, len(labels))
	for name, value := range labels {
		pairs = append(pairs, name+"\xff"+value)
	}
	slices.Sort(pairs)
	key := strings.Join(pairs, "\xfe")
	if s.series[key] == nil && len(s.series) < mostSeries {
		s.series[key] = &Series{Labels: labels, times: map[int64]struct{}{}}
	}
	return s.series[key]
}

// named lists the series of one metric, or of all when name is empty.
func (s *samples) named(name string) []Series {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Series{}
	for _, series := range s.series {
		if name != "" && series.Labels["__name__"] != name {
			continue
		}
		times := make([]int64, 0, len(series.times))
		for ms := range series.times {
			times = append(times, ms)
		}
		slices.Sort(times)
		summary := *series
		summary.Samples = len(times)
		if len(times) > 0 {
			summary.FirstMs = times[0]
		}
		for i := 1; i < len(times); i++ {
			summary.MaxGapMs = max(summary.MaxGapMs, times[i]-times[i-1])
		}
		found = append(found, summary)
	}
	return found
}

// fields walks over a protobuf message: each field with its bytes, or its number for fixed and varint fields.
func fields(message []byte, visit func(protowire.Number, []byte, uint64) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		var value []byte
		var scalar uint64
		switch kind {
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(message)
		case protowire.VarintType:
			scalar, n = protowire.ConsumeVarint(message)
		case protowire.Fixed64Type:
			scalar, n = protowire.ConsumeFixed64(message)
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		message = message[n:]
		if err := visit(number, value, scalar); err != nil {
			return err
		}
	}
	return nil
}
