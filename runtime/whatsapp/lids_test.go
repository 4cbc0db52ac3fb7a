package whatsapp

import (
	"context"
	"fmt"
	"testing"

	waLog "go.mau.fi/whatsmeow/util/log"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

func openLIDs(t *testing.T) *lids {
	t.Helper()
	d, err := openDeviceDB(t.Context(), t.TempDir(), nil, waLog.Noop)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	return d.lids
}

func lidPair(i int) store.LIDMapping {
	return store.LIDMapping{
		LID: types.NewJID(fmt.Sprint(2000+i), types.HiddenUserServer),
		PN:  types.NewJID(fmt.Sprint(1000+i), types.DefaultUserServer),
	}
}

func TestForgottenLIDsAreFoundAgain(t *testing.T) {
	l := openLIDs(t)
	if err := l.PutManyLIDMappings(t.Context(), []store.LIDMapping{lidPair(1), lidPair(2)}); err != nil {
		t.Fatal(err)
	}
	l.forget()
	if err := l.PutLIDMapping(t.Context(), lidPair(3).LID, lidPair(3).PN); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 3; i++ {
		want := lidPair(i)
		if pn, err := l.GetPNForLID(t.Context(), want.LID); err != nil || pn != want.PN {
			t.Errorf("the number of %s is %s, %v", want.LID, pn, err)
		}
		if lid, err := l.GetLIDForPN(t.Context(), want.PN); err != nil || lid != want.LID {
			t.Errorf("the LID of %s is %s, %v", want.PN, lid, err)
		}
	}
	l.forget()
	want := lidPair(2)
	if many, err := l.GetManyLIDsForPNs(t.Context(), []types.JID{want.PN}); err != nil || many[want.PN] != want.LID {
		t.Errorf("got %v, %v", many, err)
	}
}

// forgetful is a store during whose use its owner is told to forget.
type forgetful struct {
	store.LIDStore
	owner *lids
}

func (f forgetful) GetPNForLID(context.Context, types.JID) (types.JID, error) {
	f.owner.forget()
	return types.EmptyJID, nil
}

// What is being written must not be missed by a store that begins meanwhile.
func TestLIDsInUseAreNotForgotten(t *testing.T) {
	l := openLIDs(t)
	l.known = forgetful{l.known, l}
	if _, err := l.GetPNForLID(t.Context(), lidPair(1).LID); err != nil {
		t.Fatal(err)
	}
	if _, same := l.known.(forgetful); !same {
		t.Error("the store was replaced while it was in use")
	}
	l.forget()
	if _, same := l.known.(forgetful); same {
		t.Error("the store was not replaced once it was not in use any more")
	}
}
