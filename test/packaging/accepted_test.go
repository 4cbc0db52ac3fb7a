package packaging

import (
	"encoding/json"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// An empty spec gets all defaults written into it, so that `kubectl get -o
// yaml` shows the values in effect.
func TestDefaults(t *testing.T) {
	const want = `
state: Running
pairing: {method: QRCode}
storage: {type: Claim, claim: {size: 2Gi, accessMode: ReadWriteOncePod, whenDeleted: Retain}, otherAccounts: Keep}
history: {sync: Recent, groupChats: Import}
outbox: {maxEvents: 2000000, retention: 168h0m0s}
logLevel: Info`
	for _, spec := range []string{"", "{}", "pairing: {}", "storage: {claim: {}}", "history: {}\noutbox: {}"} {
		t.Run(spec, func(t *testing.T) { wantSpec(t, spec, want) })
	}
}

func TestDefaultsInside(t *testing.T) {
	const rest = `
state: Running
pairing: {method: QRCode}
history: {sync: Recent, groupChats: Import}
outbox: {maxEvents: 2000000, retention: 168h0m0s}
logLevel: Info
`
	const volume = "storage: {type: Claim, claim: {size: 2Gi, accessMode: ReadWriteOncePod, whenDeleted: Retain}, otherAccounts: Keep}\n"
	for _, test := range []struct{ title, spec, want string }{
		{
			"auto-archive on demand", "autoArchive: {}",
			volume + "autoArchive: {timeZone: Etc/UTC, maxChatsPerRun: 500}",
		},
		{
			"a policy", `autoArchive: {schedule: "0 3 * * *", policies: [{name: zombies, inactiveFor: 2160h}]}`,
			volume + `autoArchive: {schedule: "0 3 * * *", timeZone: Etc/UTC, maxChatsPerRun: 500, policies: [` +
				`{name: zombies, action: Archive, inactiveFor: 2160h, chatTypes: [Direct, Group], unread: Keep, pinned: Keep, muted: Archive}]}`,
		},
		{"groups", "groups: {}", volume + "groups: {unknown: Keep}"},
		{
			"a webhook", "webhooks: [{name: crm, url: 'https://example.com', events: [message]}]",
			volume + "webhooks: [{name: crm, url: 'https://example.com', events: [message], retries: {policy: Exponential, delay: 2s, attempts: 15}}]",
		},
		{
			"a snapshot", "storage: {claim: {dataSource: {name: snap}}}",
			"storage: {type: Claim, claim: {size: 2Gi, accessMode: ReadWriteOncePod, whenDeleted: Retain, dataSource: {kind: VolumeSnapshot, name: snap}}, otherAccounts: Keep}",
		},
		{
			"a bucket", "storage: {media: {type: S3, s3: {bucket: media, secretRef: {name: s3}}}}",
			"storage: {type: Claim, otherAccounts: Keep, media: {type: S3, s3: {addressing: VirtualHost, bucket: media, region: us-east-1, secretRef: {name: s3}}}}",
		},
	} {
		t.Run(test.title, func(t *testing.T) { wantSpec(t, test.spec, rest+test.want) })
	}
}

// wantSpec creates a session and compares the spec that the API server stores.
func wantSpec(t *testing.T, spec, want string) {
	t.Helper()
	var wanted map[string]any
	if err := yaml.UnmarshalStrict([]byte(want), &wanted); err != nil {
		t.Fatalf("the test's own YAML: %v", err)
	}
	got := create(t, session(t, "defaults", spec)).Object["spec"]
	// Through JSON, so that numbers are of one type.
	left, _ := json.Marshal(got)
	right, _ := json.Marshal(wanted)
	if string(left) != string(right) {
		t.Errorf("stored\n%s\nwant\n%s", left, right)
	}
}

// Specs that make sense are accepted, including the limits. What is accepted
// can be read by a Go program; otherwise one session would keep the operator
// from reading any.
func TestAccepted(t *testing.T) {
	specs := map[string]string{
		"phone code":             `pairing: {method: PhoneCode, phoneNumber: "4915112345678"}`,
		"shortest number":        `pairing: {method: PhoneCode, phoneNumber: "1234567"}`,
		"smallest volume":        "storage: {claim: {size: 64Mi}}",
		"size as a number":       "storage: {claim: {size: 2147483648}}",
		"no storage class":       "storage: {claim: {storageClassName: ''}}",
		"adopted claim":          "storage: {type: ExistingClaim, existingClaim: old.claim-1}",
		"storage without claim":  "storage: {otherAccounts: Delete}",
		"clone":                  "storage: {claim: {dataSource: {kind: PersistentVolumeClaim, name: other}}}",
		"media on adopted claim": "storage: {type: ExistingClaim, existingClaim: big, media: {volume: {maxSize: 50Gi}}}",
		"media for a month":      "storage: {media: {retention: 720h, volume: {maxSize: 1Gi}}}",
		"size with an exponent":  "storage: {claim: {size: 2e9}}",
		"resources":              "pod: {resources: {requests: {cpu: 20m, memory: 64Mi}, limits: {memory: 1e9}}}",
		"longest duration":       "storage: {media: {retention: 999999h999999m9999999s}}",
		"duration as Go says it": "storage: {media: {retention: 720h0m0s}}",
		"leave every group":      "groups: {unknown: LeaveAll}",
		"leave all but one":      "groups: {unknown: Leave, allowed: [1@g.us]}",
		"no limit of days":       "history: {sync: Full}",
		"old group id":           "groups: {unknown: Report, allowed: ['4915112345678-1400000000@g.us']}",
		"keep policy of any age": "autoArchive: {policies: [{name: vips, action: Keep, chatTypes: [Group, Broadcast, Newsletter]}]}",
		"labels by name and id":  "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {exclude: ['7', 'Müller 🙂']}}]}",
		"all forms of a chat id": "autoArchive: {policies: [{name: a, inactiveFor: 1h, exclude: {chatIds: ['15551234567', 15551234567@c.us, 1@lid, 1-2@g.us, 1@newsletter], names: ['VIP*', '?', 'Müller 🙂']}}]}",
		"webhook in the cluster": "webhooks: [{name: n8n, url: 'http://n8n.automation.svc:5678/webhook/a?b=c@d#e', events: ['*']}]",
		"webhook to an address":  "webhooks: [{name: a, url: 'http://[::1]:8080/', events: [session.status, chat.archive]}]",
		"webhook of a Secret":    "webhooks: [{name: a, urlSecretRef: {name: hooks, key: url}, events: [message]}]",
		"two webhooks, one URL":  "webhooks: [{name: a, url: 'https://a.example', events: [message]}, {name: b, url: 'https://a.example', events: [message.ack]}]",
		"a retry after a while":  "webhooks: [{name: a, url: 'https://a.example', events: [message], retries: {policy: Linear, delay: 1m30s}}]",
		"metadata of any text":   "eventMetadata: {user.id: '42', 'Büro / Etage': '3. OG, links'}",
		"an empty label":         "pod: {labels: {example.com/canary: ''}, nodeSelector: {node-role.kubernetes.io/chats: ''}}",
		"an annotation of JSON":  "pod: {annotations: {example.com/a: '{\"b\": [1, 2]}'}}",
		"socks proxy":            "proxy: {url: 'socks5://proxy:1080', secretRef: {name: p}}",
		"labels of others":       "pod: {labels: {team: sales}, annotations: {sidecar.istio.io/inject: 'false'}}",
		"image by digest":        "pod: {image: 'registry:5000/w@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}",
		"wildcard host":          "exposure: {ingress: {host: '*.example.com'}}",
		"public URL with a port": "api: {publicURL: 'http://localhost:3000'}",
	}
	for _, cron := range []string{"0 3 * * *", "*/15 0-6,22-23 1,15 JAN-mar,12 Mon-Fri", "59 23 31 12 0", "? * ? * ?", "@daily", "@hourly", "0-59/5 8 * * 1-5"} {
		specs["schedule "+cron] = `autoArchive: {schedule: "` + cron + `", ` + zombies + `}`
	}
	for _, zone := range []string{"UTC", "Europe/Berlin", "Etc/GMT+1", "America/Argentina/Buenos_Aires", "America/Port-au-Prince"} {
		specs["zone "+zone] = "autoArchive: {timeZone: " + zone + "}"
	}
	for title, spec := range specs {
		t.Run(title, func(t *testing.T) {
			object := create(t, session(t, "accepted", spec))
			if err := api.Get(t.Context(), client.ObjectKeyFromObject(object), &v1alpha1.WhatsAppSession{}); err != nil {
				t.Errorf("accepted, but it cannot be read: %v", err)
			}
		})
	}
}

// A field that a Go program leaves out gets its default, as in a manifest.
func TestTypedClientGetsDefaults(t *testing.T) {
	object := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "typed", Namespace: namespace}}
	if err := api.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Delete(background(), object) })
	spec := &object.Spec
	if spec.State != v1alpha1.SessionRunning || spec.Storage.Claim.WhenDeleted != v1alpha1.VolumeRetain ||
		spec.Storage.Claim.Size.Cmp(resource.MustParse("2Gi")) != 0 || spec.History.GroupChats != v1alpha1.GroupChatsImport {
		t.Errorf("the typed client sees %+v", spec)
	}
	// An update with what was read changes nothing.
	before := object.DeepCopy()
	if err := api.Update(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before.Spec, object.Spec) || before.Generation != object.Generation {
		t.Errorf("a round trip changed the spec from %+v to %+v", before.Spec, object.Spec)
	}
}
