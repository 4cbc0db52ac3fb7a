package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ChatType is a kind of chat that a policy can apply to.
//
// +kubebuilder:validation:Enum=Direct;Group;Broadcast;Newsletter
type ChatType string

const (
	// ChatDirect is a chat with one person.
	ChatDirect ChatType = "Direct"
	// ChatGroup is a group.
	ChatGroup ChatType = "Group"
	// ChatBroadcast is a broadcast list.
	ChatBroadcast ChatType = "Broadcast"
	// ChatNewsletter is a channel.
	ChatNewsletter ChatType = "Newsletter"
)

// ArchiveAction is what a policy does with a chat that it applies to.
//
// +kubebuilder:validation:Enum=Keep;Archive
type ArchiveAction string

const (
	// ArchiveKeep leaves the chat alone, and later policies do not apply to it.
	ArchiveKeep ArchiveAction = "Keep"
	// ArchiveArchive moves the chat out of the list of active chats.
	ArchiveArchive ArchiveAction = "Archive"
)

// AutoArchiveSpec archives chats that have been idle for a long time. It
// archives them as the phone does: nothing is deleted, and whether a new
// message unarchives a chat depends on the number's WhatsApp settings. A change
// does not restart the pod.
//
// +kubebuilder:validation:XValidation:rule="!has(self.schedule) || (has(self.policies) && self.policies.size() > 0)",message="autoArchive.schedule without a policy would archive nothing: add at least one entry to autoArchive.policies, or remove the schedule"
type AutoArchiveSpec struct {
	// schedule is when to run, in the five fields of cron (minute, hour, day of
	// the month, month, day of the week), such as "0 3 * * *", or one of @hourly,
	// @daily, @midnight, @weekly, @monthly, @yearly and @annually. Runs missed
	// while the session was not running are made up for by a single run. Without a
	// schedule, auto-archive runs only on demand, through the annotation
	// wasession.dev/auto-archive-requested-at or the chat API.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="!self.contains('TZ=')",message="write the time zone into autoArchive.timeZone instead of the schedule"
	// +kubebuilder:validation:XValidation:rule="self.matches('^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[^@ ]+( [^ ]+){4})$')",message="must have the five fields of cron, one space apart (minute, hour, day of the month, month, day of the week) such as '0 3 * * *', or be @hourly, @daily, @weekly, @monthly or @yearly"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^@ ]+( [^ ]+){4}$') || self.split(' ')[0].split(',').all(r, r.matches('(?i)^([*?]|[0-5]?[0-9](-[0-5]?[0-9])?)(/[1-9][0-9]?)?$'))",message="has a wrong minute, the first field: 0 to 59 or *, with lists (1,2), ranges (1-5) and steps (*/5)"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^@ ]+( [^ ]+){4}$') || self.split(' ')[1].split(',').all(r, r.matches('(?i)^([*?]|([01]?[0-9]|2[0-3])(-([01]?[0-9]|2[0-3]))?)(/[1-9][0-9]?)?$'))",message="has a wrong hour, the second field: 0 to 23 or *, with lists (1,2), ranges (1-5) and steps (*/5)"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^@ ]+( [^ ]+){4}$') || self.split(' ')[2].split(',').all(r, r.matches('(?i)^([*?]|(0?[1-9]|[12][0-9]|3[01])(-(0?[1-9]|[12][0-9]|3[01]))?)(/[1-9][0-9]?)?$'))",message="has a wrong day of the month, the third field: 1 to 31 or *, with lists (1,2), ranges (1-5) and steps (*/5)"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^@ ]+( [^ ]+){4}$') || self.split(' ')[3].split(',').all(r, r.matches('(?i)^([*?]|(0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-(0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))?)(/[1-9][0-9]?)?$'))",message="has a wrong month, the fourth field: 1 to 12, jan to dec, or *, with lists (1,2), ranges (1-5) and steps (*/5)"
	// +kubebuilder:validation:XValidation:rule="!self.matches('^[^@ ]+( [^ ]+){4}$') || self.split(' ')[4].split(',').all(r, r.matches('(?i)^([*?]|([0-6]|sun|mon|tue|wed|thu|fri|sat)(-([0-6]|sun|mon|tue|wed|thu|fri|sat))?)(/[1-9][0-9]?)?$'))",message="has a wrong day of the week, the fifth field: 0 to 6 with Sunday as 0, sun to sat, or *, with lists (1,2), ranges (1-5) and steps (*/5)"
	Schedule string `json:"schedule,omitempty"`

	// timeZone is the time zone of the schedule, as a name in the IANA database.
	// Defaults to Etc/UTC. Hours that daylight saving time skips or repeats are
	// handled as in a Kubernetes CronJob. An unknown time zone makes the session
	// Stalled.
	// +optional
	// +kubebuilder:default="Etc/UTC"
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.lowerAscii() != 'local' && self.matches('^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$')",message="must be the name of a time zone such as Europe/Berlin or Etc/UTC"
	TimeZone string `json:"timeZone,omitempty"`

	// suspend prevents scheduled runs. Defaults to false. Runs on demand still
	// work.
	// +optional
	Suspend bool `json:"suspend,omitempty"`

	// dryRun only reports which chats would be archived and which groups would be
	// left. Defaults to false.
	// +optional
	DryRun bool `json:"dryRun,omitempty"`

	// maxChatsPerRun is the most chats that one run archives, longest idle first.
	// Defaults to 500. Must be 1 to 10000. The rest are left to the next run.
	// +optional
	// +kubebuilder:default=500
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=10000
	MaxChatsPerRun int32 `json:"maxChatsPerRun,omitempty"`

	// policies decide which chats to archive. They are evaluated in order; the
	// first that applies to a chat decides. At most 32, with unique names. At
	// least one is required with a schedule.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:XValidation:rule="self.all(p, self.exists_one(q, q.name == p.name))",message="two policies have the same name: give each a unique name"
	Policies []ArchivePolicy `json:"policies,omitempty"`
}

// ArchivePolicy is one rule of autoArchive. It applies to a chat whose type is
// listed, that is not excluded and that has been idle for long enough. A chat
// that it keeps, through action, unread, pinned, muted or labels, is not archived
// by a later policy.
//
// +kubebuilder:validation:XValidation:rule="!has(self.labels) || self.action != 'Keep'",message="labels are for policies that archive: a policy with action Keep keeps all chats, so remove labels or the action"
// +kubebuilder:validation:XValidation:rule="self.action == 'Keep' || has(self.inactiveFor)",message="a policy that archives needs inactiveFor: how long a chat must be idle, such as 2160h for 90 days"
type ArchivePolicy struct {
	// name identifies the policy in runs, events and metrics. Must be a DNS label.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must contain only a-z, 0-9 and '-', and start and end with a letter or digit"
	Name string `json:"name"`

	// action is Archive (default), or Keep, which protects the chats that the
	// policy applies to from later policies.
	// +optional
	// +kubebuilder:default=Archive
	Action ArchiveAction `json:"action,omitempty"`

	// inactiveFor is how long a chat must have been without messages, such as
	// 2160h for 90 days. Must be at least 1h. Required with Archive. With Keep,
	// the policy applies to chats of any age without it.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1h')",message="must be a duration of at least 1h, written in h, m and s: 2160h is 90 days"
	InactiveFor *metav1.Duration `json:"inactiveFor,omitempty"`

	// chatTypes are the kinds of chat that the policy applies to. Defaults to
	// Direct and Group.
	// +optional
	// +listType=set
	// +kubebuilder:default={Direct,Group}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=4
	ChatTypes []ChatType `json:"chatTypes,omitempty"`

	// unread is what happens to chats with unread messages or marked unread:
	// Keep (default) or Archive.
	// +optional
	// +kubebuilder:default=Keep
	Unread ArchiveAction `json:"unread,omitempty"`

	// pinned is what happens to pinned chats: Keep (default) or Archive.
	// +optional
	// +kubebuilder:default=Keep
	Pinned ArchiveAction `json:"pinned,omitempty"`

	// muted is what happens to muted chats: Keep or Archive (default, as idle
	// muted chats are what auto-archive is for).
	// +optional
	// +kubebuilder:default=Archive
	Muted ArchiveAction `json:"muted,omitempty"`

	// exclude names chats that the policy does not apply to. Later policies may
	// still apply to them.
	// +optional
	Exclude *ArchiveExclusion `json:"exclude,omitempty"`

	// labels keeps chats by their labels. An image of a version without this field
	// keeps all chats that the policy applies to.
	// +optional
	Labels *ArchiveLabels `json:"labels,omitempty"`
}

// ArchiveLabels keeps chats by the labels that they have in WhatsApp Business.
type ArchiveLabels struct {
	// exclude are labels, by name or by id. A chat that the policy applies to and that
	// has one of them is kept, and later policies do not apply to it. Case is ignored.
	// An id stays the same when the label is renamed: GET /api/{session}/labels lists
	// them. At most 32.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	Exclude []string `json:"exclude,omitempty"`
}

// ArchiveExclusion names chats by id or by name.
type ArchiveExclusion struct {
	// chatIds are chat ids such as 15551234567@c.us or 1234-5678@g.us; a bare
	// phone number means the same with @c.us. At most 500.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=500
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +kubebuilder:validation:items:Pattern=`^[0-9]+(-[0-9]+)?(@(c\.us|s\.whatsapp\.net|g\.us|lid|broadcast|newsletter))?$`
	ChatIDs []string `json:"chatIds,omitempty"`

	// names are patterns for chat names: '*' matches any text and '?' any one
	// character. Case is ignored. "VIP*" matches every name that starts with VIP.
	// At most 100.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	Names []string `json:"names,omitempty"`
}
