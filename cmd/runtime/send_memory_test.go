package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/simulator"
)

// fileMemory is how much sending a file may add to what the process holds, in
// KiB, however large the file is.
const fileMemory = 24 << 10

// Files of 40 MiB, inside a request and by URL, do not pass through memory.
func TestSendingAFileTakesNoMemoryOfItsSize(t *testing.T) {
	w := newWorld(t)
	c := w.start("--egress-allow", "127.0.0.1")
	c.pair()
	file := make([]byte, 40<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(file)
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = rw.Write(file) }))
	defer web.Close()
	var sent []string
	before := kib(t, c.memory()["VmHWM"])
	for _, content := range []string{`"data":"` + base64.StdEncoding.EncodeToString(file) + `"`, `"url":"` + web.URL + `"`} {
		status, answer := c.try("/api/sendFile", `{"chatId":"15550002222","file":{"filename":"a.bin",`+content+`}}`)
		if status != http.StatusCreated {
			t.Fatalf("%d %s", status, answer)
		}
		var message struct{ ID string }
		if err := json.Unmarshal(answer, &message); err != nil {
			t.Fatal(err)
		}
		sent = append(sent, strings.Split(message.ID, "_")[2])
	}
	grown := kib(t, c.memory()["VmHWM"]) - before
	t.Logf("the peak of %d KiB grew by %d KiB", before, grown)
	if grown > fileMemory {
		t.Errorf("the peak grew by %d KiB", grown)
	}
	for _, id := range sent {
		got, err := w.bob.Expect(w.ctx, simulator.MessageID(id))
		if err != nil {
			t.Fatal(err)
		}
		content, err := w.srv.Download(got.Message)
		if err != nil || sha256.Sum256(content) != sha256.Sum256(file) {
			t.Errorf("Bob downloads %d bytes, %v", len(content), err)
		}
	}
}
