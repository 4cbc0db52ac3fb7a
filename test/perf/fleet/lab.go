package main

import (
	"context"
	"fmt"
	"os"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/fakenode"
	"github.com/wasession/wasession/test/perf/figures"
)

// lab holds what the sections share.
type lab struct {
	options
	cluster   *cluster
	network   *fakenode.Network
	kubelet   *kubelet
	operators operators
	began     figures.Ticks
	spent     time.Duration // processor time of operators that have ended

	idle    figuresOf     // of the operators before the first session
	took    time.Duration // from the first creation until all are ready
	figures []figures.Figure
}

func newLab(ctx context.Context, o options) (*lab, error) {
	l := &lab{options: o, began: figures.MachineTime()}
	var err error
	if l.network, err = fakenode.StartNetwork(runtimev1.Port); err != nil {
		return nil, err
	}
	if l.cluster, err = startCluster(ctx); err != nil {
		l.network.Stop()
		return nil, err
	}
	if l.kubelet, err = startKubelet(ctx, l.cluster, l.network, namespace, 78, o.sessions); err != nil {
		l.close()
		return nil, err
	}
	if err := l.startOperators(ctx); err != nil {
		l.close()
		return nil, err
	}
	l.idle, err = l.operators.measure(ctx)
	return l, err
}

func (l *lab) close() {
	l.stopOperators()
	if l.kubelet != nil {
		l.kubelet.stop()
	}
	l.network.Stop()
	l.cluster.stop()
}

// startOperators starts one operator, or one for each shard.
func (l *lab) startOperators(ctx context.Context) error {
	for i := range l.shards {
		var selector string
		if l.shards > 1 {
			selector = shardLabel + "=" + shardName(i)
		}
		o, err := startOperator(l.binary, l.cluster.kubeconfig, selector)
		if err != nil {
			return err
		}
		l.operators = append(l.operators, o)
	}
	return l.operators.await(ctx, func(figuresOf) bool { return true })
}

func (l *lab) stopOperators() {
	for _, o := range l.operators {
		l.spent += o.time()
		o.stop()
	}
	l.operators = nil
}

// ownTime is the processor time of this program, the operators, and the API
// server with its etcd.
func (l *lab) ownTime() time.Duration {
	sum := figures.SelfTime() + l.spent + l.cluster.time()
	for _, o := range l.operators {
		sum += o.time()
	}
	return sum
}

// name is the section of the figures in the file of thresholds.
func (l *lab) name() string {
	if l.shards > 1 {
		return "shards"
	}
	return "fleet"
}

func (l *lab) report(f figures.Figure) {
	f.Name = l.name() + "." + f.Name
	l.figures = append(l.figures, f)
}

// begin says what is measured now. The function that it returns is the share of
// the machine that other processes have used since.
func (l *lab) begin(what string) func() float64 {
	fmt.Fprintln(os.Stderr, "fleet:", what)
	busy, own := figures.MachineTime(), l.ownTime()
	return func() float64 { return figures.MachineTime().Since(busy, l.ownTime()-own).Others }
}

func (l *lab) each(count float64) float64 { return count / float64(l.sessions) }

func shardName(i int) string { return fmt.Sprintf("s%d", i) }
