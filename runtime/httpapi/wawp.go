package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// Wawp's dialect: the same chats under /v2, with everything in the query, or in
// the body of a POST. Its errors are in wawp_errors.go.

type instance struct {
	Instance string `query:"instance_id" required:"true" doc:"Name of the session"`
}

type wawpChatsIn struct {
	instance
	Limit     int           `query:"limit" default:"20" min:"0" doc:"Maximum number of results; 0 returns all"`
	Offset    int           `query:"offset" min:"0" max:"1000000000"`
	SortBy    chat.ChatSort `query:"sortBy" default:"messageTimestamp"`
	SortOrder string        `query:"sortOrder" enum:"DESC,ASC" fold:"true" default:"DESC"`
	merged
}

func (a *API) wawpChats(r *http.Request, in wawpChatsIn) (any, error) {
	if wait, err := a.coldBoot(r.Context()); wait || err != nil {
		return notYet{}, err
	}
	return a.chatRows(r, chat.ChatQuery{
		Limit: in.Limit, Offset: in.Offset, SortBy: chat.SortField(in.SortBy),
		Reverse: in.SortOrder == "ASC", Apart: in.apart(),
	})
}

type wawpOverviewIn struct {
	instance
	overviewIn
}

func (a *API) wawpOverview(r *http.Request, in wawpOverviewIn) (any, error) {
	if wait, err := a.coldBoot(r.Context()); wait || err != nil {
		return notYet{}, err
	}
	return a.overview(r, in.overviewIn)
}

type wawpArchiveIn struct {
	instance
	Chat     chatID `query:"chatId" required:"true"`
	Archived bool   `query:"archived" default:"true" doc:"false unarchives the chat"`
}

func (a *API) wawpArchive(r *http.Request, in wawpArchiveIn) (wire.WawpDone, error) {
	err := a.onChat(r.Context(), in.Chat.ID, a.archive(in.Archived))
	if in.Archived {
		return wire.WawpDone{Success: true, Message: "Chat archived"}, err
	}
	return wire.WawpDone{Success: true, Message: "Chat unarchived"}, err
}

// bootTime is how long after connecting the history may take to be announced.
const bootTime = 30 * time.Second

// coldBoot says whether the list is empty only because the history has not arrived
// yet.
func (a *API) coldBoot(ctx context.Context) (bool, error) {
	counts, err := a.Reader.Counts(ctx)
	if err != nil || counts.Total > 0 {
		return false, err
	}
	s := a.Live.Status()
	connecting := s.Paired && (s.Phase == v1.PhaseStarting || s.Phase == v1.PhaseWorking)
	expected := s.History.Imported == 0 && a.Config().History.Sync != v1.HistoryNone &&
		a.Now().Sub(s.Since) < bootTime
	return s.History.Pending > 0 || connecting && expected, nil
}

// notYet is an empty list with a Retry-After header.
type notYet struct{}

const retryAfter = 5 * time.Second

func (notYet) send(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	_ = writeJSON(w, http.StatusAccepted, []byte("[]"))
}
