// Package accounts keeps the data of each WhatsApp account that a session was
// linked to in a folder of its own, so that nothing of one account is ever shown
// to the next. Which folder is in use follows from who the device is linked to.
package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// parent is the folder of all accounts, within the data directory.
	parent = "accounts"
	// ownerFile says in an account's folder whose it is.
	ownerFile = "account.json"
	// currentFile names the folder in use, for while no account is linked.
	currentFile = "current"
)

// Identity is who an account is: its LID, which stays when the number changes,
// and its phone number, both as digits. Either can be unknown.
type Identity struct {
	Phone string `json:"phone,omitempty"`
	LID   string `json:"lid,omitempty"`
}

// Known says whether there is an account at all.
func (i Identity) Known() bool { return i.Phone != "" || i.LID != "" }

// is says whether two identities are of one account. A number can be given to
// somebody else: where both LIDs are known they decide.
func (i Identity) is(other Identity) bool {
	if i.LID != "" && other.LID != "" {
		return i.LID == other.LID
	}
	return i.Phone != "" && i.Phone == other.Phone
}

// Folder is an account's folder.
type Folder struct {
	// Path is where it is.
	Path string
	// Owner is whose it is; nobody's before the first pairing.
	Owner Identity
	// Aside is where data of an earlier version was put that could not be joined
	// with what is there; empty most of the time.
	Aside string

	dir string
}

// Choose is the folder to use in a data directory whose device is linked to
// linked; nobody while it is linked to no one. An account gets its own folder, a
// new one at first. While none is linked the folder used last stays in use. What
// earlier versions kept in the data directory itself is moved into a folder.
func Choose(dir string, linked Identity, old func(path string) (Legacy, error)) (Folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, parent), 0o700); err != nil {
		return Folder{}, fmt.Errorf("accounts: %w", err)
	}
	aside, err := migrate(dir, linked, old)
	if err != nil {
		return Folder{}, fmt.Errorf("move the data of an earlier version: %w", err)
	}
	f, err := choose(dir, linked)
	if err != nil {
		return Folder{}, fmt.Errorf("accounts: %w", err)
	}
	f.Aside = aside
	return f, nil
}

func choose(dir string, linked Identity) (Folder, error) {
	current, err := currentOf(dir)
	if err != nil {
		return Folder{}, err
	}
	if !linked.Known() {
		if current.Path == "" {
			return create(dir, unique("new-"), Identity{})
		}
		return current, nil
	}
	all, err := list(dir)
	if err != nil {
		return Folder{}, err
	}
	if f, ok := pick(all, linked, current.Path); ok {
		return f, f.adopt(linked)
	}
	return create(dir, nameFor(linked), linked)
}

// pick is the folder of an account: the one of its LID, else one of its number
// whose LID is not known, else the one in use, where that is nobody's.
func pick(all []Folder, who Identity, current string) (Folder, bool) {
	for _, suits := range []func(Folder) bool{
		func(f Folder) bool { return who.LID != "" && f.Owner.LID == who.LID },
		func(f Folder) bool { return f.Owner.is(who) && f.Path == current },
		func(f Folder) bool { return f.Owner.is(who) },
		func(f Folder) bool { return !f.Owner.Known() && f.Path == current },
	} {
		if i := slices.IndexFunc(all, suits); i >= 0 {
			return all[i], true
		}
	}
	return Folder{}, false
}

// Claim says whether the folder is that of an account; nobody's becomes it.
func (f *Folder) Claim(who Identity) (bool, error) {
	all, err := list(f.dir)
	if err != nil {
		return false, fmt.Errorf("accounts: %w", err)
	}
	if found, ok := pick(all, who, f.Path); !ok || found.Path != f.Path {
		return false, nil
	}
	if err := f.adopt(who); err != nil {
		return false, fmt.Errorf("accounts: %w", err)
	}
	return true, nil
}

// adopt writes down whose folder it is, and that it is in use.
func (f *Folder) adopt(owner Identity) error {
	if owner.Phone == "" {
		owner.Phone = f.Owner.Phone
	}
	if owner.LID == "" {
		owner.LID = f.Owner.LID
	}
	if err := f.own(owner); err != nil {
		return err
	}
	return replace(filepath.Join(f.dir, parent, currentFile), []byte(filepath.Base(f.Path)))
}

// own writes down whose folder it is.
func (f *Folder) own(owner Identity) error {
	if owner == f.Owner {
		return nil
	}
	content, err := json.Marshal(owner)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(f.Path, ownerFile), content); err != nil {
		return err
	}
	f.Owner = owner
	return nil
}

// create makes a folder, which is then in use.
func create(dir, name string, owner Identity) (Folder, error) {
	f := Folder{Path: filepath.Join(dir, parent, name), dir: dir}
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return Folder{}, err
	}
	return f, f.adopt(owner)
}

// nameFor is the name of an account's folder: a digest, as numbers do not belong
// into paths, which are logged.
func nameFor(owner Identity) string {
	id := "lid:" + owner.LID
	if owner.LID == "" {
		id = "phone:" + owner.Phone
	}
	sum := sha256.Sum256([]byte(id))
	return "account-" + hex.EncodeToString(sum[:8])
}

// unique is a name that no folder has.
func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:12]) }

// currentOf is the folder that was used last; without a path where there is none.
func currentOf(dir string) (Folder, error) {
	name, err := os.ReadFile(filepath.Join(dir, parent, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	if err != nil {
		return Folder{}, err
	}
	base := strings.TrimSpace(string(name))
	if base == "" || filepath.Base(base) != base || strings.HasPrefix(base, ".") {
		return Folder{}, nil
	}
	f, err := read(dir, base)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	return f, err
}

// list are all folders of accounts.
func list(dir string) ([]Folder, error) {
	entries, err := os.ReadDir(filepath.Join(dir, parent))
	if err != nil {
		return nil, err
	}
	var all []Folder
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := read(dir, e.Name())
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func read(dir, name string) (Folder, error) {
	f := Folder{Path: filepath.Join(dir, parent, name), dir: dir}
	if _, err := os.Stat(f.Path); err != nil {
		return Folder{}, err
	}
	content, err := os.ReadFile(filepath.Join(f.Path, ownerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return Folder{}, err
	}
	if err := json.Unmarshal(content, &f.Owner); err != nil {
		return Folder{}, fmt.Errorf("%s is damaged: restore it, or move the folder away: %w", filepath.Join(f.Path, ownerFile), err)
	}
	return f, nil
}

// replace writes a small file so that after a crash it is either the old or the
// new one.
func replace(path string, content []byte) error {
	if before, err := os.ReadFile(path); err == nil && string(before) == string(content) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a folder survive a power cut.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
