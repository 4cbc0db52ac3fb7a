// Package session runs one WhatsApp session: it decides when to connect and when
// to wait, maintains the status for people and the operator, imports the phone's
// history, and carries out the requests of the chat API. The connection itself is
// in package whatsapp, the data in package store.
package session
