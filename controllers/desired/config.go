package desired

import (
	"bytes"
	"encoding/json"
	"math"
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// Keys of the Secrets whose layout the API defines.
const (
	s3AccessKeyID     = "AWS_ACCESS_KEY_ID"
	s3SecretAccessKey = "AWS_SECRET_ACCESS_KEY"
	proxyUsername     = "username"
	proxyPassword     = "password"
)

// Config returns the runtime's configuration for a session. claim is the
// existing claim, or nil. The configuration refers to secrets by file and
// contains none.
func Config(s *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) runtimev1.Config {
	return runtimev1.Config{
		Session:  SessionName(s),
		Metadata: plain(s.Spec.EventMetadata),
		LogLevel: strings.ToLower(string(s.Spec.LogLevel)),
		Pairing: runtimev1.Pairing{
			Method:      runtimev1.PairingMethod(s.Spec.Pairing.Method),
			PhoneNumber: s.Spec.Pairing.PhoneNumber,
			Account:     s.Spec.Pairing.Account,
			DeviceName:  s.Spec.Pairing.DeviceName,
			Browser:     runtimev1.Browser(s.Spec.Pairing.Browser),
		},
		History:       history(&s.Spec.History),
		Ignore:        ignored(s.Spec.Ignore),
		Media:         media(s, claim),
		Archive:       archive(s.Spec.AutoArchive),
		Groups:        groups(s.Spec.Groups),
		Sending:       sending(s.Spec.Sending),
		Webhooks:      webhooks(s.Spec.Webhooks),
		Outbox:        outbox(s, claim),
		OtherAccounts: runtimev1.OtherAccounts(s.Spec.Storage.OtherAccounts),
		Proxy:         proxy(s.Spec.Proxy),
		Egress:        egress(s.Spec.Egress),

		AllowedOrigins: origins(s.Spec.API),
	}
}

// origins returns the origins that may call the API; nil for all.
func origins(spec *v1alpha1.APISpec) []string {
	if spec == nil {
		return nil
	}
	return spec.AllowedOrigins
}

// ConfigFile encodes the configuration file. The same configuration always
// gives the same bytes.
func ConfigFile(config runtimev1.Config) ([]byte, error) {
	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	encoder.SetEscapeHTML(false) // keep URLs readable
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(config); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

// recentDays is how far back messages are imported unless the spec says so.
const recentDays = 90

func history(spec *v1alpha1.HistorySpec) runtimev1.History {
	h := runtimev1.History{Sync: runtimev1.HistorySync(spec.Sync), Days: int(spec.Days)}
	if h.Days == 0 && spec.Sync != v1alpha1.HistoryFull {
		h.Days = recentDays
	}
	if spec.GroupChats == v1alpha1.GroupChatsSkip {
		h.Groups = new(false)
	}
	if spec.Retention != nil {
		h.RetentionSeconds = int64(spec.Retention.Seconds())
	}
	return h
}

func sending(spec *v1alpha1.SendingSpec) *runtimev1.Sending {
	if spec == nil {
		return nil
	}
	limits := &runtimev1.Sending{
		PerMinute: int(spec.PerMinute), PerContactPerMinute: int(spec.PerContactPerMinute), NewContactsPerDay: int(spec.NewContactsPerDay),
	}
	if spec.WarmUp != nil {
		limits.WarmUpSeconds = int64(spec.WarmUp.Seconds())
	}
	return limits
}

func ignored(spec []v1alpha1.IgnoredChats) (kinds []runtimev1.IgnoredChats) {
	for _, kind := range spec {
		kinds = append(kinds, runtimev1.IgnoredChats(kind))
	}
	return kinds
}

func media(s *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) runtimev1.Media {
	spec := s.Spec.Storage.Media
	if spec == nil {
		spec = &v1alpha1.MediaSpec{}
	}
	media := runtimev1.Media{ServiceURL: Endpoint(s)}
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
			Prefix: spec.S3.Prefix, ForcePathStyle: spec.S3.Addressing == v1alpha1.S3Path,
			AccessKeyIDFile:     path.Join(dir, s3AccessKeyID),
			SecretAccessKeyFile: path.Join(dir, s3SecretAccessKey),
		}
	case spec.Volume != nil && spec.Volume.MaxSize != nil:
		media.MaxBytes = spec.Volume.MaxSize.Value()
	default:
		media.MaxBytes = volumeBytes(s, claim) / 2
	}
	return media
}

// volumeBytes returns the space the volume is known to have: the requested size,
// or the capacity if the volume has not grown to it yet. It is 0 for an adopted
// claim that is not bound yet.
func volumeBytes(s *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) int64 {
	size := ClaimSpec(s).Size
	asked, adopted := size.Value(), s.Spec.Storage.ExistingClaim != ""
	if adopted {
		asked = math.MaxInt64
	}
	if claim != nil {
		if held, known := claim.Status.Capacity[corev1.ResourceStorage]; known {
			return min(asked, held.Value())
		}
	}
	if adopted {
		return 0
	}
	return asked
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
			Name: spec.Name,
			URL:  spec.URL,
			Retries: runtimev1.Retries{
				Policy:   runtimev1.RetryPolicy(strings.ToLower(string(spec.Retries.Policy))),
				Attempts: int(spec.Retries.Attempts),
			},
		}
		if spec.Retries.Delay != nil {
			hook.Retries.DelaySeconds = int(spec.Retries.Delay.Seconds())
		}
		if ref := spec.URLSecretRef; ref != nil {
			hook.URLFile = path.Join(secretDir(ref.Name), ref.Key)
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

func outbox(s *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) runtimev1.Outbox {
	spec := &s.Spec.Outbox
	box := runtimev1.Outbox{MaxEvents: int(spec.MaxEvents), MaxBytes: volumeBytes(s, claim) / 4}
	if spec.MaxSize != nil {
		box.MaxBytes = spec.MaxSize.Value()
	}
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

func egress(spec *v1alpha1.EgressSpec) runtimev1.Egress {
	var e runtimev1.Egress
	if spec == nil {
		return e
	}
	for _, target := range spec.Allow {
		e.Allow = append(e.Allow, string(target))
	}
	return e
}
