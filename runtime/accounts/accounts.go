// Package accounts keeps the data of each WhatsApp account that a session was
// linked to in a separate folder, so that one account never sees the data of
// another. The linked account decides which folder is in use.
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
	// ownerFile, in an account's folder, holds its Identity.
	ownerFile = "account.json"
	// currentFile names the folder to use while no account is linked.
	currentFile = "current"
)

// Identity identifies an account by its LID, which survives a change of number,
// and its phone number, both as digits. Either can be unknown.
type Identity struct {
	Phone string `json:"phone,omitempty"`
	LID   string `json:"lid,omitempty"`
}

// Known reports whether the identity names an account.
func (i Identity) Known() bool { return i.Phone != "" || i.LID != "" }

// is reports whether two identities belong to the same account. Numbers are
// reassigned, so the LIDs decide when both are known.
func (i Identity) is(other Identity) bool {
	if i.LID != "" && other.LID != "" {
		return i.LID == other.LID
	}
	return i.Phone != "" && i.Phone == other.Phone
}

// Folder is an account's folder.
type Folder struct {
	// Path is the folder's path.
	Path string
	// Owner is the account; unknown before the first pairing.
	Owner Identity
	// Aside is the folder with data of an earlier version that could not be
	// merged with existing data; usually empty.
	Aside string

	dir string
}

// Choose returns the folder to use for the account that the device is linked to;
// linked is the zero Identity if there is none. A new account gets a new folder.
// Without a linked account the last folder stays in use. Data that earlier
// versions kept in the data directory itself is moved into a folder.
func Choose(dir string, linked Identity, old func(path string) (Legacy, error)) (Folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, parent), 0o700); err != nil {
		return Folder{}, fmt.Errorf("accounts: %w", err)
	}
	aside, err := migrate(dir, linked, old)
	if err != nil {
		return Folder{}, fmt.Errorf("migrate data of an earlier version: %w", err)
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

// Claim reports whether the folder belongs to an account. A folder without an
// owner is assigned to it.
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

// adopt records the folder's owner and marks the folder as in use.
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

// own records the folder's owner.
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

// create makes a folder and marks it as in use.
func create(dir, name string, owner Identity) (Folder, error) {
	f := Folder{Path: filepath.Join(dir, parent, name), dir: dir}
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return Folder{}, err
	}
	return f, f.adopt(owner)
}

// nameFor returns the name of an account's folder: a digest, since paths are
// logged and must not contain phone numbers.
func nameFor(owner Identity) string {
	id := "lid:" + owner.LID
	if owner.LID == "" {
		id = "phone:" + owner.Phone
	}
	sum := sha256.Sum256([]byte(id))
	return "account-" + hex.EncodeToString(sum[:8])
}

// unique returns an unused name.
func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:12]) }

// currentOf returns the folder that was used last; its path is empty if there is
// none.
func currentOf(dir string) (Folder, error) {
	name, err := os.ReadFile(filepath.Join(dir, parent, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	if err != nil {
		return Folder{}, err
	}
	base := strings.TrimSpace(string(name))
	if base == "" || strings.ContainsRune(base, filepath.Separator) || strings.HasPrefix(base, ".") {
		return Folder{}, nil
	}
	f, err := read(dir, base)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	return f, err
}

// list returns the folders of all accounts.
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

// replace writes a small file atomically.
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

// syncDir syncs a folder's entries to disk.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
