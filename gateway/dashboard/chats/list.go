package chats

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wasession/wasession/gateway/dashboard/pod"
)

// View is which chats a list shows.
type View struct {
	// Box is "inbox", "unread" or "archived".
	Box string
	// Search is part of a name or number; empty for all.
	Search string
}

// Box is a view to choose.
type Box struct {
	Box, Label string
	Count      int
	Checked    bool
}

// Boxes are the views to choose from.
func (l List) Boxes() []Box {
	all := []Box{{"inbox", "All", 0, false}, {"unread", "Unread", l.Unread, false}, {"archived", "Archived", l.Archived, false}}
	for i := range all {
		all[i].Checked = all[i].Box == l.View.Box
	}
	return all
}

// Path is the address of a page of the list.
func (l List) Path(offset int) string {
	return l.Base + "/list?" + url.Values{"box": {l.View.Box}, "q": {l.View.Search}, "offset": {strconv.Itoa(offset)}}.Encode()
}

// boxes are the views that there are.
var boxes = []string{"inbox", "unread", "archived"}

// NewView is the view that a query asks for.
func NewView(box, search string) View {
	if !slices.Contains(boxes, box) {
		box = "inbox"
	}
	if cut := []rune(search); len(cut) > maxName {
		search = string(cut[:maxName])
	}
	return View{box, strings.ToLower(strings.TrimSpace(search))}
}

// shows says whether a chat is in the view. A search looks into all chats.
func (v View) shows(c pod.Chat) bool {
	if v.Search != "" {
		return matches(c, v.Search)
	}
	switch v.Box {
	case "unread":
		return unread(c) != "" && !c.Archived
	case "archived":
		return c.Archived
	}
	return !c.Archived
}

func matches(c pod.Chat, search string) bool {
	if c.Name != nil && strings.Contains(strings.ToLower(*c.Name), search) {
		return true
	}
	digits := strings.Map(func(r rune) rune {
		switch r {
		case '+', ' ', '-', '(', ')', '/':
			return -1
		}
		return r
	}, search)
	user, _, _ := strings.Cut(c.ID, "@")
	return digits != "" && strings.Contains(user, digits)
}

// List is a page of the list of chats.
type List struct {
	Rows []Row
	// Next is where the next page begins; 0 after the last one.
	Next int
	// Unread and Archived count chats.
	Unread, Archived int
	Base             string
	View             View
}

// pageSize is how many chats a page of the list has.
const pageSize = 40

// Load makes a page of the list, as the phone orders it: pinned chats first, and then
// those with the newest messages.
func Load(ctx context.Context, c pod.Client, base string, v View, offset int, current string) (List, error) {
	page := List{Base: base, View: v}
	var pinned, others []string
	most := offset + pageSize + 1
	err := c.EachChat(ctx, func(c pod.Chat) bool {
		if c.Archived {
			page.Archived++
		}
		if unread(c) != "" && !c.Archived {
			page.Unread++
		}
		switch {
		case !v.shows(c):
		case c.Pinned && !c.Archived:
			pinned = append(pinned, c.ID)
		case len(others) < most:
			others = append(others, c.ID)
		}
		return true
	})
	if err != nil {
		return page, err
	}
	ids := append(pinned, others...)
	ids = ids[min(offset, len(ids)):]
	if len(ids) > pageSize {
		ids, page.Next = ids[:pageSize], offset+pageSize
	}
	found, err := c.Summaries(ctx, ids)
	if err != nil {
		return page, err
	}
	var last []pod.Message
	for _, s := range found {
		if s.Last != nil {
			last = append(last, *s.Last)
		}
	}
	known, err := namesOf(ctx, c, last)
	if err != nil {
		return page, err
	}
	for _, id := range ids {
		s, ok := found[id]
		if !ok {
			continue // it was deleted meanwhile
		}
		row := newRow(s, base, known)
		row.Current = id == current
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}
