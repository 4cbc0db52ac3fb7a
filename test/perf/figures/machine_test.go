package figures

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestParseMemory(t *testing.T) {
	got := parseMemory("Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\nRssAnon:\t 512 kB\nThreads:\t7\n\n")
	if want := (Memory{Now: 1, Peak: 2, Anonymous: 0.5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestTheProcessItselfIsMeasured(t *testing.T) {
	m, err := MemoryOf(os.Getpid())
	if err != nil || m.Now <= 0 || m.Peak < m.Now || m.Anonymous <= 0 {
		t.Errorf("%+v, %v", m, err)
	}
	before := SelfTime()
	for began := time.Now(); time.Since(began) < 10*time.Second && SelfTime()-before < 50*time.Millisecond; {
	}
	self, other := SelfTime(), ProcessTime(os.Getpid())
	if self-before < 50*time.Millisecond {
		t.Errorf("used %s", self-before)
	}
	if diff := (self - other).Abs(); diff > 200*time.Millisecond {
		t.Errorf("%s by one way to ask, %s by the other", self, other)
	}
	if now := MachineTime(); now.total <= now.busy || now.busy <= 0 {
		t.Errorf("%+v", now)
	}
}

func TestLoadOfOthers(t *testing.T) {
	begin := Ticks{busy: 100, total: 200}
	for _, test := range []struct {
		end  Ticks
		own  time.Duration
		want float64
	}{
		{Ticks{busy: 150, total: 300}, 20 * time.Second, 0.3},
		{Ticks{busy: 150, total: 300}, 60 * time.Second, 0}, // clocks differ slightly
		{begin, 0, 0},
	} {
		if got := test.end.Since(begin, test.own).Others; got != test.want {
			t.Errorf("%+v, own %s: %v, want %v", test.end, test.own, got, test.want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := Median(test.values); got != test.want {
			t.Errorf("%v: %v, want %v", test.values, got, test.want)
		}
	}
	// A single disturbed pair does not matter, nor does what slows both.
	if got := MedianRatio([]float64{2, 20, 2, 90, 2}, []float64{1, 10, 1, 1, 1}); got != 2 {
		t.Errorf("ratio %v", got)
	}
}

func TestPercentile(t *testing.T) {
	values := make([]float64, 100)
	for i := range values {
		values[99-i] = float64(i)
	}
	if got := Percentile(values, 95); got != 95 {
		t.Errorf("p95 %v", got)
	}
	if got := Percentile([]float64{3}, 100); got != 3 {
		t.Errorf("p100 %v", got)
	}
}

func TestTheTableTellsAll(t *testing.T) {
	most := 1.5
	rows := []Row{
		{Figure: Figure{Name: "a.b", Ours: 3.7, Against: 3, Ratio: 1.234, Unit: "ms", Note: "of two"}, limit: &Threshold{Max: &most}, verdict: held},
		{Figure: Figure{Name: "a.c", Ours: 18400.4, Unit: "messages/s"}},
	}
	var out strings.Builder
	PrintTable(&out, rows)
	for _, want := range []string{"a.b 3.70 3 ms 1.23 <= 1.50 ok of two", "a.c 18400 - messages/s - -"} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
