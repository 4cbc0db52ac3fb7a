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

// file is a file of the image, or with link another name of one.
type file struct {
	path, from string
	mode       int64
	link       string
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
		if err := addToLayer(archive, f, at); err != nil {
			return nil, fmt.Errorf("adding /%s: %w", f.path, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithCompressionLevel(gzip.BestCompression), tarball.WithCompressedCaching)
}

func addToLayer(archive *tar.Writer, f file, at time.Time) error {
	header := &tar.Header{Name: f.path, ModTime: at, Format: tar.FormatPAX}
	if f.link != "" {
		header.Typeflag, header.Linkname, header.Mode = tar.TypeSymlink, f.link, 0o777
		return archive.WriteHeader(header)
	}
	content, err := os.ReadFile(f.from)
	if err != nil {
		return err
	}
	header.Typeflag, header.Mode, header.Size = tar.TypeReg, f.mode, int64(len(content))
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
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
