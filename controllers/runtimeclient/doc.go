// Package runtimeclient is the operator's side of the contract with a session
// pod (api/runtime/v1): it follows the pod's status stream and sends it the few
// requests the operator makes. Every request carries the session's own bearer
// token, is bounded in time and in what it reads, follows no redirect and uses
// no proxy, so that a token never travels further than the pod.
package runtimeclient
