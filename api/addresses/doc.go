// Package addresses says which network addresses are public, in one table that
// the runtime and the operator share: the runtime holds each connection to it,
// the operator writes it into NetworkPolicies. It is data and pure functions.
package addresses
