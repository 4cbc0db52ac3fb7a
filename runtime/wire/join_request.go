package wire

import "github.com/wasession/wasession/runtime/chat"

// JoinRequest is a person's request to join a group.
type JoinRequest struct {
	RequesterID string  `json:"requesterId"`
	RequesterPN *string `json:"requesterPn" doc:"Phone number ID; null if unknown"`
	// WhatsApp's client library does not tell the next three.
	AddedByID     *string `json:"addedById" doc:"Always null"`
	ParentGroupID *string `json:"parentGroupId" doc:"Always null"`
	RequestMethod *string `json:"requestMethod" doc:"Always null"`
	Timestamp     int64   `json:"timestamp" doc:"Unix seconds"`
}

// NewJoinRequests are requests to join.
func NewJoinRequests(requests []chat.JoinRequest) []JoinRequest {
	all := make([]JoinRequest, 0, len(requests))
	for _, r := range requests {
		all = append(all, JoinRequest{RequesterID: string(r.ID), RequesterPN: phoneOf(r.ID), Timestamp: r.At})
	}
	return all
}

// JoinRequestEvent is the payload of group.v2.participants.join-request.
type JoinRequestEvent struct {
	// Action is "created", "rejected" or "revoked".
	Action        chat.JoinAction `json:"action"`
	Timestamp     int64           `json:"timestamp"`
	Group         Group           `json:"group"`
	RequesterID   string          `json:"requesterId"`
	RequesterPN   *string         `json:"requesterPn"`
	RequestMethod *string         `json:"requestMethod"`
	Data          any             `json:"_data"`
}

func newJoinRequestEvent(c chat.JoinRequested) JoinRequestEvent {
	return JoinRequestEvent{
		Action: c.Action, Timestamp: c.Timestamp, Group: Group{ID: string(c.Group)}, RequesterID: string(c.Who),
		RequesterPN: phoneOf(c.Who), RequestMethod: text(c.Method), Data: struct{}{},
	}
}

// phoneOf is a person's phone number ID; null if only the LID is known.
func phoneOf(id chat.ID) *string {
	if id.Server() != chat.ServerDirect {
		return nil
	}
	return text(string(id))
}

// JoinRequestResult is what became of the answer to a request to join.
type JoinRequestResult struct {
	RequesterID string `json:"requesterId"`
	Success     bool   `json:"success"`
	Error       int    `json:"error,omitempty" doc:"Why WhatsApp changed nothing, for example 404 if there is no such request"`
}

// NewJoinRequestResults says what became of each answer.
func NewJoinRequestResults(results []chat.MemberResult) []JoinRequestResult {
	all := make([]JoinRequestResult, 0, len(results))
	for _, r := range results {
		all = append(all, JoinRequestResult{RequesterID: string(r.ID), Success: r.Code == 0, Error: r.Code})
	}
	return all
}
