package simulator

import (
	"bytes"
	"context"
	"net/http"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// pictureHost is the host from which clients fetch profile pictures.
const pictureHost = "https://pps.whatsapp.net"

// Picture is a profile picture.
type Picture struct {
	ID   string `json:"id"`
	JPEG []byte `json:"jpeg"`
}

func newPicture(jpeg []byte) *Picture {
	if len(jpeg) == 0 {
		return nil
	}
	return &Picture{ID: newID(), JPEG: jpeg}
}

// Picture returns the account's profile picture, or nil.
func (u *User) Picture() *Picture {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.picture
}

// SetPicture changes the account's profile picture on the phone; nil removes it.
// Accounts that chat with it are not notified: they find out when they ask.
func (u *User) SetPicture(jpeg []byte) { u.changePicture(jpeg, nil) }

// changePicture changes the picture and tells the companions, except the author.
func (u *User) changePicture(jpeg []byte, author *Companion) {
	pic := newPicture(jpeg)
	u.mu.Lock()
	u.picture = pic
	u.touch()
	u.mu.Unlock()
	change := stanza.Node("delete", waBinary.Attrs{"jid": u.pn}, nil)
	if pic != nil {
		change = stanza.Node("set", waBinary.Attrs{"jid": u.pn, "id": pic.ID}, nil)
	}
	u.Notify("picture", u.pn, author, change)
}

// SetPicture changes the group's picture; nil removes it.
func (g *Group) SetPicture(by *User, jpeg []byte) {
	pic := newPicture(jpeg)
	g.update(func(info *groupInfo) { info.Picture = pic })
	change := stanza.Node("delete", waBinary.Attrs{"jid": g.jid}, nil)
	if pic != nil {
		change = stanza.Node("set", waBinary.Attrs{"jid": g.jid, "id": pic.ID}, nil)
	}
	if by != nil {
		change.Attrs["author"] = by.on(g.server())
	}
	for _, u := range g.Members() {
		u.Notify("picture", g.jid, nil, change)
	}
}

// pictureOf returns the picture of an account or a group.
func (s *Server) pictureOf(jid types.JID) *Picture {
	if g := s.Group(jid); g != nil {
		return g.snapshot().Picture
	}
	if u := s.UserByJID(jid); u != nil {
		return u.Picture()
	}
	return nil
}

func (s *Server) handlePictureGet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	target, _ := iq.Node.Attrs["target"].(types.JID)
	pic := s.pictureOf(target)
	if pic == nil {
		return nil, errNotFound
	}
	if jidText(iq.Child.Attrs["id"]) == pic.ID {
		return []waBinary.Node{stanza.Node("picture", waBinary.Attrs{"status": "304"}, nil)}, nil
	}
	path := "/v/pictures/" + pic.ID
	return []waBinary.Node{stanza.Node("picture", waBinary.Attrs{
		"id": pic.ID, "type": iq.Child.Attrs["type"], "url": pictureHost + path, "direct_path": path,
	}, nil)}, nil
}

func (s *Server) handlePictureSet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	jpeg, _ := iq.Child.Content.([]byte)
	if len(jpeg) > 0 && !bytes.HasPrefix(jpeg, []byte("\xff\xd8\xff")) {
		return nil, errNotAcceptable
	}
	target, _ := iq.Node.Attrs["target"].(types.JID)
	if g := s.Group(target); g != nil {
		rank, member := g.Rank(iq.User)
		if !member || (rank == RankMember && g.snapshot().Locked) {
			return nil, errForbidden
		}
		g.SetPicture(iq.User, jpeg)
		target = g.jid
	} else if !target.IsEmpty() && s.UserByJID(target) != iq.User {
		return nil, errForbidden
	} else {
		iq.User.changePicture(jpeg, iq.Companion)
		target = iq.User.pn
	}
	if pic := s.pictureOf(target); pic != nil {
		return []waBinary.Node{stanza.Node("picture", waBinary.Attrs{"id": pic.ID}, nil)}, nil
	}
	return nil, nil
}

// servePicture serves the download of a profile picture.
func (s *Server) servePicture(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	for _, u := range s.Users() {
		if pic := u.Picture(); pic != nil && pic.ID == id {
			writePicture(w, pic)
			return
		}
	}
	for _, g := range s.Groups() {
		if pic := g.snapshot().Picture; pic != nil && pic.ID == id {
			writePicture(w, pic)
			return
		}
	}
	for _, n := range s.Newsletters() {
		if pic := n.snapshot().Picture; pic != nil && pic.ID == id {
			writePicture(w, pic)
			return
		}
	}
	http.NotFound(w, r)
}

func writePicture(w http.ResponseWriter, pic *Picture) {
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(pic.JPEG) // if the client is gone, it needs no picture
}
