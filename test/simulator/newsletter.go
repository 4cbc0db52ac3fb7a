package simulator

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// NewsletterRole is what an account is to a newsletter.
type NewsletterRole string

// The roles, as WhatsApp writes them.
const (
	NewsletterGuest      NewsletterRole = "GUEST"
	NewsletterSubscriber NewsletterRole = "SUBSCRIBER"
	NewsletterAdmin      NewsletterRole = "ADMIN"
	NewsletterOwner      NewsletterRole = "OWNER"
)

// Newsletter is a channel, as people call it.
type Newsletter struct {
	srv *Server
	jid types.JID

	mu   sync.Mutex
	info newsletterInfo
}

// newsletterInfo is the stored state of a newsletter.
type newsletterInfo struct {
	Name        string                      `json:"name"`
	Description string                      `json:"description,omitempty"`
	Created     int64                       `json:"created"`
	Invite      string                      `json:"invite"`
	Verified    bool                        `json:"verified,omitempty"`
	Picture     *Picture                    `json:"picture,omitempty"`
	Viewers     map[string]newsletterViewer `json:"viewers"` // by number, guests left out
	Posts       []newsletterPost            `json:"posts,omitempty"`
	Last        int                         `json:"last,omitempty"` // server id of the last post
}

type newsletterViewer struct {
	Role  NewsletterRole `json:"role"`
	Muted bool           `json:"muted,omitempty"`
}

// AddNewsletter creates a newsletter on its owner's phone, where the owner accepts the terms.
func (s *Server) AddNewsletter(owner *User, name string) *Newsletter {
	owner.mu.Lock()
	owner.terms[termsOfNewsletters] = true
	owner.mu.Unlock()
	return s.createNewsletter(newsletterInfo{Name: name}, owner)
}

func (s *Server) createNewsletter(info newsletterInfo, owner *User) *Newsletter {
	info.Created, info.Invite = time.Now().Unix(), newNewsletterInvite()
	info.Viewers = map[string]newsletterViewer{owner.pn.User: {Role: NewsletterOwner}}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "120363" + fmt.Sprintf("%012d", 500_000+len(s.newsletters)+1)
	n := &Newsletter{srv: s, jid: types.NewJID(id, types.NewsletterServer), info: info}
	s.newsletters[id] = n
	return n
}

func newNewsletterInvite() string { return "0029Va" + fmt.Sprintf("%X", randomBytes(8)) }

// Newsletters lists all newsletters by their ids.
func (s *Server) Newsletters() []*Newsletter {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*Newsletter
	for _, id := range slices.Sorted(maps.Keys(s.newsletters)) {
		out = append(out, s.newsletters[id])
	}
	return out
}

// Newsletter returns the newsletter with a JID, or nil.
func (s *Server) Newsletter(jid types.JID) *Newsletter {
	if jid.Server != types.NewsletterServer {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.newsletters[jid.User]
}

// JID returns the newsletter's JID.
func (n *Newsletter) JID() types.JID { return n.jid }

// Name returns the newsletter's name.
func (n *Newsletter) Name() string { return n.snapshot().Name }

// Description returns what the newsletter is about.
func (n *Newsletter) Description() string { return n.snapshot().Description }

// Invite returns the code of the newsletter's link.
func (n *Newsletter) Invite() string { return n.snapshot().Invite }

// Picture returns the newsletter's picture, or nil.
func (n *Newsletter) Picture() *Picture { return n.snapshot().Picture }

// Role returns what an account is to the newsletter, and whether it muted it.
func (n *Newsletter) Role(u *User) (role NewsletterRole, muted bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.info.Viewers[u.pn.User]
	if !ok {
		return NewsletterGuest, false
	}
	return v.Role, v.Muted
}

// SetRole makes an account an admin, or anything else, without telling anybody.
func (n *Newsletter) SetRole(u *User, role NewsletterRole) {
	n.update(func(info *newsletterInfo) {
		if role == NewsletterGuest {
			delete(info.Viewers, u.pn.User)
			return
		}
		v := info.Viewers[u.pn.User]
		v.Role = role
		info.Viewers[u.pn.User] = v
	})
}

// Describe changes the name and the description, without telling anybody: clients see it when
// they ask.
func (n *Newsletter) Describe(name, description string) {
	n.update(func(info *newsletterInfo) { info.Name, info.Description = name, description })
}

// SetPicture changes the picture; an empty one removes it.
func (n *Newsletter) SetPicture(jpeg []byte) {
	n.update(func(info *newsletterInfo) { info.Picture = newPicture(jpeg) })
}

// SetVerified gives or takes the badge of verified newsletters.
func (n *Newsletter) SetVerified(on bool) {
	n.update(func(info *newsletterInfo) { info.Verified = on })
}

// Followers returns the accounts that get what is posted: admins, too.
func (n *Newsletter) Followers() []*User {
	var out []*User
	for _, pn := range slices.Sorted(maps.Keys(n.snapshot().Viewers)) {
		if u := n.srv.User(pn); u != nil {
			out = append(out, u)
		}
	}
	return out
}

// snapshot returns a copy that may be read without the lock.
func (n *Newsletter) snapshot() newsletterInfo {
	n.mu.Lock()
	defer n.mu.Unlock()
	info := n.info
	info.Viewers, info.Posts = maps.Clone(info.Viewers), slices.Clone(info.Posts)
	for i := range info.Posts {
		info.Posts[i].Reactions = maps.Clone(info.Posts[i].Reactions)
	}
	return info
}

func (n *Newsletter) update(change func(*newsletterInfo)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(&n.info)
}

// writable reports whether a role may post.
func (r NewsletterRole) writable() bool { return r == NewsletterAdmin || r == NewsletterOwner }
