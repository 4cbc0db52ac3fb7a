package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const passkeyLong = `Present the passkey of an account that is protected by one, after the phone has scanned
the session's code.

Browsers use a passkey of WhatsApp on WhatsApp's page alone. So the command prints a line to
paste into the console of https://web.whatsapp.com, and reads from standard input what the
browser answers there. If WhatsApp asks for it, it shows a code to compare with the one on
the phone. The command ends when the session is paired.`

const passkeyHint = `Open https://web.whatsapp.com in a browser that has the passkey, or that can ask the phone for it,
and there the console of the developer tools (F12). Paste the line below, and use the passkey.
Then paste here what the console prints, and press Enter`

// maxLine is the longest line that is read, in bytes. Answers of browsers have about 1,500.
const maxLine = 64 << 10

func newPasskey(env *Env) *cobra.Command {
	var timeout cli.Timeout
	c := &cobra.Command{
		Use: "passkey NAME", Short: "Present the passkey that protects the account", Long: passkeyLong,
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			return env.passkey(ctx, args[0])
		},
	}
	timeout.Bind(c.Flags())
	return c
}

func (e *Env) passkey(ctx context.Context, name string) error {
	var paired chat.Session
	progress := &cli.Progress{Streams: e.Streams}
	link := passkeyLink{env: e, name: name, lines: linesOf(e.In), progress: progress}
	err := e.talk(ctx, name, progress, func(ctx context.Context, session *chat.Client) (err error) {
		paired, err = link.follow(ctx, session)
		return err
	})
	if err == nil {
		e.Note("%s is paired with %s", name, account(&paired))
	}
	return err
}

// passkeyLink takes a session through its link with a passkey.
type passkeyLink struct {
	env      *Env
	name     string
	lines    <-chan line
	progress *cli.Progress
	// presented: the session has the passkey.
	presented bool
}

// follow does what each status of the session asks for, until it is paired.
func (l *passkeyLink) follow(ctx context.Context, session *chat.Client) (chat.Session, error) {
	for {
		s, err := session.Session(ctx)
		if err != nil {
			return s, err
		}
		switch s.Status {
		case "WORKING":
			return s, nil
		case "FAILED", "STOPPED":
			return s, fmt.Errorf("the session is %s: kubectl wasession doctor says what to do", s.Status)
		case "SCAN_QR_CODE":
			if l.presented {
				return s, fmt.Errorf("the session was not linked, and shows a new code: begin again with kubectl wasession qr %s", l.name)
			}
			return s, fmt.Errorf("WhatsApp has not asked for a passkey: scan the code first, with kubectl wasession qr %s", l.name)
		case "PASSKEY_REQUIRED":
			err = l.present(ctx, session)
		case "PASSKEY_CONFIRMATION_REQUIRED":
			err = l.confirm(ctx, session)
		default:
			l.progress.Say("Waiting: the session is %s", s.Status)
		}
		if err != nil {
			return s, err
		}
		if err := cli.Sleep(ctx, pairPoll); err != nil {
			return s, err
		}
	}
}

// present has the challenge signed, unless that was done.
func (l *passkeyLink) present(ctx context.Context, session *chat.Client) error {
	challenge, err := session.PasskeyChallenge(ctx)
	if failed := chat.AsFailure(err); failed != nil && failed.Status == http.StatusUnprocessableEntity {
		l.progress.Say("Waiting for WhatsApp")
		return nil // it has the passkey, or has just given up
	}
	if err != nil {
		return err
	}
	l.progress.Say("%s", passkeyHint)
	if _, err := fmt.Fprintln(l.env.Out, cli.Line(challenge.Script())); err != nil {
		return err
	}
	for {
		answer, err := l.read(ctx)
		if err != nil {
			return err
		}
		if answer == "" {
			continue
		}
		if !json.Valid([]byte(answer)) {
			l.env.Note("That is not what the console prints: it begins with { and ends with }. Paste the whole line")
			continue
		}
		if err := session.PresentPasskey(ctx, json.RawMessage(answer)); err != nil {
			return err
		}
		l.presented = true
		return nil
	}
}

// confirm asks whether the phone shows the session's code.
func (l *passkeyLink) confirm(ctx context.Context, session *chat.Client) error {
	code, err := session.PasskeyCode(ctx)
	if failed := chat.AsFailure(err); failed != nil && failed.Status == http.StatusUnprocessableEntity {
		l.progress.Say("Waiting for WhatsApp")
		return nil // it was confirmed, or has just been linked
	}
	if err != nil {
		return err
	}
	l.env.Note("Does the phone show this code? Type yes, or no")
	if _, err := fmt.Fprintln(l.env.Out, cli.Line(code)); err != nil {
		return err
	}
	answer, err := l.read(ctx)
	if err != nil {
		return err
	}
	if answer := strings.ToLower(answer); answer != "yes" && answer != "y" {
		return fmt.Errorf("the session was not linked: if the codes differ, somebody else may be linking a device. Begin again with POST /api/sessions/%s/restart", l.name)
	}
	l.presented = true
	return session.ConfirmPasskey(ctx)
}

var errNoAnswer = errors.New("standard input ended before the answer: run the command in a terminal")

func (l *passkeyLink) read(ctx context.Context) (string, error) {
	select {
	case read, open := <-l.lines:
		if !open {
			return "", errNoAnswer
		}
		return strings.TrimSpace(read.text), read.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// line is a line of input, or why there is none.
type line struct {
	text string
	err  error
}

// linesOf reads lines, one ahead, as reading from a terminal cannot be interrupted: it ends
// with the input or with the program.
func linesOf(in io.Reader) <-chan line {
	lines := make(chan line)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, maxLine)
		for scanner.Scan() {
			lines <- line{text: scanner.Text()}
		}
		if err := scanner.Err(); err != nil {
			lines <- line{err: fmt.Errorf("reading standard input: %w", err)}
		}
	}()
	return lines
}
