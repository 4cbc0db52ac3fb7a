package desired

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func hours(n int) *metav1.Duration {
	return &metav1.Duration{Duration: time.Duration(n) * time.Hour}
}

func quantity(text string) *resource.Quantity { return ptr.To(resource.MustParse(text)) }

// minimalConfig is the configuration of a session with an empty spec.
func minimalConfig() runtimev1.Config {
	return runtimev1.Config{
		Session:  "sales-eu",
		LogLevel: "info",
		Pairing:  runtimev1.Pairing{Method: runtimev1.PairingQRCode},
		History:  runtimev1.History{Sync: runtimev1.HistoryRecent, Days: 90},
		Media:    runtimev1.Media{MaxBytes: 1 << 30, ServiceURL: "http://sales-eu.crm.svc:3000"},
		Outbox:   runtimev1.Outbox{MaxEvents: 2_000_000, MaxBytes: 512 << 20, RetentionSeconds: 7 * 24 * 3600},
	}
}

// fieldsInConfig lists the fields of the spec that are part of the runtime's
// configuration, with everything that each one changes.
var fieldsInConfig = []struct {
	field string
	spec  func(*v1alpha1.WhatsAppSessionSpec)
	want  func(*runtimev1.Config)
}{
	{"empty", func(*v1alpha1.WhatsAppSessionSpec) {}, func(*runtimev1.Config) {}},

	{"logLevel",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.LogLevel = v1alpha1.LogError },
		func(c *runtimev1.Config) { c.LogLevel = "error" }},
	{"eventMetadata",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.EventMetadata = map[string]v1alpha1.MetadataValue{"tenant": "crm", "region": "eu"}
		},
		func(c *runtimev1.Config) { c.Metadata = map[string]string{"tenant": "crm", "region": "eu"} }},

	{"pairing.method and pairing.phoneNumber",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pairing = v1alpha1.PairingSpec{Method: v1alpha1.PairPhoneCode, PhoneNumber: "4915112345678"}
		},
		func(c *runtimev1.Config) {
			c.Pairing = runtimev1.Pairing{Method: runtimev1.PairingPhoneCode, PhoneNumber: "4915112345678"}
		}},
	{"pairing.account",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Pairing.Account = "15551234567" },
		func(c *runtimev1.Config) { c.Pairing.Account = "15551234567" }},

	{"pairing.deviceName and pairing.browser",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pairing.DeviceName, s.Pairing.Browser = "Sales", v1alpha1.BrowserFirefox
		},
		func(c *runtimev1.Config) {
			c.Pairing.DeviceName, c.Pairing.Browser = "Sales", runtimev1.BrowserFirefox
		}},
	{"ignore",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Ignore = []v1alpha1.IgnoredChats{v1alpha1.IgnoreStatus, v1alpha1.IgnoreGroups}
		},
		func(c *runtimev1.Config) {
			c.Ignore = []runtimev1.IgnoredChats{runtimev1.IgnoreStatus, runtimev1.IgnoreGroups}
		}},

	{"history.sync",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.History.Sync = v1alpha1.HistoryNone },
		func(c *runtimev1.Config) { c.History.Sync = runtimev1.HistoryNone }},
	{"history.days",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.History.Days = 30 },
		func(c *runtimev1.Config) { c.History.Days = 30 }},
	{"history.sync Full, which has no limit of its own",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.History.Sync = v1alpha1.HistoryFull },
		func(c *runtimev1.Config) { c.History.Sync, c.History.Days = runtimev1.HistoryFull, 0 }},
	{"history.sync Full with history.days",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.History = v1alpha1.HistorySpec{Sync: v1alpha1.HistoryFull, Days: 365}
		},
		func(c *runtimev1.Config) { c.History.Sync, c.History.Days = runtimev1.HistoryFull, 365 }},
	{"history.groupChats",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.History.GroupChats = v1alpha1.GroupChatsSkip },
		func(c *runtimev1.Config) { c.History.Groups = ptr.To(false) }},
	{"history.retention",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.History.Retention = hours(24) },
		func(c *runtimev1.Config) { c.History.RetentionSeconds = 86400 }},

	{"sending",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Sending = &v1alpha1.SendingSpec{PerMinute: 20, PerContactPerMinute: 6, NewContactsPerDay: 50, WarmUp: hours(336)}
		},
		func(c *runtimev1.Config) {
			c.Sending = &runtimev1.Sending{PerMinute: 20, PerContactPerMinute: 6, NewContactsPerDay: 50, WarmUpSeconds: 1209600}
		}},

	{"storage.claim.size, of which media and outbox get a share",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.Claim.Size = resource.MustParse("8Gi") },
		func(c *runtimev1.Config) { c.Media.MaxBytes, c.Outbox.MaxBytes = 4<<30, 2<<30 }},
	{"storage.otherAccounts",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.OtherAccounts = v1alpha1.OtherAccountsDelete },
		func(c *runtimev1.Config) { c.OtherAccounts = runtimev1.DeleteOtherAccounts }},
	{"storage.media.volume.maxSize",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Storage.Media = &v1alpha1.MediaSpec{Volume: &v1alpha1.MediaVolumeSpec{MaxSize: quantity("100Mi")}}
		},
		func(c *runtimev1.Config) { c.Media.MaxBytes = 100 << 20 }},
	{"storage.media.retention",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Storage.Media = &v1alpha1.MediaSpec{Retention: hours(1)} },
		func(c *runtimev1.Config) { c.Media.RetentionSeconds = 3600 }},
	{"storage.media.s3, which leaves nothing on the volume to bound",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Storage.Media = &v1alpha1.MediaSpec{Type: v1alpha1.MediaS3, S3: &v1alpha1.S3Spec{
				Bucket: "chats", Region: "eu-central-1", Endpoint: "https://s3.example.com", Prefix: "a/", Addressing: v1alpha1.S3Path,
				SecretRef: v1alpha1.SecretReference{Name: "bucket"},
			}}
		},
		func(c *runtimev1.Config) {
			c.Media.MaxBytes = 0
			c.Media.S3 = &runtimev1.S3{
				Bucket: "chats", Region: "eu-central-1", Endpoint: "https://s3.example.com", Prefix: "a/", ForcePathStyle: true,
				AccessKeyIDFile:     "/etc/wasession/secrets/bucket/AWS_ACCESS_KEY_ID",
				SecretAccessKeyFile: "/etc/wasession/secrets/bucket/AWS_SECRET_ACCESS_KEY",
			}
		}},

	{"outbox.maxEvents",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.MaxEvents = 10 },
		func(c *runtimev1.Config) { c.Outbox.MaxEvents = 10 }},
	{"outbox.maxSize",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.MaxSize = quantity("32Mi") },
		func(c *runtimev1.Config) { c.Outbox.MaxBytes = 32 << 20 }},
	{"outbox.retention",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.Retention = hours(2) },
		func(c *runtimev1.Config) { c.Outbox.RetentionSeconds = 7200 }},
	{"outbox without retention, for which the runtime has a default",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.Retention = nil },
		func(c *runtimev1.Config) { c.Outbox.RetentionSeconds = 0 }},

	{"autoArchive.schedule, timeZone, suspend, dryRun and maxChatsPerRun",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.AutoArchive = &v1alpha1.AutoArchiveSpec{
				Schedule: "0 3 * * *", TimeZone: "Europe/Berlin", Suspend: true, DryRun: true, MaxChatsPerRun: 7,
			}
		},
		func(c *runtimev1.Config) {
			c.Archive = &runtimev1.Archive{
				Schedule: "0 3 * * *", TimeZone: "Europe/Berlin", Suspend: true, DryRun: true, MaxChatsPerRun: 7,
				Policies: []runtimev1.ArchivePolicy{},
			}
		}},
	{"autoArchive.policies, in their order",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.AutoArchive = &v1alpha1.AutoArchiveSpec{Policies: []v1alpha1.ArchivePolicy{
				{Name: "vip", Action: v1alpha1.ArchiveKeep, Exclude: &v1alpha1.ArchiveExclusion{Names: []string{"VIP*"}}},
				{
					Name: "idle", Action: v1alpha1.ArchiveArchive, InactiveFor: hours(48),
					ChatTypes: []v1alpha1.ChatType{v1alpha1.ChatDirect, v1alpha1.ChatGroup, v1alpha1.ChatBroadcast, v1alpha1.ChatNewsletter},
					Unread:    v1alpha1.ArchiveArchive, Pinned: v1alpha1.ArchiveKeep, Muted: v1alpha1.ArchiveArchive,
					Exclude: &v1alpha1.ArchiveExclusion{ChatIDs: []string{"1@c.us"}},
				},
				{
					Name: "unlabelled", Action: v1alpha1.ArchiveArchive, InactiveFor: hours(1),
					Labels: &v1alpha1.ArchiveLabels{Exclude: []string{"VIP", "7"}},
				},
			}}
		},
		func(c *runtimev1.Config) {
			c.Archive = &runtimev1.Archive{Policies: []runtimev1.ArchivePolicy{
				{Name: "vip", Action: "Keep", ExcludeNames: []string{"VIP*"}},
				{
					Name: "idle", Action: "Archive", InactiveSeconds: 172800,
					ChatTypes: []runtimev1.ChatType{"Direct", "Group", "Broadcast", "Newsletter"},
					Unread:    "Archive", Pinned: "Keep", Muted: "Archive",
					ExcludeChatIDs: []string{"1@c.us"},
				},
				// A runtime that does not know labels keeps all chats.
				{
					Name: "unlabelled", Action: "Keep", InactiveSeconds: 3600,
					Labels: &runtimev1.ArchiveLabels{Exclude: []string{"VIP", "7"}, Action: "Archive"},
				},
			}}
		}},

	{"groups.unknown",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupReport} },
		func(c *runtimev1.Config) { c.Groups = runtimev1.Groups{Unknown: "Report"} }},
	{"groups.allowed",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupLeave, Allowed: []string{"1@g.us"}}
		},
		func(c *runtimev1.Config) { c.Groups = runtimev1.Groups{Unknown: "Leave", Allowed: []string{"1@g.us"}} }},
	{"groups.unknown LeaveAll",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupLeaveAll}
		},
		func(c *runtimev1.Config) { c.Groups = runtimev1.Groups{Unknown: "LeaveAll"} }},

	{"webhooks, in their order",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Webhooks = []v1alpha1.WebhookSpec{
				{
					Name: "crm", URL: "https://a.example.com/hook?x=1", Events: []v1alpha1.WebhookEvent{"message", "chat.archive"},
					HMACSecretRef:    &v1alpha1.SecretKeyReference{Name: "hooks", Key: "hmac.key"},
					HeadersSecretRef: &v1alpha1.SecretReference{Name: "headers"},
					Retries:          v1alpha1.RetriesSpec{Policy: v1alpha1.RetryLinear, Delay: &metav1.Duration{Duration: 90 * time.Second}, Attempts: 3},
				},
				{
					Name: "n8n", URLSecretRef: &v1alpha1.SecretKeyReference{Name: "hooks", Key: "url"},
					Events: []v1alpha1.WebhookEvent{v1alpha1.AllEvents},
				},
			}
		},
		func(c *runtimev1.Config) {
			c.Webhooks = []runtimev1.Webhook{
				{
					Name: "crm", URL: "https://a.example.com/hook?x=1", Events: []string{"message", "chat.archive"},
					HMACKeyFile: "/etc/wasession/secrets/hooks/hmac.key",
					HeadersDir:  "/etc/wasession/secrets/headers",
					Retries:     runtimev1.Retries{Policy: runtimev1.RetryLinear, DelaySeconds: 90, Attempts: 3},
				},
				{Name: "n8n", URLFile: "/etc/wasession/secrets/hooks/url", Events: []string{"*"}},
			}
		}},

	{"api.publicURL",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.API = &v1alpha1.APISpec{PublicURL: "https://sales.example.com"}
		},
		func(c *runtimev1.Config) { c.Media.PublicURL = "https://sales.example.com" }},
	{"origins", func(s *v1alpha1.WhatsAppSessionSpec) {
		s.API = &v1alpha1.APISpec{AllowedOrigins: []string{"https://dashboard.example.com"}}
	},
		func(c *runtimev1.Config) { c.AllowedOrigins = []string{"https://dashboard.example.com"} }},
	{"no origins", func(s *v1alpha1.WhatsAppSessionSpec) { s.API = &v1alpha1.APISpec{AllowedOrigins: []string{}} },
		func(c *runtimev1.Config) { c.AllowedOrigins = []string{} }},
	{"api.keysSecretRef, which is mounted and not configured",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.API = &v1alpha1.APISpec{KeysSecretRef: &v1alpha1.SecretReference{Name: "mine"}}
		},
		func(*runtimev1.Config) {}},

	{"proxy.url",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.Proxy = &v1alpha1.ProxySpec{URL: "socks5://proxy:1080"} },
		func(c *runtimev1.Config) { c.Proxy = &runtimev1.Proxy{URL: "socks5://proxy:1080"} }},
	{"proxy.secretRef",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Proxy = &v1alpha1.ProxySpec{URL: "http://proxy", SecretRef: &v1alpha1.SecretReference{Name: "login"}}
		},
		func(c *runtimev1.Config) {
			c.Proxy = &runtimev1.Proxy{
				URL: "http://proxy", UsernameFile: "/etc/wasession/secrets/login/username", PasswordFile: "/etc/wasession/secrets/login/password",
			}
		}},

	{"egress.allow",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Egress = &v1alpha1.EgressSpec{Allow: []v1alpha1.EgressTarget{"10.0.0.0/8", "files.example.com"}}
		},
		func(c *runtimev1.Config) {
			c.Egress = runtimev1.Egress{Allow: []string{"10.0.0.0/8", "files.example.com"}}
		}},

	{"state, which is no matter of the runtime's",
		func(s *v1alpha1.WhatsAppSessionSpec) { s.State = v1alpha1.SessionStopped },
		func(*runtimev1.Config) {}},
	{"pod, neither",
		func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Pod = &v1alpha1.PodSpec{Image: "x", Labels: map[string]v1alpha1.LabelValue{"a": "b"}}
		},
		func(*runtimev1.Config) {}},
}

func TestEachFieldOfTheSpecInTheConfiguration(t *testing.T) {
	for _, c := range fieldsInConfig {
		t.Run(c.field, func(t *testing.T) {
			session, want := load(t, "minimal"), minimalConfig()
			c.spec(&session.Spec)
			c.want(&want)
			if got := Config(session, nil); !reflect.DeepEqual(got, want) {
				t.Errorf("the configuration is\n%+v, want\n%+v", got, want)
			}
		})
	}
}

func TestShareOfTheOutbox(t *testing.T) {
	bound := func(asked, capacity string) *corev1.PersistentVolumeClaim {
		claim := liveClaim(asked, corev1.ReadWriteOnce, nil)
		claim.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(capacity)}
		return claim
	}
	cases := []struct {
		name   string
		spec   func(*v1alpha1.WhatsAppSessionSpec)
		claim  *corev1.PersistentVolumeClaim
		outbox int64
	}{
		{"a quarter of what was asked for", nil, nil, 512 << 20},
		{"a quarter of what the volume has so far", nil, bound("2Gi", "1Gi"), 256 << 20},
		{"no more than asked for of a larger volume", nil, bound("2Gi", "100Gi"), 512 << 20},
		{"a quarter of an adopted volume", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
		}, bound("1Gi", "100Gi"), 25 << 30},
		{"the runtime's default while an adopted volume is not bound", func(s *v1alpha1.WhatsAppSessionSpec) {
			s.Storage = v1alpha1.StorageSpec{Type: v1alpha1.StorageExistingClaim, ExistingClaim: "mine"}
		}, nil, 0},
		{"what the spec says, whatever the volume", func(s *v1alpha1.WhatsAppSessionSpec) { s.Outbox.MaxSize = quantity("3Mi") }, bound("2Gi", "1Gi"), 3 << 20},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			session := load(t, "minimal")
			if c.spec != nil {
				c.spec(&session.Spec)
			}
			if got := Config(session, c.claim).Outbox.MaxBytes; got != c.outbox {
				t.Errorf("the outbox may take %d bytes, want %d", got, c.outbox)
			}
		})
	}
}

func TestConfigFileIsReadable(t *testing.T) {
	config := Config(load(t, "full"), nil)
	file, err := ConfigFile(config)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ConfigFile(Config(load(t, "full"), nil))
	if err != nil || string(again) != string(file) {
		t.Errorf("the same session gives a different file: %v", err)
	}
	var read runtimev1.Config
	if err := json.Unmarshal(file, &read); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(read, config) {
		t.Errorf("the runtime reads\n%+v, want\n%+v", read, config)
	}
	// People read the ConfigMap.
	for _, text := range []string{"?x=1&y=2", "\n  \"session\": \"sales-eu\""} {
		if !strings.Contains(string(file), text) {
			t.Errorf("%q is not in the file:\n%s", text, file)
		}
	}
}
