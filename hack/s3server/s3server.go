// Package s3server pins an S3-compatible server, the Versity gateway over a
// folder, for the tests of media kept in a bucket. It is a module of its own:
// nothing of it reaches the product's dependencies.
package s3server
