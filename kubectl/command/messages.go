package command

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

const messagesLong = `List the last messages of a chat, the newest last. CHAT is the id that chats lists, or a
number such as 15551234567.

The table has the beginning of each text on one line; -o json and -o yaml have all of it.
Media is not downloaded.`

func newMessages(env *Env) *cobra.Command {
	var (
		timeout cli.Timeout
		format  cli.Format
		limit   int
	)
	c := &cobra.Command{
		Use: "messages NAME CHAT", Short: "List the last messages of a chat", Long: messagesLong,
		Args: cobra.ExactArgs(2), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 1 {
				return cli.UsageError("--limit must be at least 1")
			}
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			list := []chat.Message{}
			err := env.talk(ctx, args[0], &cli.Progress{Streams: env.Streams}, func(ctx context.Context, session *chat.Client) (err error) {
				list, err = session.Messages(ctx, args[1], limit)
				return err
			})
			if err != nil {
				return err
			}
			slices.Reverse(list)
			if len(list) == 0 && format == cli.Table {
				env.Note("%s knows no messages of %s.", args[0], cli.Line(args[1]))
				return nil
			}
			return format.Print(env.Out, list, func(w *cli.Rows) { messageTable(w, list) })
		},
	}
	c.Flags().IntVar(&limit, "limit", 20, "How many messages.")
	timeout.Bind(c.Flags())
	format.Bind(c.Flags())
	return c
}

// maxText is how much of a text is shown, in characters.
const maxText = 100

func messageTable(w *cli.Rows, list []chat.Message) {
	w.Add("TIME", "FROM", "ACK", "TEXT", "ID")
	for _, m := range list {
		text := m.Body
		if m.HasMedia {
			text = "[media] " + text
		}
		at := time.Unix(m.Timestamp, 0).Local().Format("2006-01-02 15:04:05")
		w.Add(at, sender(m), m.AckName, cli.Short(text, maxText), m.ID)
	}
}

func sender(m chat.Message) string {
	switch {
	case m.FromMe:
		return "me"
	case m.Participant != "":
		return m.Participant
	default:
		return m.From
	}
}
