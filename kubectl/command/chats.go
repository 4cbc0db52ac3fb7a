package command

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

func newChats(env *Env) *cobra.Command {
	var (
		timeout cli.Timeout
		format  cli.Format
		limit   int
	)
	c := &cobra.Command{
		Use: "chats NAME", Short: "List the chats of a session, newest message first",
		Args: cobra.ExactArgs(1), ValidArgsFunction: env.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 1 {
				return cli.UsageError("--limit must be at least 1")
			}
			ctx, cancel := timeout.Limit(c.Context())
			defer cancel()
			list := []chat.Chat{}
			err := env.talk(ctx, args[0], &cli.Progress{Streams: env.Streams}, func(ctx context.Context, session *chat.Client) (err error) {
				list, err = session.Chats(ctx, limit, 0)
				return err
			})
			if err != nil {
				return err
			}
			if len(list) == 0 && format == cli.Table {
				env.Note("%s has no chats.", args[0])
				return nil
			}
			return format.Print(env.Out, list, func(w *cli.Rows) { chatTable(w, list, time.Now()) })
		},
	}
	c.Flags().IntVar(&limit, "limit", 50, "How many chats.")
	timeout.Bind(c.Flags())
	format.Bind(c.Flags())
	return c
}

// maxName is how much of a name is shown, in characters.
const maxName = 40

func chatTable(w *cli.Rows, list []chat.Chat, now time.Time) {
	w.Add("ID", "NAME", "LAST MESSAGE", "UNREAD", "STATE")
	for _, c := range list {
		var last *metav1.Time
		if c.Timestamp > 0 {
			at := metav1.Unix(c.Timestamp, 0)
			last = &at
		}
		w.Add(c.ID, cli.Short(c.Name, maxName), ago(last, now), strconv.Itoa(c.UnreadCount), state(c))
	}
}

// state is what was done with a chat.
func state(c chat.Chat) string {
	var words []string
	for _, s := range []struct {
		word string
		is   bool
	}{{"archived", c.Archived}, {"pinned", c.Pinned}, {"muted", c.Muted}, {"marked unread", c.MarkedUnread}} {
		if s.is {
			words = append(words, s.word)
		}
	}
	return strings.Join(words, ", ")
}
