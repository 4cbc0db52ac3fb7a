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

// Linked returns the phone number and the LID, as digits, of the account that the
// device in a data directory is linked to; both are empty if it is unpaired.
// Nobody else may have the directory open.
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
