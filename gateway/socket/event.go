package socket

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// event is an event as clients get it. It is shared by them: nobody changes it.
type event struct {
	id, name string
	body     []byte
}

// newEvent takes an event from a pod's stream, and adds which namespace its session is
// in: two may have sessions of one name. One that was cut off has no body.
func newEvent(namespace string, raw []byte, whole bool) (*event, error) {
	e := &event{}
	if err := e.readHead(raw); err != nil {
		return nil, fmt.Errorf("reading an event: %w", err)
	}
	if !whole {
		return e, nil
	}
	added, err := json.Marshal(namespace)
	if err != nil {
		return nil, err
	}
	start := bytes.IndexByte(raw, '{') + 1
	e.body = make([]byte, 0, len(raw)+len(added)+len(`{"namespace":,`))
	e.body = append(e.body, `{"namespace":`...)
	e.body = append(e.body, added...)
	e.body = append(e.body, ',')
	e.body = append(e.body, raw[start:]...)
	return e, nil
}

// readHead reads an event up to its ID and name, which stand before what is long.
func (e *event) readHead(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if token, err := d.Token(); err != nil || token != json.Delim('{') {
		return errors.Join(err, errors.New("it is no object"))
	}
	for e.id == "" || e.name == "" {
		member, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		switch text, _ := value.(string); member {
		case "id":
			e.id = text
		case "event":
			e.name = text
		}
	}
	return nil
}
