package kubectl

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/doctor"
)

func (s *stage) doctor(t *testing.T, ctx context.Context) {
	eventually(t, ctx, func() string { // it has reconnected
		r := s.user.run(ctx, "doctor")
		if r.code != cli.Done || !strings.Contains(r.err, "2 sessions") {
			return r.out + r.err
		}
		return ""
	})
	if well := s.user.run(ctx, "doctor", "support"); well.code != cli.Done || well.err != "support: nothing is wrong. It is WORKING\n" {
		t.Errorf("support: %d\n%s%s", well.code, well.out, well.err)
	}

	lab.Create(t, &v1alpha1.WhatsAppSession{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "billing"},
		Spec:       v1alpha1.WhatsAppSessionSpec{API: &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "gone"}}},
	})
	s.finds(t, ctx, "billing", v1alpha1.ReasonSecretNotFound)
	if err := s.alice.Unlink(ctx); err != nil {
		t.Fatal(err)
	}
	s.finds(t, ctx, "support", v1alpha1.ReasonLoggedOut)

	all := s.user.run(ctx, "doctor", "-o", "json")
	var findings []doctor.Finding
	if err := json.Unmarshal([]byte(all.out), &findings); err != nil || all.code != cli.Unhealthy || len(findings) != 2 {
		t.Errorf("all: %d\n%s%s", all.code, all.out, all.err)
	}
}

// finds waits until the doctor finds a reason in a session.
func (s *stage) finds(t *testing.T, ctx context.Context, name, reason string) {
	t.Helper()
	eventually(t, ctx, func() string {
		r := s.user.run(ctx, "doctor", name)
		if r.code != cli.Unhealthy || !strings.HasPrefix(r.out, s.namespace+"/"+name+": "+reason+"\n") || !strings.Contains(r.out, "\n  do    ") {
			return r.out + r.err
		}
		return ""
	})
}
