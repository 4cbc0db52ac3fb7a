package status

import (
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// generation of the route in each case.
const generation = 3

func entry(name string, conditions ...metav1.Condition) gatewayv1.RouteParentStatus {
	return gatewayv1.RouteParentStatus{
		ParentRef: gatewayv1.ParentReference{
			Group: ptr.To(gatewayv1.Group(gatewayv1.GroupName)), Kind: ptr.To(gatewayv1.Kind("Gateway")), Name: gatewayv1.ObjectName(name),
		},
		Conditions: conditions,
	}
}

func said(of gatewayv1.RouteConditionType, status metav1.ConditionStatus, reason string, at int64) metav1.Condition {
	return metav1.Condition{Type: string(of), Status: status, Reason: reason, ObservedGeneration: at}
}

func TestExposed(t *testing.T) {
	accepted := said(gatewayv1.RouteConditionAccepted, metav1.ConditionTrue, "Accepted", generation)
	refused := said(gatewayv1.RouteConditionAccepted, metav1.ConditionFalse, "NoMatchingParent", generation)
	outdated := said(gatewayv1.RouteConditionAccepted, metav1.ConditionTrue, "Accepted", generation-1)
	unresolved := said(gatewayv1.RouteConditionResolvedRefs, metav1.ConditionFalse, "BackendNotFound", generation)
	resolved := said(gatewayv1.RouteConditionResolvedRefs, metav1.ConditionTrue, "ResolvedRefs", generation)
	one := []v1alpha1.GatewayReference{{Name: "public"}}
	two := append(one, v1alpha1.GatewayReference{Name: "private", Namespace: "gateways"})
	const ready, pending, notAccepted = v1alpha1.ReasonExposed, v1alpha1.ReasonRoutePending, v1alpha1.ReasonRouteNotAccepted

	for name, c := range map[string]struct {
		parents []v1alpha1.GatewayReference
		says    []gatewayv1.RouteParentStatus
		unseen  bool
		reason  string
		words   string
	}{
		"not seen yet":                     {one, nil, true, pending, "Gateway crm/public"},
		"nobody has said anything":         {one, nil, false, pending, "Gateway crm/public"},
		"accepted":                         {one, []gatewayv1.RouteParentStatus{entry("public", accepted)}, false, ready, ""},
		"accepted with references":         {one, []gatewayv1.RouteParentStatus{entry("public", accepted, resolved)}, false, ready, ""},
		"of an earlier generation":         {one, []gatewayv1.RouteParentStatus{entry("public", outdated)}, false, pending, ""},
		"refused":                          {one, []gatewayv1.RouteParentStatus{entry("public", refused)}, false, notAccepted, "NoMatchingParent"},
		"accepted without its Service":     {one, []gatewayv1.RouteParentStatus{entry("public", accepted, unresolved)}, false, notAccepted, "BackendNotFound"},
		"by another Gateway":               {one, []gatewayv1.RouteParentStatus{entry("other", accepted)}, false, pending, ""},
		"by one of two controllers":        {one, []gatewayv1.RouteParentStatus{entry("public", refused), entry("public", accepted)}, false, ready, ""},
		"by one of two Gateways":           {two, []gatewayv1.RouteParentStatus{entry("public", accepted)}, false, pending, "Gateway gateways/private"},
		"refused by one of two Gateways":   {two, []gatewayv1.RouteParentStatus{entry("public", refused)}, false, notAccepted, "Gateway crm/public"},
		"a refusal comes before a silence": {append([]v1alpha1.GatewayReference{{Name: "silent"}}, one...), []gatewayv1.RouteParentStatus{entry("public", refused)}, false, notAccepted, "public"},
	} {
		route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Generation: generation}}
		route.Status.Parents = c.says
		in := Input{Now: time.Now(), Exposure: Exposure{RouteMade: true, Route: route}, Session: &v1alpha1.WhatsAppSession{
			ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"},
			Spec: v1alpha1.WhatsAppSessionSpec{Exposure: &v1alpha1.ExposureSpec{
				HTTPRoute: &v1alpha1.HTTPRouteSpec{ParentRefs: c.parents},
			}},
		}}
		if c.unseen {
			in.Exposure.Route = nil
		}
		got := exposed(in)
		if got.Reason != c.reason || (got.Status == metav1.ConditionTrue) != (c.reason == ready) || !strings.Contains(got.Message, c.words) {
			t.Errorf("%s: %s %s %q, want %s …%s…", name, got.Status, got.Reason, got.Message, c.reason, c.words)
		}
	}
}

func TestExposedFollowsItsObjects(t *testing.T) {
	ingress := &v1alpha1.ExposureSpec{Ingress: &v1alpha1.IngressSpec{Host: "sales.example.com"}}
	for name, c := range map[string]struct {
		spec   *v1alpha1.ExposureSpec
		known  Exposure
		reason string
	}{
		"no exposure":            {nil, Exposure{}, ""},
		"an exposure of nothing": {&v1alpha1.ExposureSpec{}, Exposure{}, ""},
		"an Ingress":             {ingress, Exposure{Ingress: true}, v1alpha1.ReasonExposed},
		"no Ingress yet":         {ingress, Exposure{}, v1alpha1.ReasonProgressing},
		"a problem":              {ingress, Exposure{Ingress: true, Problem: &Problem{Reason: v1alpha1.ReasonNameConflict}}, v1alpha1.ReasonNameConflict},
	} {
		got := exposed(Input{Exposure: c.known, Session: &v1alpha1.WhatsAppSession{Spec: v1alpha1.WhatsAppSessionSpec{Exposure: c.spec}}})
		if reason := reasonOf(got); reason != c.reason {
			t.Errorf("%s: reason %q, want %q", name, reason, c.reason)
		}
	}
}

func reasonOf(c *metav1.Condition) string {
	if c == nil {
		return ""
	}
	return c.Reason
}
