package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/simulator"
)

// guideNamespace is where the reader of docs/getting-started.md works.
const guideNamespace = "first-steps"

// guide is the part of docs/getting-started.md for a cluster.
type guide struct {
	// install is the command with which the chart is installed, and steps are all
	// commands after it.
	install, steps string
}

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

func readGuide(root string) (g guide, err error) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "getting-started.md"))
	if err != nil {
		return g, err
	}
	_, section, found := strings.Cut(string(page), "\n## On a cluster\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := shellBlock.FindAllStringSubmatch(section, -1)
	// The first builds the image, as make e2e has done already.
	if !found || len(blocks) < 3 || !strings.HasPrefix(blocks[0][1], "make image ") || !strings.HasPrefix(blocks[1][1], "helm install ") {
		return g, errors.New(`docs/getting-started.md has no section "On a cluster" that begins with make image and helm install`)
	}
	for _, block := range blocks[2:] {
		g.steps += block[1]
	}
	for line := range strings.Lines(blocks[1][1]) {
		// The image was loaded, as on kind.
		if !strings.Contains(line, "image.repository=") {
			g.install += line
		}
	}
	return g, nil
}

// installAsGuided installs the chart as the guide says, with values of this run.
func (l *lab) installAsGuided(ctx context.Context, g guide) error {
	command := strings.TrimSuffix(g.install, "\n")
	for _, arg := range l.values(firstTag) {
		command += " '" + arg + "'"
	}
	cmd, err := l.shell(ctx, command)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s\n%w: %s", command, err, out)
	}
	return nil
}

// guide follows the rest of the guide: a session is applied, scanned and used.
func (l *lab) guide(ctx context.Context) error {
	g, err := readGuide(l.options.root)
	if err != nil {
		return err
	}
	if err := l.makeNamespace(ctx, guideNamespace); err != nil {
		return err
	}
	url, err := l.serviceURL(ctx, types.NamespacedName{Namespace: systemNamespace, Name: "wasession-gateway"})
	if err != nil {
		return err
	}
	door := chatapi.New(url, l.key, guideNamespace+".default")
	owner := l.server.AddUser("4915155500003", "", "First steps")
	reader := l.server.AddUser("4915112345678", "", "The number in the guide")

	cmd, err := l.shell(ctx, "trap 'kill $(jobs -p)' EXIT\n"+g.steps)
	if err != nil {
		return err
	}
	var problems strings.Builder
	cmd.Stderr = &problems
	output, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	seen, scanned := l.watchGuide(ctx, bufio.NewScanner(output), door, owner)
	if err := cmd.Wait(); err != nil || scanned != nil {
		return fmt.Errorf("the commands of docs/getting-started.md: %w\n%s%s", errors.Join(scanned, err), seen, problems.String())
	}
	if _, err := reader.Expect(ctx, simulator.Text("Hello")); err != nil {
		return fmt.Errorf("the message of the guide did not arrive: %w\n%s", err, seen)
	}
	l.story.Step("docs/getting-started.md: installed, paired and sent a message with its commands")
	_, err = l.kubectl(ctx, "delete", "namespace", guideNamespace, "--timeout", "2m")
	return err
}

// watchGuide reads what the commands print, and scans the code once they show the key
// for the dashboard: that is when the guide asks for it.
func (l *lab) watchGuide(ctx context.Context, lines *bufio.Scanner, door *chatapi.Client, phone *simulator.User) (seen string, err error) {
	for lines.Scan() {
		if lines.Text() == l.key {
			err = errors.Join(err, scan(ctx, door, phone))
			continue
		}
		seen += lines.Text() + "\n"
	}
	return seen, errors.Join(err, lines.Err())
}

// shell prepares commands as a reader types them: in the checkout, with helm and kubectl
// in the path, as a user of the cluster whose namespace is the guide's.
func (l *lab) shell(ctx context.Context, commands string) (*exec.Cmd, error) {
	programs := filepath.Join(realnode.Folder(), "guide")
	if err := os.MkdirAll(programs, 0o755); err != nil {
		return nil, err
	}
	for name, path := range map[string]string{"helm": l.options.helm, "kubectl": l.kubectlPath()} {
		if err := os.Symlink(path, filepath.Join(programs, name)); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
	}
	config := filepath.Join(programs, "kubeconfig")
	data, err := os.ReadFile(l.kubeconfig)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, data, 0o600); err != nil {
		return nil, err
	}
	if _, err := l.kubectl(ctx, "--kubeconfig", config, "config", "set-context", "--current", "--namespace", guideNamespace); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", commands)
	cmd.Dir = l.options.root
	cmd.Env = append(os.Environ(), "KUBECONFIG="+config, "HOME="+realnode.Folder(), "PATH="+programs+":"+os.Getenv("PATH"))
	return cmd, nil
}
