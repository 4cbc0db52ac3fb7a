package tokenkey

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// secrets is an API server with Secrets only. Another replica can act between a
// read and the write that follows.
type secrets struct {
	client.Client // any other request panics
	held          map[types.NamespacedName]*corev1.Secret
	getErr        error
	createErr     error
	between       func(*secrets)
	writes        int
}

func (s *secrets) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	if s.getErr != nil {
		return s.getErr
	}
	held, ok := s.held[key]
	if !ok {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, key.Name)
	}
	held.DeepCopyInto(into.(*corev1.Secret))
	return nil
}

func (s *secrets) Create(_ context.Context, object client.Object, _ ...client.CreateOption) error {
	if s.between != nil {
		s.between(s)
	}
	if s.createErr != nil {
		return s.createErr
	}
	key := client.ObjectKeyFromObject(object)
	if _, ok := s.held[key]; ok {
		return apierrors.NewAlreadyExists(schema.GroupResource{Resource: "secrets"}, key.Name)
	}
	s.put(object.(*corev1.Secret))
	s.writes++
	return nil
}

func (s *secrets) put(secret *corev1.Secret) {
	if s.held == nil {
		s.held = map[types.NamespacedName]*corev1.Secret{}
	}
	s.held[client.ObjectKeyFromObject(secret)] = secret.DeepCopy()
}

func keySecret(data map[string][]byte) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: Operator}, Data: data}
}

var seed = bytes.Repeat([]byte{7}, ed25519.SeedSize)

func TestTheFirstOperatorMakesTheKey(t *testing.T) {
	server := &secrets{}
	first, err := Load(t.Context(), server, "system", Operator)
	if err != nil {
		t.Fatal(err)
	}
	secret := server.held[types.NamespacedName{Namespace: "system", Name: "wasession-operator-token-key"}]
	if secret == nil {
		t.Fatalf("Secrets are %v", server.held)
	}
	if got := secret.Data["ed25519-seed"]; !bytes.Equal(got, first.Seed()) {
		t.Error("the Secret and the operator have different keys")
	}
	for _, label := range []string{v1alpha1.LabelName, v1alpha1.LabelPartOf} {
		if secret.Labels[label] != v1alpha1.ProductName {
			t.Errorf("labels are %v", secret.Labels)
		}
	}
	// It belongs to no session, so that it is not deleted with one and is in no
	// cache of sessions' objects.
	if secret.Labels[v1alpha1.LabelManagedBy] != "" || len(secret.OwnerReferences) != 0 {
		t.Errorf("the Secret belongs to a session: %+v", secret.ObjectMeta)
	}

	t.Run("and the next one reads it", func(t *testing.T) {
		again, err := Load(t.Context(), server, "system", Operator)
		if err != nil || !again.Equal(first) {
			t.Errorf("it is another key, %v", err)
		}
		if server.writes != 1 {
			t.Errorf("%d Secrets were created", server.writes)
		}
	})
	t.Run("and the gateway has its own", func(t *testing.T) {
		gateway, err := Load(t.Context(), server, "system", Gateway)
		if err != nil || gateway.Equal(first) {
			t.Errorf("the key is shared, %v", err)
		}
		secret := server.held[types.NamespacedName{Namespace: "system", Name: "wasession-gateway-token-key"}]
		if secret == nil || !bytes.Equal(secret.Data["ed25519-seed"], gateway.Seed()) {
			t.Errorf("the gateway would read %+v", secret)
		}
	})
	t.Run("and one of another namespace has its own", func(t *testing.T) {
		other, err := Load(t.Context(), server, "other", Operator)
		if err != nil || other.Equal(first) {
			t.Errorf("the key is shared, %v", err)
		}
	})
}

func TestReplicasAgreeOnOneKey(t *testing.T) {
	server := &secrets{between: func(s *secrets) { s.put(keySecret(map[string][]byte{"ed25519-seed": seed})) }}
	key, err := Load(t.Context(), server, "system", Operator)
	if err != nil || !bytes.Equal(key.Seed(), seed) {
		t.Errorf("the key is not the other replica's: %v", err)
	}
}

func TestAKeySignsWhatItsPublicKeyVerifies(t *testing.T) {
	key, err := Load(t.Context(), &secrets{}, "system", Operator)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public().(ed25519.PublicKey)
	if !ed25519.Verify(public, []byte("pod-uid"), ed25519.Sign(key, []byte("pod-uid"))) {
		t.Error("the public key does not verify the signature")
	}
}

func TestNoKeyIsBetterThanAWrongOne(t *testing.T) {
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, Operator, errors.New("no"))
	gone := func(s *secrets) {
		s.createErr = apierrors.NewAlreadyExists(schema.GroupResource{Resource: "secrets"}, Operator)
	}
	cases := []struct {
		name   string
		server *secrets
		cause  error  // what the error wraps
		says   string // substring of the message
	}{
		{"it may not be read", &secrets{getErr: forbidden}, forbidden, ""},
		{"it may not be made", &secrets{createErr: forbidden}, forbidden, "system"},
		{"the Secret is empty", &secrets{held: map[types.NamespacedName]*corev1.Secret{
			{Namespace: "system", Name: Operator}: keySecret(nil)}}, nil, Operator},
		{"the key is too short", &secrets{held: map[types.NamespacedName]*corev1.Secret{
			{Namespace: "system", Name: Operator}: keySecret(map[string][]byte{"ed25519-seed": seed[1:]})}}, nil, "ed25519-seed"},
		{"the key is too long", &secrets{held: map[types.NamespacedName]*corev1.Secret{
			{Namespace: "system", Name: Operator}: keySecret(map[string][]byte{"ed25519-seed": append(seed, 7)})}}, nil, "ed25519-seed"},
		{"it is under another entry", &secrets{held: map[types.NamespacedName]*corev1.Secret{
			{Namespace: "system", Name: Operator}: keySecret(map[string][]byte{"seed": seed})}}, nil, "ed25519-seed"},
		{"the other replica's is faulty", &secrets{between: func(s *secrets) { s.put(keySecret(nil)) }}, nil, Operator},
		{"the other replica's is gone again", &secrets{between: gone}, nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			key, err := Load(t.Context(), c.server, "system", Operator)
			if err == nil || key != nil {
				t.Fatalf("the key is %x, %v", key, err)
			}
			if c.cause != nil && !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error is %v", err)
			}
			if strings.Contains(err.Error(), string(seed[1:])) {
				t.Error("the error contains the key")
			}
			if c.server.writes != 0 {
				t.Error("a Secret was created or replaced")
			}
		})
	}
}
