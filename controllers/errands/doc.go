// Package errands makes requests to session pods beside the reconciler. A pod may
// take seconds to answer or never do so, and a worker that waits for one keeps
// the sessions of others waiting. So the reconciler asks for an errand, goes on,
// and is woken when the errand has ended.
//
// Errands live in memory. A new operator asks for them again, so whatever they do
// must be safe to do twice.
package errands
