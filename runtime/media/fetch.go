package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/singleflight"

	"github.com/wasession/wasession/runtime/chat"
)

// partial is the folder, within the library's, of files not yet complete.
const partial = ".partial"

// fetch joins the download of a message's file, or begins it.
func (l *Library) fetch(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return chat.MediaFile{}, context.Canceled
	}
	l.fetches.Add(1)
	result := l.flight.DoChan(key(&m), func() (any, error) { return l.download(m) })
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

// download fetches the file into the partial folder and moves it to its place.
// The index is written before the move: a row without a file heals itself, a
// file without a row would stay for ever.
func (l *Library) download(m chat.Message) (file chat.MediaFile, err error) {
	ctx, cancel := context.WithTimeout(l.ctx, fetchTimeout)
	defer cancel()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return file, ctx.Err()
	}

	temp, err := os.CreateTemp(filepath.Join(l.Dir, partial), "*")
	if err != nil {
		return file, fmt.Errorf("saving a file: %w", err)
	}
	defer func() {
		_ = temp.Close()
		if rm := os.Remove(temp.Name()); rm != nil && !errors.Is(rm, os.ErrNotExist) && err == nil {
			err = rm
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("fetching a file panicked: %v", p)
		}
	}()
	bounded := &limitWriter{w: temp, left: l.limit()}
	if m.Media.Size > bounded.left {
		return file, ErrTooLarge
	}
	if err := l.Fetch(ctx, m, bounded); err != nil {
		if bounded.left < 0 {
			err = ErrTooLarge
		}
		return file, err
	}
	return l.keep(ctx, &m, temp)
}

// keep puts a complete file into its place and makes room for it.
func (l *Library) keep(ctx context.Context, m *chat.Message, temp *os.File) (chat.MediaFile, error) {
	size, err := temp.Seek(0, io.SeekEnd)
	if err != nil {
		return chat.MediaFile{}, fmt.Errorf("saving a file: %w", err)
	}
	bucket := ""
	if s3 := l.Config().S3; s3 != nil {
		bucket = s3.Bucket
	}
	p, err := l.place(bucket)
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
		l.Log.Warn("media files beyond the limit could not be removed", "error", err)
	}
	return file, nil
}

// limit is the longest file allowed, in bytes.
func (l *Library) limit() int64 {
	if max := l.Config().MaxBytes; max > 0 && max < maxFile {
		return max
	}
	return maxFile
}

// limitWriter fails once more than left bytes were written; left is then
// negative.
type limitWriter struct {
	w    io.Writer
	left int64
}

func (w *limitWriter) Write(b []byte) (int, error) {
	w.left -= int64(len(b))
	if w.left < 0 {
		return 0, ErrTooLarge
	}
	return w.w.Write(b)
}
