package store

import (
	"cmp"
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
)

// changeGroup updates a group. Joining a group lists its chat.
func (t *txn) changeGroup(c chat.GroupChanged) error {
	p, err := t.person(c.Group.ID)
	if err != nil {
		return err
	}
	if err := t.saveGroup(p.pk, &c.Group); err != nil {
		return err
	}
	if c.Undescribed {
		if err := t.run(`UPDATE groups SET description = '' WHERE pk = ?`, p.pk); err != nil {
			return err
		}
	}
	if c.Group.Participants != nil {
		if err := t.replaceParticipants(p.pk, c.Group.Participants); err != nil {
			return err
		}
	}
	if err := t.changeParticipants(p.pk, c.Participants, c.Action); err != nil {
		return err
	}
	if c.Event == chat.EventGroupJoin {
		if err := t.ensureChat(p); err != nil {
			return err
		}
		ts := cmp.Or(c.Timestamp, c.Group.CreatedAt)
		if err := t.run(`UPDATE chats SET listed = 1, apart = 1, conv_ts = max(conv_ts, ?1), own_conv_ts = max(own_conv_ts, ?1)
			WHERE pk = ?2`, ts, p.pk); err != nil {
			return err
		}
	}
	if err := t.setGone(p.pk, &c); err != nil {
		return err
	}
	if err := t.refreshName(p.pk); err != nil {
		return err
	}
	if c.Event != "" {
		t.emit(chat.Event{Name: c.Event, Change: c})
	}
	return nil
}

// setGone says whether the account is in the group: it is in those that it joins, and
// in those of which WhatsApp tells the members.
func (t *txn) setGone(pk int64, c *chat.GroupChanged) error {
	gone := c.Event == chat.EventGroupLeave
	if !gone && c.Event != chat.EventGroupJoin && c.Group.Participants == nil {
		return nil
	}
	return t.run(`UPDATE groups SET gone = ?2 WHERE pk = ?1 AND gone <> ?2`, pk, number(gone))
}

// leaveOthers notes that the account is in no other groups than these.
func (t *txn) leaveOthers(ids []chat.ID) error {
	list, err := json.Marshal(append([]chat.ID{}, ids...))
	if err != nil {
		return err
	}
	return t.run(`UPDATE groups SET gone = 1 WHERE gone = 0 AND pk NOT IN
		(SELECT pk FROM ids WHERE id IN (SELECT value FROM json_each(?)))`, string(list))
}

func (t *txn) saveGroup(pk int64, g *chat.Group) error {
	owner, err := t.participantPK(g.Owner)
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO groups (pk, subject, subject_key, description, owner, created_at, announce, locked,
			members_add, approval)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (pk) DO UPDATE SET
			subject_key = CASE WHEN excluded.subject <> '' THEN excluded.subject_key ELSE subject_key END,
			subject = COALESCE(NULLIF(excluded.subject, ''), subject),
			description = COALESCE(NULLIF(excluded.description, ''), description),
			owner = COALESCE(NULLIF(excluded.owner, 0), owner),
			created_at = COALESCE(NULLIF(excluded.created_at, 0), created_at),
			announce = COALESCE(excluded.announce, announce),
			locked = COALESCE(excluded.locked, locked),
			members_add = COALESCE(excluded.members_add, members_add),
			approval = COALESCE(excluded.approval, approval)`,
		pk, g.Subject, nameKey(g.Subject), g.Description, owner, g.CreatedAt, optional(g.Announce), optional(g.Locked),
		optional(g.MembersAdd), optional(g.Approval))
}

func (t *txn) replaceParticipants(group int64, all []chat.Participant) error {
	if err := t.run(`DELETE FROM participants WHERE grp = ?`, group); err != nil {
		return err
	}
	for _, p := range all {
		if err := t.addParticipant(group, p); err != nil {
			return err
		}
	}
	return nil
}

// addParticipant writes a member under the phone number if it is known.
func (t *txn) addParticipant(group int64, p chat.Participant) error {
	person, err := t.participantPK(cmp.Or(p.ID, p.LID))
	if err != nil || person == 0 {
		return err
	}
	lid := p.LID
	if lid == "" && p.ID.IsLID() {
		lid = p.ID
	}
	lidPK, err := t.participantPK(lid)
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO participants (grp, person, lid, role) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET lid = excluded.lid, role = excluded.role`, group, person, lidPK, p.Role)
}

// changeParticipants adds, removes, promotes or demotes members.
func (t *txn) changeParticipants(group int64, who []chat.ID, action chat.GroupAction) error {
	for _, id := range who {
		pk, err := t.canonicalPK(id)
		if err != nil {
			return err
		}
		const them = ` grp = ?1 AND (person = ?2 OR lid = ?2 OR person IN (SELECT pk FROM ids WHERE phone = ?2))`
		switch action {
		case chat.GroupAdd:
			var there int64
			if err = t.row(`SELECT count(*) FROM participants WHERE`+them, group, pk).Scan(&there); err == nil && there == 0 {
				err = t.addParticipant(group, chat.Participant{ID: id})
			}
		case chat.GroupRemove:
			err = t.run(`DELETE FROM participants WHERE`+them, group, pk)
		case chat.GroupPromote:
			err = t.run(`UPDATE participants SET role = ?3 WHERE`+them+` AND role = ?4`, group, pk, chat.RoleAdmin, chat.RoleMember)
		case chat.GroupDemote:
			err = t.run(`UPDATE participants SET role = ?3 WHERE`+them, group, pk, chat.RoleMember)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// optional returns b for the database; NULL if it is not known.
func optional(b *bool) any {
	if b == nil {
		return nil
	}
	return number(*b)
}
