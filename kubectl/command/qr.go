package command

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/blocks"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const qrLong = `Draw the QR code of a session, for the phone to scan: in WhatsApp, Settings, Linked
devices, Link a device.

The code is drawn again whenever it is renewed. The command ends when the session is
paired, at once if it already is.`

// qrPoll is how often a session is asked. A code holds 20 s or longer, and a phone that
// has scanned should be seen at once.
const qrPoll = time.Second

type qrOptions struct {
	timeout cli.Timeout
	style   string
}

func newQR(env *Env) *cobra.Command {
	o := qrOptions{}
	c := &cobra.Command{
		Use: "qr NAME", Short: "Draw the QR code to scan, until the session is paired", Long: qrLong,
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			style, err := o.draws(env.Out)
			if err != nil {
				return err
			}
			ctx, cancel := o.timeout.Limit(c.Context())
			defer cancel()
			return env.pair(ctx, args[0], &screen{out: env.Streams, style: style, redraws: cli.IsTerminal(env.Out)})
		},
	}
	c.Flags().StringVar(&o.style, "style", "auto", "How to draw: coloured (black on white, with colours of the terminal), light-text or dark-text (without colours, for a terminal with such text). auto is coloured on a terminal, and light-text elsewhere or with NO_COLOR.")
	o.timeout.Bind(c.Flags())
	return c
}

// draws is the style that the flag and the output ask for.
func (o qrOptions) draws(out any) (blocks.Style, error) {
	switch o.style {
	case "coloured":
		return blocks.Coloured, nil
	case "light-text":
		return blocks.LightText, nil
	case "dark-text":
		return blocks.DarkText, nil
	case "auto":
		if cli.IsTerminal(out) && os.Getenv("NO_COLOR") == "" {
			return blocks.Coloured, nil
		}
		return blocks.LightText, nil
	}
	return 0, cli.UsageError("--style must be auto, coloured, light-text or dark-text")
}

// pair shows a session's codes until it is paired.
func (e *Env) pair(ctx context.Context, name string, show *screen) error {
	c, err := e.Connect()
	if err != nil {
		return err
	}
	progress := &cli.Progress{Streams: e.Streams}
	for {
		_, link, err := e.open(ctx, c, name, progress)
		if err != nil {
			return err
		}
		paired, err := follow(ctx, link.Client, show, progress)
		link.Close()
		if paired != nil {
			e.Note("%s is paired with %s", name, account(paired))
		}
		// A pod that went away comes back, and its code with it.
		if err == nil || ctx.Err() != nil || chat.AsFailure(err) != nil {
			return err
		}
		progress.Say("Waiting for %s: the connection to the pod was lost", name)
		if err := cli.Sleep(ctx, reopenAfter); err != nil {
			return err
		}
	}
}

// follow draws each code until the session is paired, and returns the session then.
func follow(ctx context.Context, session *chat.Client, show *screen, progress *cli.Progress) (*chat.Session, error) {
	for {
		code, until, err := session.QR(ctx)
		switch failed := chat.AsFailure(err); {
		case err == nil:
			if err := show.code(code, until); err != nil {
				return nil, err
			}
			progress.Say("Scan the code with the phone: WhatsApp, Settings, Linked devices, Link a device")
		case failed == nil:
			return nil, err
		case failed.Status == http.StatusUnauthorized, failed.Status == http.StatusForbidden:
			return nil, err
		default: // it is not waiting for a scan: paired, on its way to it, or failed
			s, err := session.Session(ctx)
			if err != nil {
				return nil, err
			}
			switch s.Status {
			case "WORKING":
				return &s, nil
			case "FAILED", "STOPPED":
				return nil, &chat.Failure{Status: failed.Status, Text: fmt.Sprintf("the session is %s: kubectl wasession doctor says what to do", s.Status)}
			}
			progress.Say("Waiting: the session is %s", s.Status)
		}
		if err := cli.Sleep(ctx, qrPoll); err != nil {
			return nil, err
		}
	}
}

// account is the number of a session that is paired, for people.
func account(s *chat.Session) string {
	if s.Me == nil {
		return "a number that it does not tell yet"
	}
	number, _, _ := strings.Cut(s.Me.ID, "@")
	if s.Me.PushName == "" {
		return "+" + number
	}
	return fmt.Sprintf("+%s (%s)", number, cli.Line(s.Me.PushName))
}
