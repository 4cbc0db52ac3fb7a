package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// A label that is changed keeps what only the phone knows of it.
func TestAChangedLabelKeepsTheRest(t *testing.T) {
	raw, err := proto.Marshal(&waSyncAction.LabelEditAction{
		Name: proto.String("Lead"), PredefinedID: proto.Int32(2), OrderIndex: proto.Int32(4), Deleted: proto.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{"a known label": raw, "a new one": nil, "one that is broken": {0xff}} {
		patch := labelPatch(chat.Label{ID: "6", Name: "Hot", Color: 3, Raw: raw}, false)
		action := patch.Mutations[0].Value.GetLabelEditAction()
		if action.GetName() != "Hot" || action.GetColor() != 3 || action.GetDeleted() || action.Deleted == nil || patch.Mutations[0].Index[1] != "6" {
			t.Errorf("%s: %v", what, patch.Mutations[0])
		}
		if known := what == "a known label"; known != (action.GetPredefinedID() == 2 && action.GetOrderIndex() == 4) {
			t.Errorf("%s: %v", what, action)
		}
	}
}
