// Package session runs one WhatsApp session: it decides when to connect and
// when to wait, keeps the status that people and the operator see, imports the
// phone's history, and carries out what the chat API asks for. What the
// connection does is in package whatsapp, what is known is in package store.
package session
