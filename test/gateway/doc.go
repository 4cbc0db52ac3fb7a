// Package gateway tests the gateway as a whole: against a real API server, in front of
// pods that are HTTP servers of the test, and in front of real sessions with the
// operator, the local node and the simulator.
package gateway
