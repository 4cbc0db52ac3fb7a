package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type groupsIn struct {
	listed
	SortBy  string   `query:"sortBy" enum:"id,subject" default:"id"`
	Exclude []string `query:"exclude" max:"8" doc:"Fields to leave out: participants"`
}

func (a *API) listGroups(r *http.Request, in groupsIn) (rows[wire.GroupDetails], error) {
	by := chat.SortID
	if in.SortBy == "subject" {
		by = chat.SortName
	}
	q, participants := in.query(by), !slices.Contains(in.Exclude, "participants")
	return func(yield func(wire.GroupDetails, error) bool) {
		// A new group can push another one into the next piece: skip it there.
		given := map[chat.ID]bool{}
		for more := true; more; {
			goOn := false
			err := a.pieceOfGroups(r.Context(), &q, &more, func(groups []chat.Group) {
				for i := range groups {
					g := &groups[i]
					if goOn = given[g.ID] || yield(wire.NewGroupDetails(g, participants), nil); !goOn {
						return
					}
					given[g.ID] = true
				}
			})
			if err != nil {
				yield(wire.GroupDetails{}, err)
			}
			if err != nil || !goOn {
				return
			}
		}
	}, nil
}

// groupsAtOnce limits how many groups are read at once: anyone who knows the number
// can add it to groups with a thousand members each.
const groupsAtOnce = 8

// pieceOfGroups reads the next groups of a list, within the budget, and passes them
// to do. It advances q to the rest of the list.
func (a *API) pieceOfGroups(ctx context.Context, q *chat.ListQuery, more *bool, do func([]chat.Group)) error {
	share, err := a.budget.take(ctx)
	if err != nil {
		return err
	}
	defer share.release()
	piece := *q
	if piece.Limit == 0 || piece.Limit > groupsAtOnce {
		piece.Limit = groupsAtOnce
	}
	groups, err := a.Reader.Groups(ctx, piece)
	if err != nil {
		return err
	}
	q.Offset += len(groups)
	*more = len(groups) == piece.Limit && piece.Limit != q.Limit
	if q.Limit > 0 {
		q.Limit -= len(groups)
	}
	do(groups)
	return nil
}

func (a *API) countGroups(r *http.Request, _ noInput) (wire.Count, error) {
	n, err := a.Reader.CountGroups(r.Context())
	return wire.Count{Count: n}, err
}

type groupIn struct {
	Group groupID `path:"id" doc:"Group ID"`
}

// groupID is a group's ID.
type groupID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (g *groupID) UnmarshalText(text []byte) (err error) {
	if g.ID, err = chat.ParseID(string(text)); err == nil && g.Kind() != chat.KindGroup {
		err = errors.New("must be a group ID, for example 120363000000000000@g.us")
	}
	return err
}

// group finds a group.
func (a *API) group(r *http.Request, in groupIn) (chat.Group, error) {
	g, err := a.Reader.Group(r.Context(), in.Group.ID)
	if errors.Is(err, chat.ErrNotFound) {
		return g, notFound("Group not found")
	}
	return g, err
}

func (a *API) getGroup(r *http.Request, in groupIn) (wire.GroupDetails, error) {
	g, err := a.group(r, in)
	return wire.NewGroupDetails(&g, true), err
}

func (a *API) groupParticipants(r *http.Request, in groupIn) ([]wire.Member, error) {
	g, err := a.group(r, in)
	return wire.NewMembers(&g), err
}

type groupPictureIn struct {
	groupIn
	Refresh bool `query:"refresh" default:"false" doc:"Ask WhatsApp instead of using the cache"`
}

func (a *API) groupPicture(r *http.Request, in groupPictureIn) (wire.Picture, error) {
	return a.chatPicture(r, pictureIn{Chat: chatID(in.Group), Refresh: in.Refresh})
}
