// Package s3server pins an S3-compatible server, the Versity gateway over a folder,
// for the tests of media in a bucket. It is a separate module, so that it adds no
// dependencies to the product.
package s3server
