package whatsapp

import (
	"context"
	"fmt"
	"slices"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// RefreshLabels fetches all labels again. It is not enough to fetch what has changed:
// whatsmeow may have counted a change as seen that it has not passed on yet.
func (a *Account) RefreshLabels(ctx context.Context) error {
	c, done, err := a.awaitSharing(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := c.FetchAppState(ctx, appstate.WAPatchRegular, true, false); err != nil {
		return fmt.Errorf("fetching the labels: %w", failure(err))
	}
	return nil
}

// EditLabel syncs that a label is new or changed, or deleted.
func (a *Account) EditLabel(ctx context.Context, l chat.Label, deleted bool) error {
	return a.share(ctx, labelPatch(l, deleted))
}

// labelPatch returns the patch for a label. It keeps what else the phone says of it,
// such as its place in the list.
func labelPatch(l chat.Label, deleted bool) appstate.PatchInfo {
	patch := appstate.BuildLabelEdit(l.ID, l.Name, int32(l.Color), deleted)
	action := &waSyncAction.LabelEditAction{}
	if proto.Unmarshal(l.Raw, action) != nil {
		return patch
	}
	action.Name, action.Color, action.Deleted = proto.String(l.Name), proto.Int32(int32(l.Color)), proto.Bool(deleted)
	patch.Mutations[0].Value.LabelEditAction = action
	return patch
}

// LabelChat syncs that a chat gets some labels and loses others.
func (a *Account) LabelChat(ctx context.Context, id chat.ID, added, removed []string) error {
	var all []appstate.MutationInfo
	for _, label := range removed {
		all = append(all, appstate.BuildLabelChat(jid.Of(id), label, false).Mutations...)
	}
	for _, label := range added {
		all = append(all, appstate.BuildLabelChat(jid.Of(id), label, true).Mutations...)
	}
	for mutations := range slices.Chunk(all, mutationsPerPatch) {
		if err := a.share(ctx, appstate.PatchInfo{Type: appstate.WAPatchRegular, Mutations: mutations}); err != nil {
			return err
		}
	}
	return nil
}
