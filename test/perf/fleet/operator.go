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

	"github.com/wasession/wasession/test/perf/figures"
)

// operator is the operator's process, with its log file next to its kubeconfig.
type operator struct {
	command *exec.Cmd
	log     *os.File
	metrics string // URL
	ended   chan error
}

// startOperator starts an operator with its default flags; with a selector only
// for a shard.
func startOperator(binary, kubeconfig, selector string) (*operator, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(kubeconfig + ".operator" + selector[strings.LastIndex(selector, "=")+1:] + ".log")
	if err != nil {
		return nil, err
	}
	args := []string{"--kubeconfig", kubeconfig, "--runtime-image", "example.com/wasession:fleet",
		"--metrics-bind-address", address, "--health-probe-bind-address", "0"}
	if selector != "" {
		args = append(args, "--watch-label-selector", selector)
	}
	command := exec.Command(binary, args...)
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

func (o *operator) time() time.Duration { return figures.ProcessTime(o.command.Process.Pid) }

// figuresOf are the measurements of an operator, or their sum over several.
type figuresOf struct {
	rss, peak  int64 // bytes
	cpu        time.Duration
	writes     float64 // requests to the API server other than GET, since the process started
	reads      float64
	reconciles float64
	errors     float64
	streams    float64
}

func (f figuresOf) plus(g figuresOf) figuresOf {
	return figuresOf{
		rss: f.rss + g.rss, peak: f.peak + g.peak, cpu: f.cpu + g.cpu, writes: f.writes + g.writes, reads: f.reads + g.reads,
		reconciles: f.reconciles + g.reconciles, errors: f.errors + g.errors, streams: f.streams + g.streams,
	}
}

func (o *operator) measure(ctx context.Context) (figuresOf, error) {
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
func (o *operator) scrape(ctx context.Context) (figuresOf, error) {
	var f figuresOf
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
func parse(text io.Reader, f *figuresOf) error {
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

// check returns an error if the operator has ended.
func (o *operator) check() error {
	select {
	case err := <-o.ended:
		o.ended <- err
		text, _ := os.ReadFile(o.log.Name())
		return fmt.Errorf("the operator ended (%v): %s", err, text)
	default:
		return nil
	}
}
