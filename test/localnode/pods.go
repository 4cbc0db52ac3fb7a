package localnode

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// pods is the kubelet: it runs a worker for each pod on the node and notifies it of
// changes.
type pods struct {
	ctx       context.Context
	client    client.Client
	events    events.EventRecorder
	options   Options
	addresses *addresses

	mutex   sync.Mutex
	workers map[types.NamespacedName]*worker
	running sync.WaitGroup
}

// newPods returns the kubelet; its workers end with ctx.
func newPods(ctx context.Context, manager ctrl.Manager, options Options) *pods {
	return &pods{
		ctx:       ctx,
		client:    manager.GetClient(),
		events:    manager.GetEventRecorder("localnode"),
		options:   options,
		addresses: newAddresses(options.PodNet),
		workers:   map[types.NamespacedName]*worker{},
	}
}

func (p *pods) setup(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).Named("localnode-pods").
		For(&corev1.Pod{}).
		Watches(&corev1.ConfigMap{}, handler.EnqueueRequestsFromMapFunc(p.neighbours)).
		Watches(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(p.neighbours)).
		Watches(&corev1.PersistentVolumeClaim{}, handler.EnqueueRequestsFromMapFunc(p.neighbours)).
		WithOptions(controller.Options{SkipNameValidation: ptr.To(true)}).
		Complete(p)
}

// neighbours returns the pods in the namespace of a changed object, since they
// may refer to it. For a pod that does not, the worker's check is cheap.
func (p *pods) neighbours(ctx context.Context, object client.Object) []reconcile.Request {
	return podsThat(ctx, p.client, object.GetNamespace(), func(pod *corev1.Pod) bool {
		return pod.Spec.NodeName == p.options.Name && !finished(pod)
	})
}

// Reconcile passes the pod's newest state to its worker, starting or dismissing
// the worker if needed.
func (p *pods) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	pod := &corev1.Pod{}
	if err := p.client.Get(ctx, request.NamespacedName, pod); err != nil {
		if client.IgnoreNotFound(err) == nil {
			p.dismiss(request.NamespacedName, "")
		}
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if pod.Spec.NodeName != p.options.Name {
		return reconcile.Result{}, nil
	}
	p.dismiss(request.NamespacedName, pod.UID)
	w, err := p.workerFor(request.NamespacedName, pod)
	if err != nil || w == nil {
		return reconcile.Result{}, err
	}
	w.tell(pod)
	return reconcile.Result{}, nil
}

// workerFor returns the pod's worker; nil for a pod that has finished.
func (p *pods) workerFor(key types.NamespacedName, pod *corev1.Pod) (*worker, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if w := p.workers[key]; w != nil {
		return w, nil
	}
	if finished(pod) && pod.DeletionTimestamp == nil {
		return nil, nil
	}
	ip, err := p.addresses.take()
	if err != nil {
		return nil, err
	}
	w := newWorker(p, pod, ip)
	p.workers[key] = w
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		defer p.addresses.giveBack(ip)
		w.work(p.ctx)
	}()
	return w, nil
}

// dismiss stops the worker of a pod that is gone, unless it works for uid. It
// returns when the pod's processes have ended.
func (p *pods) dismiss(key types.NamespacedName, uid types.UID) {
	p.mutex.Lock()
	w := p.workers[key]
	if w == nil || w.uid == uid {
		p.mutex.Unlock()
		return
	}
	delete(p.workers, key)
	p.mutex.Unlock()
	w.dismiss()
}

// wait returns when all workers have ended, which they do once ctx has.
func (p *pods) wait() { p.running.Wait() }
