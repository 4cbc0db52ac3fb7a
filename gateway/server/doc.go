// Package server is the gateway's HTTP surface: one table of routes, of which most
// are the runtime's and go on to a session's pod.
package server
