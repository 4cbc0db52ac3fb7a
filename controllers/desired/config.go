package desired

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// The entries of Secrets whose layout the resource prescribes.
const (
	s3AccessKeyID     = "AWS_ACCESS_KEY_ID"
	s3SecretAccessKey = "AWS_SECRET_ACCESS_KEY"
	proxyUsername     = "username"
	proxyPassword     = "password"
)

// Config is the runtime's configuration for a session. It names files for
// secrets and holds none.
func Config(s *v1alpha1.WhatsAppSession) runtimev1.Config {
	return runtimev1.Config{
		Session:  s.Name,
		Metadata: s.Spec.EventMetadata,
		LogLevel: strings.ToLower(string(s.Spec.LogLevel)),
		Pairing: runtimev1.Pairing{
			Method:      runtimev1.PairingMethod(s.Spec.Pairing.Method),
			PhoneNumber: s.Spec.Pairing.PhoneNumber,
		},
		History: runtimev1.History{
			Sync:   runtimev1.HistorySync(s.Spec.History.Sync),
			Days:   int(s.Spec.History.Days),
			Groups: s.Spec.History.Groups,
		},
		Media:    media(s),
		Archive:  archive(s.Spec.AutoArchive),
		Groups:   groups(s.Spec.Groups),
		Webhooks: webhooks(s.Spec.Webhooks),
		Outbox:   outbox(s.Spec.Outbox),
		Proxy:    proxy(s.Spec.Proxy),
	}
}

// ConfigFile is the content of the configuration file: the same bytes for the
// same configuration.
func ConfigFile(config runtimev1.Config) ([]byte, error) {
	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	encoder.SetEscapeHTML(false) // people read it, with URLs in it
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(config); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

func media(s *v1alpha1.WhatsAppSession) runtimev1.Media {
	storage := &s.Spec.Storage
	spec := storage.Media
	if spec == nil {
		spec = &v1alpha1.MediaSpec{}
	}
	var media runtimev1.Media
	if s.Spec.API != nil {
		media.PublicURL = s.Spec.API.PublicURL
	}
	if spec.Retention != nil {
		media.RetentionSeconds = int64(spec.Retention.Seconds())
	}
	switch {
	case spec.S3 != nil:
		dir := secretDir(spec.S3.SecretRef.Name)
		media.S3 = &runtimev1.S3{
			Bucket: spec.S3.Bucket, Endpoint: spec.S3.Endpoint, Region: spec.S3.Region,
			Prefix: spec.S3.Prefix, ForcePathStyle: spec.S3.ForcePathStyle,
			AccessKeyIDFile:     path.Join(dir, s3AccessKeyID),
			SecretAccessKeyFile: path.Join(dir, s3SecretAccessKey),
		}
	case spec.MaxSize != nil:
		media.MaxBytes = spec.MaxSize.Value()
	case storage.ExistingClaim == "":
		// Half of the volume, as the field's documentation promises; the size of
		// an adopted claim is not ours to know here.
		media.MaxBytes = storage.Size.Value() / 2
	}
	return media
}

func groups(spec *v1alpha1.GroupsSpec) runtimev1.Groups {
	if spec == nil {
		return runtimev1.Groups{}
	}
	return runtimev1.Groups{Unknown: runtimev1.UnknownGroups(spec.Unknown), Allowed: spec.Allowed}
}

func webhooks(specs []v1alpha1.WebhookSpec) []runtimev1.Webhook {
	var hooks []runtimev1.Webhook
	for _, spec := range specs {
		hook := runtimev1.Webhook{
			URL: spec.URL,
			Retries: runtimev1.Retries{
				Policy:       runtimev1.RetryPolicy(spec.Retries.Policy),
				DelaySeconds: int(spec.Retries.DelaySeconds),
				Attempts:     int(spec.Retries.Attempts),
			},
		}
		for _, event := range spec.Events {
			hook.Events = append(hook.Events, string(event))
		}
		if ref := spec.HMACSecretRef; ref != nil {
			hook.HMACKeyFile = path.Join(secretDir(ref.Name), ref.Key)
		}
		if ref := spec.HeadersSecretRef; ref != nil {
			hook.HeadersDir = secretDir(ref.Name)
		}
		hooks = append(hooks, hook)
	}
	return hooks
}

func outbox(spec v1alpha1.OutboxSpec) runtimev1.Outbox {
	box := runtimev1.Outbox{MaxEvents: int(spec.MaxEvents)}
	if spec.Retention != nil {
		box.RetentionSeconds = int64(spec.Retention.Seconds())
	}
	return box
}

func proxy(spec *v1alpha1.ProxySpec) *runtimev1.Proxy {
	if spec == nil {
		return nil
	}
	p := &runtimev1.Proxy{URL: spec.URL}
	if spec.SecretRef != nil {
		dir := secretDir(spec.SecretRef.Name)
		p.UsernameFile = path.Join(dir, proxyUsername)
		p.PasswordFile = path.Join(dir, proxyPassword)
	}
	return p
}
