package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/simulator"
)

// try sends a body; the status is 0 where the process died meanwhile.
func (c *child) try(path, body string, header ...string) (status int, answer []byte) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.w.ctx, http.MethodPost, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", apiKey)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	if answer, err = io.ReadAll(resp.Body); err != nil {
		return 0, nil
	}
	return resp.StatusCode, answer
}

// A process is killed between handing a message over and WhatsApp's answer.
// Whoever repeats the request learns that it may have left, and later, by the
// receipt, that it has: it reaches the other once.
func TestKilledBetweenSendAndAnswer(t *testing.T) {
	w := newWorld(t)
	w.bob.SetAutoReceipts(false)
	c := w.start()
	c.pair()
	const body = `{"session":"test","chatId":"15550002222","text":"once"}`
	stop := w.srv.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
	})
	defer stop()
	first := make(chan int)
	go func() {
		status, _ := c.try("/api/sendText", body, "Idempotency-Key", "k")
		first <- status
	}()
	got, err := w.bob.Expect(w.ctx, simulator.Text("once"))
	if err != nil {
		t.Fatal(err)
	}
	c.kill()
	if status := <-first; status != 0 {
		t.Fatalf("answered %d before it was killed", status)
	}
	stop()
	c = w.start()
	c.working()
	var known struct{ ID, AckName string }
	status, answer := c.try("/api/sendText", body, "Idempotency-Key", "k")
	if err := json.Unmarshal(answer, &known); err != nil {
		t.Fatal(err)
	}
	if status != http.StatusGatewayTimeout || known.AckName != "PENDING" || !strings.HasSuffix(known.ID, "_"+got.ID) {
		t.Errorf("repeated: %d %s", status, answer)
	}
	if err := w.bob.SendReceipt(w.ctx, "", got.ID); err != nil {
		t.Fatal(err)
	}
	c.await("the receipt", func() bool {
		status, answer = c.try("/api/sendText", body, "Idempotency-Key", "k")
		return status == http.StatusCreated
	})
	if err := json.Unmarshal(answer, &known); err != nil || known.AckName != "DEVICE" {
		t.Errorf("in the end: %s", answer)
	}
	seen := 0
	for _, r := range w.bob.Inbox() {
		if r.Kind == simulator.KindMessage {
			seen++
		}
	}
	if seen != 1 {
		t.Errorf("Bob has %d messages", seen)
	}
}

// What a process that was killed had taken in to be sent is not left on the volume.
func TestFilesOfAKilledProcessAreRemoved(t *testing.T) {
	w := newWorld(t)
	c := w.start()
	reader, writer := io.Pipe()
	defer reader.Close()
	go func() {
		req, err := http.NewRequestWithContext(w.ctx, http.MethodPost, c.url+"/api/sendFile", reader)
		if err != nil {
			return
		}
		req.Header.Set("X-Api-Key", apiKey)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	if _, err := writer.Write(append([]byte(`{"chatId":"1","file":{"data":"`), bytes.Repeat([]byte("QUJD"), 100_000)...)); err != nil {
		t.Fatal(err)
	}
	c.await("a file on the volume", func() bool { return len(w.outgoing()) > 0 })
	c.kill()
	w.start()
	if left := w.outgoing(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// outgoing are the files that were taken in to be sent.
func (w *world) outgoing() []string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "outgoing", "*"))
	if err != nil {
		w.t.Fatal(err)
	}
	return files
}
