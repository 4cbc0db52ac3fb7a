package cluster

import (
	"context"
	"errors"
	"net/url"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	// pause is between two looks, so that watches that end at once are no busy loop.
	pause = time.Second
	// patience is how long a cluster that has answered may fail to.
	patience = time.Minute
)

// again looks until it is over: the API server ends watches after some minutes, and when
// it restarts. A look calls read when the cluster has answered it. Errors before the
// first answer are final, and later ones if they don't pass.
func again(ctx context.Context, look func(read func()) (over bool, err error)) error {
	var answered time.Time
	for {
		over, err := look(func() { answered = time.Now() })
		if over {
			return nil
		}
		if err != nil && (!passes(err) || time.Since(answered) > patience) {
			return orCause(ctx, err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// passes says whether an error is that of an API server that restarts or is busy, or of
// the way to it.
func passes(err error) bool {
	var lost *url.Error
	return errors.As(err, &lost) || apierrors.IsInternalError(err) || apierrors.IsServiceUnavailable(err) ||
		apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err)
}
