package access

import (
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
)

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
