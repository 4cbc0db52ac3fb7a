package cluster

import (
	"context"
	"io"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Container is the session's own container. Others may be injected into its pod.
const Container = "runtime"

// LogOptions say which part of a log.
type LogOptions struct {
	Follow, Previous bool
	// Tail is how many lines at the end; all if it is negative.
	Tail int64
}

// Log opens the log of a session's container. Its reader closes it.
func (c *Cluster) Log(ctx context.Context, s *v1alpha1.WhatsAppSession, o LogOptions) (io.ReadCloser, error) {
	options := &corev1.PodLogOptions{Container: Container, Follow: o.Follow, Previous: o.Previous}
	if o.Tail >= 0 {
		options.TailLines = &o.Tail
	}
	return c.core.Get().Resource("pods").Namespace(s.Namespace).Name(s.Name).SubResource("log").
		VersionedParams(options, c.parameters).Stream(ctx)
}
