package chat

import (
	"io"
	"os"
)

// File is where a download is written: what whatsmeow needs of one, so that it
// can be bounded while it is written.
type File interface {
	io.ReadWriteSeeker
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Stat() (os.FileInfo, error)
}

// MediaFile is a downloaded attachment, kept on the volume or in a bucket.
type MediaFile struct {
	// Key names the file: the message's id on the HTTP API when it was saved.
	Key string
	// Path is where it is, relative to the place's root.
	Path string
	// Bucket is empty for files on the volume.
	Bucket   string
	MIMEType string
	// Size is in bytes.
	Size int64
	// At is when it was saved, unix seconds.
	At int64
}

// MediaTotals sums up the files.
type MediaTotals struct {
	Files int
	Bytes int64
}
