package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
)

const groupColumns = `SELECT g.pk, i.id, g.subject, g.description, COALESCE(op.id, o.id, ''), g.created_at, g.announce, g.locked, g.members_add, g.approval`

const groupOwner = ` LEFT JOIN ids o ON o.pk = g.owner LEFT JOIN ids op ON op.pk = o.phone`

// storedGroup is a group with its key.
type storedGroup struct {
	pk int64
	chat.Group
}

// Groups returns a page of the groups that the account is in, with their participants.
// Members are shown under their phone number if it is known.
func (s *Store) Groups(ctx context.Context, q chat.ListQuery) ([]chat.Group, error) {
	order, err := listOrder(q, "i.id", "g.subject_key", "g.pk")
	if err != nil {
		return nil, err
	}
	from := ` FROM ids i CROSS JOIN groups g ON g.pk = i.pk`
	if q.SortBy == chat.SortName {
		from = ` FROM groups g CROSS JOIN ids i ON i.pk = g.pk`
	}
	return s.groups(ctx, groupColumns+from+groupOwner+` WHERE g.gone = 0 ORDER BY `+order+` LIMIT +? OFFSET ?`, limit(q.Limit), q.Offset)
}

// CountGroups counts the groups that the account is in.
func (s *Store) CountGroups(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM groups WHERE gone = 0`).Scan(&n)
	return n, classify(err)
}

// Group returns one group that the account is in, with its participants, or
// chat.ErrNotFound.
func (s *Store) Group(ctx context.Context, id chat.ID) (chat.Group, error) {
	return first(s.groups(ctx, groupColumns+` FROM ids i JOIN groups g ON g.pk = i.pk`+groupOwner+` WHERE i.id = ? AND g.gone = 0`, string(id)))
}

func (s *Store) groups(ctx context.Context, query string, args ...any) ([]chat.Group, error) {
	rows, err := collect(ctx, s.read, scanGroup, query, args...)
	if err != nil {
		return nil, err
	}
	pks := make([]int64, len(rows))
	for i := range rows {
		pks[i] = rows[i].pk
	}
	members, err := s.members(ctx, pks)
	if err != nil {
		return nil, err
	}
	all := make([]chat.Group, len(rows))
	for i := range rows {
		all[i] = rows[i].Group
		all[i].Participants = members[rows[i].pk]
	}
	return all, nil
}

func scanGroup(rows *sql.Rows) (g storedGroup, err error) {
	err = rows.Scan(&g.pk, &g.ID, &g.Subject, &g.Description, &g.Owner, &g.CreatedAt,
		&g.Announce, &g.Locked, &g.MembersAdd, &g.Approval)
	return g, err
}

// members returns the participants of groups, each person once.
func (s *Store) members(ctx context.Context, groups []int64) (map[int64][]chat.Participant, error) {
	list, err := json.Marshal(groups)
	if err != nil {
		return nil, err
	}
	type member struct {
		group int64
		chat.Participant
	}
	rows, err := collect(ctx, s.read, func(rows *sql.Rows) (m member, err error) {
		err = rows.Scan(&m.group, &m.ID, &m.LID, &m.Role)
		return m, err
	}, `SELECT p.grp, COALESCE(ip.id, i.id), COALESCE(l.id, CASE WHEN i.phone IS NOT NULL THEN i.id END, own.id, ''), p.role
		FROM participants p JOIN ids i ON i.pk = p.person LEFT JOIN ids ip ON ip.pk = i.phone
		LEFT JOIN ids l ON l.pk = p.lid
		LEFT JOIN ids own ON own.pk = (SELECT max(pk) FROM ids WHERE phone = p.person)
		WHERE p.grp IN (SELECT value FROM json_each(?)) ORDER BY p.grp, COALESCE(ip.id, i.id), p.role DESC`, string(list))
	if err != nil {
		return nil, err
	}
	members := make(map[int64][]chat.Participant, len(groups))
	for _, m := range rows {
		so := members[m.group]
		if len(so) > 0 && so[len(so)-1].ID == m.ID {
			continue // stored under both the LID and the phone number
		}
		members[m.group] = append(so, m.Participant)
	}
	return members, nil
}
