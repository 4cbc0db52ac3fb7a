package store

import "github.com/wasession/wasession/runtime/chat"

// seeChannel names a channel's chat, which keeps its name where the new one is not known.
// Following a channel lists the chat.
func (t *txn) seeChannel(c chat.ChannelSeen) error {
	p, err := t.state(c.Chat)
	if err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET history_name = coalesce(nullif(?2, ''), history_name), muted_until = ?3
		WHERE pk = ?1 AND (?2 NOT IN ('', history_name) OR muted_until IS NOT ?3)`, p.pk, c.Name, chat.MutedUntil(c.Muted)); err != nil {
		return err
	}
	if c.Followed {
		if err := t.run(`UPDATE chats SET listed = 1, apart = 1, conv_ts = max(conv_ts, ?2), own_conv_ts = max(own_conv_ts, ?2)
			WHERE pk = ?1`, p.pk, c.Timestamp); err != nil {
			return err
		}
	}
	return t.refreshName(p.pk)
}
