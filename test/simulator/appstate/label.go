package appstate

import (
	"maps"
	"slices"

	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"
)

// Label is a label of a business account, with the chats that have it.
type Label struct {
	Name  string `json:"name"`
	Color int32  `json:"color"`
	// Predefined is the number of a label that came with the account; 0 for others.
	Predefined int32    `json:"predefined,omitempty"`
	Deleted    bool     `json:"deleted,omitempty"`
	Chats      []string `json:"chats"` // canonical JIDs, in the order of labelling
}

// EditLabel creates a label, or changes one.
func EditLabel(id string, label Label) Change {
	action := &waSyncAction.LabelEditAction{
		Name: proto.String(label.Name), Color: proto.Int32(label.Color), Deleted: proto.Bool(label.Deleted),
	}
	if label.Predefined != 0 {
		action.PredefinedID = proto.Int32(label.Predefined)
	}
	return Change{
		Collection: waAppState.WAPatchRegular, Index: []string{waAppState.IndexLabelEdit, id}, Version: 3,
		Value: &waSyncAction.SyncActionValue{LabelEditAction: action},
	}
}

// LabelChat puts a label on a chat, or takes it off.
func LabelChat(id, chat string, labelled bool) Change {
	return Change{
		Collection: waAppState.WAPatchRegular, Index: []string{waAppState.IndexLabelAssociationChat, id, chat}, Version: 3,
		Value: &waSyncAction.SyncActionValue{LabelAssociationAction: &waSyncAction.LabelAssociationAction{
			Labeled: proto.Bool(labelled),
		}},
	}
}

// seeLabel applies what is known of a label. Deleting it takes it off all chats.
func (s *State) seeLabel(id string, removed bool, edit *waSyncAction.LabelEditAction) {
	label := s.view.Labels[id]
	label.Name, label.Color = edit.GetName(), edit.GetColor()
	label.Predefined, label.Deleted = edit.GetPredefinedID(), removed || edit.GetDeleted()
	if label.Deleted {
		label.Chats = nil
	}
	s.view.Labels[id] = label
}

func (s *State) seeLabelled(id, chat string, labelled bool) {
	label, jid := s.view.Labels[id], s.canonical(chat)
	label.Chats = slices.DeleteFunc(slices.Clone(label.Chats), func(other string) bool { return other == jid })
	if labelled {
		label.Chats = append(label.Chats, jid)
	}
	s.view.Labels[id] = label
}

func cloneLabels(labels map[string]Label) map[string]Label {
	labels = maps.Clone(labels)
	for id, label := range labels {
		label.Chats = slices.Clone(label.Chats)
		labels[id] = label
	}
	return labels
}
