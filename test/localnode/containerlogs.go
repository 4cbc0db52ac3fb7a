package localnode

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

const (
	// followEvery is how often a log is looked at for new lines.
	followEvery = 100 * time.Millisecond
	// maxTail is how much of a log is read for its last lines, in bytes.
	maxTail = 8 << 20
)

// logs answers with a container's log: the last tailLines, or all of it, and with
// follow what comes. The runs of a container share a file, so previous is the same.
func (k *kubelet) logs(w http.ResponseWriter, r *http.Request) {
	pod := k.worker(w, r)
	if pod == nil {
		return
	}
	file, err := os.Open(filepath.Join(pod.dir, filepath.Base(r.PathValue("container"))+".log"))
	if err != nil {
		http.Error(w, "the container has no log", http.StatusNotFound)
		return
	}
	defer func() { _ = file.Close() }()
	w.Header().Set("Content-Type", "text/plain")
	if lines, err := strconv.Atoi(r.FormValue("tailLines")); err == nil {
		text, err := io.ReadAll(io.LimitReader(file, maxTail))
		if err != nil {
			return
		}
		_, _ = w.Write(tail(text, lines))
	}
	flush := http.NewResponseController(w)
	for {
		if _, err := io.Copy(w, file); err != nil || r.FormValue("follow") != "true" {
			return
		}
		_ = flush.Flush()
		select {
		case <-time.After(followEvery):
		case <-r.Context().Done():
			return
		}
	}
}

// tail returns the last lines of a text.
func tail(text []byte, lines int) []byte {
	at := len(bytes.TrimSuffix(text, []byte("\n")))
	for range lines {
		if at = bytes.LastIndexByte(text[:at], '\n'); at < 0 {
			return text
		}
	}
	if lines == 0 {
		return nil
	}
	return text[at+1:]
}
