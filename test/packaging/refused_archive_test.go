package packaging

import "testing"

// Most mistakes in manifests are made in autoArchive and webhooks.
func TestRefusedArchivePolicies(t *testing.T) {
	for _, test := range archiveRefusals {
		t.Run(test.title, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, "refused", test.spec)), test.field, test.words)
		})
	}
}

const zombies = "policies: [{name: zombies, inactiveFor: 2160h}]"

var archiveRefusals = []refusal{
	{"schedule without a policy", `autoArchive: {schedule: "0 3 * * *"}`, "spec.autoArchive", "add at least one entry to autoArchive.policies"},
	{"schedule with an empty list", `autoArchive: {schedule: "0 3 * * *", policies: []}`, "spec.autoArchive", "add at least one entry"},
	{"two policies of one name", "autoArchive: {policies: [{name: a, inactiveFor: 1h}, {name: b, inactiveFor: 1h}, {name: a, inactiveFor: 2h}]}", "spec.autoArchive.policies", "unique name"},
	{"policy without a name", "autoArchive: {policies: [{inactiveFor: 1h}]}", "spec.autoArchive.policies[0].name", "Required value"},
	{"policy with a bad name", "autoArchive: {policies: [{name: My Policy, inactiveFor: 1h}]}", "spec.autoArchive.policies[0].name", "only a-z, 0-9"},
	{"policy that archives at once", "autoArchive: {policies: [{name: a}]}", "spec.autoArchive.policies[0]", "needs inactiveFor"},
	{"idle for less than an hour", "autoArchive: {policies: [{name: a, inactiveFor: 59m}]}", "spec.autoArchive.policies[0].inactiveFor", "at least 1h"},
	{"idle for no time", "autoArchive: {policies: [{name: a, inactiveFor: 0h}]}", "spec.autoArchive.policies[0].inactiveFor", "at least 1h"},
	{"idle for negative time", "autoArchive: {policies: [{name: a, inactiveFor: -2160h}]}", "spec.autoArchive.policies[0].inactiveFor", "at least 1h"},
	{"idle for days", "autoArchive: {policies: [{name: a, inactiveFor: 90d}]}", "spec.autoArchive.policies[0].inactiveFor", "2160h is 90 days"},
	{"idle for a number", "autoArchive: {policies: [{name: a, inactiveFor: 2160}]}", "spec.autoArchive.policies[0].inactiveFor", "must be of type string"},
	{"unknown chat type", "autoArchive: {policies: [{name: a, inactiveFor: 1h, chatTypes: [Community]}]}", "spec.autoArchive.policies[0].chatTypes[0]", "supported values"},
	{"no chat type", "autoArchive: {policies: [{name: a, inactiveFor: 1h, chatTypes: []}]}", "spec.autoArchive.policies[0].chatTypes", "at least 1 item"},
	{"unknown action", "autoArchive: {policies: [{name: a, inactiveFor: 1h, unread: Delete}]}", "spec.autoArchive.policies[0].unread", `supported values: "Keep", "Archive"`},
	{"labels of no label", "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {exclude: []}}]}", "spec.autoArchive.policies[0].labels.exclude", "at least 1 item"},
	{"labels of nothing", "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {}}]}", "spec.autoArchive.policies[0].labels.exclude", "Required value"},
	{"a label without a name", "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {exclude: ['']}}]}", "spec.autoArchive.policies[0].labels.exclude[0]", "at least 1 char"},
	{"a label twice", "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {exclude: [VIP, VIP]}}]}", "spec.autoArchive.policies[0].labels.exclude[1]", "Duplicate value"},
	{"a number as a label", "autoArchive: {policies: [{name: a, inactiveFor: 1h, labels: {exclude: [7]}}]}", "spec.autoArchive.policies[0].labels.exclude[0]", "must be of type string"},
	{"labels of a policy that keeps", "autoArchive: {policies: [{name: a, action: Keep, labels: {exclude: [VIP]}}]}", "spec.autoArchive.policies[0]", "remove labels or the action"},
	{"excluded chat that is no id", "autoArchive: {policies: [{name: a, inactiveFor: 1h, exclude: {chatIds: [Bob]}}]}", "spec.autoArchive.policies[0].exclude.chatIds[0]", "should match"},
	{"no chats a run", "autoArchive: {maxChatsPerRun: 0}", "spec.autoArchive.maxChatsPerRun", "greater than or equal to 1"},
	{"too many chats a run", "autoArchive: {maxChatsPerRun: 10001}", "spec.autoArchive.maxChatsPerRun", "less than or equal to 10000"},

	schedule("", "at least 1 char"),
	schedule("0 3 * *", "five fields of cron"),
	schedule("0 0 3 * * *", "five fields of cron"),
	schedule("every night", "five fields of cron"),
	schedule("@nightly", "five fields of cron"),
	schedule("@every 1h", "five fields of cron"),
	schedule("TZ=Europe/Berlin 0 3 * * *", "autoArchive.timeZone"),
	schedule("CRON_TZ=Europe/Berlin 0 3 * * *", "autoArchive.timeZone"),
	schedule("60 3 * * *", "wrong minute"),
	schedule("-5 3 * * *", "wrong minute"),
	schedule("*/0 3 * * *", "wrong minute"),
	schedule("0 24 * * *", "wrong hour"),
	schedule("0 3am * * *", "wrong hour"),
	schedule("0 3 32 * *", "wrong day of the month"),
	schedule("0 3 0 * *", "wrong day of the month"),
	schedule("0 3 * 13 *", "wrong month"),
	schedule("0 3 * foo *", "wrong month"),
	schedule("0 3 * * 7", "wrong day of the week"),
	schedule("0 3 * * mon-", "wrong day of the week"),

	zone("Local"), zone("local"), zone("Europe/Berlin; rm"), zone("+01:00"), zone("/etc/localtime"), zone("../zone"), zone("a/b/c/d"),
}

func schedule(cron, words string) refusal {
	return refusal{"schedule " + cron, `autoArchive: {schedule: "` + cron + `", ` + zombies + `}`, "spec.autoArchive.schedule", words}
}

func zone(name string) refusal {
	return refusal{"zone " + name, `autoArchive: {timeZone: "` + name + `"}`, "spec.autoArchive.timeZone", "name of a time zone such as Europe/Berlin"}
}

func TestRefusedWebhooks(t *testing.T) {
	for _, test := range webhookRefusals {
		t.Run(test.title, func(t *testing.T) {
			wantRefused(t, api.Create(t.Context(), session(t, "refused", test.spec)), test.field, test.words)
		})
	}
}

var webhookRefusals = []refusal{
	{"webhook without a name", "webhooks: [{url: 'https://a.example', events: [message]}]", "spec.webhooks[0].name", "Required value"},
	{"webhook with a bad name", "webhooks: [{name: My Hook, url: 'https://a.example', events: [message]}]", "spec.webhooks[0].name", "only a-z, 0-9"},
	{"webhook without a URL", "webhooks: [{name: a, events: [message]}]", "spec.webhooks[0]", "exactly one of url and urlSecretRef"},
	{"webhook with two URLs", "webhooks: [{name: a, url: 'https://a.example', urlSecretRef: {name: hooks, key: url}, events: [message]}]", "spec.webhooks[0]", "exactly one of url and urlSecretRef"},
	{"URL without an entry", "webhooks: [{name: a, urlSecretRef: {name: hooks}, events: [message]}]", "spec.webhooks[0].urlSecretRef.key", "Required value"},
	{"two webhooks of one name", "webhooks: [{name: a, url: 'https://a.example', events: [message]}, {name: a, url: 'https://b.example', events: [message.ack]}]", "spec.webhooks[1]", "Duplicate value"},
	webhook("webhook without events", "events: []", "events", "at least 1 item"),
	webhook("unknown event", "events: [mesage]", "events[0]", "supported values"),
	webhook("event twice", "events: [message, message]", "events[1]", "Duplicate value"),
	webhook("signing key without an entry", "events: [message], hmacSecretRef: {name: hooks}", "hmacSecretRef.key", "Required value"),
	webhook("unknown retry policy", "events: [message], retries: {policy: Random}", "retries.policy", "supported values"),
	webhook("retry policy as WAHA writes it", "events: [message], retries: {policy: exponential}", "retries.policy", `supported values: "Constant", "Linear", "Exponential"`),
	webhook("no attempt", "events: [message], retries: {attempts: 0}", "retries.attempts", "greater than or equal to 1"),
	webhook("too many attempts", "events: [message], retries: {attempts: 101}", "retries.attempts", "less than or equal to 100"),
	webhook("no delay", "events: [message], retries: {delay: 0s}", "retries.delay", "1s to 1h"),
	webhook("too long a delay", "events: [message], retries: {delay: 61m}", "retries.delay", "1s to 1h"),
	webhook("a delay of a number", "events: [message], retries: {delay: 2}", "retries.delay", "must be of type string"),
	webhook("a delay without a unit", "events: [message], retries: {delay: '2'}", "retries.delay", "such as 2s"),
	webhook("a delay in milliseconds", "events: [message], retries: {delay: 500ms}", "retries.delay", "such as 2s"),
	{"outbox too small", "outbox: {maxEvents: 99}", "spec.outbox.maxEvents", "greater than or equal to 100"},
	{"outbox for no time", "outbox: {retention: 0s}", "spec.outbox.retention", "at least 1m"},
	hook("ftp://example.com"), hook("example.com/hook"), hook("https://"), hook("https://user:pass@example.com/hook"),
	hook("http://token@example.com"), hook("file:///etc/passwd"), hook("javascript:alert(1)"), hook("https://example.com/a b"),
}

func hook(url string) refusal {
	return refusal{"webhook " + url, "webhooks: [{name: a, url: '" + url + "', events: [message]}]", "spec.webhooks[0].url", "must be an http:// or https:// URL"}
}

func webhook(title, fields, field, words string) refusal {
	return refusal{title, "webhooks: [{name: a, url: 'https://a.example', " + fields + "}]", "spec.webhooks[0]." + field, words}
}
