package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// ensureSecrets creates the Secrets with generated content if they do not
// exist. They are created and never applied: an apply could replace a key that
// is in use.
func (r *Reconciler) ensureSecrets(ctx context.Context, s *scope) error {
	if !desired.GeneratesKeys(s.session) {
		return nil
	}
	return r.ensureSecret(ctx, s, s.keysSecret, desired.KeysSecret)
}

func (r *Reconciler) ensureSecret(ctx context.Context, s *scope, have *metav1.PartialObjectMetadata, build func(*v1alpha1.WhatsAppSession) *corev1.Secret) error {
	if have != nil {
		if !ownershipOf(have, s.session).mine() {
			return taken("Secret", have, s.session, "")
		}
		return nil
	}
	secret := build(s.session)
	err := r.Create(ctx, secret, fieldOwner)
	if apierrors.IsAlreadyExists(err) {
		// The cache is behind; its next event brings the session back.
		return waitFor("Secret "+secret.Name+" to appear in the cache", conflictRecheck)
	}
	if err == nil {
		s.secrets = append(s.secrets, &metav1.PartialObjectMetadata{ObjectMeta: secret.ObjectMeta})
	}
	return r.refusal(s, "Secret", secret.Name, err)
}

// ensureConfigMap writes the configuration that the runtime reads, at start and
// again whenever it changes.
func (r *Reconciler) ensureConfigMap(ctx context.Context, s *scope) error {
	return r.ensure(ctx, s, desired.ConfigMap(s.session, s.configFile), s.configMap)
}

// ensureNetwork applies the session's Service and NetworkPolicy.
func (r *Reconciler) ensureNetwork(ctx context.Context, s *scope) error {
	if err := r.ensureService(ctx, s); err != nil {
		return err
	}
	return r.ensure(ctx, s, desired.NetworkPolicy(s.session, r.options.Settings, s.services), s.networkPolicy)
}

func configFile(config runtimev1.Config) (file []byte, hash string, err error) {
	file, err = desired.ConfigFile(config)
	if err != nil {
		return nil, "", fmt.Errorf("encoding the configuration: %w", err)
	}
	return file, runtimev1.ConfigHash(file), nil
}

// annotate changes annotations of exactly the pod that was observed. The pod is
// never applied again: an admission webhook may have changed its spec, and the
// operator must not undo that.
func (r *Reconciler) annotate(ctx context.Context, pod *corev1.Pod, annotations map[string]string) error {
	err := ignoreMoved(r.patchMetadata(ctx, pod, map[string]any{"annotations": annotations}))
	if err != nil {
		return fmt.Errorf("annotating pod %s: %w", pod.Name, err)
	}
	return nil
}
