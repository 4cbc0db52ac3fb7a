package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/waha"
)

// chatRoutes are the pages of a session's chats.
func (d *Dashboard) chatRoutes() []route {
	const page = ofSession + "/chats"
	return []route{
		{"GET " + page, d.chatsPage},
		{"GET " + page + "/list", d.chatList},
		{"GET " + page + "/live", d.chatsLive},
		{"GET " + page + "/{chat}", d.chatPage},
		{"GET " + page + "/{chat}/older", d.olderMessages},
		{"GET " + page + "/{chat}/live", d.chatsLive},
		{"GET " + page + "/{chat}/{message}", d.wholeMessage},
		{"GET " + page + "/{chat}/{message}/file", d.messageFile},
		{"POST " + page + "/{chat}/send", d.sendMessage},
		{"POST " + page + "/{chat}/do", d.changeChat},
		{"POST " + page + "/{chat}/{message}/do", d.changeMessage},
	}
}

// chatRights is what a visitor may do on the page of chats.
type chatRights struct {
	Read, Send, Change, ChangeMessages bool
}

// chatsView is what the page of chats shows.
type chatsView struct {
	Frame   frame
	Session session
	List    chats.List
	// Chat is the one that is open; nil for none.
	Chat *chats.Conversation
	May  chatRights
}

// Base is the address of the session's chats.
func (c chatsView) Base() string { return chatsPath(c.Session) }

// Live is the address of the stream that keeps the page current; empty for a visitor
// who may not read messages.
func (c chatsView) Live() string {
	switch {
	case !c.May.Read:
		return ""
	case c.Chat != nil:
		return c.Chat.Href + "/live"
	}
	return c.Base() + "/live"
}

// Emojis are the reactions that the page offers.
func (chatsView) Emojis() []string { return emojis }

// podOf is a client of a session's API for the visitor.
func (v *visit) podOf(s session) pod.Client {
	return pod.Client{API: v.d.API, Session: waha.Qualified(s.Namespace, s.Called), Prepare: func(r *http.Request) {
		r.RemoteAddr, r.Host = v.r.RemoteAddr, v.r.Host
		r.Header.Set(v.header, v.value)
	}}
}

// told makes problems of a session's answers ones that are shown.
func told(err error) error {
	var p pod.Problem
	if errors.As(err, &p) {
		return waha.Fail(p.Status, p.Text)
	}
	return err
}

func chatsPath(s session) string { return s.Path + "/chats" }

// onChats finds the session of the path, and what the visitor may do there.
func (v *visit) onChats() (chatsView, error) {
	s, err := v.session()
	if err != nil {
		return chatsView{}, err
	}
	view := chatsView{Frame: v.frame(s, "chats"), Session: s}
	for call, may := range map[access.Call]*bool{
		pod.ReadMessages: &view.May.Read, pod.SendMessages: &view.May.Send,
		pod.ChangeChats: &view.May.Change, pod.ChangeMessages: &view.May.ChangeMessages,
	} {
		if *may, err = v.may(s, call); err != nil {
			return chatsView{}, err
		}
	}
	return view, nil
}

// loadList reads the page of the list that the query asks for.
func (v *visit) loadList(view *chatsView, current string) error {
	query := v.r.URL.Query()
	offset, _ := strconv.Atoi(query.Get("offset"))
	var err error
	view.List, err = chats.Load(v.r.Context(), v.podOf(view.Session), chatsPath(view.Session), chats.NewView(query.Get("box"), query.Get("q")), max(0, offset), current)
	return told(err)
}

func (d *Dashboard) chatsPage(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	if err := v.loadList(&view, ""); err != nil {
		return err
	}
	return v.show(http.StatusOK, "chats", view)
}

func (d *Dashboard) chatList(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	if err := v.loadList(&view, v.r.URL.Query().Get("current")); err != nil {
		return err
	}
	return v.part(http.StatusOK, "chats", "part-rows", view)
}

// chatPage shows a chat: the page, or the chat alone where the list is shown already.
func (d *Dashboard) chatPage(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	open, err := chats.Open(v.r.Context(), v.podOf(view.Session), chatsPath(view.Session), v.r.PathValue("chat"))
	if err != nil {
		return told(err)
	}
	view.Chat = &open
	if v.asksPart() && v.r.Header.Get("HX-History-Restore-Request") == "" {
		return v.part(http.StatusOK, "chats", "part-conversation", view)
	}
	if err := v.loadList(&view, open.ID); err != nil {
		return err
	}
	return v.show(http.StatusOK, "chats", view)
}

func (d *Dashboard) olderMessages(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	id := v.r.PathValue("chat")
	open := chats.Conversation{Row: chats.Row{ID: id, Href: chatsPath(view.Session) + "/" + url.PathEscape(id)}}
	open.Messages, open.Older, err = chats.Page(v.r.Context(), v.podOf(view.Session), open.Href, id, chats.ParseCursor(v.r.URL.Query()))
	if err != nil {
		return told(err)
	}
	view.Chat = &open
	return v.part(http.StatusOK, "chats", "part-older", view)
}

// wholeMessage shows a message that is longer than what pages show at first.
func (d *Dashboard) wholeMessage(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	message, err := v.message(view, true)
	if err != nil {
		return err
	}
	return v.part(http.StatusOK, "chats", "part-message", message)
}

// message reads the message of the path.
func (v *visit) message(view chatsView, whole bool) (chats.Message, error) {
	id := v.r.PathValue("chat")
	m, err := v.podOf(view.Session).Message(v.r.Context(), id, v.r.PathValue("message"))
	if err != nil {
		return chats.Message{}, told(err)
	}
	return v.messageView(view, m, id, whole)
}

func (d *Dashboard) messageFile(v *visit) error {
	view, err := v.onChats()
	if err != nil {
		return err
	}
	return told(v.podOf(view.Session).File(v.w, v.r, v.r.PathValue("chat"), v.r.PathValue("message"), v.r.URL.Query().Has("download")))
}

// messageView is the view of a message of a chat.
func (v *visit) messageView(view chatsView, m pod.Message, chat string, whole bool) (chats.Message, error) {
	all, err := chats.Messages(v.r.Context(), v.podOf(view.Session), []pod.Message{m}, chatsPath(view.Session)+"/"+url.PathEscape(chat), whole)
	if err != nil {
		return chats.Message{}, told(err)
	}
	return all[0], nil
}
