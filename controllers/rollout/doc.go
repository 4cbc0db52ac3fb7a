// Package rollout paces the replacement of working session pods across the
// fleet: an operator upgrade changes every pod, and a thousand numbers that
// reconnect at once look like an attack to WhatsApp and like an outage to users.
package rollout
