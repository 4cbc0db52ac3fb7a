package runtimeclient

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestBoundLeavesAnHonestReportAlone(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	honest := runtimev1.Status{
		Session: "sales", Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Message: "Connected to WhatsApp", Since: at, RetryAt: &at,
		Me: &runtimev1.Me{ID: "15550001111@c.us", LID: "1@lid", JID: "15550001111:5@s.whatsapp.net", PushName: "Ünal 👍"}, RuntimeVersion: "v0.1.0",
		ConfigHash: "0123456789abcdef", Chats: runtimev1.ChatCounts{Total: 10_000}, UnknownGroups: []string{"1203@g.us"},
		Archive: &runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded, LastRunTime: &at, Archived: 3},
	}
	before, _ := json.Marshal(honest)
	bound(&honest)
	if after, _ := json.Marshal(honest); string(before) != string(after) {
		t.Errorf("%s\nbecame\n%s", before, after)
	}
}

func TestBoundCutsWhatIsOutOfItsMind(t *testing.T) {
	long, never := strings.Repeat("x\x00\n", 200<<10), time.Unix(1<<60, 0)
	s := runtimev1.Status{
		Session: long, Phase: "HACKED", Reason: "No reason\n", Message: long, ConfigError: long, KeysError: long, RuntimeVersion: long, ConfigHash: long,
		Since: never, RetryAt: &never, Me: &runtimev1.Me{ID: long, LID: long, JID: long, PushName: long},
		Chats: runtimev1.ChatCounts{Total: -1, Archived: 1 << 60}, UnknownGroups: make([]string, 10_000),
		Archive: &runtimev1.ArchiveStatus{LastRequestID: long, LastMessage: long, LastResult: "Stolen", LastRunTime: &never, Archived: -5},
	}
	bound(&s)
	encoded, err := json.Marshal(s)
	if err != nil || len(encoded) > 10<<10 {
		t.Errorf("%d bytes remain: %v", len(encoded), err)
	}
	if s.Phase != runtimev1.PhaseStarting || s.Reason != "" || s.Archive.LastResult != "" || s.Chats.Total != 0 || len(s.UnknownGroups) != maxGroups {
		t.Errorf("left is %+v", s)
	}
}

// Whatever a pod sends, the bounded report is small, and bounding it again does
// not change it.
func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"phase":"WORKING","reason":"Connected","since":"2026-01-01T00:00:00Z","me":{"id":"1@c.us"},"autoArchive":{"archived":1}}`))
	f.Add([]byte(`{"phase":7}`))
	f.Add([]byte(`{"since":"9999-12-31T23:59:59.999999999-23:59","unknownGroups":["\ud800","\u0000"]}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var s runtimev1.Status
		if json.Unmarshal(line, &s) != nil {
			return
		}
		bound(&s)
		once, err := json.Marshal(s)
		if err != nil || len(once) > 64<<10 {
			t.Fatalf("%d bytes: %v", len(once), err)
		}
		var again runtimev1.Status
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatal(err)
		}
		bound(&again)
		if twice, _ := json.Marshal(again); !reflect.DeepEqual(once, twice) {
			t.Fatalf("%s\nbecomes\n%s", once, twice)
		}
	})
}
