// Package status computes a session's status from what was observed. It is
// deterministic and never fails: every input gives a complete status. Ready,
// Reconciling and Stalled come from one summary, so that they cannot contradict
// each other.
package status
