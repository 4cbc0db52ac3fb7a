package history

import (
	"fmt"
	"testing"
	"time"
)

func TestBefore(t *testing.T) {
	chat := Chat{ID: bobPN}
	for i := range 10 { // M9 is the newest
		chat.Messages = append(chat.Messages, Message{ID: fmt.Sprintf("M%d", i), At: noon.Add(time.Duration(i) * time.Minute)})
	}
	for _, test := range []struct {
		name, id    string
		at          time.Time
		count       int
		first, last string
		complete    bool
	}{
		{"in the middle", "M7", time.Time{}, 3, "M4", "M6", false},
		{"up to the oldest", "M3", time.Time{}, 3, "M0", "M2", true},
		{"fewer than asked", "M2", time.Time{}, 50, "M0", "M1", true},
		{"by time when the id is unknown", "nobody", noon.Add(5 * time.Minute), 2, "M3", "M4", false},
		{"newer than all", "nobody", noon.Add(time.Hour), 2, "M8", "M9", false},
	} {
		got := Before(chat, test.id, test.at, test.count)
		if len(got.Messages) == 0 || got.Messages[0].ID != test.first ||
			got.Messages[len(got.Messages)-1].ID != test.last || got.Complete != test.complete {
			t.Errorf("%s: %v, complete %v", test.name, got.Messages, got.Complete)
		}
	}
	for name, got := range map[string]Chat{
		"before the oldest": Before(chat, "M0", time.Time{}, 5),
		"no messages":       Before(Chat{ID: bobPN}, "M0", noon, 5),
		"a negative count":  Before(Chat{ID: bobPN}, "M0", noon, -5),
	} {
		if len(got.Messages) != 0 || !got.Complete {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
