package kubectl

import (
	"context"
	"strings"
	"testing"

	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/test/gatewaylab"
)

// gateway: with a key of the gateway, chats are read through it.
func (s *stage) gateway(t *testing.T, ctx context.Context) {
	url := lab.Gateway(t)
	key, _ := lab.Key(t, gatewaylab.Admin)
	t.Setenv("WASESSION_GATEWAY_KEY", key)
	eventually(t, ctx, func() string { // the gateway learns of a new key by a watch
		r := s.user.run(ctx, "chats", "support", "--gateway", url)
		if r.code != cli.Done || !strings.Contains(r.out, "15550002222@c.us") {
			return r.out + r.err
		}
		return ""
	})
	t.Setenv("WASESSION_GATEWAY_KEY", "wrong")
	if r := s.user.run(ctx, "chats", "support", "--gateway", url); r.code != cli.Failed || !strings.Contains(r.err, "401") {
		t.Errorf("with a wrong key: %d\n%s%s", r.code, r.out, r.err)
	}
}
