package accounts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Legacy is what a store of an earlier version, which did not say whose it was,
// tells of its owner.
type Legacy struct {
	// Owner is the account as far as its own messages name it.
	Owner Identity
	// Empty means that the store was never linked.
	Empty bool
}

// legacy are what earlier versions kept in the data directory itself. The
// database comes last: while it is there, the move is not complete.
var legacy = []string{"history", "media", "chats.db-wal", "chats.db-shm", "chats.db"}

// unknownOwner marks a folder whose account cannot be told. It is nobody's to
// adopt.
var unknownOwner = Identity{Phone: "unknown"}

// earlier begins the names of folders for data of an earlier version whose account
// cannot be told, or has data already.
const earlier = "earlier-"

// movingFile names the folder that data of an earlier version is being moved to.
const movingFile = "moving"

// migrate moves the data of an earlier version into a folder. Each step can be
// repeated after a crash: where to is written down before the first move. aside
// is the folder, where it is not to be used: an earlier version was put back for
// a time, and the account has data of its own already.
func migrate(dir string, linked Identity, look func(path string) (Legacy, error)) (aside string, err error) {
	marker := filepath.Join(dir, parent, movingFile)
	if !slices.ContainsFunc(legacy, func(name string) bool { return exists(filepath.Join(dir, name)) }) {
		return "", remove(marker)
	}
	into, err := moving(dir, marker)
	if err != nil {
		return "", err
	}
	if into.Path == "" {
		if into, err = destination(dir, linked, look); err != nil {
			return "", err
		}
		if err := replace(marker, []byte(filepath.Base(into.Path))); err != nil {
			return "", err
		}
	}
	for _, name := range legacy {
		from, to := filepath.Join(dir, name), filepath.Join(into.Path, name)
		if exists(from) && exists(to) {
			return "", fmt.Errorf("%s and %s both exist: move one of them away", from, to)
		}
		if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := errors.Join(syncDir(into.Path), syncDir(dir), remove(marker)); err != nil {
		return "", err
	}
	current, err := currentOf(dir)
	if err == nil && current.Path != into.Path && strings.HasPrefix(filepath.Base(into.Path), earlier) {
		aside = into.Path
	}
	return aside, err
}

// moving is the folder that a move which was cut short led to; without a path
// where there was none.
func moving(dir, marker string) (Folder, error) {
	name, err := os.ReadFile(marker)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	if err != nil {
		return Folder{}, err
	}
	return read(dir, filepath.Base(strings.TrimSpace(string(name))))
}

// destination is the folder for the data of an earlier version.
func destination(dir string, linked Identity, look func(path string) (Legacy, error)) (Folder, error) {
	found := Legacy{Owner: linked}
	if database := filepath.Join(dir, "chats.db"); !linked.Known() && exists(database) {
		var err error
		if found, err = look(database); err != nil {
			return Folder{}, err
		}
	}
	current, err := currentOf(dir)
	if err != nil {
		return Folder{}, err
	}
	all, err := list(dir)
	if err != nil {
		return Folder{}, err
	}
	into, known := Folder{}, false
	if found.Owner.Known() {
		into, known = pick(all, found.Owner, "")
	}
	switch {
	case known && free(into.Path):
		return into, nil
	case known, found.Empty && current.Path != "":
		into = Folder{Path: filepath.Join(dir, parent, unique(earlier)), dir: dir}
		if err := os.Mkdir(into.Path, 0o700); err != nil {
			return Folder{}, err
		}
		return into, into.own(unknownOwner)
	case found.Owner.Known():
		return create(dir, nameFor(found.Owner), found.Owner)
	case found.Empty:
		return create(dir, unique("new-"), Identity{})
	}
	return create(dir, unique(earlier), unknownOwner)
}

// free says that a folder holds nothing that would be overwritten.
func free(path string) bool {
	return !slices.ContainsFunc(legacy, func(name string) bool { return exists(filepath.Join(path, name)) })
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
