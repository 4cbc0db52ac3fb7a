package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/wasession/wasession/test/perf/figures"
)

const (
	diskMessages = 50_000
	diskBatch    = 5_000
)

// measureDisk receives short messages and measures the size of what is kept,
// with a webhook that all were delivered to.
func measureDisk(ctx context.Context, l *lab) error {
	contacts := l.users(manyContacts, "Contact")
	h := newHook()
	defer h.close()
	p, err := l.hooked(ctx, h, contacts)
	if err != nil {
		return err
	}
	for range diskMessages / diskBatch {
		batch, err := p.comp.Prepare(ctx, lines(contacts, diskBatch, "see you at eight, "))
		if err != nil {
			return err
		}
		batch.Send()
		if err := p.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
			return err
		}
		if _, err := h.wait(ctx, diskBatch); err != nil {
			return err
		}
	}
	if err := p.stop(); err != nil { // this moves the logs into their databases
		return err
	}
	keys, err := bytesIn(p.dir, "device.db*")
	if err != nil {
		return err
	}
	all, err := bytesIn(p.dir, "*")
	if err != nil {
		return err
	}
	note := fmt.Sprintf("all files but whatsmeow's own database, after %d messages that were delivered to a webhook", diskMessages)
	l.report(figures.Figure{Name: "disk.message", Ours: float64(all-keys) / diskMessages, Unit: "bytes", Note: note})
	l.report(figures.Figure{Name: "disk.keys", Ours: float64(keys) / diskMessages, Unit: "bytes", Note: "whatsmeow's database, for each of them"})
	return nil
}

// bytesIn returns the total size of the files below a folder whose names match.
func bytesIn(dir, names string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if ok, err := filepath.Match(names, entry.Name()); !ok || err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}
