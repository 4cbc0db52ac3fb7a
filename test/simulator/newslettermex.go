package simulator

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// The ids of the GraphQL queries about newsletters, those of WhatsApp Web.
const (
	mexNewsletter           = "6563316087068696"
	mexNewsletterSubscribed = "6388546374527196"
	mexNewsletterCreate     = "6234210096708695"
	mexNewsletterFollow     = "9926858900719341"
	mexNewsletterUnfollow   = "6392786840836363"
	mexNewsletterMute       = "6274038279359549"
	mexNewsletterUnmute     = "6068417879924485"
)

// termsOfNewsletters is the id of the notice that those who create a newsletter accept.
const termsOfNewsletters = "20601218"

// registerNewsletters adds the handlers of newsletters.
func (s *Server) registerNewsletters() {
	s.mexHandlers[mexNewsletter] = s.mexOneNewsletter
	s.mexHandlers[mexNewsletterSubscribed] = s.mexNewsletters
	s.mexHandlers[mexNewsletterCreate] = s.mexCreateNewsletter
	for id, do := range map[string]func(*Newsletter, *IQ) error{
		mexNewsletterFollow:   func(n *Newsletter, iq *IQ) error { return n.follow(iq.User, iq.Companion) },
		mexNewsletterUnfollow: func(n *Newsletter, iq *IQ) error { return n.unfollow(iq.User, iq.Companion) },
		mexNewsletterMute:     func(n *Newsletter, iq *IQ) error { return n.mute(iq.User, iq.Companion, true) },
		mexNewsletterUnmute:   func(n *Newsletter, iq *IQ) error { return n.mute(iq.User, iq.Companion, false) },
	} {
		s.mexHandlers[id] = s.onNewsletter(do)
	}
	s.HandleIQ("newsletter", "get", "messages", s.newsletterMessages)
	s.HandleIQ("tos", "set", "notice", s.acceptTerms)
}

// describe returns the newsletter as an account sees it. Without one nothing is said of its
// role.
func (n *Newsletter) describe(viewer *User) map[string]any {
	info := n.snapshot()
	verification := "UNVERIFIED"
	if info.Verified {
		verification = "VERIFIED"
	}
	text := func(text string) map[string]any {
		return map[string]any{"text": text, "id": strconv.FormatInt(info.Created, 10), "update_time": strconv.FormatInt(info.Created*1e6, 10)}
	}
	thread := map[string]any{
		"creation_time": strconv.FormatInt(info.Created, 10), "invite": info.Invite,
		"name": text(info.Name), "description": text(info.Description),
		"subscribers_count": strconv.Itoa(len(info.Viewers)), "verification": verification,
		"settings": map[string]any{"reaction_codes": map[string]any{"value": "ALL"}},
		"picture":  nil, "preview": map[string]any{"id": "", "type": "PREVIEW", "direct_path": ""},
	}
	if pic := info.Picture; pic != nil {
		path := "/v/pictures/" + pic.ID
		thread["picture"] = map[string]any{"id": pic.ID, "type": "IMAGE", "direct_path": path}
		thread["preview"] = map[string]any{"id": pic.ID, "type": "PREVIEW", "direct_path": path}
	}
	out := map[string]any{"id": n.jid.String(), "state": map[string]any{"type": "ACTIVE"}, "thread_metadata": thread}
	if viewer != nil {
		role, muted := n.Role(viewer)
		out["viewer_metadata"] = map[string]any{"mute": onOff(muted), "role": string(role)}
	}
	return out
}

func (s *Server) mexOneNewsletter(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
	var v struct {
		ViewerToo bool `json:"fetch_viewer_metadata"`
		Input     struct {
			Key  string `json:"key"`
			Type string `json:"type"`
		} `json:"input"`
	}
	if err := json.Unmarshal(variables, &v); err != nil {
		return nil, errBadRequest
	}
	viewer := iq.User
	if !v.ViewerToo {
		viewer = nil
	}
	for _, n := range s.Newsletters() {
		if v.Input.Type == "JID" && v.Input.Key == n.jid.String() || v.Input.Type == "INVITE" && v.Input.Key == n.Invite() {
			return map[string]any{"xwa2_newsletter": n.describe(viewer)}, nil
		}
	}
	return map[string]any{"xwa2_newsletter": nil}, errNoNewsletter
}

func (s *Server) mexNewsletters(_ context.Context, iq *IQ, _ json.RawMessage) (any, error) {
	list := []any{}
	for _, n := range s.Newsletters() {
		if role, _ := n.Role(iq.User); role != NewsletterGuest {
			list = append(list, n.describe(iq.User))
		}
	}
	return map[string]any{"xwa2_newsletter_subscribed": list}, nil
}

// onNewsletter answers a query that does something with one newsletter.
func (s *Server) onNewsletter(do func(*Newsletter, *IQ) error) mexHandler {
	return func(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
		var v struct {
			ID string `json:"newsletter_id"`
		}
		if err := json.Unmarshal(variables, &v); err != nil {
			return nil, errBadRequest
		}
		jid, err := types.ParseJID(v.ID)
		if err != nil {
			return nil, errBadRequest
		}
		n := s.Newsletter(jid)
		if n == nil {
			return nil, errNoNewsletter
		}
		return nil, do(n, iq)
	}
}

func (s *Server) mexCreateNewsletter(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
	var v struct {
		Input struct {
			Name        string `json:"name"`
			Description string `json:"description"`
			Picture     []byte `json:"picture"`
		} `json:"newsletter_input"`
	}
	if err := json.Unmarshal(variables, &v); err != nil {
		return nil, errBadRequest
	}
	iq.User.mu.Lock()
	accepted := iq.User.terms[termsOfNewsletters]
	iq.User.mu.Unlock()
	if !accepted {
		return nil, errNotUnderTerms
	}
	if acceptable(v.Input.Name, maxSubject) != nil || utf8.RuneCountInString(v.Input.Description) > maxTopic {
		return nil, errBadRequest
	}
	n := s.createNewsletter(newsletterInfo{Name: v.Input.Name, Description: v.Input.Description, Picture: newPicture(v.Input.Picture)}, iq.User)
	n.tell(iq.User, iq.Companion, "NotificationNewsletterJoin", "xwa2_notify_newsletter_on_join", n.describe(iq.User))
	return map[string]any{"xwa2_newsletter_create": n.describe(iq.User)}, nil
}

// acceptTerms notes that the account accepts terms of service.
func (s *Server) acceptTerms(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	iq.User.mu.Lock()
	defer iq.User.mu.Unlock()
	iq.User.terms[jidText(iq.Child.Attrs["id"])] = true
	return nil, nil
}
