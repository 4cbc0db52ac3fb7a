package main

import (
	"strings"
	"testing"
	"time"
)

func TestMetricsAreAddedUp(t *testing.T) {
	const text = `# HELP rest_client_requests_total Number of HTTP requests
rest_client_requests_total{code="200",host="127.0.0.1:1",method="GET"} 7
rest_client_requests_total{code="200",host="127.0.0.1:1",method="PATCH"} 5
rest_client_requests_total{code="201",host="127.0.0.1:1",method="POST"} 2
controller_runtime_reconcile_total{controller="whatsappsession",result="success"} 3
controller_runtime_reconcile_total{controller="whatsappsession",result="error"} 1
controller_runtime_reconcile_errors_total{controller="whatsappsession"} 1
process_cpu_seconds_total 1.5
wasession_status_streams{state="closed"} 4
wasession_status_streams{state="open"} 1e+03
`
	var f figuresOf
	if err := parse(strings.NewReader(text), &f); err != nil {
		t.Fatal(err)
	}
	if want := (figuresOf{reads: 7, writes: 7, reconciles: 4, errors: 1, cpu: 1500 * time.Millisecond, streams: 1000}); f != want {
		t.Errorf("figures are %+v, want %+v", f, want)
	}
}

func TestMemoryIsReadFromProc(t *testing.T) {
	const status = "Name:\toperator\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n"
	if rss, peak := kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:"); rss != 1<<20 || peak != 2<<20 {
		t.Errorf("resident memory is %d, its peak %d", rss, peak)
	}
}
