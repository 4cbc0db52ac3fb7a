// Package media keeps the files of messages: fetched from WhatsApp once, when
// somebody asks, kept on the volume or in an S3 bucket, and removed by age and
// by total size.
package media
