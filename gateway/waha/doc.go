// Package waha translates between WAHA's session calls and WhatsAppSessions: the
// shapes, the names and the bodies of errors. It is pure.
package waha
