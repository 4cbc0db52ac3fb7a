// Package delivery brings the events of the outbox to webhooks and websockets.
//
// The outbox is the truth: an event is in it from the transaction that caused
// it on. Each webhook has a cursor in the store and a worker here; the worker
// delivers in order, at least once, and moves the cursor only behind what was
// delivered or given up. Nothing is kept in memory that a restart would lose,
// and a receiver that is down costs one waiting worker.
package delivery
