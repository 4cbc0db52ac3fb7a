package simulator

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// termsOfNewsletters is the id of the notice that those who create a newsletter accept.
const termsOfNewsletters = "20601218"

// registerNewsletters adds the handlers of newsletters. The ids of GraphQL queries are those
// of WhatsApp Web, where they change with its versions: whatsmeow's come first, and then
// Baileys'.
func (s *Server) registerNewsletters() {
	s.mexHandlers["6563316087068696"] = s.mexOneNewsletter
	s.mexHandlers["6388546374527196"] = s.mexNewsletters
	for _, q := range []struct {
		field string
		do    func(*Newsletter, *IQ) error
		ids   []string
	}{
		{"xwa2_newsletter_join_v2", func(n *Newsletter, iq *IQ) error { return n.follow(iq.User, iq.Companion) }, []string{"9926858900719341", "24404358912487870"}},
		{"xwa2_newsletter_leave_v2", func(n *Newsletter, iq *IQ) error { return n.unfollow(iq.User, iq.Companion) }, []string{"6392786840836363", "9767147403369991"}},
		{"xwa2_newsletter_mute_v2", func(n *Newsletter, iq *IQ) error { return n.mute(iq.User, iq.Companion, true) }, []string{"6274038279359549", "29766401636284406"}},
		{"xwa2_newsletter_unmute_v2", func(n *Newsletter, iq *IQ) error { return n.mute(iq.User, iq.Companion, false) }, []string{"6068417879924485", "9864994326891137"}},
	} {
		for _, id := range q.ids {
			s.mexHandlers[id] = s.onNewsletter(q.field, q.do)
		}
	}
	for _, id := range []string{"6234210096708695", "8823471724422422"} {
		s.mexHandlers[id] = s.mexCreateNewsletter
	}
	for _, id := range []string{"7150902998257522", "24250201037901610"} {
		s.mexHandlers[id] = s.mexUpdateNewsletter
	}
	s.HandleIQ("newsletter", "get", "messages", s.newsletterMessages)
	s.HandleIQ("newsletter", "get", "message_updates", s.newsletterUpdates)
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
		"picture":  map[string]any{"id": "", "type": "IMAGE", "direct_path": ""}, "preview": map[string]any{"id": "", "type": "PREVIEW", "direct_path": ""},
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

// newsletterNamed returns the newsletter that a query names.
func (s *Server) newsletterNamed(id string) (*Newsletter, error) {
	jid, err := types.ParseJID(id)
	if err != nil {
		return nil, errBadRequest
	}
	if n := s.Newsletter(jid); n != nil {
		return n, nil
	}
	return nil, errNoNewsletter
}

// onNewsletter answers a query that does something with one newsletter.
func (s *Server) onNewsletter(field string, do func(*Newsletter, *IQ) error) mexHandler {
	return func(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
		var v struct {
			ID string `json:"newsletter_id"`
		}
		if err := json.Unmarshal(variables, &v); err != nil {
			return nil, errBadRequest
		}
		n, err := s.newsletterNamed(v.ID)
		if err == nil {
			err = do(n, iq)
		}
		return map[string]any{field: map[string]any{"id": v.ID}}, err
	}
}

// newsletterText is what a client says of a newsletter; nil leaves it as it is.
type newsletterText struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	Picture     *[]byte `json:"picture"`
}

// applied returns the newsletter with the text.
func (t newsletterText) applied(to newsletterInfo) (newsletterInfo, error) {
	if t.Name != nil {
		to.Name = *t.Name
	}
	if t.Description != nil {
		to.Description = *t.Description
	}
	if t.Picture != nil {
		to.Picture = newPicture(*t.Picture)
	}
	if acceptable(to.Name, maxSubject) != nil || utf8.RuneCountInString(to.Description) > maxTopic {
		return to, errBadRequest
	}
	return to, nil
}

func (s *Server) mexCreateNewsletter(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
	var v struct {
		Input   newsletterText `json:"newsletter_input"`
		Baileys newsletterText `json:"input"`
	}
	if err := json.Unmarshal(variables, &v); err != nil {
		return nil, errBadRequest
	}
	if v.Input.Name == nil {
		v.Input = v.Baileys
	}
	iq.User.mu.Lock()
	accepted := iq.User.terms[termsOfNewsletters]
	iq.User.mu.Unlock()
	if !accepted {
		return nil, errNotUnderTerms
	}
	info, err := v.Input.applied(newsletterInfo{})
	if err != nil {
		return nil, err
	}
	n := s.createNewsletter(info, iq.User)
	n.tell(iq.User, iq.Companion, "NotificationNewsletterJoin", "xwa2_notify_newsletter_on_join", n.describe(iq.User))
	return map[string]any{"xwa2_newsletter_create": n.describe(iq.User)}, nil
}

// mexUpdateNewsletter renames a newsletter, or changes its description or picture.
func (s *Server) mexUpdateNewsletter(_ context.Context, iq *IQ, variables json.RawMessage) (any, error) {
	var v struct {
		ID      string         `json:"newsletter_id"`
		Updates newsletterText `json:"updates"`
	}
	if err := json.Unmarshal(variables, &v); err != nil {
		return nil, errBadRequest
	}
	n, err := s.newsletterNamed(v.ID)
	if err != nil {
		return nil, err
	}
	if role, _ := n.Role(iq.User); !role.writable() {
		return nil, errNotYourself
	}
	n.update(func(info *newsletterInfo) {
		var changed newsletterInfo
		if changed, err = v.Updates.applied(*info); err == nil {
			*info = changed
		}
	})
	return map[string]any{"xwa2_newsletter_update": n.describe(nil)}, err
}

// acceptTerms notes that the account accepts terms of service.
func (s *Server) acceptTerms(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	iq.User.mu.Lock()
	defer iq.User.mu.Unlock()
	iq.User.terms[jidText(iq.Child.Attrs["id"])] = true
	return nil, nil
}
