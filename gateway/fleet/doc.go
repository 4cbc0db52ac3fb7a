// Package fleet knows the sessions and where their pods are, from a watch on the
// resources: no call waits for the API server.
package fleet
