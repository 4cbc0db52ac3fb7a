package dashboard

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/waha"
)

// gatherTime is how long events are gathered before they are shown, and mostGathered
// how many.
const (
	gatherTime   = 100 * time.Millisecond
	mostGathered = 200
)

// follower is what a page does with the events of a session.
type follower struct {
	// names are the events that it wants; none for all.
	names []string
	// begin is called first, with whether the session runs.
	begin func(running bool) error
	// show shows events that have happened.
	show func([]pod.Event) error
	// beat is called now and then, to show what no event tells of; optional.
	beat func() error
}

// followEvents follows a session's events until ctx or the session's stream ends; the
// browser connects anew then. It is one stream of the session for each page, and ends with
// the page.
func (v *visit) followEvents(ctx context.Context, st *stream, key types.NamespacedName, f follower) error {
	now, _ := v.d.Fleet.Get(key)
	events, err := pod.OpenEvents(ctx, v.d.Forward, now.Pod, f.names...)
	if err != nil {
		if err := f.begin(false); err != nil {
			return err
		}
		return v.awaitChange(ctx, key)
	}
	defer events.Close()
	reading, stop := context.WithCancel(ctx)
	arrived, ended := make(chan pod.Event), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			event, err := events.Next(reading)
			if err != nil {
				return // the session's pod has gone, or the page
			}
			select {
			case arrived <- event:
			case <-reading.Done():
				return
			}
		}
	}()
	defer func() { stop(); <-ended }()
	if err := f.begin(true); err != nil {
		return err
	}
	return v.gather(ctx, st, key, arrived, ended, f)
}

// gather shows events in groups, and checks before each that the visitor may still see
// them.
func (v *visit) gather(ctx context.Context, st *stream, key types.NamespacedName, arrived <-chan pod.Event, ended <-chan struct{}, f follower) error {
	check := func() error {
		if err := st.check(ctx); err != nil {
			return err
		}
		may, err := v.caller.May(ctx, key, pod.ReadMessages)
		if err == nil && !may {
			err = waha.Forbidden
		}
		return err
	}
	beat := time.NewTicker(beatTime)
	defer beat.Stop()
	var gathered []pod.Event
	var calm <-chan time.Time
	for {
		take := arrived
		if len(gathered) >= mostGathered {
			take = nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ended:
			return nil
		case <-beat.C:
			if err := check(); err != nil {
				return err
			}
			if err := st.write([]byte(": alive\n\n")); err != nil {
				return err
			}
			if f.beat == nil {
				continue
			}
			if err := f.beat(); err != nil {
				return err
			}
		case event := <-take:
			if gathered = append(gathered, event); calm == nil {
				calm = time.After(gatherTime)
			}
		case <-calm:
			if err := check(); err != nil {
				return err
			}
			if err := f.show(gathered); err != nil {
				return err
			}
			gathered, calm = nil, nil
		}
	}
}

// awaitChange waits until a session has changed, and not longer than it takes to notice
// that its browser has gone.
func (v *visit) awaitChange(ctx context.Context, key types.NamespacedName) error {
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	wake, take, stop := v.d.Fleet.Listen()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
			for _, changed := range take() {
				if changed == key {
					return nil
				}
			}
		}
	}
}
