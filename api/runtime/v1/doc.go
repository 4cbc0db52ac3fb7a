// Package v1 is the contract between the operator and the session runtime: the
// configuration file that the operator writes for a pod, and the status report
// that the runtime streams back. It is plain Go and JSON without Kubernetes, so
// that the runtime can be run and tested without a cluster.
//
// Compatibility: fields are only ever added. Readers ignore unknown fields and
// treat absent fields as zero, so that an operator and a runtime of neighbouring
// versions work together during a rollout.
package v1
