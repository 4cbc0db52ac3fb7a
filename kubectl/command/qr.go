package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/blocks"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const qrLong = `Draw the QR code of a session, for the phone to scan: in WhatsApp, Settings, Linked
devices, Link a device.

The code is drawn again whenever it is renewed. The command ends when the session is
paired, at once if it already is.`

// styles are the ways to draw, as --style names them.
var styles = []string{"auto", "coloured", "light-text", "dark-text"}

const qrHint = "Scan the code with the phone: WhatsApp, Settings, Linked devices, Link a device"

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
			show := &screen{out: env.Streams, redraws: cli.IsTerminal(env.Out)}
			return env.pair(ctx, args[0], func(ctx context.Context, session *chat.Client) (string, error) {
				code, until, err := session.QR(ctx)
				if err != nil {
					return "", err
				}
				return qrHint, show.qr(code, until, style)
			})
		},
	}
	c.Flags().StringVar(&o.style, "style", "auto", "How to draw: coloured (black on white, with colours of the terminal), light-text or dark-text (without colours, for a terminal with such text). auto is coloured on a terminal, and light-text elsewhere or with NO_COLOR.")
	if err := c.RegisterFlagCompletionFunc("style", cobra.FixedCompletions(styles, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // a mistake in the line above
	}
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
