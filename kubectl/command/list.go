package command

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
)

const listLong = `List sessions with what kubectl get was does not show: when the last message came, how
many messages wait to be sent because of spec.sending, how many events wait for webhooks,
what was archived, and the version that the pod runs.

The time of the last message and what waits are asked of each session that runs. A
session that does not answer within a few seconds has none.`

const (
	// listAtOnce is how many sessions are asked at the same time.
	listAtOnce = 8
	// listPatience is how long one of them may take.
	listPatience = 10 * time.Second
)

// listed is a session in the list; with -o json, its fields are for programs.
type listed struct {
	Namespace   string       `json:"namespace"`
	Name        string       `json:"name"`
	Status      string       `json:"status"`
	Reason      string       `json:"reason,omitempty"`
	LastMessage *metav1.Time `json:"lastMessage,omitempty"`
	// Unsent are messages that wait to be sent; nil if the session does not tell.
	Unsent *int `json:"waitingMessages,omitempty"`
	// Pending are events that wait for webhooks, Failed those that were given up.
	Pending *count `json:"pendingEvents,omitempty"`
	Failed  *count `json:"failedEvents,omitempty"`

	Chats   *v1alpha1.ChatsStatus       `json:"chats,omitempty"`
	Archive *v1alpha1.AutoArchiveStatus `json:"autoArchive,omitempty"`
	Version string                      `json:"version,omitempty"`
	// Unreachable is why the session was not asked.
	Unreachable string `json:"unreachable,omitempty"`
}

// count is a number that may be at least that.
type count struct {
	Count int  `json:"count"`
	More  bool `json:"more,omitempty"`
}

func newList(env *Env) *cobra.Command {
	var (
		all      bool
		selector string
		format   cli.Format
	)
	c := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List sessions: last message, queue, archive, version", Long: listLong,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k8s, err := env.Connect()
			if err != nil {
				return err
			}
			namespace := k8s.Namespace
			if all {
				namespace = ""
			}
			sessions, err := k8s.List(c.Context(), namespace, selector)
			if err != nil {
				return err
			}
			rows := env.look(c.Context(), k8s, sessions)
			if c.Context().Err() != nil {
				return context.Cause(c.Context())
			}
			if len(rows) == 0 && format == cli.Table {
				env.Note("No sessions found in %s.", cli.Where(namespace))
				return nil
			}
			return format.Print(env.Out, rows, func(w *cli.Rows) { listTable(w, rows, all, time.Now()) })
		},
	}
	c.Flags().BoolVarP(&all, "all-namespaces", "A", false, "List the sessions of all namespaces.")
	c.Flags().StringVarP(&selector, "selector", "l", "", "List the sessions with these labels, such as team=sales.")
	format.Bind(c.Flags())
	return c
}

// look asks the sessions that run, some at a time.
func (e *Env) look(ctx context.Context, c *cluster.Cluster, sessions []v1alpha1.WhatsAppSession) []listed {
	rows := make([]listed, len(sessions))
	var group errgroup.Group
	group.SetLimit(listAtOnce)
	var once sync.Once
	for i := range sessions {
		group.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, listPatience)
			defer cancel()
			rows[i] = newListed(&sessions[i])
			if err := e.ask(ctx, c, &sessions[i], &rows[i]); err != nil {
				rows[i].Unreachable = cli.Line(err.Error())
				once.Do(func() { e.Note("%s: %s", sessions[i].Name, rows[i].Unreachable) })
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	return rows
}

// newListed is what the cluster knows of a session.
func newListed(s *v1alpha1.WhatsAppSession) listed {
	row := listed{
		Namespace: s.Namespace, Name: s.Name, Status: string(s.Status.Phase), Version: s.Status.RuntimeVersion,
		Chats: s.Status.Chats, Archive: s.Status.AutoArchive,
	}
	for _, condition := range s.Status.Conditions {
		if condition.Type == v1alpha1.ConditionReady {
			row.Reason = condition.Reason
		}
	}
	return row
}

// ask adds what only the session knows.
func (e *Env) ask(ctx context.Context, c *cluster.Cluster, s *v1alpha1.WhatsAppSession, row *listed) error {
	if !answers(s) {
		return nil
	}
	link, err := e.Reach.Open(ctx, c, s)
	if err != nil {
		return err
	}
	defer link.Close()
	newest, err := link.Chats(ctx, 1, 0)
	if err != nil {
		return err
	}
	if len(newest) > 0 && newest[0].Timestamp > 0 {
		at := metav1.Unix(newest[0].Timestamp, 0)
		row.LastMessage = &at
	}
	if row.Unsent, err = unsent(ctx, link.Client); err != nil {
		return err
	}
	if row.Pending, err = waiting(ctx, link.Client, "pending"); err != nil {
		return err
	}
	row.Failed, err = waiting(ctx, link.Client, "failed")
	return err
}

// unsent counts the messages that wait to be sent; nil for a session of a version that
// sends all at once.
func unsent(ctx context.Context, session *chat.Client) (*int, error) {
	n, err := session.Unsent(ctx)
	if failed := chat.AsFailure(err); failed != nil && failed.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// waiting counts a session's events in a state; nil if it does not tell.
func waiting(ctx context.Context, session *chat.Client, state string) (*count, error) {
	n, more, err := session.Waiting(ctx, state)
	if err != nil {
		return nil, err
	}
	return &count{Count: n, More: more}, nil
}

func listTable(w *cli.Rows, rows []listed, namespaces bool, now time.Time) {
	head := []string{"NAME", "STATUS", "LAST MESSAGE", "UNSENT", "QUEUE", "FAILED", "CHATS", "ARCHIVED", "LAST ARCHIVE", "NEXT ARCHIVE", "VERSION"}
	if namespaces {
		head = append([]string{"NAMESPACE"}, head...)
	}
	w.Add(head...)
	for _, r := range rows {
		cells := []string{r.Name, r.Status, ago(r.LastMessage, now), "", r.Pending.String(), r.Failed.String(), "", "", "", "", r.Version}
		if r.Unsent != nil {
			cells[3] = strconv.Itoa(*r.Unsent)
		}
		if r.Chats != nil {
			cells[6], cells[7] = strconv.FormatInt(r.Chats.Total, 10), strconv.FormatInt(r.Chats.Archived, 10)
		}
		if a := r.Archive; a != nil {
			if a.LastRunTime != nil {
				cells[8] = fmt.Sprintf("%s, %d of %d, %s", a.LastResult, a.Archived, a.Candidates, ago(a.LastRunTime, now))
			}
			if a.NextRunTime != nil {
				cells[9] = "in " + duration.HumanDuration(a.NextRunTime.Sub(now))
			}
		}
		if namespaces {
			cells = append([]string{r.Namespace}, cells...)
		}
		w.Add(cells...)
	}
}

func ago(at *metav1.Time, now time.Time) string {
	if at == nil {
		return ""
	}
	return duration.HumanDuration(now.Sub(at.Time)) + " ago"
}

// String is the number in a table.
func (c *count) String() string {
	if c == nil {
		return ""
	}
	if c.More {
		return fmt.Sprintf("%d+", c.Count)
	}
	return strconv.Itoa(c.Count)
}
