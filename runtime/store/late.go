package store

import "fmt"

// maxLate bounds the messages that are not in the indexes of filters yet. Put in
// one by one, a message would cost a page of each; together, they share a few.
const maxLate = 256

// lately is the condition of those messages. There are at most maxLate, and none
// that came after them is in the indexes: so they are the last ones.
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

// catchUp puts all messages into the indexes of filters. Where that is undone
// with its transaction, it is done again with the next message.
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
