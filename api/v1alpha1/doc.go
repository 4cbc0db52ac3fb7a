// Package v1alpha1 is the API group wasession.dev at version v1alpha1: the
// WhatsAppSession resource, its condition types and reasons, and the labels and
// annotations that the operator reads and writes.
//
// Defaults and validation are part of the schema (OpenAPI and CEL, generated
// from the markers in this package), so there is no admission webhook and the
// API server itself rejects invalid manifests. What CEL cannot check, such as
// whether a time zone exists, the operator reports as Stalled.
//
// +kubebuilder:object:generate=true
// +kubebuilder:ac:generate=true
// +groupName=wasession.dev
package v1alpha1
