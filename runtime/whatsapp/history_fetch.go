package whatsapp

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/wasession/wasession/runtime/chat"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// mostHistory is the maximum size of an inflated part of the history.
const mostHistory = 8 << 30

// FetchHistory downloads the part that a notification announces, verifies and
// inflates it, and writes it to path, completely or not at all. Errors other
// than ErrHistoryGone are temporary.
func (a *Account) FetchHistory(ctx context.Context, notice []byte, path string) error {
	var n waE2E.HistorySyncNotification
	if err := proto.Unmarshal(notice, &n); err != nil {
		return fmt.Errorf("%w: the notification cannot be parsed", chat.ErrHistoryGone)
	}
	packed, err := a.packedHistory(ctx, &n, path+".packed")
	if err != nil {
		return err
	}
	defer func() {
		_ = packed.Close()
		_ = os.Remove(path + ".packed")
	}()
	return inflate(packed, path)
}

// packedHistory returns a file with the compressed part, positioned at its
// start.
func (a *Account) packedHistory(ctx context.Context, n *waE2E.HistorySyncNotification, path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("fetch history: %w", err)
	}
	if inline := n.GetInitialHistBootstrapInlinePayload(); inline != nil {
		_, err = io.Copy(f, bytes.NewReader(inline))
	} else {
		err = a.download(ctx, n, f)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return nil, err
	}
	return f, nil
}

func (a *Account) download(ctx context.Context, n *waE2E.HistorySyncNotification, f *os.File) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	err = c.DownloadToFile(ctx, n, f)
	switch {
	case err == nil:
		return nil
	case isGone(err), errors.Is(err, whatsmeow.ErrNoURLPresent):
		return fmt.Errorf("%w: %w", chat.ErrHistoryGone, err)
	}
	return fmt.Errorf("download history: %w", err)
}

// isGone reports whether a download failed permanently.
func isGone(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// inflate decompresses packed to path, completely or not at all.
func inflate(packed io.Reader, path string) error {
	z, err := zlib.NewReader(packed)
	if err != nil {
		return fmt.Errorf("%w: not zlib data", chat.ErrHistoryGone)
	}
	defer z.Close()
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("inflate history: %w", err)
	}
	defer os.Remove(partial)
	n, err := io.Copy(f, io.LimitReader(z, mostHistory+1))
	if errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) || n > mostHistory {
		_ = f.Close()
		return fmt.Errorf("%w: damaged", chat.ErrHistoryGone)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("inflate history: %w", err)
	}
	return os.Rename(partial, path)
}

// DropHistory deletes an imported part from WhatsApp's servers.
func (a *Account) DropHistory(ctx context.Context, notice []byte) {
	var n waE2E.HistorySyncNotification
	c, err := a.online()
	if err != nil || proto.Unmarshal(notice, &n) != nil || n.GetDirectPath() == "" {
		return
	}
	if err := c.DeleteMedia(ctx, whatsmeow.MediaHistory, n.GetDirectPath(), n.GetFileEncSHA256(), n.GetEncHandle()); err != nil {
		a.log.Debug("Failed to delete an imported part of the history from WhatsApp", "error", err)
	}
}
