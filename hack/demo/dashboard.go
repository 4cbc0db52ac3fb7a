package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wasession/wasession/test/visitor"
)

// dashboard is the address of the page for people.
func (d frontDoor) dashboard() string { return d.url + "/dashboard/" }

// checkDashboard logs in and looks at the sessions.
func (t *tour) checkDashboard(ctx context.Context) error {
	v, err := visitor.New(t.stack.door.url)
	if err != nil {
		return err
	}
	if err := v.LogIn(ctx, "a-key-that-nobody-made"); err == nil {
		return errors.New("the dashboard takes a wrong key")
	}
	if err := v.LogIn(ctx, t.stack.door.key); err != nil {
		return err
	}
	for page, wants := range map[string][]string{
		"": {"/dashboard/sessions/default/default", "/dashboard/sessions/default/support"},
		"sessions/" + namespace + "/" + sessionName:               {"4915155500001"},
		"sessions/" + namespace + "/" + sessionName + "/manifest": {"kind: WhatsAppSession", "Connected"},
	} {
		shown, err := v.Load(ctx, page)
		if err != nil {
			return err
		}
		for _, want := range wants {
			if !strings.Contains(shown, want) {
				return fmt.Errorf("the dashboard's page %q does not show %s", page, want)
			}
		}
	}
	t.story.Step("%s shows the sessions, after a login with the key", t.stack.door.dashboard())
	return nil
}
