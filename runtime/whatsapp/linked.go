package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
)

// Linked is the account that the device in a data directory is linked to, which
// nobody has open: its phone number and its LID, as digits; both are empty where
// it is linked to none.
func Linked(ctx context.Context, dir string) (phone, lid string, err error) {
	if _, err := os.Stat(filepath.Join(dir, deviceFile)); errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	db, err := openDeviceDB(ctx, dir, nil, newEngineLog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	dev, err := db.container.GetFirstDevice(ctx)
	if err != nil {
		return "", "", fmt.Errorf("read %s: %w", deviceFile, err)
	}
	if dev.ID == nil {
		return "", "", nil
	}
	return dev.ID.User, dev.LID.User, nil
}
