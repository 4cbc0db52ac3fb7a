package media

import "os"

// overhead is what encryption adds to a file: the padding of the last block and the
// MAC.
const overhead = 16 + 10

// boundedFile fails to grow beyond a limit, because the size that a sender announces
// may be false. It is deliberately not an *os.File: for those, whatsmeow reserves as
// much disk space as the server announces.
type boundedFile struct {
	file     *os.File
	at       int64
	limit    int64
	exceeded func()
}

// Write implements io.Writer. Beyond the limit it cancels the download, which would
// otherwise start again on the next of WhatsApp's servers.
func (f *boundedFile) Write(b []byte) (int, error) {
	if err := f.check(f.at, len(b)); err != nil {
		return 0, err
	}
	n, err := f.file.Write(b)
	f.at += int64(n)
	return n, err
}

// WriteAt implements io.WriterAt.
func (f *boundedFile) WriteAt(b []byte, at int64) (int, error) {
	if err := f.check(at, len(b)); err != nil {
		return 0, err
	}
	return f.file.WriteAt(b, at)
}

func (f *boundedFile) check(at int64, n int) error {
	if at+int64(n) <= f.limit {
		return nil
	}
	f.exceeded()
	return ErrTooLarge
}

// Read implements io.Reader.
func (f *boundedFile) Read(b []byte) (int, error) {
	n, err := f.file.Read(b)
	f.at += int64(n)
	return n, err
}

// ReadAt implements io.ReaderAt.
func (f *boundedFile) ReadAt(b []byte, at int64) (int, error) { return f.file.ReadAt(b, at) }

// Seek implements io.Seeker.
func (f *boundedFile) Seek(offset int64, whence int) (int64, error) {
	at, err := f.file.Seek(offset, whence)
	if err == nil {
		f.at = at
	}
	return at, err
}

// Truncate shortens the file.
func (f *boundedFile) Truncate(size int64) error {
	if size > f.limit {
		f.exceeded()
		return ErrTooLarge
	}
	return f.file.Truncate(size)
}

// Stat describes the file.
func (f *boundedFile) Stat() (os.FileInfo, error) { return f.file.Stat() }
