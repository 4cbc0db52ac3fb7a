package controllers

import (
	"errors"
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/errands"
)

func TestWhatADeletionDoesAboutItsLogout(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	failed := func(ago time.Duration) errands.State {
		return errands.State{Ended: now.Add(-ago), Err: errors.New("no answer")}
	}
	const ok, away, asked, not = true, false, true, false
	cases := []struct {
		name             string
		reachable, asked bool
		state            errands.State
		left             time.Duration
		step             logoutStep
		wait             time.Duration
	}{
		{"the pod works", ok, not, errands.State{}, time.Minute, logoutAsk, 0},
		{"the pod is ending already", ok, not, errands.State{}, 0, logoutAsk, 0},
		{"the pod does not run yet", away, not, errands.State{}, 40 * time.Second, logoutAwait, 40 * time.Second},
		{"the pod has not run in time", away, not, errands.State{}, 0, logoutOver, 0},
		{"no answer yet", ok, asked, errands.State{}, 30 * time.Second, logoutAwait, 30 * time.Second},
		{"no answer in time", ok, asked, errands.State{}, -1, logoutOver, 0},
		{"logged out", ok, asked, errands.State{Ended: now}, time.Minute, logoutOver, 0},
		{"logged out, and the pod is ending", away, asked, errands.State{Ended: now}, 0, logoutOver, 0},
		{"failed just now", ok, asked, failed(time.Second), time.Minute, logoutAwait, logoutRetry - time.Second},
		{"failed shortly before the end", ok, asked, failed(0), time.Second, logoutAwait, time.Second},
		{"failed a while ago", ok, asked, failed(logoutRetry), time.Minute, logoutAsk, 0},
		{"failed, and the pod has exited", away, asked, failed(logoutRetry), time.Minute, logoutAwait, time.Minute},
		{"failed for too long", ok, asked, failed(logoutRetry), 0, logoutOver, 0},
	}
	for _, c := range cases {
		if step, wait := nextOfLogout(c.reachable, c.asked, c.state, c.left, now); step != c.step || wait != c.wait {
			t.Errorf("%s: step %d after %s, want %d after %s", c.name, step, wait, c.step, c.wait)
		}
	}
}

// The pod may be gone before the answer, and the answer may never come.
func TestADeletionWaitsForAnAnswerOnlySoLong(t *testing.T) {
	deleted := metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	session := salesSession(func(s *v1alpha1.WhatsAppSession) { s.DeletionTimestamp = &deleted })
	r := &Reconciler{Errands: errands.NewManager(errands.Options{})}
	s := &scope{session: session, now: deleted.Add(20 * time.Second)}
	if err := r.concludeLogout(s); err != nil {
		t.Errorf("where nothing was asked: %v", err)
	}
	r.Errands.Ensure(s.key(), logoutErrand, nil) // the manager does not run, so it never ends
	var waiting *waitError
	if err := r.concludeLogout(s); !errors.As(err, &waiting) || waiting.after != logoutPatience-20*time.Second {
		t.Errorf("after 20 s: %v", err)
	}
	s.now = deleted.Add(logoutPatience)
	if err := r.concludeLogout(s); err != nil {
		t.Errorf("after %s: %v", logoutPatience, err)
	}
}

func TestTheOlderOfTwoSessions(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	made := func(at time.Time, uid types.UID) *v1alpha1.WhatsAppSession {
		return &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(at), UID: uid}}
	}
	cases := []struct {
		name string
		a, b *v1alpha1.WhatsAppSession
		want bool
	}{
		{"made before", made(noon, "z"), made(noon.Add(time.Second), "a"), true},
		{"made after", made(noon.Add(time.Second), "a"), made(noon, "z"), false},
		{"made in the same second, the smaller UID", made(noon, "a"), made(noon, "z"), true},
		{"made in the same second, the larger UID", made(noon, "z"), made(noon, "a"), false},
		{"the same one", made(noon, "a"), made(noon, "a"), false},
	}
	for _, c := range cases {
		if got := older(c.a, c.b); got != c.want {
			t.Errorf("%s: it is older: %t", c.name, got)
		}
	}
}

func TestWhoOwnsGeneratedKeys(t *testing.T) {
	session := func(policy v1alpha1.VolumeDeletionPolicy) *v1alpha1.WhatsAppSession {
		return salesSession(func(s *v1alpha1.WhatsAppSession) { s.UID, s.Spec.Storage.Claim.WhenDeleted = "us", policy })
	}
	us := desired.OwnerReference(session(v1alpha1.VolumeRetain))
	other := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "backup", UID: "them"}
	type owners = []metav1.OwnerReference
	cases := []struct {
		name    string
		policy  v1alpha1.VolumeDeletionPolicy
		held    owners
		want    owners
		changed bool
	}{
		{"kept, and owned by nobody", v1alpha1.VolumeRetain, nil, nil, false},
		{"kept from now on", v1alpha1.VolumeRetain, owners{us}, owners{}, true},
		{"kept from now on, owned by another too", v1alpha1.VolumeRetain, owners{other, us}, owners{other}, true},
		{"going along", v1alpha1.VolumeDelete, owners{us}, owners{us}, false},
		{"going along from now on", v1alpha1.VolumeDelete, nil, owners{us}, true},
		{"going along, owned by another too", v1alpha1.VolumeDelete, owners{other}, owners{other, us}, true},
	}
	for _, c := range cases {
		held := append(owners(nil), c.held...)
		if got, changed := keyOwners(held, session(c.policy)); !reflect.DeepEqual(got, c.want) || changed != c.changed {
			t.Errorf("%s: owners are %v, changed: %t", c.name, got, changed)
		}
		if !reflect.DeepEqual(held, append(owners(nil), c.held...)) {
			t.Errorf("%s: the cache's own list was changed", c.name)
		}
	}
}
