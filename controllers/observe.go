package controllers

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
	"github.com/wasession/wasession/controllers/streams"
)

// observe reads all the session's objects into a scope, only from the caches.
func (r *Reconciler) observe(ctx context.Context, session *v1alpha1.WhatsAppSession) (*scope, error) {
	s := &scope{session: session, now: r.Clock(), shortenNumbers: r.options.ShortenNumbers}
	get := func(name string, into client.Object) error {
		err := r.Get(ctx, types.NamespacedName{Namespace: session.Namespace, Name: name}, into)
		if apierrors.IsNotFound(err) {
			// Back to its zero value, which found turns into nil.
			reflect.ValueOf(into).Elem().SetZero()
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading %T %s: %w", into, name, err)
		}
		return nil
	}

	pod, claim, configMap := &corev1.Pod{}, &corev1.PersistentVolumeClaim{}, metadataOf(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	service, policy := &corev1.Service{}, metadataOf(networkingv1.SchemeGroupVersion.WithKind("NetworkPolicy"))
	keys := secretMetadata()
	for _, read := range []struct {
		name string
		into client.Object
	}{
		{desired.PodName(session), pod},
		{desired.ClaimName(session), claim},
		{desired.ConfigMapName(session), configMap},
		{desired.ServiceName(session), service},
		{desired.NetworkPolicyName(session), policy},
		{desired.GeneratedKeysName(session), keys},
	} {
		if err := get(read.name, read.into); err != nil {
			return nil, err
		}
	}
	s.pod, s.claim, s.configMap, s.service = found(pod), found(claim), found(configMap), found(service)
	s.networkPolicy, s.keysSecret = found(policy), found(keys)

	if s.keysSecret != nil && desired.GeneratesKeys(session) {
		s.secrets = append(s.secrets, s.keysSecret)
	}
	for _, use := range desired.SecretUses(session) {
		secret := secretMetadata()
		if err := get(use.Name, secret); err != nil {
			return nil, err
		}
		if found(secret) == nil {
			s.missing = append(s.missing, use)
			continue
		}
		s.secrets = append(s.secrets, secret)
		s.named = append(s.named, namedSecret{use, secret})
	}
	for _, use := range desired.PullSecretUses(session) {
		secret := secretMetadata()
		if err := get(use.Name, secret); err != nil {
			return nil, err
		}
		if found(secret) == nil {
			s.missingPulls = append(s.missingPulls, use)
			continue
		}
		s.named = append(s.named, namedSecret{use, secret})
	}
	if source := session.Spec.Storage.Claim.DataSource; source != nil && source.Kind != v1alpha1.DataSourceSnapshot {
		from := &corev1.PersistentVolumeClaim{}
		if err := get(source.Name, from); err != nil {
			return nil, err
		}
		if found(from) != nil {
			s.dataSource = from
		}
	}
	services, err := r.observeServices(ctx, session)
	if err != nil {
		return nil, err
	}
	s.services = services
	if err := r.observeExposure(ctx, s); err != nil {
		return nil, err
	}
	if s.rival, err = r.findRival(ctx, session, s.claim); err != nil {
		return nil, err
	}
	if s.namesake, err = r.findNamesake(ctx, session); err != nil {
		return nil, err
	}
	s.runtime = r.observeRuntime(s)
	s.failures = r.failures.observe(s.key(), s.pod, s.now)
	s.node, err = r.observeNode(ctx, s)
	return s, err
}

// observeServices reads the Services that the spec names, in any namespace that
// the operator watches.
func (r *Reconciler) observeServices(ctx context.Context, session *v1alpha1.WhatsAppSession) (desired.Services, error) {
	services := desired.Services{}
	for _, name := range desired.ServiceNames(session, r.options.Settings) {
		if watched := r.options.Namespaces; len(watched) > 0 && !slices.Contains(watched, name.Namespace) {
			services[name] = nil
			continue
		}
		service := &corev1.Service{}
		err := r.Get(ctx, name, service)
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading Service %s: %w", name, err)
		}
		services[name] = service
	}
	return services, nil
}

// observeRuntime returns what is known about the runtime in the pod.
// Observations of another pod are ignored.
func (r *Reconciler) observeRuntime(s *scope) status.Runtime {
	if !followable(s.pod) {
		return status.Runtime{}
	}
	seen, ok := r.Streams.Get(s.key())
	if !ok || seen.PodUID != string(s.pod.UID) {
		s.comeBack(r.options.StreamGrace)
		return status.Runtime{Grace: true}
	}
	return s.runtimeOf(seen, r.options.StreamGrace)
}

// runtimeOf is what an observation of the session's pod says. A stream that
// nobody has tried to open yet is tolerated however long that takes.
func (s *scope) runtimeOf(seen streams.Observation, grace time.Duration) status.Runtime {
	runtime := status.Runtime{Status: seen.Status, Connected: seen.Open, Refused: seen.Refused}
	if !seen.Open {
		left := grace
		if seen.Tried {
			left -= s.now.Sub(seen.Since)
		}
		runtime.Grace = left > 0
		s.comeBack(left)
	}
	return runtime
}

// followable reports whether the pod's runtime can be reached.
func followable(pod *corev1.Pod) bool {
	return pod != nil && pod.DeletionTimestamp.IsZero() && pod.Status.Phase == corev1.PodRunning && pod.Status.PodIP != ""
}

func secretMetadata() *metav1.PartialObjectMetadata {
	return metadataOf(corev1.SchemeGroupVersion.WithKind("Secret"))
}

func metadataOf(kind schema.GroupVersionKind) *metav1.PartialObjectMetadata {
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(kind)
	return object
}

// found is nil for an object that does not exist.
func found[T client.Object](object T) T {
	if object.GetName() == "" {
		var none T
		return none
	}
	return object
}
