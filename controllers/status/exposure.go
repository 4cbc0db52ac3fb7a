package status

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Exposure is what is known of the objects that lead to the session from outside
// the cluster.
type Exposure struct {
	// Problem is what a person must fix; nil for nothing.
	Problem *Problem
	// Ingress and RouteMade: the object exists.
	Ingress, RouteMade bool
	// Route is the HTTPRoute with what its Gateways report, or nil if it has not
	// been seen yet.
	Route *gatewayv1.HTTPRoute
	// URLs lead to the session.
	URLs []string
}

// exposed is nil for a session that is not to be reached from outside.
func exposed(in Input) *metav1.Condition {
	spec := in.Session.Spec.Exposure
	if spec == nil || spec.Ingress == nil && spec.HTTPRoute == nil {
		return nil
	}
	c := &metav1.Condition{Type: v1alpha1.ConditionExposed, Status: metav1.ConditionFalse}
	switch e := in.Exposure; {
	case e.Problem != nil:
		c.Reason, c.Message = e.Problem.Reason, e.Problem.Message
	case spec.Ingress != nil && !e.Ingress:
		c.Reason, c.Message = v1alpha1.ReasonProgressing, "The Ingress does not exist yet"
	case spec.HTTPRoute != nil && !e.RouteMade:
		c.Reason, c.Message = v1alpha1.ReasonProgressing, "The HTTPRoute does not exist yet"
	default:
		if spec.HTTPRoute != nil {
			if c.Reason, c.Message = routeProblem(e.Route, in.Session.Namespace, spec.HTTPRoute.ParentRefs); c.Reason != "" {
				return c
			}
		}
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonExposed, exposedBy(spec)
	}
	return c
}

func exposedBy(spec *v1alpha1.ExposureSpec) string {
	var by []string
	if spec.Ingress != nil {
		by = append(by, "Ingress for "+string(spec.Ingress.Host))
	}
	if spec.HTTPRoute != nil {
		by = append(by, "HTTPRoute accepted by its Gateways")
	}
	return strings.Join(by, ", ")
}

// routeProblem is why a route does not lead to the session: the first parent that
// refuses it, else the first that has not said anything yet. Empty for a route
// that all its parents accept.
func routeProblem(route *gatewayv1.HTTPRoute, namespace string, parents []v1alpha1.GatewayReference) (reason, message string) {
	for i := range parents {
		parent := &parents[i]
		switch accepted, why := judgement(route, namespace, parent); {
		case accepted:
		case why != "":
			return v1alpha1.ReasonRouteNotAccepted, fmt.Sprintf(
				"%s does not accept the HTTPRoute (%s): see the status of the HTTPRoute for what its controller says", nameOf(parent, namespace), why)
		case reason == "":
			reason, message = v1alpha1.ReasonRoutePending, fmt.Sprintf(
				"No controller has accepted the HTTPRoute for %s yet: check that it exists and that its class has a controller", nameOf(parent, namespace))
		}
	}
	return reason, message
}

// judgement is what the controllers of one parent say of the route as it is now;
// neither for nothing yet. One controller that accepts it is enough.
func judgement(route *gatewayv1.HTTPRoute, namespace string, parent *v1alpha1.GatewayReference) (accepted bool, refusal string) {
	if route == nil {
		return false, ""
	}
	for i := range route.Status.Parents {
		entry := &route.Status.Parents[i]
		if !same(&entry.ParentRef, parent, namespace) {
			continue
		}
		says := says(entry.Conditions, gatewayv1.RouteConditionAccepted, route.Generation)
		if says == nil {
			continue
		}
		if says.Status == metav1.ConditionTrue {
			// References are not resolved by every controller.
			resolved := meta.FindStatusCondition(entry.Conditions, string(gatewayv1.RouteConditionResolvedRefs))
			if resolved == nil || resolved.Status != metav1.ConditionFalse {
				return true, ""
			}
			says = resolved
		}
		if says.Status == metav1.ConditionFalse {
			refusal = says.Reason
		}
	}
	return false, refusal
}

// says is the condition if it describes this generation of the route.
func says(conditions []metav1.Condition, of gatewayv1.RouteConditionType, generation int64) *metav1.Condition {
	c := meta.FindStatusCondition(conditions, string(of))
	if c == nil || c.ObservedGeneration < generation {
		return nil
	}
	return c
}

// same compares two references as they are when their defaults are filled in.
func same(reported *gatewayv1.ParentReference, parent *v1alpha1.GatewayReference, namespace string) bool {
	return string(ptr.Deref(reported.Group, gatewayv1.GroupName)) == ptr.Deref(parent.Group, gatewayv1.GroupName) &&
		string(ptr.Deref(reported.Kind, "Gateway")) == cmp.Or(parent.Kind, "Gateway") &&
		string(ptr.Deref(reported.Namespace, gatewayv1.Namespace(namespace))) == cmp.Or(parent.Namespace, namespace) &&
		string(reported.Name) == parent.Name &&
		string(ptr.Deref(reported.SectionName, "")) == parent.SectionName &&
		ptr.Deref(reported.Port, 0) == ptr.Deref(parent.Port, 0)
}

func nameOf(parent *v1alpha1.GatewayReference, namespace string) string {
	return fmt.Sprintf("%s %s/%s", cmp.Or(parent.Kind, "Gateway"), cmp.Or(parent.Namespace, namespace), parent.Name)
}
