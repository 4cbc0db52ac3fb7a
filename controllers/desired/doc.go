// Package desired says what a session's objects should be: pure functions from
// the session and the operator's settings to apply configurations, one file a
// kind. They read nothing and call nobody, so that the golden files in testdata
// are the whole truth about what the operator makes.
package desired
