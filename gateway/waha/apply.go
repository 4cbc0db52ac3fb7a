package waha

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

// AnnotationConfig holds the members of a client's configuration that have no
// counterpart in the spec, as JSON.
const AnnotationConfig = "wasession.dev/waha-config"

// Parts are the Secrets that a configuration changes, by name, each with its entries.
// One that is needed no more has none.
type Parts map[string]map[string]string

// The entries of Secrets.
const (
	entryUsername = "username"
	entryPassword = "password"
	entryHMAC     = "hmac"
)

// Configure writes a client's configuration into what is applied to a session with
// this resource name, and returns the Secrets that go with it. A proxy or webhook that
// was there before keeps the secrets that the client says nothing about: clients put
// back what a GET has given them, which has none.
func Configure(session *wasession.WhatsAppSessionApplyConfiguration, resource string, w *Wish) (Parts, error) {
	spec, parts := session.Spec, Parts{}
	before := secretsOf(spec)
	defer func() {
		after := secretsOf(spec).names()
		for name := range before.names() {
			if !after[name] {
				parts[name] = nil
			}
		}
	}()
	spec.EventMetadata, spec.Proxy, spec.LogLevel, spec.Webhooks, spec.Ignore = nil, nil, nil, nil, nil
	delete(session.Annotations, AnnotationConfig)
	if w == nil {
		w = &Wish{}
	}
	showAs(spec, w.Client)
	for _, k := range w.Ignore.kinds() {
		if *k.is {
			spec.WithIgnore(k.kind)
		}
	}
	for name, value := range w.Metadata {
		spec.WithEventMetadata(map[string]v1alpha1.MetadataValue{name: v1alpha1.MetadataValue(value)})
	}
	if w.Debug {
		spec.WithLogLevel(v1alpha1.LogDebug)
	}
	if w.Proxy != nil && w.Proxy.Server != "" {
		proxy := wasession.ProxySpec().WithURL(serverURL(w.Proxy.Server))
		user, password := textOf(w.Proxy.Username), textOf(w.Proxy.Password)
		switch {
		case w.Proxy.Username == nil && w.Proxy.Password == nil:
			proxy.SecretRef = before.proxies[*proxy.URL]
		case user != "" || password != "":
			name := resource + "-waha-proxy"
			parts[name] = map[string]string{entryUsername: user, entryPassword: password}
			proxy.WithSecretRef(wasession.SecretReference().WithName(name))
		}
		spec.WithProxy(proxy)
	}
	for i, hook := range w.Webhooks {
		configured, err := webhook(resource, w.Webhooks[:i], hook, before, parts)
		if err != nil {
			return nil, err
		}
		spec.WithWebhooks(configured)
	}
	if len(w.Kept) > 0 {
		kept, err := json.Marshal(w.Kept)
		if err != nil {
			return nil, fmt.Errorf("encoding what is kept of a configuration: %w", err)
		}
		session.WithAnnotations(map[string]string{AnnotationConfig: string(kept)})
	}
	return parts, nil
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// webhook is one webhook. It is named after its URL, so that it goes on where it was
// when a client puts the same one again.
func webhook(resource string, earlier []WebhookWish, hook WebhookWish, before secrets, parts Parts) (*wasession.WebhookSpecApplyConfiguration, error) {
	sum := sha256.Sum256([]byte(hook.URL))
	name := "waha-" + hex.EncodeToString(sum[:])[:hashLength]
	same := 0
	for _, other := range earlier {
		if other.URL == hook.URL {
			same++
		}
	}
	if same > 0 {
		name += "-" + strconv.Itoa(same)
	}
	w := wasession.WebhookSpec().WithName(name).WithURL(hook.URL)
	for _, event := range hook.Events {
		w.WithEvents(v1alpha1.WebhookEvent(event))
	}
	switch {
	case hook.HMAC == nil:
		w.HMACSecretRef = before.keys[name]
	case hook.HMAC.Key != "":
		secret := resource + "-" + name + "-hmac"
		parts[secret] = map[string]string{entryHMAC: hook.HMAC.Key}
		w.WithHMACSecretRef(wasession.SecretKeyReference().WithName(secret).WithKey(entryHMAC))
	}
	switch {
	case hook.CustomHeaders == nil:
		w.HeadersSecretRef = before.headers[name]
	case len(hook.CustomHeaders) > 0:
		secret := resource + "-" + name + "-headers"
		parts[secret] = map[string]string{}
		for _, header := range hook.CustomHeaders {
			parts[secret][header.Name] = header.Value
		}
		w.WithHeadersSecretRef(wasession.SecretReference().WithName(secret))
	}
	if hook.Retries == nil {
		return w, nil
	}
	retries := wasession.RetriesSpec()
	switch policy := hook.Retries.Policy; policy {
	case "":
	case "constant":
		retries.WithPolicy(v1alpha1.RetryConstant)
	case "linear":
		retries.WithPolicy(v1alpha1.RetryLinear)
	case "exponential":
		retries.WithPolicy(v1alpha1.RetryExponential)
	default:
		return nil, BadRequest("config.webhooks.retries.policy must be one of the following values: linear, exponential, constant")
	}
	if text := hook.Retries.DelaySeconds; text != "" {
		seconds, err := text.Float64()
		if err != nil || seconds < 1 || seconds > 3600 {
			return nil, BadRequest("config.webhooks.retries.delaySeconds must be a number from 1 to 3600")
		}
		retries.WithDelay(metav1.Duration{Duration: time.Duration(seconds) * time.Second})
	}
	if text := hook.Retries.Attempts; text != "" {
		attempts, err := strconv.ParseInt(text.String(), 10, 32)
		if err != nil || attempts < 1 || attempts > 100 {
			return nil, BadRequest("config.webhooks.retries.attempts must be a number from 1 to 100")
		}
		retries.WithAttempts(int32(attempts))
	}
	return w.WithRetries(retries), nil
}
