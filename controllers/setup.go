package controllers

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/errands"
	"github.com/wasession/wasession/controllers/rollout"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/streams"
)

// Name is the controller's name in metrics, logs and Events.
const Name = "whatsappsession"

// The indexes of sessions by what they refer to.
const (
	indexClaim   = "wasession.claim"
	indexName    = "wasession.sessionName"
	indexSecret  = "wasession.secret"
	indexService = "wasession.service"
)

// wakeBuffer holds events of streams and rollouts until the queue takes them.
const wakeBuffer = 1024

// Setup adds the controller, the streams it owns and its metrics to a manager
// whose cache was made with CacheOptions.
func Setup(ctx context.Context, mgr manager.Manager, options Options) error {
	options = options.withDefaults()
	if len(options.TokenKey) != ed25519.PrivateKeySize {
		return errors.New("the operator's token key is missing")
	}
	public := ed25519.PublicKey(options.TokenKey[ed25519.SeedSize:])
	options.Settings.OperatorKeys = []string{runtimev1.EncodePublicKey(public)}
	if options.GatewayKey != nil {
		options.Settings.GatewayKeys = []string{runtimev1.EncodePublicKey(options.GatewayKey)}
	}
	settings, err := options.Settings.Prepared()
	if err != nil {
		return err
	}
	options.Settings = settings
	wake := make(chan streams.Event, wakeBuffer)
	runtimeClient := runtimeclient.New(options.RuntimeClient)
	followers := streams.NewManager(streams.Options{
		Follower: runtimeClient, Events: wake,
	})
	errandRunner := errands.NewManager(errands.Options{Events: wake, Now: options.Now})
	r := &Reconciler{
		Client:   mgr.GetClient(),
		Live:     mgr.GetAPIReader(),
		Recorder: mgr.GetEventRecorder("wasession-operator"),
		Runtime:  runtimeClient,
		Streams:  followers,
		Errands:  errandRunner,
		Rollouts: rollout.NewManager(options.Rollouts, func(session types.NamespacedName) {
			wake <- event.TypedGenericEvent[types.NamespacedName]{Object: session}
		}),
		Clock:   options.Now,
		options: options,
	}
	if err := mgr.Add(followers); err != nil {
		return fmt.Errorf("adding the status streams: %w", err)
	}
	if err := mgr.Add(errandRunner); err != nil {
		return fmt.Errorf("adding the errands: %w", err)
	}
	if err := addIndexes(ctx, mgr.GetFieldIndexer(), options.Settings); err != nil {
		return err
	}
	if err := registerMetrics(collector{mgr.GetClient(), r, mgr.Elected()}); err != nil {
		return err
	}
	if err := r.written.follow(ctx, mgr.GetCache()); err != nil {
		return err
	}
	return r.watch(mgr, wake)
}

// watch sets up what requeues a session.
func (r *Reconciler) watch(mgr manager.Manager, wake <-chan streams.Event) error {
	owned := handler.EnqueueRequestsFromMapFunc(sessionOfLabels)
	c, err := ctrl.NewControllerManagedBy(mgr).
		Named(Name).
		For(&v1alpha1.WhatsAppSession{}, builder.WithPredicates(predicate.Or[client.Object](
			predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}, predicate.LabelChangedPredicate{}, beginsToWait()))).
		Watches(&v1alpha1.WhatsAppSession{}, handler.EnqueueRequestsFromMapFunc(r.rivalsOf), builder.WithPredicates(comingAndGoing())).
		Watches(&v1alpha1.WhatsAppSession{}, handler.EnqueueRequestsFromMapFunc(r.sessionsWaiting), builder.WithPredicates(trialEnds())).
		Watches(&corev1.Pod{}, urgently(owned)).
		WatchesMetadata(&corev1.ConfigMap{}, owned).
		Watches(&corev1.Service{}, handler.EnqueueRequestsFromMapFunc(r.sessionsOfService)).
		WatchesMetadata(&networkingv1.NetworkPolicy{}, owned).
		Watches(&networkingv1.Ingress{}, owned).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(r.sessionsOfClaim)).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.sessionsOfSecret)).
		WatchesRawSource(source.Channel(wake, urgently(handler.TypedEnqueueRequestsFromMapFunc(
			func(_ context.Context, session types.NamespacedName) []reconcile.Request {
				return []reconcile.Request{{NamespacedName: session}}
			})))).
		WithOptions(controller.Options{
			MaxConcurrentReconciles: r.options.MaxConcurrentReconciles,
			ReconciliationTimeout:   r.options.ReconcileTimeout,
			RateLimiter:             backoff(),
		}).
		Build(r)
	if err != nil {
		return fmt.Errorf("building the controller: %w", err)
	}
	r.routes = &routes{
		mgr: mgr, controller: c, namespaces: r.options.Namespaces, shard: r.options.Shard,
		recheck: r.options.GatewayRecheck / 4, now: r.options.Now, // sessions ask in turn
	}
	return nil
}

// backoff is how long a session waits after failed reconciles: twice as long each
// time, up to a minute. There is no limit on all sessions together, behind which a
// healthy one would wait; the API client has one.
func backoff() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](5*time.Millisecond, time.Minute)
}

// comingAndGoing leaves out the events of objects that only change.
func comingAndGoing() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(event.UpdateEvent) bool { return false }}
}

func addIndexes(ctx context.Context, indexer client.FieldIndexer, settings desired.Settings) error {
	for name, extract := range map[string]func(*v1alpha1.WhatsAppSession) []string{
		indexClaim:   claimNames,
		indexName:    givenNames,
		indexSecret:  secretNames,
		indexRollout: rolloutKeys,
		indexService: func(s *v1alpha1.WhatsAppSession) []string {
			var names []string
			for _, name := range desired.ServiceNames(s, settings) {
				names = append(names, name.String())
			}
			return names
		},
	} {
		err := indexer.IndexField(ctx, &v1alpha1.WhatsAppSession{}, name, func(object client.Object) []string {
			session, ok := object.(*v1alpha1.WhatsAppSession)
			if !ok {
				return nil
			}
			return extract(session)
		})
		if err != nil {
			return fmt.Errorf("indexing sessions by %s: %w", name, err)
		}
	}
	return nil
}

// claimNames are the session's claim and its data source.
func claimNames(s *v1alpha1.WhatsAppSession) []string {
	names := []string{desired.ClaimName(s)}
	if source := s.Spec.Storage.Claim.DataSource; source != nil && source.Kind != v1alpha1.DataSourceSnapshot {
		names = append(names, source.Name)
	}
	return names
}

func secretNames(s *v1alpha1.WhatsAppSession) []string {
	names := []string{desired.GeneratedKeysName(s)}
	for _, use := range slices.Concat(desired.SecretUses(s), desired.PullSecretUses(s)) {
		names = append(names, use.Name)
	}
	if name := desired.TLSSecretName(s); name != "" {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
