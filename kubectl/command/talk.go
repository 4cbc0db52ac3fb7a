package command

import (
	"context"

	"github.com/wasession/wasession/kubectl/chat"
	"github.com/wasession/wasession/kubectl/cli"
)

// talk calls a session once it runs, and again when the connection to its pod was lost,
// as the pod may be replaced meanwhile. So the calls must bear to be repeated. What the
// session answers is final.
func (e *Env) talk(ctx context.Context, name string, progress *cli.Progress, calls func(ctx context.Context, session *chat.Client) error) error {
	c, err := e.Connect()
	if err != nil {
		return err
	}
	for {
		_, link, err := e.open(ctx, c, name, progress)
		if err != nil {
			return err
		}
		err = calls(ctx, link.Client)
		link.Close()
		if err == nil || ctx.Err() != nil || !chat.Lost(err) {
			return err
		}
		progress.Say("Waiting for %s: %s", name, cli.Short(err.Error(), 300))
		if err := cli.Sleep(ctx, reopenAfter); err != nil {
			return err
		}
	}
}
