package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/desired"
)

// ensureConfigMap writes the configuration that the runtime reads, at start and
// again whenever it changes.
func (r *Reconciler) ensureConfigMap(ctx context.Context, s *scope) error {
	return r.ensureByMetadata(ctx, s, desired.ConfigMap(s.session, s.configFile), s.configMap, (*corev1.ConfigMap)(nil), r.ensure)
}

// ensureNetwork applies the session's Service and NetworkPolicy.
func (r *Reconciler) ensureNetwork(ctx context.Context, s *scope) error {
	if err := r.ensureService(ctx, s); err != nil {
		return err
	}
	return r.ensureByMetadata(ctx, s, desired.NetworkPolicy(s.session, r.options.Settings, s.services), s.networkPolicy,
		(*networkingv1.NetworkPolicy)(nil), r.ensureSelecting)
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
	err := moved(r.patchMetadata(ctx, pod, map[string]any{"annotations": annotations}), pod.Name)
	if err != nil {
		return fmt.Errorf("annotating pod %s: %w", pod.Name, err)
	}
	return nil
}
