package appstate

import (
	"maps"
	"slices"
	"time"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
)

// Forever is the end of a mute that never ends: the last second that JSON can
// represent.
var Forever = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)

// Chat is what the phone knows about one chat from app state.
type Chat struct {
	Archived     bool      `json:"archived"`
	Pinned       bool      `json:"pinned"`
	MutedUntil   time.Time `json:"mutedUntil,omitzero"`
	MarkedUnread bool      `json:"markedUnread"`
	// ReadMarks counts how often the chat was marked as read.
	ReadMarks int  `json:"readMarks"`
	Deleted   bool `json:"deleted"`
	Cleared   bool `json:"cleared"`
	// ArchiveWrites counts how often companions archived the chat. More than
	// one without an unarchive in between means that the work was done twice.
	ArchiveWrites int `json:"archiveWrites"`
	// RepeatedArchives counts those that found the chat already archived.
	RepeatedArchives int `json:"repeatedArchives"`
}

// Message identifies a message, for stars.
type Message struct {
	Chat   string `json:"chat"`
	ID     string `json:"id"`
	FromMe bool   `json:"fromMe"`
	Sender string `json:"sender,omitempty"` // in groups
}

// ContactName is an entry of the phone's address book.
type ContactName struct {
	FullName  string `json:"fullName"`
	FirstName string `json:"firstName"`
}

// View is the phone's readable state.
type View struct {
	PushName       string                 `json:"pushName"`
	UnarchiveChats bool                   `json:"unarchiveChats"`
	Chats          map[string]Chat        `json:"chats"` // by canonical JID
	Contacts       map[string]ContactName `json:"contacts"`
	Starred        []Message              `json:"starred"`
	Labels         map[string]Label       `json:"labels"` // by id
}

func newView() View {
	return View{Chats: make(map[string]Chat), Contacts: make(map[string]ContactName), Labels: make(map[string]Label)}
}

// Archived counts the archived chats.
func (v View) Archived() (n int) {
	for _, chat := range v.Chats {
		if chat.Archived {
			n++
		}
	}
	return n
}

// View returns a copy of the phone's readable state.
func (s *State) View() View {
	s.mu.Lock()
	defer s.mu.Unlock()
	view := s.view
	view.Chats, view.Contacts = maps.Clone(view.Chats), maps.Clone(view.Contacts)
	view.Starred, view.Labels = slices.Clone(view.Starred), cloneLabels(view.Labels)
	return view
}

// Chat returns what the phone knows about one chat, or the zero Chat if nothing
// was ever set.
func (s *State) Chat(jid string) Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view.Chats[s.canonical(jid)]
}

// see applies one mutation to the view.
func (s *State) see(author uint16, mutation waAppState.Mutation) {
	kind, index := mutation.Index[0], mutation.Index
	removed := mutation.Operation == waServerSync.SyncdMutation_REMOVE
	action := mutation.Action
	if removed {
		action = &waSyncAction.SyncActionValue{} // as if nothing had ever been set
	}
	switch {
	case kind == waAppState.IndexSettingPushName:
		s.view.PushName = action.GetPushNameSetting().GetName()
	case kind == waAppState.IndexSettingUnarchiveChats:
		s.view.UnarchiveChats = action.GetUnarchiveChatsSetting().GetUnarchiveChats()
	case len(index) < 2:
		// No test looks at these settings.
	case kind == waAppState.IndexContact:
		s.seeContact(index[1], removed, action.GetContactAction())
	case kind == waAppState.IndexStar && len(index) >= 5:
		s.seeStar(index, action.GetStarAction().GetStarred())
	case kind == waAppState.IndexLabelEdit:
		s.seeLabel(index[1], removed, action.GetLabelEditAction())
	case kind == waAppState.IndexLabelAssociationChat && len(index) >= 3:
		s.seeLabelled(index[1], index[2], action.GetLabelAssociationAction().GetLabeled())
	default:
		s.seeChat(author, index, removed, action)
	}
}

func (s *State) seeContact(jid string, removed bool, contact *waSyncAction.ContactAction) {
	if removed || contact == nil {
		delete(s.view.Contacts, jid)
		return
	}
	s.view.Contacts[jid] = ContactName{FullName: contact.GetFullName(), FirstName: contact.GetFirstName()}
}

func (s *State) seeStar(index []string, starred bool) {
	message := Message{Chat: s.canonical(index[1]), ID: index[2], FromMe: index[3] == "1"}
	if index[4] != "0" {
		message.Sender = index[4]
	}
	s.view.Starred = slices.DeleteFunc(s.view.Starred, func(m Message) bool { return m == message })
	if starred {
		s.view.Starred = append(s.view.Starred, message)
	}
}

func (s *State) seeChat(author uint16, index []string, removed bool, action *waSyncAction.SyncActionValue) {
	jid := s.canonical(index[1])
	chat := s.view.Chats[jid]
	switch index[0] {
	case waAppState.IndexArchive:
		archived := action.GetArchiveChatAction().GetArchived()
		if archived && author != Phone {
			chat.ArchiveWrites++
			if chat.Archived {
				chat.RepeatedArchives++
			}
		}
		chat.Archived = archived
	case waAppState.IndexPin:
		chat.Pinned = action.GetPinAction().GetPinned()
	case waAppState.IndexMute:
		chat.MutedUntil = mutedUntil(action.GetMuteAction())
	case waAppState.IndexMarkChatAsRead:
		read := action.GetMarkChatAsReadAction().GetRead()
		chat.MarkedUnread = !read && !removed
		if read {
			chat.ReadMarks++
		}
	case waAppState.IndexDeleteChat:
		// The phone forgets what it deletes; the archive counters stay, for
		// tests.
		chat = Chat{Deleted: !removed, ArchiveWrites: chat.ArchiveWrites, RepeatedArchives: chat.RepeatedArchives}
	case waAppState.IndexClearChat:
		chat.Cleared = !removed
	default:
		return
	}
	if index[0] != waAppState.IndexDeleteChat {
		chat.Deleted = false
	}
	s.view.Chats[jid] = chat
}

func mutedUntil(mute *waSyncAction.MuteAction) time.Time {
	switch {
	case !mute.GetMuted():
		return time.Time{}
	case mute.GetMuteEndTimestamp() < 0:
		return Forever
	default:
		return time.UnixMilli(mute.GetMuteEndTimestamp()).UTC()
	}
}
