package httpapi

import (
	"context"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

var succeeded = wire.Success{Success: true}

func (a *API) refreshGroups(r *http.Request, _ noInput) (wire.Success, error) {
	return succeeded, a.Live.RefreshGroups(r.Context())
}

type newGroupIn struct {
	Body struct {
		Name         string        `json:"name" required:"true" max:"1024" doc:"Name of the group; WhatsApp allows 100 characters"`
		Participants []memberNamed `json:"participants" required:"true" max:"1024"`
	} `body:"json"`
}

// memberNamed is a member of a group in a body.
type memberNamed struct {
	ID personID `json:"id" required:"true"`
}

// personID is the ID of a person.
type personID struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *personID) UnmarshalText(text []byte) (err error) {
	if p.ID, err = chat.ParseID(string(text)); err == nil && p.Kind() != chat.KindDirect {
		err = errNoPerson
	}
	return err
}

// people are their IDs, each once.
func people(named []memberNamed) (ids []chat.ID) {
	given := map[chat.ID]bool{}
	for _, p := range named {
		if !given[p.ID.ID] {
			given[p.ID.ID] = true
			ids = append(ids, p.ID.ID)
		}
	}
	return ids
}

func (a *API) createGroup(r *http.Request, in newGroupIn) (wire.CreatedGroup, error) {
	g, results, err := a.Live.CreateGroup(r.Context(), in.Body.Name, people(in.Body.Participants))
	return wire.NewCreatedGroup(&g, results), err
}

func (a *API) leaveGroup(r *http.Request, in groupIn) (none, error) {
	return none{}, a.onGroup(r, in, a.Live.LeaveGroup)
}

func (a *API) deleteGroup(r *http.Request, in groupIn) (wire.Success, error) {
	return succeeded, a.onGroup(r, in, a.Live.DeleteGroup)
}

// onGroup calls do for a group that the account is in.
func (a *API) onGroup(r *http.Request, in groupIn, do func(context.Context, chat.ID) error) error {
	g, err := a.group(r, in)
	if err != nil {
		return err
	}
	return do(r.Context(), g.ID)
}

type inviteCodeIn struct {
	Code inviteCode `query:"code" required:"true" doc:"Invite code, or the link that ends in it"`
}

func (a *API) groupOfInvite(r *http.Request, in inviteCodeIn) (wire.GroupDetails, error) {
	g, err := a.Live.GroupOfInvite(r.Context(), string(in.Code))
	return wire.NewGroupDetails(&g, true), err
}

type joinGroupIn struct {
	Body struct {
		Code inviteCode `json:"code" required:"true" doc:"Invite code, or the link that ends in it"`
	} `body:"json"`
}

func (a *API) joinGroup(r *http.Request, in joinGroupIn) (wire.JoinedGroup, error) {
	id, joined, err := a.Live.JoinGroup(r.Context(), string(in.Body.Code))
	return wire.JoinedGroup{ID: string(id), Pending: !joined}, err
}

func (a *API) getInviteCode(r *http.Request, in groupIn) (wire.InviteCode, error) {
	return a.inviteCode(r, in, false)
}

func (a *API) revokeInviteCode(r *http.Request, in groupIn) (wire.InviteCode, error) {
	return a.inviteCode(r, in, true)
}

func (a *API) inviteCode(r *http.Request, in groupIn, renew bool) (wire.InviteCode, error) {
	g, err := a.group(r, in)
	if err != nil {
		return "", err
	}
	link, err := a.Live.InviteLink(r.Context(), g.ID, renew)
	return wire.NewInviteCode(link), err
}

type setGroupPictureIn struct {
	groupIn
	Body struct {
		File attachment `json:"file"`
	} `body:"json"`
}

func (a *API) setGroupPicture(r *http.Request, in setGroupPictureIn) (wire.Success, error) {
	g, err := a.group(r, in.groupIn)
	if err != nil {
		return wire.Success{}, err
	}
	file, err := a.takeFile(r, "file", in.Body.File)
	if err != nil {
		return wire.Success{}, err
	}
	defer file.Remove()
	return succeeded, a.Live.SetGroupPicture(r.Context(), g.ID, file.Path)
}

func (a *API) deleteGroupPicture(r *http.Request, in groupIn) (wire.Success, error) {
	return succeeded, a.onGroup(r, in, func(ctx context.Context, id chat.ID) error { return a.Live.SetGroupPicture(ctx, id, "") })
}
