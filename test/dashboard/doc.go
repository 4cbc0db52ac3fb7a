// Package dashboard tests the dashboard as people use it: in a real Chromium, against a
// real API server, and with the operator, the local node and the simulator.
package dashboard
