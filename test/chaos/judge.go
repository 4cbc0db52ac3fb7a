package main

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// world is all that there is of sessions, by name.
type world struct {
	sessions map[string]*v1alpha1.WhatsAppSession
	pods     map[string]*corev1.Pod
	claims   map[string]*corev1.PersistentVolumeClaim
	configs  map[string]string // the hash of the file in the ConfigMap
	inForce  map[string]string // the hash of the file that the process has taken up
	others   []owned           // Services, NetworkPolicies, ConfigMaps, Secrets
}

// owned is an object of a session, as "Service session-0001".
type owned struct {
	what, session string
	owner         types.UID // of its controller
}

// look reads the world from the API server.
func (l *lab) look(ctx context.Context) (*world, error) {
	w := &world{
		sessions: map[string]*v1alpha1.WhatsAppSession{}, pods: map[string]*corev1.Pod{}, claims: map[string]*corev1.PersistentVolumeClaim{},
		configs: map[string]string{}, inForce: map[string]string{},
	}
	sessions, pods, claims := &v1alpha1.WhatsAppSessionList{}, &corev1.PodList{}, &corev1.PersistentVolumeClaimList{}
	services, policies := &corev1.ServiceList{}, &networkingv1.NetworkPolicyList{}
	configMaps, secrets := &corev1.ConfigMapList{}, &corev1.SecretList{}
	for _, list := range []client.ObjectList{sessions, pods, claims, services, policies, configMaps, secrets} {
		if err := l.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, fmt.Errorf("listing: %w", err)
		}
		if list == sessions || list == pods || list == claims {
			continue
		}
		err := meta.EachListItem(list, func(item runtime.Object) error { return w.add(item) })
		if err != nil {
			return nil, err
		}
	}
	for i := range sessions.Items {
		w.sessions[sessions.Items[i].Name] = &sessions.Items[i]
	}
	for i := range pods.Items {
		name := pods.Items[i].Labels[v1alpha1.LabelSession]
		w.pods[name] = &pods.Items[i]
		if process := l.nodes.Runtime(types.NamespacedName{Namespace: namespace, Name: name}); process != nil {
			w.inForce[name] = process.ConfigHash()
		}
	}
	for i := range claims.Items {
		w.claims[claims.Items[i].Labels[v1alpha1.LabelSession]] = &claims.Items[i]
	}
	for i := range configMaps.Items {
		w.configs[configMaps.Items[i].Labels[v1alpha1.LabelSession]] = runtimev1.ConfigHash([]byte(configMaps.Items[i].Data[runtimev1.ConfigFile]))
	}
	return w, nil
}

// add notes whose an object is. Objects of nobody are left out.
func (w *world) add(item runtime.Object) error {
	object, err := meta.Accessor(item)
	if err != nil {
		return err
	}
	o := owned{what: fmt.Sprintf("%T %s", item, object.GetName()), session: object.GetLabels()[v1alpha1.LabelSession]}
	o.what = o.what[strings.LastIndexByte(o.what[:strings.IndexByte(o.what, ' ')], '.')+1:]
	if owner := metav1.GetControllerOfNoCopy(object); owner != nil {
		o.owner = owner.UID
	}
	if o.session != "" {
		w.others = append(w.others, o)
	}
	return nil
}

// problems says where the world is not as wished.
func (w *world) problems(wishes []*wish) []string {
	var found []string
	say := func(name, format string, args ...any) { found = append(found, name+": "+fmt.Sprintf(format, args...)) }
	for _, wish := range wishes {
		session := w.sessions[wish.name]
		switch {
		case wish.exists && session == nil:
			say(wish.name, "does not exist")
		case wish.exists:
			w.judge(wish, session, func(format string, args ...any) { say(wish.name, format, args...) })
		case session != nil:
			say(wish.name, "is not gone: %s", summary(session))
		case w.pods[wish.name] != nil:
			say(wish.name, "is gone, its pod is not")
		}
		claim := w.claims[wish.name]
		switch {
		case claim == nil && (wish.exists || wish.policy == v1alpha1.VolumeRetain):
			say(wish.name, "its claim is lost")
		case claim == nil:
		case !wish.exists && wish.policy == v1alpha1.VolumeDelete:
			say(wish.name, "is gone, its claim is not")
		case claim.DeletionTimestamp != nil:
			say(wish.name, "its claim is told to go")
		case wish.claim != "" && claim.UID != wish.claim:
			say(wish.name, "has another claim than in the beginning")
		}
	}
	for _, o := range w.others {
		session := w.sessions[o.session]
		kept := o.owner == "" && strings.HasPrefix(o.what, "Secret ") // with a retained volume
		if session == nil && !kept || session != nil && o.owner != "" && o.owner != session.UID {
			say(o.session, "%s is an orphan", o.what)
		}
	}
	return found
}

// judge checks a session that should be there.
func (w *world) judge(wish *wish, session *v1alpha1.WhatsAppSession, say func(format string, args ...any)) {
	pod := w.pods[wish.name]
	ready := meta.FindStatusCondition(session.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.ObservedGeneration != session.Generation || !session.DeletionTimestamp.IsZero() {
		say("is not up to date: %s", summary(session))
		return
	}
	if wish.stopped {
		if ready.Reason != v1alpha1.ReasonStopped || pod != nil {
			say("is not stopped: %s", summary(session))
		}
		return
	}
	switch {
	case ready.Status != metav1.ConditionTrue:
		say("is not ready: %s", summary(session))
	case pod == nil || pod.DeletionTimestamp != nil:
		say("is ready without a pod")
	case pod.Labels[labelEdit] != wish.edit:
		say("has a pod of edit %q, want %q", pod.Labels[labelEdit], wish.edit)
	case session.Spec.LogLevel != wish.logLevel:
		say("has log level %s, want %s", session.Spec.LogLevel, wish.logLevel)
	case w.configs[wish.name] == "" || w.configs[wish.name] != w.inForce[wish.name]:
		say("runs with another configuration than its ConfigMap's")
	}
}

// summary is what a session says of itself.
func summary(session *v1alpha1.WhatsAppSession) string {
	var said []string
	for _, c := range session.Status.Conditions {
		if c.Type == v1alpha1.ConditionReady || c.Status == metav1.ConditionTrue {
			said = append(said, fmt.Sprintf("%s=%s %s (%s)", c.Type, c.Status, c.Reason, c.Message))
		}
	}
	return fmt.Sprintf("generation %d, observed %d, deleted %v, %s",
		session.Generation, session.Status.ObservedGeneration, session.DeletionTimestamp, strings.Join(said, "; "))
}
