package whatsapp

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

func TestRequestsForAPasskey(t *testing.T) {
	got := turnOf(&events.PairPasskeyRequest{PublicKey: &types.WebAuthnPublicKey{
		Challenge: []byte("sign me"), Timeout: 60000, RelyingPartID: "whatsapp.com", UserVerification: "required",
		AllowCredentials: []types.AllowedCredential{{ID: []byte("key"), Type: "public-key", Transports: []string{"internal"}}},
	}})
	want := PasskeyAsked{Request: &chat.PasskeyRequest{
		Challenge: []byte("sign me"), Timeout: time.Minute, RelyingParty: "whatsapp.com", Verification: "required",
		Credentials: []chat.PasskeyCredential{{ID: []byte("key"), Type: "public-key", Transports: []string{"internal"}}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	for name, key := range map[string]*types.WebAuthnPublicKey{
		"none": nil, "no challenge": {}, "too large": {Challenge: []byte("a"), RelyingPartID: strings.Repeat("a", maxPasskeyRequest)},
	} {
		if failed, ok := turnOf(&events.PairPasskeyRequest{PublicKey: key}).(PairFailed); !ok || failed.Err == nil {
			t.Errorf("%s is kept", name)
		}
	}
}
