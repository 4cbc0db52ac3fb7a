package packaging

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The installations of one namespace, with the account that each of them has.
var namespacedInstallations = map[string]string{
	"config/namespaced":         "wasession-operator",
	"config/namespaced-gateway": gatewayName,
}

// They are for any namespace, and change nothing outside of it. That what they run works is
// in TestInstalledOperatorWorks and TestTheNamespacedGatewayWorks.
func TestNamespacedInstallationsFitAnyNamespace(t *testing.T) {
	for folder := range namespacedInstallations {
		t.Run(folder, func(t *testing.T) {
			all := render(t, "kustomize", folder)
			for _, object := range all {
				namespaced, err := api.IsObjectNamespaced(object)
				if err != nil {
					t.Fatal(err)
				}
				if !namespaced || object.GetNamespace() != "" {
					t.Errorf("%s %s is not in the namespace of kubectl's -n", object.GetKind(), object.GetName())
				}
			}
			wantApplicable(t, all.in(t, "fenced"))
		})
	}
}

// A kustomization of one's own that includes both sets their namespace.
func TestAKustomizationOfOnesOwnSetsTheNamespace(t *testing.T) {
	all := ownKustomization(t, "namespace: fenced\nresources: [../namespaced, ../namespaced-gateway]\n")
	for _, object := range all {
		if object.GetNamespace() != "fenced" {
			t.Errorf("%s %s is in %q", object.GetKind(), object.GetName(), object.GetNamespace())
		}
	}
	wantApplicable(t, all)
}

// It is the operator of config/default, told to watch its own namespace.
func TestTheNamespacedOperatorIsThatOfTheCluster(t *testing.T) {
	namespaced := into[appsv1.Deployment](t, render(t, "kustomize", "config/namespaced").one(t, "Deployment", "wasession-operator")).Spec.Template
	whole := into[appsv1.Deployment](t, render(t, "kustomize", "config/default").one(t, "Deployment", "wasession-operator")).Spec.Template
	namespaced.Spec.Containers[0].Args = expanded(namespaced.Spec.Containers[0], "fenced")
	container := &whole.Spec.Containers[0]
	container.Args = append(container.Args, "--watch-namespaces=fenced")
	container.Env = append(container.Env, podNamespace)
	wantEqual(t, namespaced, whole)
}

// podNamespace is the variable with the name of a pod's namespace.
var podNamespace = corev1.EnvVar{Name: "POD_NAMESPACE", ValueFrom: &corev1.EnvVarSource{
	FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.namespace"},
}}

// Whoever takes over the operator or the gateway of one namespace has that namespace, and
// nothing else.
func TestNamespacedInstallationsReachNothingElse(t *testing.T) {
	ensureNamespace(t, "fenced")
	ensureNamespace(t, "elsewhere")
	for folder, account := range namespacedInstallations {
		t.Run(folder, func(t *testing.T) {
			install(t, render(t, "kustomize", folder).in(t, "fenced"))
			wantOnlyIn(t, "fenced", account)
		})
	}
}

// wantOnlyIn checks that an account reaches what it serves in its own namespace, and
// nothing elsewhere.
func wantOnlyIn(t *testing.T, own, account string) {
	t.Helper()
	of := "system:serviceaccount:" + own + ":"
	user, err := environment.AddUser(envtest.User{Name: of + account, Groups: []string{"system:authenticated"}}, cluster)
	if err != nil {
		t.Fatal(err)
	}
	itself, err := client.New(user.Config(), client.Options{Scheme: scheme.Scheme})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []client.ObjectList{&v1alpha1.WhatsAppSessionList{}, &corev1.SecretList{}, &corev1.PodList{}} {
		if err := itself.List(t.Context(), list, client.InNamespace(own)); err != nil {
			t.Errorf("in its own namespace: %v", err)
		}
		for _, where := range []string{"elsewhere", ""} {
			if err := itself.List(t.Context(), list, client.InNamespace(where)); !apierrors.IsForbidden(err) {
				t.Errorf("%T in %q is answered with %v", list, where, err)
			}
		}
	}

	// And so for everything that the API server has, as it says itself.
	asked := 0
	for resource, verbs := range everyResource(t) {
		for _, verb := range verbs {
			for _, where := range []string{"elsewhere", ""} {
				asked++
				if mayOn(t, of+account, verb, where, resource) && !mayOn(t, of+"nobody", verb, where, resource) {
					t.Errorf("it may %s %s in %q", verb, resource, where)
				}
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d questions were asked: the test looks at the wrong resources", asked)
	}
}

// everyResource are the resources of the API server, with their verbs.
func everyResource(t *testing.T) map[schema.GroupResource][]string {
	t.Helper()
	finder, err := discovery.NewDiscoveryClientForConfig(cluster)
	if err != nil {
		t.Fatal(err)
	}
	_, lists, err := finder.ServerGroupsAndResources()
	if err != nil {
		t.Fatal(err)
	}
	all := map[schema.GroupResource][]string{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, resource := range list.APIResources {
			all[schema.GroupResource{Group: version.Group, Resource: resource.Name}] = resource.Verbs
		}
	}
	return all
}

// mayOn asks the API server what a user may do; no namespace is all of them.
func mayOn(t *testing.T, user, verb, namespace string, resource schema.GroupResource) bool {
	t.Helper()
	name, subresource, _ := strings.Cut(resource.Resource, "/")
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user, Groups: []string{"system:serviceaccounts", "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: verb, Group: resource.Group, Resource: name, Subresource: subresource,
		},
	}}
	if err := api.Create(t.Context(), review); err != nil {
		t.Fatal(err)
	}
	return review.Status.Allowed
}
