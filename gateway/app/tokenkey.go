package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/gateway/forward"
)

// TokenKeySecret is the Secret that the operator makes for the gateway, and
// tokenKeyEntry the entry with the seed of the key that signs tokens for pods.
const (
	TokenKeySecret = "wasession-gateway-token-key"
	tokenKeyEntry  = "ed25519-seed"
)

// loadSign waits until the operator has made the key, and returns what signs with it.
func loadSign(ctx context.Context, config *rest.Config, namespace string, log *slog.Logger) (forward.Sign, error) {
	c, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("creating an API client: %w", err)
	}
	log.Info("Waiting for the token key", "namespace", namespace, "secret", TokenKeySecret)
	for ctx.Err() == nil {
		events, err := c.Watch(ctx, &corev1.SecretList{}, client.InNamespace(namespace), client.MatchingFields{"metadata.name": TokenKeySecret})
		if err != nil {
			return nil, fmt.Errorf("reading the gateway's token key: %w", err)
		}
		for event := range events.ResultChan() {
			if secret, ok := event.Object.(*corev1.Secret); ok && event.Type != watch.Deleted {
				events.Stop()
				return signWith(secret)
			}
		}
	}
	return nil, context.Cause(ctx)
}

func signWith(secret *corev1.Secret) (forward.Sign, error) {
	seed := secret.Data[tokenKeyEntry]
	if len(seed) != ed25519.SeedSize {
		return nil, errors.New("the Secret " + TokenKeySecret + " has no key in " + tokenKeyEntry + ": delete it and restart the operator and the gateway")
	}
	key := ed25519.NewKeyFromSeed(seed)
	return func(pod types.UID, caller string, actions []string, now time.Time) string {
		return runtimev1.SignAccessToken(key, string(pod), runtimev1.Access{Caller: caller, Actions: actions}, now)
	}, nil
}
