// Package access knows who calls and what they may do: API keys, which are Secrets in
// the gateway's namespace, and identities of Kubernetes.
package access
