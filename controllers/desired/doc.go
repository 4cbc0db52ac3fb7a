// Package desired builds the desired state of a session's objects: pure
// functions from the session and the operator's settings to apply
// configurations. They do no I/O, so the golden files in testdata show exactly
// what the operator creates.
package desired
