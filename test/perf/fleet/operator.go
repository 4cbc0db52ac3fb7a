package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// operator is the operator's process, with its log file next to its kubeconfig.
type operator struct {
	command *exec.Cmd
	log     *os.File
	metrics string // URL
	ended   chan error
}

func startOperator(binary, kubeconfig string, qps int) (*operator, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(kubeconfig + ".operator.log")
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, "--kubeconfig", kubeconfig, "--runtime-image", "example.com/wasession:fleet",
		"--metrics-bind-address", address, "--health-probe-bind-address", "0", "--kube-api-qps", strconv.Itoa(qps))
	command.Stderr = log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting the operator: %w", err)
	}
	o := &operator{command: command, log: log, metrics: "http://" + address + "/metrics", ended: make(chan error, 1)}
	go func() { o.ended <- command.Wait() }()
	return o, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// stop stops the operator and waits for it to exit.
func (o *operator) stop() {
	_ = o.command.Process.Signal(syscall.SIGTERM)
	o.ended <- <-o.ended
	_ = o.log.Close()
}

// figures are the measurements of the operator.
type figures struct {
	rss, peak  int64 // bytes
	cpu        time.Duration
	writes     float64 // requests to the API server other than GET, since the process started
	reads      float64
	reconciles float64
	errors     float64
	streams    float64

	base float64 // the number of writes at the start of a period
}

func (f figures) String() string {
	return fmt.Sprintf("%d MiB resident (peak %d MiB), %.1f s of CPU, %.0f writes, %.0f reads, %.0f reconciles, %.0f of them failed",
		f.rss>>20, f.peak>>20, f.cpu.Seconds(), f.writes, f.reads, f.reconciles, f.errors)
}

func (o *operator) measure(ctx context.Context) (figures, error) {
	f, err := o.scrape(ctx)
	if err != nil {
		return f, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", o.command.Process.Pid))
	if err != nil {
		return f, err
	}
	f.rss, f.peak = kilobytes(string(status), "VmRSS:"), kilobytes(string(status), "VmHWM:")
	return f, nil
}

func kilobytes(status, field string) int64 {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, field); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}

// scrape reads the operator's own metrics.
func (o *operator) scrape(ctx context.Context) (figures, error) {
	var f figures
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.metrics, nil)
	if err != nil {
		return f, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return f, err
	}
	defer response.Body.Close()
	return f, parse(response.Body, &f)
}

// parse sums the series of interest in Prometheus' text format.
func parse(text io.Reader, f *figures) error {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		series, number, ok := strings.Cut(lines.Text(), "} ")
		if !ok {
			series, number, ok = strings.Cut(lines.Text(), " ")
		}
		value, err := strconv.ParseFloat(number, 64)
		if !ok || err != nil {
			continue
		}
		switch name, labels, _ := strings.Cut(series, "{"); name {
		case "rest_client_requests_total":
			if strings.Contains(labels, `method="GET"`) {
				f.reads += value
			} else {
				f.writes += value
			}
		case "controller_runtime_reconcile_total":
			f.reconciles += value
		case "controller_runtime_reconcile_errors_total":
			f.errors += value
		case "process_cpu_seconds_total":
			f.cpu = time.Duration(value * float64(time.Second))
		case "wasession_status_streams":
			if strings.Contains(labels, `state="open"`) {
				f.streams = value
			}
		}
	}
	return lines.Err()
}

// awaitReady waits until the operator serves metrics.
func (o *operator) awaitReady(ctx context.Context) error {
	return o.await(ctx, func(figures) bool { return true })
}

// awaitStreams waits until that many streams to pods are open.
func (o *operator) awaitStreams(ctx context.Context, count int) error {
	return o.await(ctx, func(f figures) bool { return f.streams >= float64(count) })
}

// awaitQuiet waits until the operator has written nothing for five seconds.
func (o *operator) awaitQuiet(ctx context.Context) error {
	writes, since := -1.0, time.Now()
	return o.await(ctx, func(f figures) bool {
		if f.writes != writes {
			writes, since = f.writes, time.Now()
		}
		return time.Since(since) > 5*time.Second
	})
}

func (o *operator) await(ctx context.Context, good func(figures) bool) error {
	for {
		select {
		case err := <-o.ended:
			o.ended <- err
			text, _ := os.ReadFile(o.log.Name())
			return fmt.Errorf("the operator ended (%v): %s", err, text)
		default:
		}
		if f, err := o.scrape(ctx); err == nil && good(f) {
			return nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}
