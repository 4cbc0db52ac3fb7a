package access

import (
	"log/slog"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// A use is written if none was for a while, by this replica or another.
func TestWhichUsesAreWritten(t *testing.T) {
	k := noKeys(slog.New(slog.DiscardHandler))
	u := NewUses(k, nil, "", k.log)
	now := time.Unix(1_000_000, 0)
	u.now = func() time.Time { return now }
	key := func(used time.Duration) Key {
		s := secretOf("k", map[string]string{EntryKey: plain, EntryNamespaces: "crm"})
		s.UID = "uid"
		if used > 0 {
			s.Annotations = map[string]string{AnnotationLastUsed: now.Add(-used).Format(time.RFC3339)}
		}
		k.set(s)
		found, _ := k.Find(plain)
		return found
	}
	for _, c := range []struct {
		what  string
		after time.Duration
		used  time.Duration
		want  bool
	}{
		{"the first one", 0, 0, true},
		{"one soon after", UsedEvery - 1, 0, false},
		{"one that is due", 1, UsedEvery, true},
		{"one that another replica wrote", UsedEvery, time.Minute, false},
		{"one that is due after that", UsedEvery, UsedEvery + time.Minute, true},
	} {
		now = now.Add(c.after)
		u.Note(key(c.used))
		due := u.takeDue()
		if got, ok := due["k"]; ok != c.want || ok && got != (use{types.UID("uid"), now}) {
			t.Errorf("%s: %+v", c.what, due)
		}
	}
	u.Note(Key{ID: "removed"})
	if due := u.takeDue(); len(due) > 0 {
		t.Errorf("a key that was removed: %+v", due)
	}
}
