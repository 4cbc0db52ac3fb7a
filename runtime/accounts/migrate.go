package accounts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Legacy is what a store of an earlier version, which did not say whose it was,
// tells of its owner.
type Legacy struct {
	// Owner is the account as far as its own messages name it.
	Owner Identity
	// Empty says that nothing is in it: it was never linked.
	Empty bool
}

// legacy are what earlier versions kept in the data directory itself. The
// database comes last: while it is there, the move is not complete.
var legacy = []string{"media", "chats.db-wal", "chats.db-shm", "chats.db"}

// unknownOwner marks a folder whose account cannot be told. It is nobody's to
// adopt.
var unknownOwner = Identity{Phone: "unknown"}

// migrate moves the data of an earlier version into a folder. Each step can be
// repeated after a crash: where to is written down before the first move.
func migrate(dir string, linked Identity, look func(path string) (Legacy, error)) error {
	database := filepath.Join(dir, "chats.db")
	if !slices.ContainsFunc(legacy, func(name string) bool { return exists(filepath.Join(dir, name)) }) {
		return nil
	}
	into, err := currentOf(dir)
	if err != nil {
		return err
	}
	if into.Path == "" {
		owner := linked
		empty := false
		if !owner.Known() && exists(database) {
			found, err := look(database)
			if err != nil {
				return err
			}
			owner, empty = found.Owner, found.Empty
		}
		if !owner.Known() && !empty {
			owner = unknownOwner
		}
		name := "new-migrated"
		if owner.Known() {
			name = nameFor(owner)
		}
		if into, err = create(dir, name, owner); err != nil {
			return err
		}
	}
	for _, name := range legacy {
		err := os.Rename(filepath.Join(dir, name), filepath.Join(into.Path, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
