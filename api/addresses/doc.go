// Package addresses defines which network addresses are public, in one table for
// both the runtime, which checks every connection, and the operator, which writes
// NetworkPolicies. It is data and pure functions.
package addresses
