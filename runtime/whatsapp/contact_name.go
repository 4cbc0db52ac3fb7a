package whatsapp

import (
	"cmp"
	"context"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// contactVersion is the version of the actions that name contacts.
const contactVersion = 2

// NameContact syncs that a person has a name in the address book. One of their two IDs
// may be empty.
func (a *Account) NameContact(ctx context.Context, person chat.LIDPair, fullName, firstName string) error {
	return a.share(ctx, contactPatch(person, fullName, firstName))
}

// contactPatch replaces a contact. whatsmeow has no builder for it.
func contactPatch(person chat.LIDPair, fullName, firstName string) appstate.PatchInfo {
	action := &waSyncAction.ContactAction{
		FullName: proto.String(fullName), FirstName: proto.String(firstName), SaveOnPrimaryAddressbook: proto.Bool(true),
	}
	if person.LID != "" {
		action.LidJID = proto.String(jid.Of(person.LID).String())
	}
	return appstate.PatchInfo{Type: appstate.WAPatchCriticalUnblockLow, Mutations: []appstate.MutationInfo{{
		Index:   []string{appstate.IndexContact, jid.Of(cmp.Or(person.Phone, person.LID)).String()},
		Version: contactVersion,
		Value:   &waSyncAction.SyncActionValue{ContactAction: action},
	}}}
}
