package controllers

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
)

// salesSession returns a session with an empty spec, with changes.
func salesSession(changes ...func(*v1alpha1.WhatsAppSession)) *v1alpha1.WhatsAppSession {
	s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", UID: "us"}}
	for _, change := range changes {
		change(s)
	}
	return s
}

func TestScheduleAndZoneOfAutoArchive(t *testing.T) {
	cases := []struct {
		name, schedule, zone string
		bad                  string // the field in the message
	}{
		{"daily", "0 3 * * *", "Europe/Berlin", ""},
		{"by a word", "@daily", "Etc/UTC", ""},
		{"on demand alone", "", "America/Argentina/Buenos_Aires", ""},
		{"without a zone", "0 3 * * *", "", ""},
		{"a zone that does not exist", "0 3 * * *", "Europe/Atlantis", "spec.autoArchive.timeZone"},
		{"a zone that leads elsewhere", "0 3 * * *", "../../etc/passwd", "spec.autoArchive.timeZone"},
		{"four fields", "0 3 * *", "Etc/UTC", "spec.autoArchive.schedule"},
		{"minute 60", "60 3 * * *", "Etc/UTC", "spec.autoArchive.schedule"},
		{"a range that runs backwards", "0 5-3 * * *", "Etc/UTC", "spec.autoArchive.schedule"},
		{"both wrong: the zone first", "x", "y", "spec.autoArchive.timeZone"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := checkArchive(&v1alpha1.AutoArchiveSpec{Schedule: c.schedule, TimeZone: c.zone})
			if (got == nil) != (c.bad == "") {
				t.Fatalf("the problem is %v", got)
			}
			if got != nil && (got.Reason != v1alpha1.ReasonInvalidConfiguration || !strings.Contains(got.Message, c.bad)) {
				t.Errorf("the problem is %s: %s", got.Reason, got.Message)
			}
		})
	}
	if got := checkArchive(nil); got != nil {
		t.Errorf("without auto-archive the problem is %v", got)
	}
}

func TestRequestIDs(t *testing.T) {
	for _, short := range []string{"x", "2026-01-01T00:00:00Z", strings.Repeat("a", runtimev1.MaxArchiveRunID)} {
		if got := requestID(short); got != short {
			t.Errorf("%q became %q", short, got)
		}
	}
	one, two := strings.Repeat("a", 4000), strings.Repeat("a", 4000)+"b"
	if got := requestID(one); len(got) > runtimev1.MaxArchiveRunID || got != requestID(one) || got == requestID(two) {
		t.Errorf("ids of long requests are %q and %q", got, requestID(two))
	}
}

func TestSecretsHashFollowsEverySecret(t *testing.T) {
	secret := func(name, uid, version string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(uid), ResourceVersion: version}}
	}
	a, b := secret("a", "1", "1"), secret("b", "2", "1")
	base := secretsHash([]*metav1.PartialObjectMetadata{a, b})
	cases := []struct {
		name    string
		secrets []*metav1.PartialObjectMetadata
		same    bool
	}{
		{"in another order", []*metav1.PartialObjectMetadata{b, a}, true},
		{"one changed", []*metav1.PartialObjectMetadata{a, secret("b", "2", "2")}, false},
		{"one made anew", []*metav1.PartialObjectMetadata{a, secret("b", "3", "1")}, false},
		{"one vanished", []*metav1.PartialObjectMetadata{a}, false},
		{"one more", []*metav1.PartialObjectMetadata{a, b, secret("c", "4", "1")}, false},
		{"all vanished", nil, false},
	}
	for _, c := range cases {
		if got := secretsHash(c.secrets); (got == base) != c.same {
			t.Errorf("%s: the hash is %s, it was %s", c.name, got, base)
		}
	}
}

func TestAccess(t *testing.T) {
	labelled := func(labels map[string]string) metav1.Object {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Labels: labels}}
	}
	cases := []struct {
		name   string
		object metav1.Object
		want   bool
	}{
		{"not there", nil, false},
		{"not labelled", labelled(nil), false},
		{"labelled for this session", labelled(map[string]string{v1alpha1.LabelSessionAccess: "sales"}), true},
		{"labelled for all", labelled(map[string]string{v1alpha1.LabelSessionAccess: "true"}), true},
		{"labelled for another", labelled(map[string]string{v1alpha1.LabelSessionAccess: "support"}), false},
		{"labelled with nothing", labelled(map[string]string{v1alpha1.LabelSessionAccess: ""}), false},
		{"labelled with the opposite", labelled(map[string]string{v1alpha1.LabelSessionAccess: "false"}), false},
		{"labelled for a name that begins alike", labelled(map[string]string{v1alpha1.LabelSessionAccess: "sales-eu"}), false},
		{"the operator's label is no access", labelled(map[string]string{v1alpha1.LabelSession: "sales"}), false},
	}
	for _, c := range cases {
		if got := grants(c.object, salesSession()); got != c.want {
			t.Errorf("%s: access is %t", c.name, got)
		}
	}
}

// Covers every kind of reference that a session can contain.
func TestAccessIsAskedBeforeAnythingIsMade(t *testing.T) {
	given := func(name string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{v1alpha1.LabelSessionAccess: "sales"}}}
	}
	kept := func(name string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name}}
	}
	use := desired.SecretUse{Field: "spec.proxy.secretRef", Name: "proxy"}
	cases := []struct {
		name   string
		change func(*scope)
		reason string
	}{
		{"names nothing", func(*scope) {}, ""},
		{"a Secret given to it", func(s *scope) { s.named = []namedSecret{{use, given("proxy")}} }, ""},
		{"a Secret kept from it", func(s *scope) { s.named = []namedSecret{{use, kept("proxy")}} }, v1alpha1.ReasonAccessDenied},
		{"one of each", func(s *scope) { s.named = []namedSecret{{use, given("a")}, {use, kept("b")}} }, v1alpha1.ReasonAccessDenied},
		{"a Secret that is missing", func(s *scope) { s.missing = []desired.SecretUse{use} }, v1alpha1.ReasonSecretNotFound},
		{"a Secret to pull with that is missing", func(s *scope) { s.missingPulls = []desired.SecretUse{use} }, v1alpha1.ReasonSecretNotFound},
		{"its own generated keys", func(s *scope) { s.keysSecret = kept("sales-keys"); s.secrets = append(s.secrets, s.keysSecret) }, ""},
		{"an image", func(s *scope) { s.session.Spec.Pod = &v1alpha1.PodSpec{Image: "x"} }, v1alpha1.ReasonAccessDenied},
		{"a pod without an image", func(s *scope) { s.session.Spec.Pod = &v1alpha1.PodSpec{} }, ""},
		{"a claim kept from it", func(s *scope) {
			s.session.Spec.Storage.ExistingClaim, s.claim = "mine", &corev1.PersistentVolumeClaim{}
		}, v1alpha1.ReasonAccessDenied},
		{"a claim given to it", func(s *scope) {
			s.session.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
			s.claim = &corev1.PersistentVolumeClaim{ObjectMeta: given("mine").ObjectMeta}
		}, ""},
		{"a claim that is not there, of which another phase tells", func(s *scope) {
			s.session.Spec.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
		}, ""},
		{"its own claim", func(s *scope) { s.claim = &corev1.PersistentVolumeClaim{} }, ""},
		{"a copy of a claim kept from it", func(s *scope) {
			s.session.Spec.Storage.Claim.DataSource, s.dataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim}, kept("x")
		}, v1alpha1.ReasonAccessDenied},
		{"a copy of a claim given to it", func(s *scope) {
			s.session.Spec.Storage.Claim.DataSource, s.dataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim}, given("x")
		}, ""},
		{"a copy that was made already", func(s *scope) {
			s.session.Spec.Storage.Claim.DataSource, s.dataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim}, kept("x")
			s.claim = &corev1.PersistentVolumeClaim{}
		}, ""},
		{"a snapshot", func(s *scope) {
			s.session.Spec.Storage.Claim.DataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceSnapshot}
		}, v1alpha1.ReasonAccessDenied},
		{"stopped, with a Secret kept from it", func(s *scope) {
			s.session.Spec.State, s.named = v1alpha1.SessionStopped, []namedSecret{{use, kept("proxy")}}
		}, ""},
		{"stopped, with a copy of a claim kept from it", func(s *scope) {
			s.session.Spec.State = v1alpha1.SessionStopped
			s.session.Spec.Storage.Claim.DataSource, s.dataSource = &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim}, kept("x")
		}, v1alpha1.ReasonAccessDenied},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &scope{session: salesSession()}
			c.change(s)
			got := ""
			if _, err := s.conclude((&Reconciler{options: Options{RequireAccess: true}}).checkAccess(t.Context(), s)); err != nil {
				t.Fatal(err)
			}
			if s.problem != nil {
				got = s.problem.Reason
			}
			if got != c.reason {
				t.Errorf("the problem is %q, want %q", got, c.reason)
			}
			if err := (&Reconciler{}).checkAccess(t.Context(), s); err != nil {
				t.Errorf("an operator that does not ask for access says %v", err)
			}
		})
	}
}

func TestReferencesThatAreMissing(t *testing.T) {
	optional, required := desired.SecretUse{Field: "spec.proxy.secretRef", Name: "proxy"}, desired.SecretUse{Field: "spec.api.keysSecretRef", Name: "keys", Required: true}
	cases := []struct {
		name    string
		missing []desired.SecretUse
		state   v1alpha1.SessionState
		pod     *corev1.Pod
		shown   string // the Secret in the message
		ends    bool   // nothing else is created
	}{
		{"none", nil, "", nil, "", false},
		{"one that a pod does without", []desired.SecretUse{optional}, "", nil, "Secret proxy", false},
		{"one that a pod needs", []desired.SecretUse{required}, "", nil, "Secret keys", true},
		{"one that a pod has read already", []desired.SecretUse{required}, "", &corev1.Pod{}, "Secret keys", false},
		{"two: the first is shown", []desired.SecretUse{optional, required}, "", &corev1.Pod{}, "Secret proxy", false},
		{"of a session that is stopped", []desired.SecretUse{optional, required}, v1alpha1.SessionStopped, nil, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &scope{session: salesSession(), missing: c.missing, pod: c.pod}
			s.session.Spec.State = c.state
			err := (&Reconciler{}).checkReferences(t.Context(), s)
			if (err != nil) != c.ends {
				t.Errorf("the phase ends with %v", err)
			}
			if _, err := s.conclude(err); err != nil {
				t.Fatal(err)
			}
			if (s.problem == nil) != (c.shown == "") || s.problem != nil && !strings.Contains(s.problem.Message, c.shown) {
				t.Errorf("the problem is %+v, want one of %q", s.problem, c.shown)
			}
		})
	}
}

func TestWhatBringsASessionBack(t *testing.T) {
	s := salesSession(func(s *v1alpha1.WhatsAppSession) {
		s.Spec.Webhooks = []v1alpha1.WebhookSpec{
			{HMACSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks"}}, {HMACSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks"}},
		}
		s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "my-keys"}}
		s.Spec.Pod = &v1alpha1.PodSpec{ImagePullSecrets: []v1alpha1.SecretReference{{Name: "registry"}}}
	})
	if got, want := secretNames(s), []string{"hooks", "my-keys", "registry", "sales-keys"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Secrets are %v, want %v", got, want)
	}
	if got, want := secretNames(salesSession()), []string{"sales-keys"}; !reflect.DeepEqual(got, want) {
		t.Errorf("of an empty spec Secrets are %v, want %v", got, want)
	}
	for _, c := range []struct {
		storage v1alpha1.StorageSpec
		want    []string
	}{
		{v1alpha1.StorageSpec{}, []string{"sales-data"}},
		{v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}, []string{"mine"}},
		{v1alpha1.StorageSpec{Claim: v1alpha1.ClaimSpec{DataSource: &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceClaim, Name: "theirs"}}}, []string{"sales-data", "theirs"}},
		{v1alpha1.StorageSpec{Claim: v1alpha1.ClaimSpec{DataSource: &v1alpha1.VolumeDataSource{Kind: v1alpha1.DataSourceSnapshot, Name: "theirs"}}}, []string{"sales-data"}},
	} {
		if got := claimNames(salesSession(func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage = c.storage })); !reflect.DeepEqual(got, c.want) {
			t.Errorf("claims are %v, want %v", got, c.want)
		}
	}
}

func TestSessionsOfTheirObjects(t *testing.T) {
	own := desired.Labels(salesSession())
	request := []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: "crm", Name: "sales"}}}
	without := func(key string) map[string]string {
		labels := desired.Labels(salesSession())
		delete(labels, key)
		return labels
	}
	cases := []struct {
		name   string
		labels map[string]string
		want   []reconcile.Request
	}{
		{"with the operator's labels", own, request},
		{"without labels", nil, nil},
		{"of another manager", without(v1alpha1.LabelManagedBy), nil},
		{"of no session", without(v1alpha1.LabelSession), nil},
	}
	for _, c := range cases {
		object := client.Object(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "any", Labels: c.labels}})
		if got := sessionOfLabels(context.Background(), object); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: requests are %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPodsWithAProcess(t *testing.T) {
	now := metav1.Now()
	running := corev1.PodStatus{Phase: corev1.PodRunning, PodIP: "10.0.0.1"}
	cases := []struct {
		name                 string
		pod                  *corev1.Pod
		followable, finished bool
	}{
		{"running", &corev1.Pod{Status: running}, true, false},
		{"running without an address", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodRunning}}, false, false},
		{"pending", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, PodIP: "10.0.0.1"}}, false, false},
		{"ending", &corev1.Pod{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: &now}, Status: running}, false, false},
		{"failed", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodFailed, PodIP: "10.0.0.1"}}, false, true},
		{"ended well", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodSucceeded}}, false, true},
		{"of an unknown phase", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodUnknown, PodIP: "10.0.0.1"}}, false, false},
	}
	for _, c := range cases {
		if got := followable(c.pod); got != c.followable {
			t.Errorf("%s: it is followed: %t", c.name, got)
		}
		if got := finished(c.pod); got != c.finished {
			t.Errorf("%s: it has finished: %t", c.name, got)
		}
	}
	if followable(nil) {
		t.Error("no pod is followed")
	}
}

func TestWhenAnArchiveRunCanBegin(t *testing.T) {
	good := func() *scope {
		return &scope{session: salesSession(), configHash: "abc", runtime: status.Runtime{
			Connected: true, Status: &runtimev1.Status{Phase: runtimev1.PhaseWorking, ConfigHash: "abc"},
		}}
	}
	cases := []struct {
		name   string
		change func(*scope)
		want   bool
	}{
		{"connected, with the policies of the spec", func(*scope) {}, true},
		{"without an answer", func(s *scope) { s.runtime = status.Runtime{} }, false},
		{"with an answer of a moment ago", func(s *scope) { s.runtime.Connected = false }, false},
		{"not connected", func(s *scope) { s.runtime.Status.Phase = runtimev1.PhaseStarting }, false},
		{"with older policies", func(s *scope) { s.configHash = "def" }, false},
		{"with policies that cannot be planned", func(s *scope) { s.archiveProblem = stall("x", "y") }, false},
	}
	for _, c := range cases {
		s := good()
		c.change(s)
		if got := s.canRunArchive(); got != c.want {
			t.Errorf("%s: it can begin: %t", c.name, got)
		}
	}
}

func TestPausesAndDeletions(t *testing.T) {
	now := metav1.Now()
	pausedBy := func(value string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) { s.Annotations = map[string]string{v1alpha1.AnnotationPaused: value} }
	}
	deleted := func(s *v1alpha1.WhatsAppSession) { s.DeletionTimestamp = &now }
	cases := []struct {
		name             string
		changes          []func(*v1alpha1.WhatsAppSession)
		paused, deleting bool
	}{
		{"neither", nil, false, false},
		{"paused", []func(*v1alpha1.WhatsAppSession){pausedBy("true")}, true, false},
		{"paused by a word that says nothing", []func(*v1alpha1.WhatsAppSession){pausedBy("yes")}, false, false},
		{"no longer paused", []func(*v1alpha1.WhatsAppSession){pausedBy("false")}, false, false},
		{"deleted", []func(*v1alpha1.WhatsAppSession){deleted}, false, true},
		{"deleted while it is paused, which a pause does not stop", []func(*v1alpha1.WhatsAppSession){pausedBy("true"), deleted}, false, true},
	}
	for _, c := range cases {
		s := &scope{session: salesSession(c.changes...)}
		if s.paused() != c.paused || s.deleting() != c.deleting {
			t.Errorf("%s: paused %t, deleting %t", c.name, s.paused(), s.deleting())
		}
	}
}

// An empty volume in place of a lost one would look like a logout.
func TestWhetherTheVolumeHeldAPairing(t *testing.T) {
	paired := v1alpha1.WhatsAppSessionStatus{
		Volume:     &v1alpha1.VolumeStatus{Claim: "sales-data"},
		Conditions: []metav1.Condition{{Type: v1alpha1.ConditionPaired, Status: metav1.ConditionTrue}},
	}
	cases := []struct {
		name   string
		change func(*v1alpha1.WhatsAppSessionStatus)
		want   bool
	}{
		{"paired", func(*v1alpha1.WhatsAppSessionStatus) {}, true},
		{"new", func(s *v1alpha1.WhatsAppSessionStatus) { *s = v1alpha1.WhatsAppSessionStatus{} }, false},
		{"not paired", func(s *v1alpha1.WhatsAppSessionStatus) { s.Conditions[0].Status = metav1.ConditionFalse }, false},
		{"not known", func(s *v1alpha1.WhatsAppSessionStatus) { s.Conditions[0].Status = metav1.ConditionUnknown }, false},
		{"paired on another volume", func(s *v1alpha1.WhatsAppSessionStatus) { s.Volume.Claim = "theirs" }, false},
	}
	for _, c := range cases {
		s := &scope{session: salesSession()}
		paired.DeepCopyInto(&s.session.Status)
		c.change(&s.session.Status)
		if got := s.wasPaired(); got != c.want {
			t.Errorf("%s: it held a pairing: %t", c.name, got)
		}
	}
}

func TestGrowth(t *testing.T) {
	for live, want := range map[string]bool{"1Gi": true, "2Gi": false, "3Gi": false} {
		s := &scope{
			session: salesSession(func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.Size = resource.MustParse("2Gi") }),
			claim: &corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(live)},
			}}},
		}
		if got := s.wantsGrowth(); got != want {
			t.Errorf("a claim of %s is to grow to 2Gi: %t", live, got)
		}
	}
}

func TestObjectsThatStandInTheWay(t *testing.T) {
	now := metav1.Now()
	controller := func(uid types.UID) []metav1.OwnerReference {
		return []metav1.OwnerReference{*metav1.NewControllerRef(salesSession(func(s *v1alpha1.WhatsAppSession) { s.UID = uid }), v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))}
	}
	cases := []struct {
		name  string
		meta  metav1.ObjectMeta
		waits bool
	}{
		{"made by hand", metav1.ObjectMeta{Name: "x"}, false},
		{"made by hand and on its way out", metav1.ObjectMeta{Name: "x", DeletionTimestamp: &now}, true},
		{"of a session of the name that is no more", metav1.ObjectMeta{Name: "x", OwnerReferences: controller("gone")}, true},
	}
	for _, c := range cases {
		s := &scope{session: salesSession()}
		result, err := s.conclude(taken("ConfigMap", &corev1.ConfigMap{ObjectMeta: c.meta}, s.session, ""))
		if err != nil || result.RequeueAfter != conflictRecheck {
			t.Errorf("%s: %+v, %v: an object without our labels is not watched", c.name, result, err)
		}
		if (s.problem == nil) != c.waits || s.problem != nil && s.problem.Reason != v1alpha1.ReasonNameConflict {
			t.Errorf("%s: the problem is %+v", c.name, s.problem)
		}
	}
}

func TestDefaultOptions(t *testing.T) {
	got := Options{}.withDefaults()
	if got.Now == nil || time.Since(got.Now()).Abs() > time.Hour {
		t.Error("there is no clock")
	}
	got.Now = nil
	want := Options{MaxConcurrentReconciles: 10, MaxRolloutFailures: 1, ReconcileTimeout: time.Minute, StreamGrace: 30 * time.Second, ProgressDelay: 5 * time.Second, FailedPodDelay: 10 * time.Second, Patience: status.Patience{Blip: time.Minute, Wait: 5 * time.Minute}, GatewayRecheck: time.Minute}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("defaults are %+v, want %+v", got, want)
	}
	chosen := Options{MaxConcurrentReconciles: 1, MaxRolloutFailures: 2, ReconcileTimeout: 4, StreamGrace: 2, ProgressDelay: 6, FailedPodDelay: 3, Patience: status.Patience{Blip: 4, Wait: 7}, GatewayRecheck: 5, RequireAccess: true, Namespaces: []string{"a"}}
	got = chosen.withDefaults()
	got.Now = nil
	if !reflect.DeepEqual(got, chosen) {
		t.Errorf("what was chosen became %+v", got)
	}
}
