package access

import (
	"context"
	"errors"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// refusing is an API server that answers every review with an error.
type refusing struct {
	client.Client
	err error
}

func (r refusing) Create(context.Context, client.Object, ...client.CreateOption) error { return r.err }

// A gateway that may not have tokens reviewed says so; one whose API server fails does not.
func TestTokensThatCannotBeReviewed(t *testing.T) {
	for err, noTokens := range map[error]bool{
		apierrors.NewForbidden(schema.GroupResource{Resource: "tokenreviews"}, "", nil): true,
		apierrors.NewTimeoutError("busy", 1):                                            false,
	} {
		caller, got := NewIdentities(refusing{err: err}, "own").Find(t.Context(), "a.b.c")
		if caller != nil || got == nil || errors.Is(got, ErrNoTokens) != noTokens {
			t.Errorf("%v is answered with %v, %v", err, caller, got)
		}
	}
}

// A verdict about one token must not be taken for another one's.
func TestVerdictsAreOfAllThatTheyDependOn(t *testing.T) {
	user := func(change func(*authenticationv1.UserInfo)) string {
		u := &authenticationv1.UserInfo{
			Username: "bot", UID: "1", Groups: []string{"a", "b"},
			Extra: map[string]authenticationv1.ExtraValue{"scopes": {"all"}, "pod": {"x"}},
		}
		change(u)
		return who(u)
	}
	same := user(func(*authenticationv1.UserInfo) {})
	if again := user(func(*authenticationv1.UserInfo) {}); again != same {
		t.Errorf("%s, and then %s", same, again)
	}
	for what, change := range map[string]func(*authenticationv1.UserInfo){
		"name":         func(u *authenticationv1.UserInfo) { u.Username = "other" },
		"UID":          func(u *authenticationv1.UserInfo) { u.UID = "2" },
		"groups":       func(u *authenticationv1.UserInfo) { u.Groups = []string{"a"} },
		"one group":    func(u *authenticationv1.UserInfo) { u.Groups = []string{"a b"} },
		"extra fields": func(u *authenticationv1.UserInfo) { u.Extra["scopes"] = authenticationv1.ExtraValue{"read"} },
		"no extra":     func(u *authenticationv1.UserInfo) { u.Extra = nil },
	} {
		if user(change) == same {
			t.Errorf("another %s makes no difference", what)
		}
	}
}
