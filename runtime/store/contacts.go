package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// newestLID selects the newest LID of the person i.
const newestLID = `COALESCE((SELECT l.id FROM ids l WHERE l.phone = i.pk ORDER BY l.pk DESC LIMIT 1), '')`

// listOrder returns the ORDER BY of a list. Both indexes it can walk end in the
// column that makes the order total.
func listOrder(q chat.ListQuery, id, name, tie string) (string, error) {
	down := ""
	if q.Reverse {
		down = " DESC"
	}
	switch q.SortBy {
	case "", chat.SortID:
		return id + down, nil
	case chat.SortName:
		return name + down + ", " + tie + down, nil
	}
	return "", fmt.Errorf("list cannot be sorted by %q", q.SortBy)
}

// Contacts returns a page of the people whose name is known.
func (s *Store) Contacts(ctx context.Context, q chat.ListQuery) ([]chat.Contact, error) {
	order, err := listOrder(q, "i.id", "c.name_key", "c.pk")
	if err != nil {
		return nil, err
	}
	from := ` FROM ids i CROSS JOIN contacts c ON c.pk = i.pk`
	if q.SortBy == chat.SortName {
		from = ` FROM contacts c CROSS JOIN ids i ON i.pk = c.pk`
	}
	return collect(ctx, s.read, scanContact, `SELECT i.id, `+newestLID+`, c.name, c.push_name, c.business_name`+from+
		` ORDER BY `+order+` LIMIT +? OFFSET ?`, limit(q.Limit), q.Offset)
}

// Contact returns one person by any of their ids, or chat.ErrNotFound if no
// name is known.
func (s *Store) Contact(ctx context.Context, id chat.ID) (chat.Contact, error) {
	p, err := s.find(ctx, id)
	if err != nil {
		return chat.Contact{}, err
	}
	return first(collect(ctx, s.read, scanContact, `SELECT i.id, `+newestLID+`, c.name, c.push_name, c.business_name
		FROM contacts c JOIN ids i ON i.pk = c.pk WHERE c.pk = ?`, p.canonical().pk))
}

func scanContact(rows *sql.Rows) (chat.Contact, error) {
	var c chat.Contact
	err := rows.Scan(&c.ID, &c.LID, &c.Name, &c.PushName, &c.BusinessName)
	if c.ID.IsLID() {
		c.LID = c.ID
	}
	return c, err
}

// first returns the only row of a list that has at most one, or
// chat.ErrNotFound.
func first[T any](all []T, err error) (T, error) {
	if err == nil && len(all) > 0 {
		return all[0], nil
	}
	var none T
	if err == nil {
		err = chat.ErrNotFound
	}
	return none, err
}
