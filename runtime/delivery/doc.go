// Package delivery delivers the events of the outbox to webhooks and websockets.
//
// The outbox is the source of truth: an event is written to it in the transaction
// that causes it. Each webhook has a cursor in the store and a worker here, which
// delivers in order, at least once, and advances the cursor past events that were
// delivered or given up. No state in memory is lost by a restart, and a receiver
// that is down costs one waiting worker.
package delivery
