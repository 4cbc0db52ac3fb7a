// Command image builds wasession's container image without a container engine:
// for each platform the commands, certificates and time zones on nothing else, as
// the Dockerfile does it.
//
//	image --version v0.1.0 --out dist
//
// It writes an OCI archive of all platforms with their bills of materials, an
// archive for "docker load" and "kind load image-archive" of each platform, and
// each bill of materials as a file. Equal commits give equal bytes. With --push the
// image goes to its registry too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// options are the command's flags.
type options struct {
	checkout     string
	repository   string
	version      string
	revision     string
	created      time.Time
	platforms    []string
	out          string
	certificates string
	push         bool
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	images, err := build(ctx, o)
	if err != nil {
		return err
	}
	if err := write(o, images); err != nil {
		return err
	}
	if o.push {
		return push(ctx, o, images)
	}
	return nil
}

// A tag of an image, which is stricter than a version.
var tag = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.StringVar(&o.checkout, "checkout", ".", "The root of the checkout.")
	flags.StringVar(&o.repository, "repository", "ghcr.io/wasession/wasession", "The image's name, without a tag.")
	flags.StringVar(&o.version, "version", "dev", "The version of the commands, and the image's tag.")
	flags.StringVar(&o.revision, "revision", "", "The commit, for a label.")
	created := flags.Int64("created", 0, "The time of the image and its files, in Unix seconds: that of the commit.")
	platforms := flags.String("platforms", "linux/amd64,linux/arm64", "The platforms, separated by commas.")
	flags.StringVar(&o.out, "out", "dist", "The folder for the archives.")
	flags.StringVar(&o.certificates, "certificates", "/etc/ssl/certs/ca-certificates.crt", "The certificates that the image trusts.")
	flags.BoolVar(&o.push, "push", false, "Also push the image to its registry, with the credentials of ~/.docker/config.json.")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if !tag.MatchString(o.version) {
		return o, fmt.Errorf("--version %q is no image tag: use letters, digits, dots, dashes and underscores, at most 128", o.version)
	}
	o.created = time.Unix(*created, 0).UTC()
	o.platforms = strings.Split(*platforms, ",")
	for _, platform := range o.platforms {
		if system, machine, ok := strings.Cut(platform, "/"); !ok || system != "linux" || machine == "" {
			return o, fmt.Errorf("--platforms: %q is not linux/ARCHITECTURE", platform)
		}
	}
	if _, err := os.Stat(o.certificates); err != nil {
		return o, errors.New("--certificates: there are none at " + o.certificates + ": install the package ca-certificates, or name another file")
	}
	return o, nil
}
