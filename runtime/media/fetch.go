package media

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/singleflight"

	"github.com/wasession/wasession/runtime/chat"
)

// partial is the subfolder for incomplete files.
const partial = ".partial"

// fetch joins the download of a message's file, or starts it.
func (l *Library) fetch(ctx context.Context, m chat.Message, begin func() (any, error)) (chat.MediaFile, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return chat.MediaFile{}, context.Canceled
	}
	l.fetches.Add(1)
	result := l.flight.DoChan(key(&m), begin)
	l.mu.Unlock()

	done := make(chan singleflight.Result, 1)
	go func() {
		defer l.fetches.Done()
		done <- <-result
	}()
	select {
	case r := <-done:
		file, _ := r.Val.(chat.MediaFile)
		return file, r.Err
	case <-ctx.Done():
		return chat.MediaFile{}, ctx.Err()
	}
}

// download downloads the file into the partial folder and then moves it. The index
// is written before the move: a row without a file repairs itself, a file without a
// row would stay forever.
func (l *Library) download(m chat.Message) (file chat.MediaFile, err error) {
	ctx, cancel := context.WithTimeout(l.ctx, fetchTimeout)
	defer cancel()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return file, ctx.Err()
	}

	limit := l.limit()
	if m.Media.Size > limit {
		return file, ErrTooLarge
	}
	name := filepath.Join(partial, rand.Text())
	temp, err := l.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return file, fmt.Errorf("saving media: %w", err)
	}
	defer func() {
		_ = temp.Close()
		if rm := l.root.Remove(name); rm != nil && !errors.Is(rm, os.ErrNotExist) && err == nil {
			err = rm
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while downloading media: %v", p)
		}
	}()
	fetching, tooLarge := context.WithCancelCause(ctx)
	defer tooLarge(nil)
	bounded := &boundedFile{file: temp, limit: limit + overhead, exceeded: func() { tooLarge(ErrTooLarge) }}
	if err := l.Fetch(fetching, m, bounded); err != nil {
		if errors.Is(context.Cause(fetching), ErrTooLarge) {
			err = ErrTooLarge
		}
		return file, err
	}
	if info, err := temp.Stat(); err != nil {
		return file, fmt.Errorf("saving media: %w", err)
	} else if info.Size() > limit {
		return file, ErrTooLarge
	}
	return l.keep(ctx, &m, temp)
}

// keep stores a complete file and makes room for it.
func (l *Library) keep(ctx context.Context, m *chat.Message, temp *os.File) (chat.MediaFile, error) {
	size, err := temp.Seek(0, io.SeekEnd)
	if err != nil {
		return chat.MediaFile{}, fmt.Errorf("saving media: %w", err)
	}
	bucket := ""
	if s3 := l.Config().S3; s3 != nil {
		bucket = s3.Bucket
	}
	p, err := l.backendOf(bucket)
	if err != nil {
		return chat.MediaFile{}, err
	}
	file := chat.MediaFile{
		Key: key(m), Path: p.path(m), Bucket: bucket,
		MIMEType: Type(m.Media.MIMEType), Size: size, At: l.Now().Unix(),
	}
	if err := l.Index.SaveMedia(ctx, file); err != nil {
		return chat.MediaFile{}, err
	}
	if err := p.put(ctx, file, temp); err != nil {
		return chat.MediaFile{}, errors.Join(err, l.Index.DeleteMedia(l.ctx, file.Key))
	}
	if err := l.makeRoom(ctx); err != nil {
		l.Log.Warn("Failed to remove media files beyond the limit", "error", err)
	}
	return file, nil
}

// limit is the maximum size of a file, in bytes.
func (l *Library) limit() int64 {
	limit := int64(maxFile)
	if max := l.Config().MaxBytes; max > 0 {
		limit = min(limit, max)
	}
	if l.Room != nil {
		// Parallel downloads share the remaining space.
		limit = min(limit, l.Room()/parallel)
	}
	return limit
}
