// Package runtimeclient is the operator's side of the contract with a session
// pod (api/runtime/v1): it follows the pod's status stream and sends the
// operator's requests. Every request carries a bearer token for that pod, is
// limited in time and size, follows no redirects and uses no proxy, so that the
// token reaches only the pod.
package runtimeclient
