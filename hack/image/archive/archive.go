// Package archive writes archives whose bytes depend on nothing but what is in them and
// on the time that is given.
package archive

import (
	"archive/tar"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Folder writes what is in a folder as a tar, in the order of the names.
func Folder(out io.Writer, folder string, at time.Time) error {
	writer := tar.NewWriter(out)
	if err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: filepath.ToSlash(relative), Mode: 0o644, ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if entry.IsDir() {
			header.Name, header.Mode, header.Typeflag = header.Name+"/", 0o755, tar.TypeDir
			return writer.WriteHeader(header)
		}
		return addFile(writer, header, path)
	}); err != nil {
		return err
	}
	return writer.Close()
}

func addFile(writer *tar.Writer, header *tar.Header, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	header.Size = info.Size()
	if info.Mode()&0o100 != 0 {
		header.Mode = 0o755
	}
	if err := writer.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(writer, in)
	return err
}
