package statusapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// heartbeat is shorter than the contract's maximum, to allow for delays.
const heartbeat = v1.HeartbeatSeconds * time.Second * 2 / 3

// lineTime limits how long a client may take to read one line.
const lineTime = 10 * time.Second

// stream writes the status now and after each change, one per line, and empty lines
// as heartbeats, until the client disconnects.
func (a *API) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	var last *v1.Status
	for {
		changed := a.opts.Session.Watch()
		if status := a.opts.Session.Status(); last == nil || !reflect.DeepEqual(*last, status) {
			line, err := json.Marshal(status)
			if err != nil {
				a.opts.Logger.Error("Failed to encode the status", "error", err)
				return
			}
			if !write(w, out, append(line, '\n')) {
				return
			}
			last = &status
			beat.Reset(heartbeat)
		}
		select {
		case <-changed:
		case <-beat.C:
			if !write(w, out, []byte("\n")) {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// write writes and flushes a line; false if the client is gone.
func write(w http.ResponseWriter, out *http.ResponseController, line []byte) bool {
	_ = out.SetWriteDeadline(time.Now().Add(lineTime))
	if _, err := w.Write(line); err != nil {
		return false
	}
	return out.Flush() == nil
}
