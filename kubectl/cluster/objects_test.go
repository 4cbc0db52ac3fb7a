package cluster

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestTheKeysAreInTheSecretThatTheSpecNames(t *testing.T) {
	s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "support"}}
	if name := KeysName(s); name != "support-keys" {
		t.Errorf("without a reference it is %q", name)
	}
	s.Spec.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "own"}}
	if name := KeysName(s); name != "own" {
		t.Errorf("with a reference it is %q", name)
	}
}
