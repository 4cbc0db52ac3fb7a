// Package manage carries out the calls that write: what they mean is what a manifest
// means. Sessions that are kept in Git are left to Git.
package manage

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	metav1ac "k8s.io/client-go/applyconfigurations/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// FieldOwner is the owner of the fields that the gateway writes.
const FieldOwner = "wasession-gateway"

// seenWithin is how long a call waits until the gateway itself has seen what it wrote,
// so that the client's next call finds it.
const seenWithin = 2 * time.Second

// Manager writes sessions.
type Manager struct {
	// Client reads and writes the API server directly.
	Client client.Client
	Fleet  *fleet.Fleet
	// GitState lets calls start, stop and log out sessions that are kept in Git.
	GitState bool

	reserved reserved
}

// Create creates a session. Of two calls for one name at the same moment, the second is
// told that the session exists; calls to different replicas make the one session together.
func (m *Manager) Create(ctx context.Context, namespace, name string, wish waha.Create) (*v1alpha1.WhatsAppSession, error) {
	resource := waha.ResourceName(name)
	exists := waha.Fail(http.StatusUnprocessableEntity, fmt.Sprintf("Session '%s' already exists. Use PUT to update it.", name))
	for _, other := range m.Fleet.Named(name) {
		if other.Namespace == namespace {
			return nil, exists
		}
	}
	key := types.NamespacedName{Namespace: namespace, Name: resource}
	if !m.reserved.take(key) {
		return nil, exists
	}
	defer m.reserved.free(key)
	err := m.Client.Get(ctx, key, &v1alpha1.WhatsAppSession{})
	if err == nil {
		return nil, exists
	}
	if !apierrors.IsNotFound(err) {
		return nil, refused(err)
	}
	configuration, parts, err := wish.Manifest(namespace, name)
	if err != nil {
		return nil, err
	}
	return m.apply(ctx, configuration, parts)
}

// Update replaces a session's configuration.
func (m *Manager) Update(ctx context.Context, key types.NamespacedName, wish *waha.Wish) (*v1alpha1.WhatsAppSession, error) {
	configuration, err := m.extract(ctx, key, false)
	if err != nil {
		return nil, err
	}
	parts, err := waha.Configure(configuration, key.Name, wish)
	if err != nil {
		return nil, err
	}
	return m.apply(ctx, configuration, parts)
}

// SetState starts or stops a session.
func (m *Manager) SetState(ctx context.Context, key types.NamespacedName, state v1alpha1.SessionState) (*v1alpha1.WhatsAppSession, error) {
	configuration, err := m.extract(ctx, key, m.GitState)
	if err != nil {
		return nil, err
	}
	configuration.Spec.WithState(state)
	return m.apply(ctx, configuration, nil)
}

// Delete deletes a session. What becomes of its volume the spec says.
func (m *Manager) Delete(ctx context.Context, key types.NamespacedName) error {
	live, err := m.live(ctx, key, false)
	if err != nil {
		return err
	}
	err = m.Client.Delete(ctx, live, client.Preconditions{UID: &live.UID})
	if err != nil && !apierrors.IsNotFound(err) {
		return refused(err)
	}
	m.Fleet.Await(ctx, key, seenWithin, func(s fleet.Session, ok bool) bool {
		return !ok || s.DeletionTimestamp != nil
	})
	return nil
}

// Free says whether a session may be changed by calls: it is not kept in Git.
func (m *Manager) Free(ctx context.Context, key types.NamespacedName) error {
	_, err := m.live(ctx, key, m.GitState)
	return err
}

// live reads a session, unless it is kept in Git and that is not allowed.
func (m *Manager) live(ctx context.Context, key types.NamespacedName, inGit bool) (*v1alpha1.WhatsAppSession, error) {
	live := &v1alpha1.WhatsAppSession{}
	if err := m.Client.Get(ctx, key, live); err != nil {
		if apierrors.IsNotFound(err) {
			return nil, waha.UnknownSession(key.Name)
		}
		return nil, refused(err)
	}
	if owner := fleet.OwnerOf(live); owner != "" && !inGit {
		return nil, waha.Fail(http.StatusConflict, fmt.Sprintf(
			"Session '%s' is managed by %s. Change its manifest there: a change made here would be undone", waha.NameOf(live), owner))
	}
	return live, nil
}

// extract is what the gateway has applied to a session so far.
func (m *Manager) extract(ctx context.Context, key types.NamespacedName, inGit bool) (*wasession.WhatsAppSessionApplyConfiguration, error) {
	live, err := m.live(ctx, key, inGit)
	if err != nil {
		return nil, err
	}
	configuration, err := wasession.ExtractWhatsAppSession(live, FieldOwner)
	if err != nil {
		return nil, fmt.Errorf("reading what the gateway applied to %s: %w", key, err)
	}
	if configuration.Spec == nil {
		configuration.WithSpec(wasession.WhatsAppSessionSpec())
	}
	// A session that was replaced meanwhile is another one.
	return configuration.WithUID(live.UID), nil
}

// apply writes a session and then its Secrets, which belong to it, and waits until
// the gateway has seen it.
func (m *Manager) apply(ctx context.Context, configuration *wasession.WhatsAppSessionApplyConfiguration, parts waha.Parts) (*v1alpha1.WhatsAppSession, error) {
	if err := m.Client.Apply(ctx, configuration, client.FieldOwner(FieldOwner), client.ForceOwnership); err != nil {
		return nil, refused(err)
	}
	key := types.NamespacedName{Namespace: *configuration.GetNamespace(), Name: *configuration.GetName()}
	written := &v1alpha1.WhatsAppSession{}
	if err := m.Client.Get(ctx, key, written); err != nil {
		return nil, refused(err)
	}
	for name, entries := range parts {
		if err := m.applyPart(ctx, written, name, entries); err != nil {
			return nil, err
		}
	}
	m.Fleet.Await(ctx, key, seenWithin, func(s fleet.Session, ok bool) bool {
		return ok && s.UID == written.UID && s.Generation >= written.Generation
	})
	return written, nil
}

// applyPart writes a Secret of a session. It takes over none that somebody else has
// written.
func (m *Manager) applyPart(ctx context.Context, session *v1alpha1.WhatsAppSession, name string, entries map[string]string) error {
	secret := corev1ac.Secret(name, session.Namespace).WithType(corev1.SecretTypeOpaque).
		WithLabels(map[string]string{
			v1alpha1.LabelName: v1alpha1.ProductName, v1alpha1.LabelPartOf: v1alpha1.ProductName,
			v1alpha1.LabelManagedBy: FieldOwner, v1alpha1.LabelSessionAccess: session.Name,
		}).
		WithOwnerReferences(metav1ac.OwnerReference().
			WithAPIVersion(v1alpha1.GroupVersion.String()).WithKind(v1alpha1.Kind).WithName(session.Name).WithUID(session.UID))
	secret.Data = map[string][]byte{}
	for entry, value := range entries {
		secret.Data[entry] = []byte(value)
	}
	if err := m.Client.Apply(ctx, secret, client.FieldOwner(FieldOwner)); err != nil {
		return refused(err)
	}
	return nil
}

// refused turns an answer of the API server into one for the client.
func refused(err error) error {
	var status apierrors.APIStatus
	switch {
	case apierrors.IsInvalid(err):
		if s, ok := err.(apierrors.APIStatus); ok {
			status = s
		}
		return waha.BadRequest(causes(status)...)
	case apierrors.IsConflict(err):
		return waha.Fail(http.StatusConflict, "Somebody else has changed the session at the same time. Try again")
	case apierrors.IsForbidden(err):
		return waha.Fail(http.StatusForbidden, "The cluster does not allow this: a quota, a policy, or the gateway's rights")
	case apierrors.IsNotFound(err):
		return waha.Fail(http.StatusUnprocessableEntity, "The namespace does not exist")
	}
	return fmt.Errorf("writing a session: %w", err)
}

// causes are what the schema says against a session, a sentence for each field.
func causes(status apierrors.APIStatus) []string {
	if status == nil || status.Status().Details == nil {
		return []string{"config is not valid"}
	}
	var all []string
	for _, cause := range status.Status().Details.Causes {
		if cause.Field == "<nil>" {
			continue // it says only that other rules were not looked at
		}
		all = append(all, strings.TrimSpace(cause.Field+" "+cause.Message))
	}
	slices.Sort(all)
	return all
}
