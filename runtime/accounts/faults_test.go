package accounts

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKnownIdentityNamesAnAccount(t *testing.T) {
	for id, want := range map[Identity]bool{{}: false, {Phone: "1"}: true, {LID: "1"}: true, alice: true} {
		if id.Known() != want {
			t.Errorf("%+v: %v", id, !want)
		}
	}
}

func TestADamagedOwnerIsReportedAndNothingIsOverwritten(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "cut off": `{"phone":"1555`, "another type": `[]`} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(choice(t, dir, alice).Path, ownerFile)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, linked := range []Identity{alice, bob, {}} {
				_, err := Choose(dir, linked, nothing(t))
				if err == nil || !strings.Contains(err.Error(), path+" is damaged: restore it") {
					t.Errorf("for %+v: %v", linked, err)
				}
			}
			if got, err := os.ReadFile(path); string(got) != content || err != nil {
				t.Errorf("it holds %q, %v", got, err)
			}
		})
	}
}

func TestOthersStayWhileAnOwnerIsDamaged(t *testing.T) {
	dir := t.TempDir()
	hers, his := choice(t, dir, alice), choice(t, dir, bob)
	if err := os.WriteFile(filepath.Join(hers.Path, ownerFile), []byte("?"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := his.RemoveOthers(); n != 0 || err == nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if _, err := his.Others(); err == nil {
		t.Error("they are counted without an error")
	}
	if !exists(hers.Path) {
		t.Error("the damaged folder is removed")
	}
}

// The name of the folder in use comes from a file: it must not lead elsewhere.
func TestTheFolderInUseIsNeverOutside(t *testing.T) {
	for _, name := range []string{"", "\n", "..", ".", "../outside", "/", "/tmp", "a/b", ".removed-1", "missing"} {
		dir := t.TempDir()
		first := choice(t, dir, alice)
		if err := os.Mkdir(filepath.Join(dir, "outside"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, parent, currentFile), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if f := choice(t, dir, Identity{}); filepath.Dir(f.Path) != filepath.Join(dir, parent) || !exists(f.Path) || f.Path == first.Path {
			t.Errorf("%q leads to %s", name, f.Path)
		}
		if f := choice(t, dir, alice); f.Path != first.Path {
			t.Errorf("with %q in use Alice gets %s, want %s", name, f.Path, first.Path)
		}
	}
}

func TestFoldersDoNotShowNumbers(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []Identity{{}, alice, bob, {Phone: "15550003333"}} {
		f := choice(t, dir, id)
		for _, secret := range []string{alice.Phone, bob.Phone, alice.LID, bob.LID, "15550003333"} {
			if strings.Contains(filepath.Base(f.Path), secret) && len(secret) > 4 {
				t.Errorf("%s shows %s", f.Path, secret)
			}
		}
		info, err := os.Stat(f.Path)
		if err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s: %v, %v", f.Path, info.Mode(), err)
		}
	}
}

func TestADataDirectoryThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := Choose(path, alice, nothing(t)); err == nil {
		t.Errorf("it gives %+v", f)
	}
}

func TestAnEarlierStoreThatCannotBeReadIsNotMoved(t *testing.T) {
	dir, damaged := t.TempDir(), errors.New("damaged")
	old(t, dir)
	_, err := Choose(dir, Identity{}, func(string) (Legacy, error) { return Legacy{}, damaged })
	if !errors.Is(err, damaged) || strings.Count(err.Error(), "accounts:") > 1 {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"chats.db", "chats.db-wal", "media/a.jpeg", "history/a", "device.db"} {
		if !exists(filepath.Join(dir, name)) {
			t.Errorf("%s is moved", name)
		}
	}
}

func TestSweepingTakesOnlyLeftovers(t *testing.T) {
	dir := t.TempDir()
	hers, his := choice(t, dir, alice), choice(t, dir, bob)
	left := []string{filepath.Join(dir, parent, removed+"a"), filepath.Join(dir, parent, ".tmp-1")}
	for _, path := range left {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := his.Others(); kept.Accounts != 1 || err != nil {
		t.Errorf("leftovers count as accounts: %+v, %v", kept, err)
	}
	for range 2 {
		if err := his.Sweep(); err != nil {
			t.Fatal(err)
		}
	}
	if exists(left[0]) || exists(left[1]) || !exists(hers.Path) || !exists(his.Path) {
		t.Error("the wrong things are gone")
	}
	if n, err := his.RemoveOthers(); n != 1 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if n, err := his.RemoveOthers(); n != 0 || err != nil {
		t.Errorf("again: %d removed, %v", n, err)
	}
	if kept, err := his.Others(); kept != (Kept{}) || err != nil {
		t.Errorf("kept of others: %+v, %v", kept, err)
	}
}
