// Package media stores the files of messages. They are downloaded from WhatsApp on
// first use, stored on the volume or in an S3 bucket, and removed by age and total
// size.
package media
