package v1alpha1

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WebhookEvent is the name of an event, as webhooks and websockets carry it.
//
// +kubebuilder:validation:Enum="*";session.status;message;message.any;message.ack;message.ack.group;message.reaction;message.revoked;message.edited;message.waiting;group.v2.join;group.v2.leave;group.v2.update;group.v2.participants;group.v2.participants.join-request;presence.update;poll.vote;poll.vote.failed;chat.archive;call.received;call.accepted;call.rejected;label.upsert;label.deleted;label.chat.added;label.chat.deleted;event.response;event.response.failed
type WebhookEvent string

// AllEvents stands for every event.
const AllEvents WebhookEvent = "*"

// RetryPolicy is how the time between two attempts grows.
//
// +kubebuilder:validation:Enum=Constant;Linear;Exponential
type RetryPolicy string

const (
	// RetryConstant waits for the delay each time.
	RetryConstant RetryPolicy = "Constant"
	// RetryLinear adds the delay each time.
	RetryLinear RetryPolicy = "Linear"
	// RetryExponential waits twice as long each time.
	RetryExponential RetryPolicy = "Exponential"
)

// WebhookSpec is one receiver of events. Events are stored before they are
// acknowledged to WhatsApp, and delivered in order and at least once. Events
// that cannot be delivered become dead letters, which can be sent again. A
// change does not restart the pod, unless it names another Secret.
//
// +kubebuilder:validation:XValidation:rule="has(self.url) != has(self.urlSecretRef)",message="a webhook has exactly one of url and urlSecretRef: remove one, or add the missing one"
type WebhookSpec struct {
	// name identifies the webhook in logs, in the chat API and to its receiver.
	// Must be a DNS label, unique among the session's webhooks. Another name is
	// another webhook, which starts after the newest event; another URL under the
	// same name continues where the last one stopped.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",message="must contain only a-z, 0-9 and '-', and start and end with a letter or digit"
	Name string `json:"name"`

	// url is where events are posted: http or https, without user and password,
	// at most 2048 characters. TLS certificates are verified. It may be inside the
	// cluster (http://n8n.crm.svc/…), but not on loopback or link-local addresses,
	// cloud metadata or the Kubernetes API server. Either url or urlSecretRef is
	// required.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="isURL(self) && self.matches('^https?://[^/?#@ ]+([/?#][^ ]*)?$')",message="must be an http:// or https:// URL with a host, without user and password: put credentials into headersSecretRef"
	URL string `json:"url,omitempty"`

	// urlSecretRef names the entry of a Secret that holds the URL, for URLs that
	// contain a token. The URL appears neither in the chat API nor in logs. The
	// operator cannot read it: if it is inside the cluster, egress.allow must list
	// its host, or the session's NetworkPolicy does not let it through. A changed
	// entry takes effect without a restart.
	// +optional
	URLSecretRef *SecretKeyReference `json:"urlSecretRef,omitempty"`

	// events are the events to deliver; "*" means all of them. At least one.
	// +required
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Events []WebhookEvent `json:"events"`

	// hmacSecretRef names the key that signs request bodies (HMAC-SHA-512, in the
	// header X-Webhook-Hmac). Bodies are not signed without it.
	// +optional
	HMACSecretRef *SecretKeyReference `json:"hmacSecretRef,omitempty"`

	// headersSecretRef names a Secret whose entries are sent as headers: each key
	// is a header's name, its value the header's value.
	// +optional
	HeadersSecretRef *SecretReference `json:"headersSecretRef,omitempty"`

	// retries configures how failed deliveries are retried.
	// +optional
	// +kubebuilder:default={}
	Retries RetriesSpec `json:"retries,omitzero"`
}

// RetriesSpec configures how failed deliveries are retried. A delivery fails on
// any response other than 2xx and on timeout. While an event is retried, later
// events wait.
type RetriesSpec struct {
	// policy is Constant, Linear or Exponential (default).
	// +optional
	// +kubebuilder:default=Exponential
	Policy RetryPolicy `json:"policy,omitempty"`

	// delay is the time before the first retry. Defaults to 2s. Must be 1s to 1h,
	// in h, m and s. The policy determines later delays, which are at most an
	// hour.
	// +optional
	// +kubebuilder:default="2s"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1s') && duration(self) <= duration('1h')",message="must be a duration of 1s to 1h, written in h, m and s, such as 2s or 1m30s"
	Delay *metav1.Duration `json:"delay,omitempty"`

	// attempts is how often an event is sent before it becomes a dead letter.
	// Defaults to 15. Must be 1 to 100.
	// +optional
	// +kubebuilder:default=15
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100
	Attempts int32 `json:"attempts,omitempty"`
}

// OutboxSpec limits what is kept on the volume for webhooks. A change does not
// restart the pod.
type OutboxSpec struct {
	// maxSize is how much space events and dead letters may take. Defaults to a
	// quarter of the volume. Events take at most half of it: beyond that the
	// oldest become dead letters. Dead letters take at most the other half: beyond
	// that the oldest are removed.
	// +optional
	// +kubebuilder:validation:XValidation:rule="isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('1Mi')) >= 0",message="outbox.maxSize must be a quantity of at least 1Mi, such as 512Mi"
	MaxSize *resource.Quantity `json:"maxSize,omitempty"`

	// maxEvents is how many events are kept. Defaults to 2000000. Must be 100 to
	// 10000000. Beyond it the oldest become dead letters.
	// +optional
	// +kubebuilder:default=2000000
	// +kubebuilder:validation:Minimum=100
	// +kubebuilder:validation:Maximum=10000000
	MaxEvents int32 `json:"maxEvents,omitempty"`

	// retention is how long clients can resume from delivered events, and how long
	// dead letters can be read and sent again. Defaults to 168h (7 days). Must be
	// at least 1m. An event that no webhook selects is kept only if a websocket is
	// connected, or was within this time.
	// ---
	// The default is written as Go writes durations, so that a program that
	// writes back what it read changes nothing.
	// +optional
	// +kubebuilder:default="168h0m0s"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.size() > 0 && self.matches('^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$') && duration(self) >= duration('1m')",message="must be a duration of at least 1m, written in h, m and s: 168h is 7 days"
	Retention *metav1.Duration `json:"retention,omitempty"`
}
