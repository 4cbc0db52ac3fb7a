package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// file is a file of the image.
type file struct {
	path, from string
	mode       int64
}

// layerOf makes a layer of files, which belong to root and have the image's time.
func layerOf(files []file, at time.Time) (v1.Layer, error) {
	var buffer bytes.Buffer
	archive := tar.NewWriter(&buffer)
	known := map[string]bool{}
	for _, f := range files {
		if err := addFolders(archive, f.path, known, at); err != nil {
			return nil, err
		}
		content, err := os.ReadFile(f.from)
		if err != nil {
			return nil, fmt.Errorf("reading what becomes /%s: %w", f.path, err)
		}
		header := &tar.Header{Name: f.path, Mode: f.mode, Size: int64(len(content)), ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithCompressionLevel(gzip.BestCompression), tarball.WithCompressedCaching)
}

func addFolders(archive *tar.Writer, name string, known map[string]bool, at time.Time) error {
	parts := strings.Split(path.Dir(name), "/")
	for i := range parts {
		folder := path.Join(parts[:i+1]...)
		if folder == "." || known[folder] {
			continue
		}
		known[folder] = true
		header := &tar.Header{Name: folder + "/", Mode: 0o755, ModTime: at, Typeflag: tar.TypeDir, Format: tar.FormatPAX}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
	}
	return nil
}
