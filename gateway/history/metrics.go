package history

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// ErrNoMetrics is an answer without any of the metrics.
var ErrNoMetrics = errors.New("the session tells nothing of itself")

// Parse reads a session's metrics, in the format of Prometheus. A session of an older
// version tells less.
func Parse(metrics []byte) (Answer, error) {
	var c Answer
	found := false
	lines := bufio.NewScanner(bytes.NewReader(metrics))
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "} ")
		if ok {
			name += "}"
		} else if name, value, ok = strings.Cut(lines.Text(), " "); !ok {
			continue
		}
		into := map[string]*int64{
			`wasession_messages_total{direction="in"}`:  &c.Received,
			`wasession_messages_total{direction="out"}`: &c.Sent,
			"wasession_webhook_deliveries_total":        &c.Delivered,
			"wasession_webhook_dead_letters_total":      &c.Failed,
			`wasession_chats{state="all"}`:              &c.Chats,
			`wasession_chats{state="unread"}`:           &c.Unread,
			"wasession_webhook_pending_events":          &c.Pending,
			"wasession_outbox_dead_letters":             &c.GivenUp,
			"wasession_last_message_timestamp_seconds":  &c.LastMessage,
			"wasession_storage_free_bytes":              &c.Free,
		}[name]
		if into == nil {
			continue
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue
		}
		*into, found = int64(number), true
	}
	if !found {
		return Answer{}, ErrNoMetrics
	}
	return c, lines.Err()
}
