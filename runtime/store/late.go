package store

import "fmt"

// maxLate bounds the messages that are not in the indexes of filters yet. Added
// one by one, each would cost a page per index; together, they share a few.
const maxLate = 256

// lately is the condition for those messages: at most maxLate, and the last ones,
// because no later message is in the indexes either.
var lately = fmt.Sprintf(`pk > (SELECT max(pk) FROM messages) - %d AND late = 1`, maxLate)

// cameLate counts a message that is to be written as a late one.
func (t *txn) cameLate() error {
	if t.s.late >= maxLate {
		if err := t.catchUp(); err != nil {
			return err
		}
	}
	t.s.late++
	return nil
}

// catchUp adds all messages to the indexes of filters. If its transaction is
// rolled back, it is repeated with the next message.
func (t *txn) catchUp() error {
	if t.s.late == 0 {
		return nil
	}
	if err := t.run(`UPDATE messages SET late = 0 WHERE ` + lately); err != nil {
		return err
	}
	t.s.late = 0
	return nil
}
