package controllers

import (
	"context"
	"errors"
	"fmt"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
)

// routesLoadingRecheck is how soon HTTPRoutes that are being read are asked for
// again.
const routesLoadingRecheck = time.Second

// exposure is what was observed of the objects that lead to the session from
// outside the cluster, and what became of them.
type exposure struct {
	ingress   *networkingv1.Ingress
	tlsSecret *metav1.PartialObjectMetadata // that the Ingress names
	route     *gatewayv1.HTTPRoute
	routeErr  error // why it is not known whether there is a route

	problem                *status.Problem
	ingressMade, routeMade bool
}

// observeExposure reads the session's Ingress and HTTPRoute.
func (r *Reconciler) observeExposure(ctx context.Context, s *scope) error {
	e := &s.exposure
	ingress := &networkingv1.Ingress{}
	if err := r.Get(ctx, s.key(), ingress); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("reading the Ingress: %w", err)
	} else if err == nil {
		e.ingress = ingress
	}
	if name := desired.TLSSecretName(s.session); name != "" {
		secret := secretMetadata()
		err := r.Get(ctx, types.NamespacedName{Namespace: s.session.Namespace, Name: name}, secret)
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("reading Secret %s: %w", name, err)
		} else if err == nil {
			e.tlsSecret = secret
		}
	}
	reader, err := r.routes.reader(ctx, desired.HTTPRouteSpec(s.session) != nil)
	if err != nil {
		e.routeErr = err
		return nil
	}
	route := &gatewayv1.HTTPRoute{}
	if err := reader.Get(ctx, s.key(), route); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("reading the HTTPRoute: %w", err)
	} else if err == nil {
		e.route = route
	}
	return nil
}

// ensureExposure applies the session's Ingress and HTTPRoute, and removes one that
// is no longer wanted. Nothing that goes wrong with them holds up the session:
// controllers of both have admission webhooks, which may be down.
func (r *Reconciler) ensureExposure(ctx context.Context, s *scope) error {
	e := &s.exposure
	ingressErr, routeErr := r.ensureIngress(ctx, s), r.ensureRoute(ctx, s)
	e.ingressMade = ingressErr == nil && desired.IngressSpec(s.session) != nil
	e.routeMade = routeErr == nil && desired.HTTPRouteSpec(s.session) != nil
	for _, err := range []error{ingressErr, routeErr} {
		var stalled *stallError
		var waiting *waitError
		switch {
		case err == nil:
		case errors.As(err, &stalled):
			if e.problem == nil {
				e.problem = &stalled.Problem
			}
			s.stall(stalled)
		case errors.As(err, &waiting):
			s.comeBack(waiting.after)
		default:
			s.late = errors.Join(s.late, err)
		}
	}
	return nil
}

func (r *Reconciler) ensureIngress(ctx context.Context, s *scope) error {
	spec := desired.IngressSpec(s.session)
	if spec == nil {
		return removeOwn(ctx, r, s, s.exposure.ingress)
	}
	if err := r.checkIngressAccess(s, spec); err != nil {
		return err
	}
	return r.ensure(ctx, s, desired.Ingress(s.session), s.exposure.ingress)
}

// checkIngressAccess rejects an Ingress through which the session could use what
// it may not, under --require-session-access.
func (r *Reconciler) checkIngressAccess(s *scope, spec *v1alpha1.IngressSpec) error {
	const field = "spec.exposure.ingress"
	switch secret := s.exposure.tlsSecret; {
	case !r.options.RequireAccess:
		return nil
	case len(spec.Annotations) > 0:
		return stall(v1alpha1.ReasonAccessDenied,
			"%s.annotations is not allowed by the operator's --require-session-access, as annotations can name any Secret: remove it, or use spec.exposure.httpRoute", field)
	case spec.TLS == nil:
		return nil
	case secret == nil:
		return stall(v1alpha1.ReasonSecretNotFound,
			"Secret %s, named by %s.tls.secretName, does not exist in this namespace: create it with the label %s, or remove the reference",
			spec.TLS.SecretName, field, v1alpha1.LabelSessionAccess)
	case !grants(secret, s.session):
		return denied("Secret", spec.TLS.SecretName, field+".tls.secretName", s.session)
	}
	return nil
}

func (r *Reconciler) ensureRoute(ctx context.Context, s *scope) error {
	e := &s.exposure
	if desired.HTTPRouteSpec(s.session) == nil {
		// One that is only read later brings the session back.
		return removeOwn(ctx, r, s, e.route)
	}
	switch {
	case errors.Is(e.routeErr, errNoGatewayAPI):
		return r.gatewayAPIMissing(nil)
	case errors.Is(e.routeErr, errRoutesLoading):
		return waitFor("the HTTPRoutes to be read", routesLoadingRecheck)
	case e.routeErr != nil:
		return e.routeErr
	}
	err := r.ensure(ctx, s, desired.HTTPRoute(s.session), e.route)
	if meta.IsNoMatchError(err) || apierrors.IsNotFound(err) {
		// The CRDs have been removed since.
		return r.gatewayAPIMissing(err)
	}
	var stalled *stallError
	if errors.As(err, &stalled) {
		// While the CRDs are being removed, new HTTPRoutes are forbidden.
		stalled.recheck = min(stalled.recheck, r.options.GatewayRecheck)
	}
	return err
}

func (r *Reconciler) gatewayAPIMissing(cause error) error {
	err := stall(v1alpha1.ReasonGatewayAPIMissing,
		"spec.exposure.httpRoute needs the Gateway API (gateway.networking.k8s.io/v1), which this cluster does not have: install its CRDs, or remove the field. The session itself carries on")
	err.recheck, err.cause = r.options.GatewayRecheck, cause
	return err
}

// removeExposure removes both of a session that is being deleted. The garbage
// collector removes one that the caches do not show yet.
func (r *Reconciler) removeExposure(ctx context.Context, s *scope) error {
	return errors.Join(removeOwn(ctx, r, s, s.exposure.ingress), removeOwn(ctx, r, s, s.exposure.route))
}

// removeOwn removes an object of the session that is no longer wanted.
func removeOwn[T client.Object](ctx context.Context, r *Reconciler, s *scope, object T) error {
	if isNil(object) || !ownershipOf(object, s.session).mine() {
		return nil
	}
	return r.remove(ctx, object)
}

// statusInput is what the status depends on.
func (e *exposure) statusInput(s *v1alpha1.WhatsAppSession) status.Exposure {
	ingress, route := e.ingressMade || e.ingress != nil, e.routeMade || e.route != nil
	return status.Exposure{
		Problem: e.problem, Ingress: ingress, RouteMade: route, Route: e.route,
		URLs: desired.URLs(s, ingress, route),
	}
}
