package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const sendLong = `Send a text and print the id of its message. CHAT is the id that chats lists, or a number
such as 15551234567. With - in place of the text, it is read from standard input.

A message is sent once, also if the connection is lost on the way. To repeat the command
itself safely, give it an id of your own: the same --id sends nothing more for 24 hours.

  kubectl wasession send support 15551234567 "We are open again"
  ./report.sh | kubectl wasession send support 120363041234567890@g.us -`

// maxSent is the longest text, in bytes.
const maxSent = 64 << 10

func newSend(env *Env) *cobra.Command {
	var (
		timeout cli.Timeout
		format  cli.Format
		id      string
	)
	c := &cobra.Command{
		Use: "send NAME CHAT TEXT|-", Short: "Send a text", Long: sendLong,
		Args: cobra.ExactArgs(3), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			text, err := textOf(args[2], env.In)
			if err != nil {
				return err
			}
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			var sent chat.Message
			err = env.talk(ctx, args[0], &cli.Progress{Streams: env.Streams}, func(ctx context.Context, session *chat.Client) (err error) {
				if id == "" { // kept when the call is repeated
					if id, err = session.NewMessageID(ctx); err != nil {
						return err
					}
				}
				sent, err = session.SendText(ctx, args[1], id, text)
				return err
			})
			if err != nil {
				return err
			}
			return format.Print(env.Out, sent, func(w *cli.Rows) { w.Add(sent.ID) })
		},
	}
	c.Flags().StringVar(&id, "id", "", "Id of the message, letters and digits. Defaults to a new one.")
	timeout.Bind(c.Flags())
	format.Bind(c.Flags())
	return c
}

// textOf is the text of an argument, or of the input for "-": without the newline that
// ends its last line.
func textOf(argument string, in io.Reader) (string, error) {
	text := argument
	if argument == "-" {
		read, err := io.ReadAll(io.LimitReader(in, maxSent+2))
		if err != nil {
			return "", fmt.Errorf("reading the text: %w", err)
		}
		text = strings.TrimSuffix(string(read), "\n")
	}
	switch {
	case text == "":
		return "", cli.UsageError("the text is empty")
	case len(text) > maxSent:
		return "", cli.UsageError("the text is longer than %d bytes", maxSent)
	}
	return text, nil
}
