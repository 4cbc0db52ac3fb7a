package api

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/s3test"
	"github.com/wasession/wasession/test/simulator/history"
	simmedia "github.com/wasession/wasession/test/simulator/media"
)

var photo = append([]byte("\xff\xd8\xff"), bytes.Repeat([]byte("photo "), 1000)...)

func TestMediaIsFetchedOnceAndServed(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendImage(w.ctx, w.alice, photo, "Look")
	w.ok(err)
	doc, err := w.bob.SendDocument(w.ctx, w.alice, []byte("%PDF-1.4"), "Bill.pdf", "application/pdf")
	w.ok(err)
	w.arrived(bobChat, id)
	w.arrived(bobChat, doc)
	for range 2 {
		for _, m := range w.messages(bobChat, "?downloadMedia=true") {
			if m.Media == nil || m.Media.URL == nil || m.Media.Error != nil || !strings.HasPrefix(*m.Media.URL, w.url+"/api/files/sales/") {
				t.Fatalf("%s: media %+v", m.ID, m.Media)
			}
			want := photo
			if strings.Contains(m.ID, doc) {
				want = []byte("%PDF-1.4")
				if m.Media.Filename == nil || *m.Media.Filename != "Bill.pdf" || m.Media.MIMEType != "application/pdf" {
					t.Errorf("document: %+v", m.Media)
				}
			}
			status, body := w.call("GET", strings.TrimPrefix(*m.Media.URL, w.url), nil)
			if status != 200 || !bytes.Equal(body, want) {
				t.Errorf("%s: %d, %d bytes", *m.Media.URL, status, len(body))
			}
		}
		// The second time WhatsApp is out of the game.
		w.sim.Media().Faults.Add(simmedia.Fault{Method: "GET", Status: 500})
	}
}

func TestMediaThatCannotBeHad(t *testing.T) {
	w := paired(t)
	w.sim.Media().Faults.Add(simmedia.Fault{Method: "GET", Status: 404})
	id, err := w.bob.SendAudio(w.ctx, w.alice, []byte("OggS"), 1, true)
	w.ok(err)
	w.arrived(bobChat, id)
	all := w.messages(bobChat, "")
	if len(all) != 1 || !all[0].HasMedia || all[0].Media == nil || all[0].Media.Error == nil || all[0].Media.URL != nil {
		t.Fatalf("%+v", all)
	}
}

func TestMediaBeyondTheLimit(t *testing.T) {
	w := newWorld(t)
	w.config.Media = v1.Media{MaxBytes: 100}
	w.run()
	w.scan()
	id, err := w.bob.SendImage(w.ctx, w.alice, photo, "")
	w.ok(err)
	w.arrived(bobChat, id)
	all := w.messages(bobChat, "")
	if all[0].Media.Error == nil || !strings.Contains(all[0].Media.Error.Message, "media limit") {
		t.Errorf("media %+v", all[0].Media)
	}
}

// The size that a sender announces is not believed: the download ends at the
// limit, is not begun anew, and leaves nothing behind.
func TestAnnouncedSizesAreNotBelieved(t *testing.T) {
	const limit = 1 << 20
	w := newWorld(t)
	w.config.Media = v1.Media{MaxBytes: limit}
	w.run()
	w.scan()
	var largest atomic.Int64
	watching, stop := context.WithCancel(w.ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for watching.Err() == nil {
			largest.Store(max(largest.Load(), sizeOf(w.dir)))
		}
	})
	before := sizeOf(w.dir)
	file, err := w.sim.Upload(simmedia.Document, "application/octet-stream", make([]byte, 32<<20))
	w.ok(err)
	document := history.Document(file, "small.bin", "")
	document.DocumentMessage.FileLength = proto.Uint64(1)
	id, err := w.bob.Send(w.ctx, w.alice, document)
	w.ok(err)
	w.arrived(bobChat, id)
	m := w.messages(bobChat, "")[0]
	stop()
	watcher.Wait()
	if m.Media == nil || m.Media.Error == nil || !strings.Contains(m.Media.Error.Message, "media limit") {
		t.Errorf("media %+v", m.Media)
	}
	// What the databases wrote meanwhile is small.
	if grown := largest.Load() - before; grown > 3*limit {
		t.Errorf("%d bytes were on the disk under a limit of %d", grown, limit)
	}
	if left := sizeOf(w.accountFile("media")); left != 0 {
		t.Errorf("%d bytes were left behind", left)
	}
}

// sizeOf is the size of all files in a folder and below.
func sizeOf(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // gone meanwhile
		}
		if info, err := e.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}

func TestMediaInABucket(t *testing.T) {
	server := s3test.Start(t)
	w := newWorld(t)
	w.config.Media.S3 = server.Config(t, s3test.SecretKey)
	w.run()
	w.scan()
	id, err := w.bob.SendImage(w.ctx, w.alice, photo, "")
	w.ok(err)
	w.arrived(bobChat, id)
	m := w.messages(bobChat, "")[0].Media
	key := "wa/sales/false_" + bobChat + "_" + id + ".jpeg"
	if m.URL == nil || m.S3 == nil || m.S3.Bucket != s3test.Bucket || m.S3.Key != key {
		t.Fatalf("media %+v, S3 %+v", m, m.S3)
	}
	if keys := server.Keys(t); len(keys) != 1 || keys[0] != key {
		t.Errorf("the bucket holds %v", keys)
	}
	status, body := w.call("GET", strings.TrimPrefix(*m.URL, w.url), nil)
	if status != 200 || !bytes.Equal(body, photo) {
		t.Errorf("%d, %d bytes", status, len(body))
	}
}
