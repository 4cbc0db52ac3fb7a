package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"

	"github.com/wasession/wasession/runtime/chat"
)

// maxCached bounds the caches of people and push names, in entries.
const maxCached = 8192

// person is a row of ids: a chat, a person or a group.
type person struct {
	pk int64
	id chat.ID
	// phone is the row of a LID's phone number; nil if unknown, or not a LID.
	phone *person
}

// canonical returns the row of the person's phone number if it is known.
func (p person) canonical() person {
	if p.phone != nil {
		return *p.phone
	}
	return p
}

// person finds or creates the row of an id.
func (t *txn) person(id chat.ID) (person, error) {
	if p, ok := t.people[id]; ok {
		return p, nil
	}
	if p, ok := t.s.cached(id); ok {
		return p, nil
	}
	p, err := lookup(t.ctx, t.s.writer, id)
	if errors.Is(err, chat.ErrNotFound) {
		var r sql.Result
		if r, err = t.s.writer.ExecContext(t.ctx, `INSERT INTO ids (id) VALUES (?)`, string(id)); err != nil {
			return person{}, fmt.Errorf("id %s: %w", id, err)
		}
		p.id = id
		p.pk, err = r.LastInsertId()
	}
	if err != nil {
		return person{}, err
	}
	t.people[id] = p
	return p, nil
}

// participantPK returns the row of a group's member; 0 for the empty id.
func (t *txn) participantPK(id chat.ID) (int64, error) {
	if id == "" {
		return 0, nil
	}
	p, err := t.person(id)
	return p.pk, err
}

// canonicalID returns the id that a person is shown under.
func (t *txn) canonicalID(id chat.ID) (chat.ID, error) {
	if !id.IsLID() {
		return id, nil
	}
	p, err := t.person(id)
	return p.canonical().id, err
}

// lookup finds the row of an id, or returns chat.ErrNotFound.
func lookup(ctx context.Context, q queryer, id chat.ID) (person, error) {
	found, err := collect(ctx, q, func(r *sql.Rows) (person, error) {
		p := person{id: id}
		var pk sql.NullInt64
		var phone sql.NullString
		err := r.Scan(&p.pk, &pk, &phone)
		if pk.Valid {
			p.phone = &person{pk: pk.Int64, id: chat.ID(phone.String)}
		}
		return p, err
	}, `SELECT i.pk, p.pk, p.id FROM ids i LEFT JOIN ids p ON p.pk = i.phone WHERE i.id = ?`, string(id))
	if err != nil {
		return person{}, err
	}
	if len(found) == 0 {
		return person{}, chat.ErrNotFound
	}
	return found[0], nil
}

// find is lookup for readers, from the cache where possible.
func (s *Store) find(ctx context.Context, id chat.ID) (person, error) {
	if p, ok := s.cached(id); ok {
		return p, nil
	}
	return lookup(ctx, s.read, id)
}

func (s *Store) cached(id chat.ID) (person, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.people[id]
	return p, ok
}

// learn adds what a committed transaction found out to the caches.
func (t *txn) learn() {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	if len(t.s.people)+len(t.people) > maxCached {
		clear(t.s.people)
	}
	if len(t.people) <= maxCached {
		maps.Copy(t.s.people, t.people)
	}
	if len(t.s.pushNames)+len(t.pushNames) > maxCached {
		clear(t.s.pushNames)
	}
	maps.Copy(t.s.pushNames, t.pushNames)
}
