package main

import (
	"math/rand/v2"
	"time"
)

// kind is a kind of thing that happens.
type kind int

const (
	// To a session:
	podKilled kind = iota
	podEvicted
	templateEdited // needs a new pod
	configEdited   // reaches the running pod
	stateToggled
	existenceToggled
	childRemoved
	// To the world around:
	operatorKilled
	operatorRestarted
	nodeLost
	serverTroubled
	watchesDropped
)

// kinds say how often each thing happens in a thousand, and what it is called.
var kinds = []struct {
	kind   kind
	weight int
	name   string
}{
	{podKilled, 220, "pods killed"},
	{podEvicted, 90, "pods evicted"},
	{templateEdited, 170, "edits that replace a pod"},
	{configEdited, 150, "edits of the running configuration"},
	{stateToggled, 130, "sessions stopped or started"},
	{existenceToggled, 90, "sessions deleted or created"},
	{childRemoved, 80, "objects of a session removed"},
	{operatorKilled, 12, "operators killed"},
	{operatorRestarted, 8, "operators restarted in order"},
	{nodeLost, 8, "nodes lost"},
	{serverTroubled, 22, "troubles of the API server"},
	{watchesDropped, 20, "times that all watches were dropped"},
}

// step is one thing that happens, to something that exists or not.
type step struct {
	pause   time.Duration // before it
	kind    kind
	subject int           // number of a session, a node, an operator or a trouble
	value   int           // of an edit, or which child
	lasting time.Duration // of a trouble, or of a node's loss
}

// planner makes steps. The same seed makes the same steps; what they do may
// differ, as it depends on timing.
type planner struct{ random *rand.Rand }

func newPlanner(seed uint64) *planner {
	return &planner{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // not for secrets
}

func (p *planner) next() step {
	s := step{
		pause:   between(p.random, 20*time.Millisecond, 240*time.Millisecond),
		subject: p.random.IntN(1 << 20),
		value:   p.random.IntN(1 << 20),
		lasting: between(p.random, 500*time.Millisecond, 4*time.Second),
	}
	sum := 0
	for _, k := range kinds {
		sum += k.weight
	}
	at := p.random.IntN(sum)
	for _, k := range kinds {
		if at -= k.weight; at < 0 {
			s.kind = k.kind
			break
		}
	}
	if s.kind == nodeLost {
		s.lasting *= 3
	}
	return s
}

func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(most-least)))
}
