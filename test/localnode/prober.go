package localnode

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// probe is a container's probe with its defaults filled in.
type probe struct {
	check            func(ctx context.Context) error
	delay, period    time.Duration
	timeout          time.Duration
	success, failure int32
}

// newProbe prepares spec for a pod on ip. The error says what cannot be probed.
func newProbe(spec *corev1.Probe, ip string, ports []corev1.ContainerPort) (*probe, error) {
	p := &probe{
		delay:   time.Duration(spec.InitialDelaySeconds) * time.Second,
		period:  time.Duration(max(spec.PeriodSeconds, 1)) * time.Second,
		timeout: time.Duration(max(spec.TimeoutSeconds, 1)) * time.Second,
		success: max(spec.SuccessThreshold, 1),
		failure: max(spec.FailureThreshold, 1),
	}
	switch {
	case spec.HTTPGet != nil:
		port, err := portNumber(spec.HTTPGet.Port, ports)
		if err != nil {
			return nil, err
		}
		p.check = httpCheck(spec.HTTPGet, ip, port)
	case spec.TCPSocket != nil:
		port, err := portNumber(spec.TCPSocket.Port, ports)
		if err != nil {
			return nil, err
		}
		p.check = tcpCheck(net.JoinHostPort(ip, strconv.Itoa(port)))
	default:
		return nil, errors.New("the local node probes by httpGet and tcpSocket only")
	}
	return p, nil
}

// run probes until ctx ends and reports each change of the result, beginning
// with the first: true after enough successes in a row, false after enough
// failures.
func (p *probe) run(ctx context.Context, report func(healthy bool, cause error)) {
	if !sleep(ctx, p.delay) {
		return
	}
	var successes, failures int32
	var verdict *bool
	for {
		attempt, cancel := context.WithTimeout(ctx, p.timeout)
		err := p.check(attempt)
		cancel()
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			successes, failures = successes+1, 0
		} else {
			successes, failures = 0, failures+1
		}
		healthy := successes >= p.success
		decided := healthy || failures >= p.failure
		if decided && (verdict == nil || *verdict != healthy) {
			verdict = &healthy
			report(healthy, err)
		}
		if !sleep(ctx, p.period) {
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func httpCheck(action *corev1.HTTPGetAction, ip string, port int) func(context.Context) error {
	host := action.Host
	if host == "" {
		host = ip
	}
	scheme := strings.ToLower(string(action.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	path := "/" + strings.TrimPrefix(action.Path, "/")
	url := scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port)) + path
	// Each probe uses a new connection, like a kubelet's: a listener that
	// accepts no more connections must fail the probe.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		for _, header := range action.HTTPHeaders {
			request.Header.Set(header.Name, header.Value)
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode < 200 || response.StatusCode >= 400 {
			return fmt.Errorf("HTTP probe failed with statuscode: %d", response.StatusCode)
		}
		return nil
	}
}

func tcpCheck(address string) func(context.Context) error {
	return func(ctx context.Context) error {
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return connection.Close()
	}
}

// portNumber resolves a port that may be named by the container.
func portNumber(port intstr.IntOrString, ports []corev1.ContainerPort) (int, error) {
	if port.Type == intstr.Int {
		return port.IntValue(), nil
	}
	for _, candidate := range ports {
		if candidate.Name == port.StrVal {
			return int(candidate.ContainerPort), nil
		}
	}
	return 0, fmt.Errorf("no port is named %q", port.StrVal)
}
