package httpapi

import (
	"encoding/json"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// chatID is a chat ID as clients send it.
type chatID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *chatID) UnmarshalText(text []byte) (err error) {
	c.ID, err = chat.ParseID(string(text))
	return err
}

// maybeChatID is a chat ID or empty: clients send it empty where it has no meaning.
type maybeChatID struct{ chatID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *maybeChatID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return c.chatID.UnmarshalText(text)
}

// yes is true for what clearly says so. Clients send objects and empty texts for
// switches that they leave alone.
type yes bool

// Take implements bind.Taker.
func (y *yes) Take(value any) {
	switch v := value.(type) {
	case bool:
		*y = yes(v)
	case string:
		*y = v == "true" || v == "1"
	case json.Number:
		*y = v == "1"
	}
}

// chatOrAll is a chat ID, or empty for "all".
type chatOrAll struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *chatOrAll) UnmarshalText(text []byte) (err error) {
	if string(text) == "all" {
		return nil
	}
	c.ID, err = chat.ParseID(string(text))
	return err
}

// anyMessageID is a full message ID, or its stanza ID alone.
type anyMessageID struct {
	chat.MessageID
	full bool
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *anyMessageID) UnmarshalText(text []byte) (err error) {
	m.MessageID, m.full, err = chat.ParseMessageID(string(text))
	return err
}

// messageID is a full message ID. Calls that change a message require it.
type messageID struct{ chat.MessageID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *messageID) UnmarshalText(text []byte) error {
	id, full, err := chat.ParseMessageID(string(text))
	if err == nil && !full {
		err = errors.New("must have the form {true|false}_{chatId}_{id}")
	}
	m.MessageID = id
	return err
}

// whole is the ID for a lookup.
func (m messageID) whole() anyMessageID { return anyMessageID{m.MessageID, true} }

// Pages. Clients read lists with limits of 100 to 1000, or everything at once with
// limit=0: long responses are streamed.
type (
	// allOrPage is a page of small rows; without a limit it is the whole list.
	allOrPage struct {
		Limit  *int `query:"limit" min:"0" doc:"Maximum number of results; defaults to all, as does 0"`
		Offset int  `query:"offset" min:"0" max:"1000000000" doc:"Number of results to skip"`
	}
	// order is the direction of a list.
	order struct {
		SortOrder string `query:"sortOrder" enum:"desc,asc" default:"desc" doc:"desc is newest first or A to Z, asc is oldest first or Z to A"`
	}
	// merged says whether a contact's two addresses are shown as one chat.
	merged struct {
		Merge bool `query:"merge" default:"true" doc:"Show the LID and the phone number of a contact as one chat"`
	}
)

// apart is the opposite, as queries have it.
func (m merged) apart() bool { return !m.Merge }
