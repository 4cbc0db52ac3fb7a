package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type membersIn struct {
	groupIn
	Body struct {
		Participants []memberNamed `json:"participants" required:"true" max:"1024"`
	} `body:"json"`
}

// who are the people named; there must be one.
func (in membersIn) who() ([]chat.ID, error) {
	if len(in.Body.Participants) == 0 {
		return nil, badRequest("participants should not be empty")
	}
	return people(in.Body.Participants), nil
}

type addMembersIn struct {
	membersIn
	Invite bool `query:"invite" default:"true" doc:"Send an invitation to those whose privacy settings do not let them be added"`
}

func (a *API) addMembers(r *http.Request, in addMembersIn) ([]wire.MemberResult, error) {
	return a.changeMembers(r, in.membersIn, chat.GroupAdd, in.Invite)
}

func (a *API) removeMembers(r *http.Request, in membersIn) ([]wire.MemberResult, error) {
	return a.changeMembers(r, in, chat.GroupRemove, false)
}

func (a *API) promoteMembers(r *http.Request, in membersIn) ([]wire.MemberResult, error) {
	return a.changeMembers(r, in, chat.GroupPromote, false)
}

func (a *API) demoteMembers(r *http.Request, in membersIn) ([]wire.MemberResult, error) {
	return a.changeMembers(r, in, chat.GroupDemote, false)
}

func (a *API) changeMembers(r *http.Request, in membersIn, action chat.GroupAction, invite bool) ([]wire.MemberResult, error) {
	who, err := in.who()
	if err != nil {
		return nil, err
	}
	g, err := a.group(r, in.groupIn)
	if err != nil {
		return nil, err
	}
	results, err := a.Live.ChangeMembers(r.Context(), g, action, who, invite)
	return wire.NewMemberResults(results, action), err
}

func (a *API) joinRequests(r *http.Request, in groupIn) ([]wire.JoinRequest, error) {
	g, err := a.group(r, in)
	if err != nil {
		return nil, err
	}
	requests, err := a.Live.JoinRequests(r.Context(), g.ID)
	return wire.NewJoinRequests(requests), err
}

func (a *API) approveJoinRequests(r *http.Request, in membersIn) ([]wire.JoinRequestResult, error) {
	return a.answerJoinRequests(r, in, true)
}

func (a *API) rejectJoinRequests(r *http.Request, in membersIn) ([]wire.JoinRequestResult, error) {
	return a.answerJoinRequests(r, in, false)
}

func (a *API) answerJoinRequests(r *http.Request, in membersIn, approve bool) ([]wire.JoinRequestResult, error) {
	who, err := in.who()
	if err != nil {
		return nil, err
	}
	g, err := a.group(r, in.groupIn)
	if err != nil {
		return nil, err
	}
	results, err := a.Live.AnswerJoinRequests(r.Context(), g.ID, approve, who)
	return wire.NewJoinRequestResults(results), err
}
