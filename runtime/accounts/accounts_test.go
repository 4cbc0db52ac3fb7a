package accounts

import (
	"os"
	"path/filepath"
	"testing"
)

var (
	alice = Identity{Phone: "15550001111", LID: "1001"}
	bob   = Identity{Phone: "15550002222", LID: "1002"}
)

// nothing is a look at an old store that must not be taken.
func nothing(t *testing.T) func(string) (Legacy, error) {
	return func(string) (Legacy, error) { t.Error("an old store is looked at"); return Legacy{}, nil }
}

func choice(t *testing.T, dir string, linked Identity) Folder {
	t.Helper()
	f, err := Choose(dir, linked, nothing(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEachAccountHasAFolderOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	fresh := choice(t, dir, Identity{})
	if again := choice(t, dir, Identity{}); again.Path != fresh.Path {
		t.Errorf("before any pairing %s, then %s", fresh.Path, again.Path)
	}
	first := choice(t, dir, alice)
	if first.Path != fresh.Path || first.Owner != alice {
		t.Errorf("the first account gets %+v, not the folder that was there", first)
	}
	if out := choice(t, dir, Identity{}); out.Path != first.Path {
		t.Errorf("logged out it is %s", out.Path)
	}
	second := choice(t, dir, bob)
	if second.Path == first.Path {
		t.Error("two accounts share a folder")
	}
	if out := choice(t, dir, Identity{}); out.Path != second.Path {
		t.Errorf("logged out it is %s, want the one used last", out.Path)
	}
	if back := choice(t, dir, alice); back.Path != first.Path {
		t.Errorf("back it is %s, want %s", back.Path, first.Path)
	}
}

func TestWhatIsOneAccount(t *testing.T) {
	for name, c := range map[string]struct {
		a, b Identity
		want bool
	}{
		"the same":                    {alice, alice, true},
		"a new number":                {alice, Identity{Phone: "15559", LID: alice.LID}, true},
		"a number given to another":   {alice, Identity{Phone: alice.Phone, LID: "77"}, false},
		"the LID is not known yet":    {alice, Identity{Phone: alice.Phone}, true},
		"the number is not known yet": {alice, Identity{LID: alice.LID}, true},
		"another":                     {alice, bob, false},
		"nobody":                      {Identity{}, Identity{}, false},
	} {
		if got := c.a.is(c.b); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestWhoseAFolderCanBecome(t *testing.T) {
	for name, c := range map[string]struct {
		owner Identity
		want  bool
	}{
		"nobody's":             {Identity{}, true},
		"Alice's":              {alice, true},
		"Alice's, by LID":      {Identity{LID: alice.LID}, true},
		"Bob's":                {bob, false},
		"Bob's, by LID":        {Identity{LID: bob.LID}, false},
		"of somebody, unknown": {unknownOwner, false},
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, parent), 0o700); err != nil {
			t.Fatal(err)
		}
		f, err := create(dir, "new-1", c.owner)
		if err != nil {
			t.Fatal(err)
		}
		if own, err := f.Claim(alice); own != c.want || err != nil {
			t.Errorf("%s: can become Alice's is %t, %v", name, own, err)
		}
		if again := choice(t, dir, alice); (again.Path == f.Path) != c.want {
			t.Errorf("%s: the next start opens %s", name, again.Path)
		}
	}
}

// A number may have been somebody else's when its LID was not known yet.
func TestAnAccountsLIDDecidesBeforeItsNumber(t *testing.T) {
	dir := t.TempDir()
	numbers := choice(t, dir, Identity{Phone: "15559"})
	hers := choice(t, dir, alice)
	if f := choice(t, dir, Identity{Phone: "15559", LID: alice.LID}); f.Path != hers.Path || f.Path == numbers.Path {
		t.Errorf("with a number that was another's Alice gets %s, want %s", f.Path, hers.Path)
	}
}

// Where the folder in use was removed by hand, an account that has one of its own
// does not begin a second one.
func TestAnAccountDoesNotClaimASecondFolder(t *testing.T) {
	dir := t.TempDir()
	hers := choice(t, dir, alice)
	if err := os.RemoveAll(choice(t, dir, bob).Path); err != nil {
		t.Fatal(err)
	}
	fresh := choice(t, dir, Identity{})
	if fresh.Path == hers.Path {
		t.Fatal("nobody sees Alice's folder")
	}
	if own, err := fresh.Claim(alice); own || err != nil {
		t.Errorf("Alice claims the fresh folder: %t, %v", own, err)
	}
	if again := choice(t, dir, alice); again.Path != hers.Path {
		t.Errorf("Alice gets %s, want %s", again.Path, hers.Path)
	}
}

func TestOthersAreRemoved(t *testing.T) {
	dir := t.TempDir()
	first := choice(t, dir, alice)
	if err := os.WriteFile(filepath.Join(first.Path, "chats.db"), make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	second := choice(t, dir, bob)
	if kept, err := second.Others(); kept.Accounts != 1 || kept.Bytes < 1000 || err != nil {
		t.Errorf("kept of others: %+v, %v", kept, err)
	}
	if n, err := second.RemoveOthers(); n != 1 || err != nil {
		t.Errorf("%d removed, %v", n, err)
	}
	if exists(first.Path) || !exists(second.Path) {
		t.Error("the wrong folder is gone")
	}
}

// A folder that a crash left half removed is not opened again, and goes.
func TestAHalfRemovedFolderIsNobodys(t *testing.T) {
	dir := t.TempDir()
	hers := choice(t, dir, alice)
	his := choice(t, dir, bob)
	left := filepath.Join(dir, parent, removed+"1")
	if err := os.Rename(hers.Path, left); err != nil {
		t.Fatal(err)
	}
	if f := choice(t, dir, alice); f.Path == left || !exists(f.Path) {
		t.Errorf("Alice gets %s", f.Path)
	}
	if err := his.Sweep(); err != nil || exists(left) {
		t.Errorf("it is still there: %v", err)
	}
}

// An earlier version that is put back for a time writes into the data directory
// itself again. Nothing that an account has meanwhile is overwritten.
func TestAnEarlierVersionThatWasPutBackOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	hers := choice(t, dir, alice)
	if err := os.WriteFile(filepath.Join(hers.Path, "chats.db"), []byte("hers"), 0o600); err != nil {
		t.Fatal(err)
	}
	old(t, dir)
	f := choice(t, dir, alice)
	if f.Path != hers.Path || f.Aside == "" {
		t.Fatalf("Alice gets %+v", f)
	}
	for path, want := range map[string]string{filepath.Join(f.Path, "chats.db"): "hers", filepath.Join(f.Aside, "chats.db"): "chats.db"} {
		if got, err := os.ReadFile(path); string(got) != want || err != nil {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}
	if again := choice(t, dir, alice); again.Path != hers.Path || again.Aside != "" {
		t.Errorf("the next start gives %+v", again)
	}
	if next := choice(t, dir, bob); next.Path == f.Aside {
		t.Error("Bob gets what was put aside")
	}
}

// old writes what an earlier version would have.
func old(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"media", "history"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"chats.db", "chats.db-wal", "media/a.jpeg", "history/a", "device.db"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDataOfAnEarlierVersionIsMoved(t *testing.T) {
	for name, c := range map[string]struct {
		linked    Identity
		found     Legacy
		owner     Identity
		forAlice  bool
		forNobody bool
	}{
		"linked":                       {linked: alice, owner: alice, forAlice: true},
		"logged out, owner found":      {found: Legacy{Owner: Identity{Phone: alice.Phone}}, owner: Identity{Phone: alice.Phone}, forAlice: true, forNobody: true},
		"logged out, owner not to see": {found: Legacy{}, owner: unknownOwner, forNobody: true},
		"never linked":                 {found: Legacy{Empty: true}, forAlice: true, forNobody: true},
	} {
		t.Run(name, func(t *testing.T) {
			// A crash after any number of moves ends right.
			for crash := range len(legacy) + 1 {
				dir := t.TempDir()
				old(t, dir)
				looked := func(string) (Legacy, error) { return c.found, nil }
				f, err := Choose(dir, c.linked, looked)
				if err != nil {
					t.Fatal(err)
				}
				if err := replace(filepath.Join(dir, parent, movingFile), []byte(filepath.Base(f.Path))); err != nil {
					t.Fatal(err)
				}
				for _, file := range legacy[crash:] {
					if err := os.Rename(filepath.Join(f.Path, file), filepath.Join(dir, file)); err != nil && exists(filepath.Join(f.Path, file)) {
						t.Fatal(err)
					}
				}
				again, err := Choose(dir, c.linked, looked)
				if err != nil || again.Path != f.Path || again.Owner != c.owner {
					t.Fatalf("after a crash it is %+v, %v; want %+v of %+v", again, err, f, c.owner)
				}
				for _, file := range []string{"chats.db", "chats.db-wal", "media/a.jpeg", "history/a"} {
					if !exists(filepath.Join(f.Path, file)) || exists(filepath.Join(dir, file)) {
						t.Errorf("%s is not moved", file)
					}
				}
				if !exists(filepath.Join(dir, "device.db")) {
					t.Error("the keys are moved")
				}
				if next := choice(t, dir, alice); (next.Path == f.Path) != c.forAlice {
					t.Errorf("Alice gets %+v", next)
				}
			}
		})
	}
}
