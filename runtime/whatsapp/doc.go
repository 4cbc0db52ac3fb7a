// Package whatsapp is the adapter to WhatsApp: it owns the device's keys
// (device.db), speaks the protocol through whatsmeow, translates events into
// changes of the domain, and carries out the domain's requests. Decisions about
// the session belong to package session.
//
// Its one guarantee: an event is acknowledged to WhatsApp only after the changes
// that follow from it are committed.
package whatsapp
