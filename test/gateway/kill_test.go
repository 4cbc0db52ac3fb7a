package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/test/simulator"
)

// paired creates a session over the API, and has a phone scan its QR code.
func (d *door) paired(ctx context.Context, key, name string, phone *simulator.User) {
	d.t.Helper()
	if got := d.do(key, "POST", "/api/sessions", `{"name":"`+name+`"}`); got.status != 201 {
		d.t.Fatalf("create: %d %s", got.status, got.body)
	}
	var code struct{ Value string }
	d.await("a QR code", func() reply { return d.do(key, "GET", "/api/"+name+"/auth/qr?format=raw", "") }, func(r reply) bool {
		return r.status == 200 && json.Unmarshal([]byte(r.body), &code) == nil && code.Value != ""
	})
	if _, err := phone.ScanQR(ctx, code.Value); err != nil {
		d.t.Fatal(err)
	}
	d.working(key, name)
}

func (d *door) working(key, name string) {
	d.t.Helper()
	d.await("the session "+name, func() reply { return d.do(key, "GET", "/api/sessions/"+name, "") }, func(r reply) bool {
		var session struct{ Status string }
		return json.Unmarshal([]byte(r.body), &session) == nil && session.Status == "WORKING"
	})
}

// kill deletes a session's pod without a grace period, and waits for another.
func kill(ctx context.Context, t *testing.T, namespace, name string) {
	t.Helper()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	if err := k8s.Get(ctx, client.ObjectKeyFromObject(pod), pod); err != nil {
		t.Fatal(err)
	}
	first := pod.UID
	if err := k8s.Delete(ctx, pod, client.GracePeriodSeconds(0)); err != nil {
		t.Fatal(err)
	}
	for {
		err := k8s.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, pod)
		if err == nil && pod.UID != first && pod.Status.Phase == corev1.PodRunning {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("there is no other pod")
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Two real sessions over one websocket: while pods are killed and clients go and come
// back, each session's events come once and in order.
func TestNoEventIsLostOrDoubledWhenPodsAreKilled(t *testing.T) {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	phones := map[string]*simulator.User{"sales": sim.AddUser("15550001111", "", "Sales"), "support": sim.AddUser("15550002222", "", "Support")}
	bob := sim.AddUser("15550003333", "", "Bob")
	space := namespace(t)
	lab.Cluster(t, space, sim)
	d := open(t)
	key := d.key(map[string]string{access.EntryNamespaces: space})
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	for name, phone := range phones {
		d.paired(ctx, key, name, phone)
	}
	stays, leaves := d.listen(key, "session=*"), d.listen(key, "session=*")
	sent := 0
	send := func() {
		for range 10 {
			sent++
			for _, phone := range phones {
				if _, err := bob.SendText(ctx, phone, fmt.Sprint("message ", sent)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	log := events{}
	send()
	log.read(leaves, sent)
	leaves.conn.CloseNow()

	send() // one client is away
	kill(ctx, t, space, "sales")
	send()
	d.working(key, "sales")
	send()
	query := "session=*"
	for name := range phones {
		query += "&since=" + name + ":" + log.last(name)
	}
	back := d.listen(key, query)
	kill(ctx, t, space, "support")
	send()
	d.working(key, "support")
	log.read(back, sent)
	all := events{}
	all.read(stays, sent)

	// What the pods have is what there was: the clients must have had all of it.
	query = "session=*"
	for name := range phones {
		query += "&since=" + name + ":" + all[name][0].ID
	}
	truth := events{}
	truth.read(d.listen(key, query), sent)
	for name := range phones {
		want := append(all[name][:1:1], truth[name]...)
		all.check(t, "the client that stays", name, want, sent)
		log.check(t, "the client that comes back", name, want, sent)
	}
}

// events are what a client got of each session.
type events map[string][]heard

// read reads until the last message of each session has come.
func (e events) read(l *listener, last int) {
	l.t.Helper()
	waiting := map[string]bool{"sales": true, "support": true}
	for len(waiting) > 0 {
		got := l.next()
		e[got.Session] = append(e[got.Session], got)
		if got.Event == "message" && got.Payload.Body == fmt.Sprint("message ", last) {
			delete(waiting, got.Session)
		}
	}
}

func (e events) last(session string) string { return e[session][len(e[session])-1].ID }

// check compares what came of a session with what there was, from the first event that
// came up to the last that is in both.
func (e events) check(t *testing.T, who, session string, want []heard, sent int) {
	t.Helper()
	got, messages := e[session], 0
	for len(want) > 0 && want[0].ID < got[0].ID {
		want = want[1:]
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s: event %d of %s is %+v, want %+v", who, i, session, got[i], want[i])
		}
	}
	for _, h := range got {
		if h.Event == "message" {
			if messages++; h.Payload.Body != fmt.Sprint("message ", messages) {
				t.Fatalf("%s: message %d of %s is %q", who, messages, session, h.Payload.Body)
			}
		}
	}
	if messages != sent {
		t.Errorf("%s got %d messages of %s, want %d", who, messages, session, sent)
	}
}
