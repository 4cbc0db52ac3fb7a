// Command release writes everything that a release consists of, into a folder:
//
//	release --version v0.1.0 --image TOOL --render TOOL --out dist
//
// Equal commits give equal bytes, whatever the folder. "make release" runs it, with
// hack/image and hack/tools/render as the tools.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r, err := parse(os.Args[1:])
	if err == nil {
		err = r.write(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release is what the flags say.
type release struct {
	version, revision string
	created           time.Time
	repository        string
	checkout, out     string
	image, render     string // the tools
}

// semantic is a version of SemVer with a v, without build metadata, which a tag of an
// image cannot have.
var semantic = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?$`)

func parse(args []string) (*release, error) {
	r := &release{}
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	flags.StringVar(&r.version, "version", "", "The version, such as v0.1.0.")
	flags.StringVar(&r.revision, "revision", "", "The commit.")
	created := flags.Int64("created", 0, "The time of all files, in Unix seconds: that of the commit.")
	flags.StringVar(&r.repository, "repository", "ghcr.io/wasession/wasession", "The image's name, without a tag.")
	flags.StringVar(&r.checkout, "checkout", ".", "The root of the checkout.")
	flags.StringVar(&r.out, "out", "dist", "The folder to write to, which must be empty or not be there.")
	flags.StringVar(&r.image, "image", "", "The tool that builds the image.")
	flags.StringVar(&r.render, "render", "", "The tool that renders the installation.")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if !semantic.MatchString(r.version) {
		return nil, fmt.Errorf("--version is %q: use vX.Y.Z, or vX.Y.Z-rc.1 for a candidate", r.version)
	}
	if r.image == "" || r.render == "" {
		return nil, errors.New("--image and --render are required: run make release")
	}
	r.created = time.Unix(*created, 0).UTC()
	if entries, err := os.ReadDir(r.out); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: name another folder, or remove it", r.out)
	}
	return r, nil
}

// number is the version without its v, as charts have it.
func (r *release) number() string { return r.version[1:] }

// at is a path in the checkout.
func (r *release) at(elements ...string) string {
	return filepath.Join(append([]string{r.checkout}, elements...)...)
}

// file is a path in the release.
func (r *release) file(name string) string { return filepath.Join(r.out, name) }

// write makes the parts in order: what fails soonest comes first, and the checksums,
// which are of all others, last.
func (r *release) write(ctx context.Context) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		make func(context.Context) error
	}{
		{"the notes", r.notes},
		{"the chart", r.chart},
		{"the manifests", r.manifests},
		{"the bundle for OLM", r.bundle},
		{"the plugin of kubectl", r.plugin},
		{"the image", r.images},
		{"the checksums", r.checksums},
	} {
		fmt.Fprintf(os.Stderr, "release: %s\n", part.name)
		if err := part.make(ctx); err != nil {
			return fmt.Errorf("making %s: %w", part.name, err)
		}
	}
	return nil
}
