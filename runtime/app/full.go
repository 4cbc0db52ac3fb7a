package app

import (
	"context"
	"net"
	"net/http"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/statusapi"
	"github.com/wasession/wasession/runtime/volume"
)

// hardlyAny is an amount of free space, in bytes, below which any error of opening
// is attributed to the full volume.
const hardlyAny = 1 << 20

// isFull reports whether the data could not be opened because the volume is full.
func isFull(dir string, err error) bool {
	if volume.NoRoom(err) {
		return true
	}
	room, look := volume.Read(dir)
	return look == nil && room.Free < hardlyAny
}

// waiting is a session that waits for free space to be opened.
type waiting struct{ status v1.Status }

func (w waiting) Status() v1.Status            { return w.status }
func (w waiting) Watch() <-chan struct{}       { return nil }
func (w waiting) Logout(context.Context) error { return chat.ErrNotConnected }

// waitForRoom serves the status of a full volume until there is free space or ctx
// ends.
func waitForRoom(ctx context.Context, o Options, l net.Listener) error {
	log := o.Log
	session := waiting{v1.Status{
		Session: o.Session, Phase: v1.PhaseStarting, Reason: v1.ReasonStorageFull, Since: time.Now(), RuntimeVersion: o.Version, CrashedAt: o.CrashedAt,
		Message: "The volume is too full to open the chats: enlarge it", Simulated: o.Endpoint != nil,
	}}
	operator := statusapi.New(statusapi.Options{
		Session: session, Logger: log, PodUID: o.PodUID,
		RunArchive: func(context.Context, string) error { return volume.ErrFull },
	})
	if settings, err := o.read(); err == nil {
		operator.SetKeys(settings.operatorKeys)
	}
	mux := http.NewServeMux()
	mux.Handle("/runtime/v1/", operator)
	mux.HandleFunc("GET "+v1.HealthPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"message":"pong"}`))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"statusCode":503,"message":"The volume is full: the session starts when there is free space"}`))
	})
	log.Info("Serving", "address", l.Addr().String(), "session", o.Session, "version", o.Version)
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- httpapi.Serve(serving, l, mux, log) }()
	awaitRoom(ctx, o.Data)
	stop()
	return <-done
}

// awaitRoom waits until the volume of a directory has free space or ctx ends.
func awaitRoom(ctx context.Context, dir string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if room, err := volume.Read(dir); err == nil && room.Free >= 2*hardlyAny && !room.Full() {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
