package session

import "context"

// SetName changes the account's name, here and on the phone.
func (s *Session) SetName(ctx context.Context, name string) error {
	return s.act(ctx, func() error { return s.account.SetName(ctx, name) })
}

// SetAbout changes the account's about text.
func (s *Session) SetAbout(ctx context.Context, text string) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.SetAbout(ctx, text) })
}

// SetProfilePicture replaces the account's picture with the image in a file; an empty
// path removes it.
func (s *Session) SetProfilePicture(ctx context.Context, path string) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.SetProfilePicture(ctx, path) })
}
