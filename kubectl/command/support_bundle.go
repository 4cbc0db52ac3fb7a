package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/kubectl/bundle"
	"github.com/wasession/wasession/kubectl/cli"
	"github.com/wasession/wasession/kubectl/cluster"
	"github.com/wasession/wasession/kubectl/doctor"
)

const supportBundleLong = `Write an archive with what somebody needs to help: sessions, their pods, claims, Services,
events, logs, metrics and what doctor finds; and the operator's and the gateway's
Deployments, pods and logs. Without a NAME, it has the sessions of the namespace.

Keys, numbers, names, texts, and what URLs carry beside their host are replaced by
placeholders, the same value by the same one within a bundle. Secrets are not in it. Look
through it before you pass it on. manifest.json in it says what is in it, and what is not
and why, such as a right that you don't have.`

// mostBundled is how many sessions a bundle has, those that are not well first.
const mostBundled = 50

func newSupportBundle(env *Env) *cobra.Command {
	var path, system string
	c := &cobra.Command{
		Use: "support-bundle [NAME...]", Short: "Write a redacted archive for whoever helps you", Long: supportBundleLong,
		ValidArgsFunction: env.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			now := time.Now()
			if path == "" {
				path = "wasession-support-" + now.UTC().Format("20060102T150405Z") + ".tar.gz"
			}
			k8s, err := env.Connect()
			if err != nil {
				return err
			}
			b := bundle.New()
			if err := env.fillBundle(c.Context(), k8s, b, args, system); err != nil {
				return err
			}
			if c.Context().Err() != nil { // not everything was read
				return context.Cause(c.Context())
			}
			return env.writeBundle(b, path, now)
		},
	}
	c.Flags().StringVar(&path, "file", "", "File to write, which must not exist. Defaults to wasession-support-TIME.tar.gz.")
	c.Flags().StringVar(&system, "operator-namespace", "wasession-system", "Namespace of the operator and the gateway.")
	return c
}

// fillBundle reads everything. What cannot be read is left out, and the bundle says so.
func (e *Env) fillBundle(ctx context.Context, c *cluster.Cluster, b *bundle.Bundle, names []string, system string) error {
	sessions, err := c.List(ctx, c.Namespace, "")
	if err != nil {
		return err
	}
	for _, name := range names {
		if !slices.ContainsFunc(sessions, func(s v1alpha1.WhatsAppSession) bool { return s.Name == name }) {
			return fmt.Errorf("there is no session %q in the namespace %q: see kubectl get was -A", name, c.Namespace)
		}
	}
	if len(names) > 0 {
		sessions = slices.DeleteFunc(sessions, func(s v1alpha1.WhatsAppSession) bool { return !slices.Contains(names, s.Name) })
	}
	slices.SortStableFunc(sessions, func(a, b v1alpha1.WhatsAppSession) int { return wellness(&a) - wellness(&b) })
	for _, s := range sessions[min(len(sessions), mostBundled):] {
		b.LeaveOut("session "+s.Name, fmt.Sprintf("a bundle has %d sessions at most: name those that it is about", mostBundled))
	}
	for _, s := range sessions {
		b.Keep(s.Name)
	}
	gather := &gatherer{cluster: c, bundle: b}
	progress := cli.Progress{Streams: e.Streams}
	progress.Say("Reading the installation in %s", cli.Where(system))
	gather.installation(ctx, e.Version, system)
	for i := range sessions[:min(len(sessions), mostBundled)] {
		s := &sessions[i]
		progress.Say("Reading %s", s.Name)
		gather.session(ctx, s)
		gather.findings(s, doctor.Examine(e.facts(ctx, c, s)))
		e.bundleMetrics(ctx, c, b, s)
	}
	return nil
}

// wellness sorts sessions that are not well first.
func wellness(s *v1alpha1.WhatsAppSession) int {
	if doctor.Unwell(s) {
		return 0
	}
	return 1
}

// bundleMetrics adds a session's metrics. The gateway does not pass them on.
func (e *Env) bundleMetrics(ctx context.Context, c *cluster.Cluster, b *bundle.Bundle, s *v1alpha1.WhatsAppSession) {
	what := "metrics of " + s.Name
	if e.Reach.Gateway != "" {
		b.LeaveOut(what, "they are not behind the gateway")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, doctorPatience)
	defer cancel()
	link, err := e.Reach.Open(ctx, c, s)
	if err != nil {
		b.LeaveOut(what, err.Error())
		return
	}
	defer link.Close()
	text, err := link.Metrics(ctx)
	if err != nil {
		b.LeaveOut(what, err.Error())
		return
	}
	b.Metrics(folderOf(s)+"metrics.txt", text)
}

// writeBundle writes the archive into a file that only the caller can read, and says what
// it does not have.
func (e *Env) writeBundle(b *bundle.Bundle, path string, now time.Time) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists: remove it, or name another with --file", path)
	}
	if err != nil {
		return err
	}
	manifest, err := b.Write(out, e.Version, now)
	if err := errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	for _, left := range manifest.LeftOut {
		e.Note("left out: %s: %s", left.What, left.Why)
	}
	e.Note("%d files. Look through them before you pass them on", len(manifest.Files)+1)
	_, err = fmt.Fprintln(e.Out, path)
	return err
}
