package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// platformImage is the image of one platform.
type platformImage struct {
	image    v1.Image
	platform v1.Platform
	bill     []byte // CycloneDX, JSON
}

// suffix names the platform in files.
func (p platformImage) suffix() string { return p.platform.OS + "-" + p.platform.Architecture }

func build(ctx context.Context, o options) ([]platformImage, error) {
	work, err := os.MkdirTemp("", "wasession-image-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	var images []platformImage
	for _, name := range o.platforms {
		platform, err := v1.ParsePlatform(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "image: building the commands for %s\n", name)
		folder := filepath.Join(work, platform.Architecture)
		if err := compile(ctx, o, *platform, folder); err != nil {
			return nil, fmt.Errorf("building for %s: %w", name, err)
		}
		image, err := assemble(ctx, o, *platform, folder)
		if err != nil {
			return nil, fmt.Errorf("assembling the image for %s: %w", name, err)
		}
		images = append(images, image)
	}
	return images, nil
}

// compile builds the commands as the Dockerfile does.
func compile(ctx context.Context, o options, platform v1.Platform, folder string) error {
	command := exec.CommandContext(ctx, filepath.Join("hack", "image", "build.sh"), folder, o.version)
	command.Dir = o.checkout
	command.Env = append(os.Environ(), "GOOS="+platform.OS, "GOARCH="+platform.Architecture)
	command.Stderr = os.Stderr
	return command.Run()
}

// assemble makes the image of the commands in a folder.
func assemble(ctx context.Context, o options, platform v1.Platform, folder string) (platformImage, error) {
	made := platformImage{platform: platform}
	commands, err := commandsIn(folder)
	if err != nil {
		return made, err
	}
	zones, err := timeZones(ctx)
	if err != nil {
		return made, err
	}
	// What changes rarely comes first, and each command is a layer: an update fetches
	// what has changed.
	layers := append([][]file{
		{{path: "etc/ssl/certs/ca-certificates.crt", from: o.certificates, mode: 0o644}, {path: "zoneinfo.zip", from: zones, mode: 0o644}},
	}, commands...)
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	for _, files := range layers {
		layer, err := layerOf(files, o.created)
		if err != nil {
			return made, err
		}
		if image, err = mutate.Append(image, mutate.Addendum{Layer: layer, MediaType: types.OCILayer, History: v1.History{
			Created: v1.Time{Time: o.created}, CreatedBy: "COPY " + files[0].path + " /",
		}}); err != nil {
			return made, err
		}
	}
	config, err := configFile(o, platform, image)
	if err != nil {
		return made, err
	}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return made, err
	}
	made.image = image
	made.bill, err = billOfMaterials(o, platform, image, commands)
	return made, err
}

// commandsIn returns the programs in a folder, each with the links that are its other
// names.
func commandsIn(folder string) ([][]file, error) {
	entries, err := os.ReadDir(folder) // sorted
	if err != nil {
		return nil, err
	}
	var commands [][]file
	links := map[string][]file{}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if entry.Type() != fs.ModeSymlink {
			commands = append(commands, []file{{path: entry.Name(), from: path, mode: 0o755}})
			continue
		}
		to, err := os.Readlink(path)
		if err != nil {
			return nil, err
		}
		links[to] = append(links[to], file{path: entry.Name(), link: to})
	}
	for i, command := range commands {
		commands[i] = append(command, links[command[0].path]...)
	}
	if len(commands) == 0 {
		return nil, errors.New("no commands in " + folder)
	}
	return commands, nil
}

// timeZones returns the path of Go's time zones.
func timeZones(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("asking for GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "lib", "time", "zoneinfo.zip"), nil
}
