package pacing

import (
	"iter"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Order yields the messages that wait, by their index, in the order in which they are
// due, with the times. Messages of a chat keep their order; those of other chats pass
// one that must wait because of its chat. now is not before what was sent; where the
// clock was set back since, sent times after now count as now.
func Order(now time.Time, l Limits, sent []chat.Sent, waiting []chat.Waiting) iter.Seq2[int, time.Time] {
	return func(yield func(int, time.Time) bool) {
		p := newPlan(now, l, sent)
		heads, later := byChat(waiting)
		for len(heads) > 0 {
			first, at := 0, p.due(&waiting[heads[0]])
			for i := 1; i < len(heads); i++ {
				if due := p.due(&waiting[heads[i]]); due.Before(at) {
					first, at = i, due
				}
			}
			index := heads[first]
			w := &waiting[index]
			p.add(w, at)
			if next, ok := later[index]; ok {
				heads[first] = next
				// Heads stay sorted by index, which decides between equal times.
				for i := first; i+1 < len(heads) && heads[i] > heads[i+1]; i++ {
					heads[i], heads[i+1] = heads[i+1], heads[i]
				}
			} else {
				heads = append(heads[:first], heads[first+1:]...)
			}
			if !yield(index, at) {
				return
			}
		}
	}
}

// byChat returns the indexes of the chats' first messages, ascending, and for each
// message that of the next one of its chat.
func byChat(waiting []chat.Waiting) (heads []int, later map[int]int) {
	last := make(map[chat.ID]int)
	later = make(map[int]int)
	for i := range waiting {
		id := waiting[i].ID.Chat
		if before, ok := last[id]; ok {
			later[before] = i
		} else {
			heads = append(heads, i)
		}
		last[id] = i
	}
	return heads, later
}

// plan is what is sent, and what will be. now moves on with what is planned.
type plan struct {
	now        time.Time
	perContact int
	all, fresh window
	chats      map[chat.ID]*window
	// begun are the new chats whose first message was tried, or is planned.
	begun map[chat.ID]bool
}

func newPlan(now time.Time, l Limits, sent []chat.Sent) *plan {
	p := &plan{
		now: now, perContact: l.PerContact, chats: map[chat.ID]*window{}, begun: map[chat.ID]bool{},
		all: window{most: l.PerMinute, per: time.Minute}, fresh: window{most: l.NewPerDay, per: 24 * time.Hour},
	}
	for _, s := range sent {
		at := s.At
		if at.After(now) {
			at = now
		}
		p.all.add(at)
		p.chat(s.Chat).add(at)
		if s.New && !p.begun[s.Chat] { // a contact counts once, however often it is tried
			p.fresh.add(at)
			p.begun[s.Chat] = true
		}
	}
	return p
}

func (p *plan) chat(id chat.ID) *window {
	w := p.chats[id]
	if w == nil {
		w = &window{most: p.perContact, per: time.Minute}
		p.chats[id] = w
	}
	return w
}

// due returns when a message that is the first of its chat may be sent.
func (p *plan) due(w *chat.Waiting) time.Time {
	if w.Tries > 0 { // it has been counted
		return later(p.now, w.RetryAt)
	}
	at := p.chat(w.ID.Chat).next(p.all.next(p.now))
	if p.begins(w) {
		at = p.fresh.next(at)
	}
	return at
}

// add counts a message that is sent at a time.
func (p *plan) add(w *chat.Waiting, at time.Time) {
	if w.Tries == 0 {
		if p.begins(w) {
			p.fresh.add(at)
		}
		p.all.add(at)
		p.chat(w.ID.Chat).add(at)
	}
	p.begun[w.ID.Chat] = true
	p.now = at
}

// begins reports whether a message is the first of its chat.
func (p *plan) begins(w *chat.Waiting) bool { return w.New && !p.begun[w.ID.Chat] }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
