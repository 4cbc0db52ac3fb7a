// Package whatsapp is the adapter to WhatsApp: it owns the device's keys
// (device.db), speaks the protocol through whatsmeow, turns what arrives into
// changes of the domain, and carries out what the domain asks for. It decides
// nothing about the session: package session does.
//
// The one promise everything here serves: WhatsApp is told that something
// arrived only after the changes that follow from it are committed.
package whatsapp
