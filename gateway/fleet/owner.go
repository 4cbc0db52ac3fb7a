package fleet

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// marks are labels and annotations by which a tool says that it owns an object.
var marks = []struct{ key, owner string }{
	{"argocd.argoproj.io/tracking-id", "Argo CD"},
	{"argocd.argoproj.io/instance", "Argo CD"},
	{"kustomize.toolkit.fluxcd.io/name", "Flux"},
	{"helm.toolkit.fluxcd.io/name", "Flux"},
	{"meta.helm.sh/release-name", "Helm"},
}

// managers are the beginnings of the names under which such tools write fields.
var managers = []struct{ prefix, owner string }{
	{"argocd", "Argo CD"},
	{"kustomize-controller", "Flux"},
	{"helm-controller", "Flux"},
	{"helm", "Helm"},
}

// OwnerOf is the tool that keeps an object as it is in Git; empty if there is none.
func OwnerOf(object metav1.Object) string {
	for _, mark := range marks {
		if cmp.Or(object.GetLabels()[mark.key], object.GetAnnotations()[mark.key]) != "" {
			return mark.owner
		}
	}
	for _, entry := range object.GetManagedFields() {
		if owner := ownerBy(entry); owner != "" {
			return owner
		}
	}
	return ""
}

// ownerBy is the tool that wrote these fields; empty for any other writer.
func ownerBy(entry metav1.ManagedFieldsEntry) string {
	if entry.Subresource != "" {
		return ""
	}
	for _, m := range managers {
		if strings.HasPrefix(entry.Manager, m.prefix) {
			return m.owner
		}
	}
	return ""
}
