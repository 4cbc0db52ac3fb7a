package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const codeLong = `Show the code that pairs a session without a camera, to enter on the phone: in WhatsApp,
Settings, Linked devices, Link a device, Link with phone number instead.

The code is for the phone with the number of --phone. A new one is shown whenever it is
renewed. The command ends when the session is paired, at once if it already is.`

const codeHint = "Enter the code on the phone: WhatsApp, Settings, Linked devices, Link a device, Link with phone number instead"

func newCode(env *Env) *cobra.Command {
	var (
		timeout cli.Timeout
		phone   string
	)
	c := &cobra.Command{
		Use: "code NAME --phone NUMBER", Short: "Show the code to enter on the phone, until the session is paired", Long: codeLong,
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			if phone == "" {
				return cli.UsageError("--phone is missing: the phone's number with the country code, such as +15551234567")
			}
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			show := &screen{out: env.Streams, redraws: cli.IsTerminal(env.Out)}
			return env.pair(ctx, args[0], func(ctx context.Context, session *chat.Client) (string, error) {
				code, err := session.RequestCode(ctx, phone)
				if err != nil {
					return "", err
				}
				return codeHint, show.letters(code)
			})
		},
	}
	c.Flags().StringVar(&phone, "phone", "", "Number of the phone, with the country code, such as +15551234567.")
	timeout.Bind(c.Flags())
	return c
}
