// Package api holds the tests of the whole way of a request: HTTP, the
// runtime, whatsmeow, the simulated WhatsApp, and back.
package api
