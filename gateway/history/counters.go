package history

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// ErrNoCounters is an answer without any of the counters.
var ErrNoCounters = errors.New("the session tells no counters")

// ParseCounters reads the counters from a session's metrics, in the format of
// Prometheus. A session of an older version tells fewer.
func ParseCounters(metrics []byte) (Counters, error) {
	var c Counters
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
		return Counters{}, ErrNoCounters
	}
	return c, lines.Err()
}
