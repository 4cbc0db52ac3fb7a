package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WhatsAppSession says that one WhatsApp number's session should exist. The
// operator turns it into one pod that runs the chat API, with a volume of its own.
//
// The session's name is its name in the chat API (/api/{session}/…) and the
// start of the names of everything made for it: a DNS label that begins with a
// letter, of at most 54 characters.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:path=whatsappsessions,scope=Namespaced,shortName=was;wasession,categories=whatsapp
// +kubebuilder:printcolumn:name="Phone",type=string,JSONPath=`.status.me.id`,description="The number's chat id, once paired"
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.phase`,description="The session's status in the words of the chat API"
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:selectablefield:JSONPath=`.spec.state`
// +kubebuilder:selectablefield:JSONPath=`.status.phase`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 54 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must begin with a letter, hold only a-z, 0-9 and '-', not end with '-', and have at most 54 characters: choose another name"
type WhatsAppSession struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is the session as it should be.
	// +optional
	// +kubebuilder:default={}
	Spec WhatsAppSessionSpec `json:"spec,omitzero"`

	// status is the session as it was last seen. Only the operator writes it.
	// +optional
	Status WhatsAppSessionStatus `json:"status,omitzero"`
}

// WhatsAppSessionList is a list of sessions.
//
// +kubebuilder:object:root=true
type WhatsAppSessionList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitzero"`
	Items           []WhatsAppSession `json:"items"`
}

// SessionState is whether a session should run.
//
// +kubebuilder:validation:Enum=Running;Stopped
type SessionState string

const (
	// SessionRunning asks for a pod that is connected to WhatsApp.
	SessionRunning SessionState = "Running"
	// SessionStopped asks for no pod; volume and pairing are kept.
	SessionStopped SessionState = "Stopped"
)

// LogLevel is how much the session's runtime logs.
//
// +kubebuilder:validation:Enum=Debug;Info;Warn;Error
type LogLevel string

// The log levels, from the most to the least talkative. No level logs message
// bodies, keys or QR codes.
const (
	LogDebug LogLevel = "Debug"
	LogInfo  LogLevel = "Info"
	LogWarn  LogLevel = "Warn"
	LogError LogLevel = "Error"
)

// WhatsAppSessionSpec is the session as it should be. Every field has a default:
// an empty spec is a session that waits for its QR code to be scanned.
type WhatsAppSessionSpec struct {
	// state is Running (default) for a connected session, or Stopped for none:
	// the pod is removed, volume and pairing are kept, and Running takes them up
	// again without a new scan.
	// +optional
	// +kubebuilder:default=Running
	State SessionState `json:"state,omitempty"`

	// pairing is how the number is linked. It is used while the session is not
	// paired; a change does not touch a pairing that exists.
	// +optional
	// +kubebuilder:default={}
	Pairing PairingSpec `json:"pairing,omitzero"`

	// storage is the volume that holds the pairing, the chats and the media.
	// +optional
	// +kubebuilder:default={}
	Storage StorageSpec `json:"storage,omitzero"`

	// history is what the phone is asked to hand over when it is paired.
	// +optional
	// +kubebuilder:default={}
	History HistorySpec `json:"history,omitzero"`

	// autoArchive is which chats are moved out of the list of active chats, and
	// when. Absent: none are.
	// +optional
	AutoArchive *AutoArchiveSpec `json:"autoArchive,omitempty"`

	// groups is what becomes of groups that the number should not be in.
	// Absent: nothing.
	// +optional
	Groups *GroupsSpec `json:"groups,omitempty"`

	// webhooks are where the session's events are delivered, in order for each
	// webhook and at least once. At most 16, each with a URL of its own.
	// +optional
	// +listType=map
	// +listMapKey=url
	// +kubebuilder:validation:MaxItems=16
	Webhooks []WebhookSpec `json:"webhooks,omitempty"`

	// outbox bounds what is kept for webhooks that cannot be reached.
	// +optional
	// +kubebuilder:default={}
	Outbox OutboxSpec `json:"outbox,omitzero"`

	// eventMetadata is copied into the metadata of every event that webhooks and
	// websockets carry, so that a receiver can tell sessions apart. At most 32 entries.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	EventMetadata map[string]string `json:"eventMetadata,omitempty"`

	// api is who may call the session's chat API, and where. Absent: whoever holds the key
	// that the operator generates into the Secret {session}-keys.
	// +optional
	API *APISpec `json:"api,omitempty"`

	// proxy is the way out to WhatsApp. Absent: a direct connection.
	// +optional
	Proxy *ProxySpec `json:"proxy,omitempty"`

	// egress is what the session may reach on behalf of those who call its chat
	// API. Absent: public addresses alone.
	// +optional
	Egress *EgressSpec `json:"egress,omitempty"`

	// exposure is how the chat API is reached from outside the cluster. Absent:
	// through the session's Service alone.
	//
	// Not yet acted upon: the fields are accepted and checked, and nothing is made of them.
	// +optional
	Exposure *ExposureSpec `json:"exposure,omitempty"`

	// pod is how the session's pod is scheduled and labelled. A change replaces
	// the pod: the session is away from WhatsApp for some seconds.
	// +optional
	Pod *PodSpec `json:"pod,omitempty"`

	// logLevel is how much the runtime logs: Debug, Info (default), Warn or
	// Error. A change does not restart the pod.
	// +optional
	// +kubebuilder:default=Info
	LogLevel LogLevel `json:"logLevel,omitempty"`
}
