// Package status computes a session's status from what was observed. It is
// pure and total: every input gives a complete status, the same one each time,
// and no input makes it fail. Ready, Reconciling and Stalled come from one
// summary, so that they cannot contradict each other.
package status
