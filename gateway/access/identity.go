package access

import (
	"context"
	"errors"
	"fmt"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Identities are callers with a bearer token of Kubernetes: the API server says who
// they are and what they may.
type Identities struct {
	client    client.Client
	namespace string
	users     *memory[hash, *authenticationv1.UserInfo]
	verdicts  *memory[verdictKey, bool]
}

// NewIdentities returns identities. Who may write Secrets in the gateway's namespace
// may manage keys.
func NewIdentities(c client.Client, namespace string) *Identities {
	return &Identities{c, namespace, newMemory[hash, *authenticationv1.UserInfo](), newMemory[verdictKey, bool]()}
}

// ErrNoTokens is the answer to every token where the gateway lacks the right to have them
// reviewed, which is one of the whole cluster.
var ErrNoTokens = errors.New("this gateway may not check tokens of Kubernetes")

// Find returns the caller with a token; nil if the API server does not know it.
func (i *Identities) Find(ctx context.Context, token string) (Caller, error) {
	user, err := i.users.get(sumOfText(token), func() (*authenticationv1.UserInfo, error) {
		review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}
		switch err := i.client.Create(ctx, review); {
		case apierrors.IsForbidden(err):
			return nil, ErrNoTokens
		case err != nil:
			return nil, fmt.Errorf("reviewing a token: %w", err)
		}
		if !review.Status.Authenticated {
			return nil, nil
		}
		return &review.Status.User, nil
	})
	if err != nil || user == nil {
		return nil, err
	}
	return identity{i, user}, nil
}

type identity struct {
	all  *Identities
	user *authenticationv1.UserInfo
}

// Name implements Caller.
func (c identity) Name() string { return "user:" + c.user.Username }

// May implements Caller.
func (c identity) May(ctx context.Context, session types.NamespacedName, call Call) (bool, error) {
	attributes := sessions(session.Namespace, call.Verb)
	attributes.Subresource = call.Subresource
	if call.Verb != "create" || call.Subresource != "" {
		attributes.Name = session.Name
	}
	return c.ask(ctx, attributes)
}

// Might implements Caller. The API server must be asked about each session.
func (c identity) Might(Call) bool { return true }

// Sees implements Caller: who may read anything of a session knows that it exists.
func (c identity) Sees(ctx context.Context, session types.NamespacedName) (bool, error) {
	for _, subresource := range []string{"", "chats", "messages", "control"} {
		sees, err := c.May(ctx, session, Call{Verb: "get", Subresource: subresource})
		if sees || err != nil {
			return sees, err
		}
	}
	return false, nil
}

// Lists implements Caller.
func (c identity) Lists(ctx context.Context, session types.NamespacedName) (bool, error) {
	return c.ask(ctx, sessions(session.Namespace, "list"))
}

// Home implements Caller.
func (c identity) Home() string { return "" }

// Admin implements Caller.
func (c identity) Admin(ctx context.Context) (bool, error) {
	return c.ask(ctx, authorizationv1.ResourceAttributes{Namespace: c.all.namespace, Verb: "update", Version: "v1", Resource: "secrets"})
}

// Scrapes implements Caller.
func (c identity) Scrapes(ctx context.Context) (bool, error) {
	return c.judge(ctx, verdictKey{who: who(c.user), path: authorizationv1.NonResourceAttributes{Verb: "get", Path: "/metrics"}})
}

func sessions(namespace, verb string) authorizationv1.ResourceAttributes {
	return authorizationv1.ResourceAttributes{
		Namespace: namespace, Verb: verb,
		Group: v1alpha1.GroupVersion.Group, Version: v1alpha1.GroupVersion.Version, Resource: v1alpha1.Resource,
	}
}

// verdictKey is what a verdict is about: a resource, or a path.
type verdictKey struct {
	who      string
	resource authorizationv1.ResourceAttributes
	path     authorizationv1.NonResourceAttributes
}

// who is all of a user that a verdict may depend on: two tokens of one user may be
// limited in different ways, by groups or by extra fields.
func who(user *authenticationv1.UserInfo) string {
	return fmt.Sprintf("%q %q %q %q", user.Username, user.UID, user.Groups, user.Extra)
}

func (c identity) ask(ctx context.Context, resource authorizationv1.ResourceAttributes) (bool, error) {
	return c.judge(ctx, verdictKey{who: who(c.user), resource: resource})
}

func (c identity) judge(ctx context.Context, about verdictKey) (bool, error) {
	return c.all.verdicts.get(about, func() (bool, error) {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User: c.user.Username, UID: c.user.UID, Groups: c.user.Groups,
		}}
		if about.path.Path != "" {
			review.Spec.NonResourceAttributes = &about.path
		} else {
			review.Spec.ResourceAttributes = &about.resource
		}
		for name, values := range c.user.Extra {
			if review.Spec.Extra == nil {
				review.Spec.Extra = map[string]authorizationv1.ExtraValue{}
			}
			review.Spec.Extra[name] = authorizationv1.ExtraValue(values)
		}
		if err := c.all.client.Create(ctx, review); err != nil {
			return false, fmt.Errorf("reviewing an access: %w", err)
		}
		return review.Status.Allowed, nil
	})
}
