package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// editGroup changes a property of a group.
func (a *API) editGroup(r *http.Request, in groupIn, edit chat.GroupEdit) (wire.Success, error) {
	g, err := a.group(r, in)
	if err != nil {
		return wire.Success{}, err
	}
	return succeeded, a.Live.EditGroup(r.Context(), g.ID, edit)
}

type subjectIn struct {
	groupIn
	Body struct {
		Subject string `json:"subject" required:"true" max:"1024" doc:"WhatsApp allows 100 characters"`
	} `body:"json"`
}

func (a *API) setSubject(r *http.Request, in subjectIn) (wire.Success, error) {
	return a.editGroup(r, in.groupIn, chat.GroupEdit{Subject: &in.Body.Subject})
}

type descriptionIn struct {
	groupIn
	Body struct {
		Description *string `json:"description" max:"16384" doc:"Required. An empty one removes the description; WhatsApp allows 2,048 characters"`
	} `body:"json"`
}

func (a *API) setDescription(r *http.Request, in descriptionIn) (wire.Success, error) {
	if in.Body.Description == nil {
		return wire.Success{}, badRequest("description must be a string; an empty one removes the description")
	}
	return a.editGroup(r, in.groupIn, chat.GroupEdit{Description: in.Body.Description})
}

type adminsOnlyIn struct {
	groupIn
	Body struct {
		AdminsOnly bool `json:"adminsOnly" required:"true"`
	} `body:"json"`
}

func (a *API) getInfoAdminsOnly(r *http.Request, in groupIn) (wire.AdminsOnly, error) {
	g, err := a.group(r, in)
	return wire.AdminsOnly{AdminsOnly: isSet(g.Locked)}, err
}

func (a *API) setInfoAdminsOnly(r *http.Request, in adminsOnlyIn) (wire.Success, error) {
	return a.editGroup(r, in.groupIn, chat.GroupEdit{Locked: &in.Body.AdminsOnly})
}

func (a *API) getMessagesAdminsOnly(r *http.Request, in groupIn) (wire.AdminsOnly, error) {
	g, err := a.group(r, in)
	return wire.AdminsOnly{AdminsOnly: isSet(g.Announce)}, err
}

func (a *API) setMessagesAdminsOnly(r *http.Request, in adminsOnlyIn) (wire.Success, error) {
	return a.editGroup(r, in.groupIn, chat.GroupEdit{Announce: &in.Body.AdminsOnly})
}

type memberAddModeIn struct {
	groupIn
	Body struct {
		MembersCanAdd bool `json:"membersCanAddNewMember" required:"true"`
	} `body:"json"`
}

func (a *API) getMemberAddMode(r *http.Request, in groupIn) (wire.MemberAddMode, error) {
	g, err := a.group(r, in)
	return wire.MemberAddMode{MembersCanAddNewMember: isSet(g.MembersAdd)}, err
}

func (a *API) setMemberAddMode(r *http.Request, in memberAddModeIn) (wire.Success, error) {
	return a.editGroup(r, in.groupIn, chat.GroupEdit{MembersAdd: &in.Body.MembersCanAdd})
}

type membershipApprovalIn struct {
	groupIn
	Body struct {
		Required bool `json:"newMembersApprovalRequired" required:"true"`
	} `body:"json"`
}

func (a *API) getMembershipApproval(r *http.Request, in groupIn) (wire.MembershipApproval, error) {
	g, err := a.group(r, in)
	return wire.MembershipApproval{NewMembersApprovalRequired: isSet(g.Approval)}, err
}

func (a *API) setMembershipApproval(r *http.Request, in membershipApprovalIn) (wire.Success, error) {
	return a.editGroup(r, in.groupIn, chat.GroupEdit{Approval: &in.Body.Required})
}

// isSet is false for settings that WhatsApp has not told.
func isSet(b *bool) bool { return b != nil && *b }
