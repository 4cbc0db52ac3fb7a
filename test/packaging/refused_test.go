package packaging

import (
	"strings"
	"testing"
)

// Specs that make no sense are refused, with a sentence that names the field
// and says what to do.
func TestRefused(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.title, func(t *testing.T) {
			err := api.Create(t.Context(), session(t, "refused", test.spec))
			wantRefused(t, err, test.field, test.words)
		})
	}
}

type refusal struct{ title, spec, field, words string }

var refusals = []refusal{
	{"unknown state", "state: Paused", "spec.state", `supported values: "Running", "Stopped"`},
	{"unknown field", "sotrage: {}", "spec.sotrage", "unknown field"},
	{"unknown log level", "logLevel: Loud", "spec.logLevel", "supported values"},

	{"phone code without a number", "pairing: {method: PhoneCode}", "spec.pairing", "needs pairing.phoneNumber"},
	{"number with a QR code", `pairing: {phoneNumber: "4915112345678"}`, "spec.pairing", "for pairing.method PhoneCode only"},
	{"number with a plus", `pairing: {method: PhoneCode, phoneNumber: "+4915112345678"}`, "spec.pairing.phoneNumber", "digits only"},
	{"number with a leading zero", `pairing: {method: PhoneCode, phoneNumber: "015112345678"}`, "spec.pairing.phoneNumber", "international format"},
	{"number too short", `pairing: {method: PhoneCode, phoneNumber: "123456"}`, "spec.pairing.phoneNumber", "international format"},
	{"number too long", `pairing: {method: PhoneCode, phoneNumber: "1234567890123456"}`, "spec.pairing.phoneNumber", "international format"},
	{"number of letters", `pairing: {method: PhoneCode, phoneNumber: "15551FLOWER"}`, "spec.pairing.phoneNumber", "digits only"},
	{"number that is a number", "pairing: {method: PhoneCode, phoneNumber: 4915112345678}", "spec.pairing.phoneNumber", "must be of type string"},

	{"volume too small", "storage: {claim: {size: 1Mi}}", "spec.storage.claim.size", "at least 64Mi"},
	{"volume of negative size", "storage: {claim: {size: -2Gi}}", "spec.storage.claim.size", "at least 64Mi"},
	{"size that is no quantity", "storage: {claim: {size: large}}", "spec.storage.claim.size", "such as 2Gi"},
	{"size that no Go program can read", "storage: {claim: {size: 1e1.5}}", "spec.storage.claim.size", "should match"},
	{"limit that no Go program can read", "pod: {resources: {limits: {memory: 1e1.5}}}", "spec.pod.resources.limits.memory", "should match"},
	{"request of a huge exponent", "pod: {resources: {requests: {cpu: 1e99999999999999999999}}}", "spec.pod.resources.requests.cpu", "should match"},
	{"empty size", "storage: {claim: {size: ''}}", "spec.storage.claim.size", "such as 2Gi"},
	{"media limit that is no quantity", "storage: {media: {volume: {maxSize: much}}}", "spec.storage.media.volume.maxSize", "such as 1Gi"},
	{"volume for many pods", "storage: {claim: {accessMode: ReadWriteMany}}", "spec.storage.claim.accessMode", `supported values: "ReadWriteOncePod", "ReadWriteOnce"`},
	{"a pinned number with a plus", `pairing: {account: "+4915112345678"}`, "spec.pairing.account", "digits only"},
	{"two numbers", `pairing: {method: PhoneCode, phoneNumber: "4915112345678", account: "4915112345679"}`, "spec.pairing", "must be the same number"},
	{"unknown policy for other accounts", "storage: {otherAccounts: Forget}", "spec.storage.otherAccounts", `supported values: "Keep", "Delete"`},
	{"a retention of an hour", "history: {retention: 1h}", "spec.history.retention", "at least 24h"},
	{"no message a minute", "sending: {perMinute: 0}", "spec.sending.perMinute", "greater than or equal to 1"},
	{"more messages than anybody sends", "sending: {perMinute: 601}", "spec.sending.perMinute", "less than or equal to 600"},
	{"more new contacts than there are", "sending: {newContactsPerDay: 10001}", "spec.sending.newContactsPerDay", "less than or equal to 10000"},
	{"a warm-up of an hour", "sending: {perMinute: 5, warmUp: 1h}", "spec.sending.warmUp", "336h is two weeks"},
	{"a warm-up of nothing", "sending: {warmUp: 336h}", "spec.sending", "warmUp needs a limit that grows"},
	{"an outbox of nothing", "outbox: {maxSize: 1Ki}", "spec.outbox.maxSize", "at least 1Mi"},
	{"unknown deletion policy", "storage: {claim: {whenDeleted: Recycle}}", "spec.storage.claim.whenDeleted", `supported values: "Retain", "Delete"`},
	{"unknown storage", "storage: {type: HostPath}", "spec.storage.type", `supported values: "Claim", "ExistingClaim"`},
	{"a name in the chat API with a dot", "sessionName: sales.eu", "spec.sessionName", "choose another name"},
	{"a name in the chat API that is none", "sessionName: ''", "spec.sessionName", "at least 1 char"},
	{"a name in the chat API that is too long", "sessionName: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "spec.sessionName", "54"},
	{"adopted claim without a name", "storage: {type: ExistingClaim}", "spec.storage", "needs storage.existingClaim"},
	{"adopted claim of no name", "storage: {type: ExistingClaim, existingClaim: ''}", "spec.storage.existingClaim", "at least 1 char"},
	{"claim adopted and made", "storage: {type: ExistingClaim, existingClaim: old, claim: {dataSource: {name: snap}}}", "spec.storage", "remove storage.claim"},
	{"adopted claim without the type", "storage: {existingClaim: old}", "spec.storage", "set storage.type"},
	{"claim name that is none", "storage: {type: ExistingClaim, existingClaim: Old_Claim}", "spec.storage.existingClaim", "name of a PersistentVolumeClaim"},
	{"data source without a name", "storage: {claim: {dataSource: {kind: VolumeSnapshot}}}", "spec.storage.claim.dataSource.name", "Required value"},
	{"data source of another kind", "storage: {claim: {dataSource: {kind: Bucket, name: b}}}", "spec.storage.claim.dataSource.kind", "supported values"},
	{"media larger than the volume", "storage: {claim: {size: 1Gi}, media: {volume: {maxSize: 1Gi}}}", "spec.storage", "maxSize must be smaller than storage.claim.size"},
	{"media larger than the default volume", "storage: {media: {volume: {maxSize: 3Gi}}}", "spec.storage", "maxSize must be smaller than storage.claim.size"},
	{"hardly any media", "storage: {media: {volume: {maxSize: 1Mi}}}", "spec.storage.media.volume.maxSize", "at least 16Mi"},
	{"media kept for no time", "storage: {media: {retention: 0s}}", "spec.storage.media.retention", "at least 1h"},
	{"media kept for negative time", "storage: {media: {retention: -720h}}", "spec.storage.media.retention", "at least 1h"},
	{"media kept for longer than there is time", "storage: {media: {retention: 999999h999999h999999h}}", "spec.storage.media.retention", "at least 1h"},
	{"media kept for nothing", "storage: {media: {retention: ''}}", "spec.storage.media.retention", "at least 1h"},
	{"media kept for days", "storage: {media: {retention: 30d}}", "spec.storage.media.retention", "720h is 30 days"},
	{"bucket and volume limit", "storage: {media: {type: S3, volume: {maxSize: 1Gi}, s3: {bucket: media, secretRef: {name: s3}}}}", "spec.storage.media", "limit a bucket with storage.media.retention"},
	{"bucket without the type", "storage: {media: {s3: {bucket: media, secretRef: {name: s3}}}}", "spec.storage.media", "set storage.media.type"},
	{"no bucket", "storage: {media: {type: S3}}", "spec.storage.media", "needs storage.media.s3"},
	{"unknown addressing", "storage: {media: {type: S3, s3: {bucket: media, addressing: path, secretRef: {name: s3}}}}", "spec.storage.media.s3.addressing", `supported values: "VirtualHost", "Path"`},
	{"bucket without credentials", "storage: {media: {type: S3, s3: {bucket: media}}}", "spec.storage.media.s3.secretRef", "Required value"},
	{"bucket with a bad name", "storage: {media: {type: S3, s3: {bucket: My_Bucket, secretRef: {name: s3}}}}", "spec.storage.media.s3.bucket", "must be a bucket name"},
	{"bucket endpoint with credentials", "storage: {media: {type: S3, s3: {bucket: media, endpoint: 'https://k:s@s3.example.com', secretRef: {name: s3}}}}", "spec.storage.media.s3.endpoint", "secretRef"},
	{"bucket endpoint with a path", "storage: {media: {type: S3, s3: {bucket: media, endpoint: 'https://s3.example.com/media', secretRef: {name: s3}}}}", "spec.storage.media.s3.endpoint", "path"},

	{"unknown amount of history", "history: {sync: Everything}", "spec.history.sync", "supported values"},
	{"no days of history", "history: {days: 0}", "spec.history.days", "greater than or equal to 1"},
	{"unknown choice of group chats", "history: {groupChats: 'true'}", "spec.history.groupChats", `supported values: "Import", "Skip"`},
	{"too many days of history", "history: {days: 4000}", "spec.history.days", "less than or equal to 3650"},

	{"unknown action for groups", "groups: {unknown: Delete}", "spec.groups.unknown", "supported values"},
	{"leave without a list", "groups: {unknown: Leave}", "spec.groups", "use LeaveAll if"},
	{"leave with an empty list", "groups: {unknown: Leave, allowed: []}", "spec.groups", "use LeaveAll if"},
	{"leave all but one", "groups: {unknown: LeaveAll, allowed: [1@g.us]}", "spec.groups", "use Leave to stay in them"},
	{"allowed chat that is no group", "groups: {allowed: [15551234567@c.us]}", "spec.groups.allowed[0]", "should match"},
	{"allowed group twice", "groups: {allowed: [1@g.us, 1@g.us]}", "spec.groups.allowed[1]", "Duplicate value"},

	{"proxy with credentials", "proxy: {url: 'http://user:pass@proxy:3128'}", "spec.proxy.url", "proxy.secretRef"},
	{"proxy with another scheme", "proxy: {url: 'ftp://proxy:21'}", "spec.proxy.url", "socks5://"},
	{"proxy without a URL", "proxy: {secretRef: {name: p}}", "spec.proxy.url", "Required value"},
	{"keys without a Secret", "api: {keysSecretRef: {name: ''}}", "spec.api.keysSecretRef.name", "at least 1 char"},
	{"public URL with a path", "api: {publicURL: 'https://example.com/api'}", "spec.api.publicURL", "nothing after it"},

	{"egress to a URL", "egress: {allow: ['http://files.crm.svc']}", "spec.egress.allow[0]", "must be a CIDR"},
	{"egress to a host with a port", "egress: {allow: ['files.crm.svc:80']}", "spec.egress.allow[0]", "must be a CIDR"},
	{"egress to a CIDR that is none", "egress: {allow: [10.0.0.0/40]}", "spec.egress.allow[0]", "must be a CIDR"},
	{"egress to a number", "egress: {allow: ['2130706433']}", "spec.egress.allow[0]", "must be a CIDR"},
	{"egress to any name", "egress: {allow: ['*']}", "spec.egress.allow[0]", "must be a CIDR"},
	{"egress to a host twice", "egress: {allow: [a.example, a.example]}", "spec.egress.allow[1]", "Duplicate value"},

	{"label of the operator", "pod: {labels: {wasession.dev/session: other}}", "spec.pod.labels", "set by the operator"},
	{"recommended label", "pod: {labels: {app.kubernetes.io/name: other}}", "spec.pod.labels", "set by the operator"},
	{"annotation of the operator", "pod: {annotations: {wasession.dev/paused: 'true'}}", "spec.pod.annotations", "set by the operator"},
	{"label with a space", "pod: {labels: {team: 'sales eu'}}", "spec.pod.labels[team]", "must be the value of a label"},
	{"label that is too long", "pod: {labels: {team: " + strings.Repeat("x", 64) + "}}", "spec.pod.labels.team", "may not be more than 63"},
	{"label of a bad key", "pod: {labels: {'my team': sales}}", "spec.pod.labels", "example.com/team"},
	{"label of a bad prefix", "pod: {labels: {Example.com/team: sales}}", "spec.pod.labels", "example.com/team"},
	{"annotation of a bad key", "pod: {annotations: {'a/b/c': ''}}", "spec.pod.annotations", "example.com/team"},
	{"annotation that is too long", "pod: {annotations: {a: " + strings.Repeat("x", 16385) + "}}", "spec.pod.annotations.a", "may not be more than 16384"},
	{"annotations that are too much", "pod: {annotations: {" + annotations(9, 16384) + "}}", "spec.pod.annotations", "at most 131072 characters"},
	{"node with a bad label", "pod: {nodeSelector: {pool: -chats}}", "spec.pod.nodeSelector[pool]", "must be the value of a label"},
	{"node with a bad key", "pod: {nodeSelector: {'': chats}}", "spec.pod.nodeSelector", "example.com/team"},
	{"an unknown kind to ignore", "ignore: [Stories]", "spec.ignore[0]", "Groups"},
	{"a kind to ignore twice", "ignore: [Groups, Groups]", "spec.ignore[1]", "Duplicate value"},
	{"an unknown browser", "pairing: {browser: Mosaic}", "spec.pairing.browser", "Firefox"},
	{"a long device name", "pairing: {deviceName: " + strings.Repeat("x", 51) + "}", "spec.pairing.deviceName", "may not be more than 50"},
	{"metadata without a key", "eventMetadata: {'': a}", "spec.eventMetadata", "1 to 63 characters"},
	{"metadata with a long key", "eventMetadata: {" + strings.Repeat("x", 64) + ": a}", "spec.eventMetadata", "1 to 63 characters"},
	{"metadata with a long value", "eventMetadata: {a: " + strings.Repeat("x", 1025) + "}", "spec.eventMetadata.a", "may not be more than 1024"},
	{"a device", "pod: {resources: {claims: [{name: gpu}]}}", "spec.pod.resources", "remove it and use requests and limits"},
	{"skew beyond 32 bits", "pod: {topologySpreadConstraints: [{maxSkew: 3000000000, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]}", "spec.pod.topologySpreadConstraints[0].maxSkew", "int32"},
	{"seconds beyond 64 bits", "pod: {tolerations: [{tolerationSeconds: 1e30}]}", "spec.pod.tolerations[0].tolerationSeconds", "int64"},
	{"image with a space", "pod: {image: 'a b'}", "spec.pod.image", "an image name"},
	{"unknown pull policy", "pod: {imagePullPolicy: Sometimes}", "spec.pod.imagePullPolicy", "supported values"},

	{"ingress without a host", "exposure: {ingress: {className: nginx}}", "spec.exposure.ingress.host", "Required value"},
	{"ingress with a URL as host", "exposure: {ingress: {host: 'https://example.com'}}", "spec.exposure.ingress.host", "DNS name"},
	{"route without a gateway", "exposure: {httpRoute: {parentRefs: []}}", "spec.exposure.httpRoute.parentRefs", "at least 1 item"},
}

// annotations returns YAML of some annotations of the given length.
func annotations(count, length int) string {
	text := ""
	for i := range count {
		text += "a" + strings.Repeat("x", i) + ": " + strings.Repeat("v", length) + ", "
	}
	return strings.TrimSuffix(text, ", ")
}

// Names become host names and parts of URLs.
func TestRefusedNames(t *testing.T) {
	for _, name := range []string{"1sales", "sales.eu", strings.Repeat("a", 55)} {
		t.Run(name, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, name, "")), "", "start with a letter")
		})
	}
	create(t, session(t, strings.Repeat("a", 54), ""))
}

// A list without a bound could make an object so large that every reader
// suffers.
func TestRefusedLengths(t *testing.T) {
	hooks := "webhooks:\n"
	for i := range 17 {
		hooks += "- {name: x" + strings.Repeat("x", i) + ", url: 'https://example.com/', events: ['*']}\n"
	}
	wantRefused(t, api.Create(t.Context(), session(t, "refused", hooks)), "spec.webhooks", "at most 16 items")

	policies := "autoArchive:\n  policies:\n"
	for i := range 33 {
		policies += "  - {name: p" + strings.Repeat("x", i) + ", inactiveFor: 2160h}\n"
	}
	wantRefused(t, api.Create(t.Context(), session(t, "refused", policies)), "spec.autoArchive.policies", "at most 32 items")
}
