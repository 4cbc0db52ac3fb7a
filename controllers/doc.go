// Package controllers is the operator's reconciler of WhatsAppSession.
//
// One pass reads the session, makes sure of its finalizer, observes everything
// that belongs to it into a scope, runs the phases over the scope in order,
// computes the status from the scope, and writes it if it differs. Phases make
// objects and say what is wrong; they never touch the status themselves.
package controllers
