package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/terminal"
)

// scanDrawn has a phone scan what `kubectl wasession qr` draws. The function it returns
// waits for the end of the command, which must be a good one.
func (l *lab) scanDrawn(ctx context.Context, phone *simulator.User) (ended func() error, err error) {
	cmd := exec.CommandContext(ctx, l.kubectlPath(), "wasession", "qr", sessionKey.Name, "--namespace", sessionKey.Namespace, "--style", "dark-text")
	// kubectl looks for its plugins in the path.
	cmd.Env = append(os.Environ(), "KUBECONFIG="+l.kubeconfig, "HOME="+realnode.Folder(), "PATH="+filepath.Dir(l.options.plugin)+":"+os.Getenv("PATH"))
	var notes bytes.Buffer
	cmd.Stderr = &notes
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := scanOutput(ctx, output, phone); err != nil {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("kubectl wasession qr: %w\n%s", errors.Join(err, cmd.Wait()), &notes)
	}
	return func() error {
		_, err := io.Copy(io.Discard, output)
		if err := errors.Join(err, cmd.Wait()); err != nil {
			return fmt.Errorf("kubectl wasession qr: %w\n%s", err, &notes)
		}
		if want := fmt.Sprintf("%s is paired with +%s", sessionKey.Name, phone.PN().User); !bytes.Contains(notes.Bytes(), []byte(want)) {
			return fmt.Errorf("kubectl wasession qr does not say %q in the end:\n%s", want, &notes)
		}
		return nil
	}, nil
}

// scanOutput scans the first code that a command draws for a terminal with dark text.
func scanOutput(ctx context.Context, output io.Reader, phone *simulator.User) error {
	var seen bytes.Buffer
	for part := make([]byte, 4096); ; {
		n, err := output.Read(part)
		seen.Write(part[:n])
		if drawn, ok := terminal.Drawing(seen.String()); ok {
			code, err := terminal.Scan(drawn, terminal.Light)
			if err != nil {
				return fmt.Errorf("%w:\n%s", err, drawn)
			}
			if _, err := phone.ScanQR(ctx, code); err != nil {
				return fmt.Errorf("scan the code: %w", err)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("it drew no code: %w:\n%s", err, &seen)
		}
	}
}
