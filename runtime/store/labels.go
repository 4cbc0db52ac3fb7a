package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// byLabelID orders labels by ID: a number, as text.
const byLabelID = ` ORDER BY length(id), id`

// Labels returns all labels.
func (s *Store) Labels(ctx context.Context) ([]chat.Label, error) {
	return collect(ctx, s.read, func(rows *sql.Rows) (l chat.Label, err error) {
		return l, rows.Scan(&l.ID, &l.Name, &l.Color)
	}, `SELECT id, name, color FROM labels WHERE deleted = 0`+byLabelID)
}

// Label returns one label with its Raw, or chat.ErrNotFound.
func (s *Store) Label(ctx context.Context, id string) (chat.Label, error) {
	return first(collect(ctx, s.read, func(rows *sql.Rows) (l chat.Label, err error) {
		return l, rows.Scan(&l.ID, &l.Name, &l.Color, &l.Raw)
	}, `SELECT id, name, color, raw FROM labels WHERE deleted = 0 AND id = ?`, id))
}

// NextLabelID returns an ID that no label has or had. IDs are small numbers; others
// are left alone.
func (s *Store) NextLabelID(ctx context.Context) (id string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT CAST(COALESCE(max(CAST(id AS INTEGER)), 0) + 1 AS TEXT) FROM labels
		WHERE length(id) < 10`).Scan(&id)
	return id, classify(err)
}

// labelIDs returns the IDs of the labels with any of the IDs or names. It is nil if none
// were asked for, and an empty list if there are none.
func (s *Store) labelIDs(ctx context.Context, named []string) ([]string, error) {
	if len(named) == 0 {
		return nil, nil
	}
	all, err := s.Labels(ctx)
	ids := []string{}
	for i := range all {
		if slices.ContainsFunc(named, all[i].Named) {
			ids = append(ids, all[i].ID)
		}
	}
	return ids, err
}

// labelsIn are the labels whose IDs are in a text, with commas between them.
func labelsIn(ids string) (all []chat.Label) {
	if ids == "" {
		return nil
	}
	for id := range strings.SplitSeq(ids, ",") {
		all = append(all, chat.Label{ID: id})
	}
	return all
}

// fillLabels gives chats their labels, of which they have only the IDs.
func (s *Store) fillLabels(ctx context.Context, chats []chat.Chat) error {
	if !slices.ContainsFunc(chats, func(c chat.Chat) bool { return c.Labels != nil }) {
		return nil
	}
	all, err := s.Labels(ctx)
	if err != nil {
		return err
	}
	for i := range chats {
		has := chats[i].Labels
		chats[i].Labels = nil
		for _, l := range all {
			if slices.ContainsFunc(has, func(id chat.Label) bool { return id.ID == l.ID }) {
				chats[i].Labels = append(chats[i].Labels, l)
			}
		}
	}
	return nil
}
