package history

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
)

var began = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

func newHistory() *History {
	return New(Options{StatusOf: func(s *v1alpha1.WhatsAppSession) string { return string(s.Status.Phase) }})
}

func session(name string, phase v1alpha1.SessionPhase, pod types.UID) fleet.Session {
	return fleet.Session{
		WhatsAppSession: &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: name}, Status: v1alpha1.WhatsAppSessionStatus{Phase: phase}},
		Pod:             fleet.Pod{UID: pod},
	}
}

func answerOf(c *Counters) *Answer {
	if c == nil {
		return nil
	}
	return &Answer{Counters: *c}
}

func everybody(types.NamespacedName) bool { return true }

// What counts is what was done since the point before: a pod that begins anew, or that
// did not answer for a while, makes no jump.
func TestPointsAreDifferences(t *testing.T) {
	h := newHistory()
	for i, c := range []struct {
		pod    types.UID
		answer *Counters
		want   Counters
	}{
		{"a", &Counters{Received: 500, Sent: 100}, Counters{}},
		{"a", &Counters{Received: 510, Sent: 103, Delivered: 7, Failed: 1}, Counters{10, 3, 7, 1}},
		{"a", nil, Counters{}},
		{"a", &Counters{Received: 512, Sent: 103, Delivered: 7, Failed: 1}, Counters{Received: 2}},
		{"b", &Counters{Received: 4}, Counters{}},
		{"b", &Counters{Received: 9}, Counters{Received: 5}},
		{"b", &Counters{Received: 1 << 30}, Counters{Received: 65_535}},
		{"b", &Counters{Received: 1}, Counters{}},
	} {
		h.put(began.Add(time.Duration(i)*time.Minute), []fleet.Session{session("sales", v1alpha1.PhaseWorking, c.pod)}, []*Answer{answerOf(c.answer)})
		points := h.Points(everybody)
		if got := points[len(points)-1].Counters; got != c.want {
			t.Errorf("point %d: %+v, want %+v", i, got, c.want)
		}
	}
}

func TestPointsAreOfThoseThatAreShown(t *testing.T) {
	h := newHistory()
	all := []fleet.Session{session("a", v1alpha1.PhaseWorking, "a"), session("b", v1alpha1.PhaseFailed, "b")}
	h.put(began, all, []*Answer{answerOf(&Counters{Received: 1}), answerOf(&Counters{Received: 10})})
	h.put(began.Add(time.Minute), all, []*Answer{answerOf(&Counters{Received: 2}), answerOf(&Counters{Received: 20})})
	h.put(began.Add(2*time.Minute), all[:1], []*Answer{answerOf(&Counters{Received: 4})}) // b is gone
	h.put(began.Add(3*time.Minute), all, []*Answer{answerOf(&Counters{Received: 5}), answerOf(&Counters{Received: 21})})
	for shown, want := range map[string][]string{
		"a": {"map[WORKING:1] 0", "map[WORKING:1] 1", "map[WORKING:1] 2", "map[WORKING:1] 1"},
		"b": {"map[FAILED:1] 0", "map[FAILED:1] 10", "map[] 0", "map[FAILED:1] 1"},
		"":  {"map[FAILED:1 WORKING:1] 0", "map[FAILED:1 WORKING:1] 11", "map[WORKING:1] 2", "map[FAILED:1 WORKING:1] 2"},
	} {
		var got []string
		for _, p := range h.Points(func(key types.NamespacedName) bool { return shown == "" || key.Name == shown }) {
			got = append(got, fmt.Sprint(p.Statuses, " ", p.Received))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("shown to whoever sees %q: %v, want %v", shown, got, want)
		}
	}
}

// Old points and sessions that have gone take no memory.
func TestTheHistoryIsBounded(t *testing.T) {
	h := newHistory()
	for i := range 3 * Length {
		all := []fleet.Session{session("sales", v1alpha1.PhaseWorking, "a"), session(fmt.Sprintf("passing-%d", i), v1alpha1.PhaseWorking, "x")}
		h.put(began.Add(time.Duration(i)*time.Minute), all, []*Answer{answerOf(&Counters{Received: int64(i)}), nil})
	}
	points := h.Points(everybody)
	if len(points) != Length || !points[0].At.Equal(began.Add(2*Length*time.Minute)) {
		t.Errorf("%d points from %s", len(points), points[0].At)
	}
	for _, p := range points {
		if p.Received != 1 || p.Statuses["WORKING"] != 2 {
			t.Fatalf("a point is %+v", p)
		}
	}
	if len(h.sessions) != Length+1 || len(h.sessions[types.NamespacedName{Namespace: "crm", Name: "sales"}].points) != Length {
		t.Errorf("%d sessions are kept", len(h.sessions))
	}
}

func TestWhatASessionTells(t *testing.T) {
	got, err := Parse([]byte("# HELP wasession_messages_total x\n# TYPE wasession_messages_total counter\n" +
		"wasession_messages_total{direction=\"in\"} 1.2e+06\nwasession_messages_total{direction=\"out\"} 7\n" +
		"wasession_webhook_deliveries_total 12\nwasession_webhook_dead_letters_total 3\nwasession_chats{state=\"all\"} 9\nwasession_chats{state=\"unread\"} 2\n" +
		"wasession_outbox_dead_letters 4\nwasession_webhook_pending_events 5\nwasession_last_message_timestamp_seconds 1.7672256e+09\nwasession_storage_free_bytes 1.5e+09\ngo_goroutines 8\n"))
	if want := (Answer{Counters{1_200_000, 7, 12, 3}, Present{9, 2, 5, 4, 1_767_225_600, 1_500_000_000}}); err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, text := range []string{"", "<html>", "wasession_webhook_deliveries_total many\n", "wasession_webhook_deliveries_total"} {
		if got, err := Parse([]byte(text)); !errors.Is(err, ErrNoMetrics) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

// What a pod told is known until there is another pod.
func TestHowASessionIs(t *testing.T) {
	h := newHistory()
	sales := session("sales", v1alpha1.PhaseWorking, "a")
	if _, known := h.Present(sales.Key(), "a"); known {
		t.Error("a session is known before it was asked")
	}
	h.put(began, []fleet.Session{sales}, []*Answer{{Present: Present{Chats: 9, Unread: 2}}})
	h.put(began.Add(time.Minute), []fleet.Session{sales}, []*Answer{nil})
	if got, known := h.Present(sales.Key(), "a"); !known || got != (Present{Chats: 9, Unread: 2}) {
		t.Errorf("got %+v, %v", got, known)
	}
	for _, pod := range []types.UID{"b", ""} {
		if got, known := h.Present(sales.Key(), pod); known {
			t.Errorf("of the pod %q: %+v", pod, got)
		}
	}
}
