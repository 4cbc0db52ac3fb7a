package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WhatsAppSession is the session of one WhatsApp number. The operator runs it
// as one pod that serves the chat API, with its own volume.
//
// The resource's name is the prefix of the names of its objects and, unless
// spec.sessionName gives another, the session's name in the chat API
// (/api/{session}/…). Must be a DNS label that starts with a letter, of at most 54
// characters.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:metadata:annotations="argocd.argoproj.io/sync-options=Prune=false,Delete=false"
// +kubebuilder:resource:path=whatsappsessions,scope=Namespaced,shortName=was;wasession,categories=whatsapp
// +kubebuilder:printcolumn:name="Phone",type=string,JSONPath=`.status.me.id`,description="The number's chat id, once paired"
// +kubebuilder:printcolumn:name="Status",type=string,JSONPath=`.status.phase`,description="The session's status in the chat API"
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Updated",type=string,JSONPath=`.status.conditions[?(@.type=="Updated")].status`,description="Whether the pod was made from the operator's current template"
// +kubebuilder:printcolumn:name="Node",type=string,priority=1,JSONPath=`.status.nodeName`,description="The node that the pod runs on"
// +kubebuilder:printcolumn:name="Version",type=string,priority=1,JSONPath=`.status.runtimeVersion`,description="The version that the pod runs"
// +kubebuilder:printcolumn:name="URL",type=string,priority=1,JSONPath=`.status.urls[0]`,description="The chat API outside the cluster"
// +kubebuilder:printcolumn:name="Message",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].message`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:selectablefield:JSONPath=`.spec.state`
// +kubebuilder:selectablefield:JSONPath=`.status.phase`
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 54 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",message="metadata.name must start with a letter, contain only a-z, 0-9 and '-', not end with '-', and have at most 54 characters: choose another name"
type WhatsAppSession struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// spec is the desired state of the session. A change does not restart the pod,
	// unless the description of the field says so.
	// +optional
	// +kubebuilder:default={}
	Spec WhatsAppSessionSpec `json:"spec,omitzero"`

	// status is the observed state of the session. Only the operator writes it.
	// A session that it has not seen yet has an observedGeneration of -1, so that
	// kstatus takes it for one in progress.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1}
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

// The log levels, from the most to the least verbose. No level logs message
// bodies, keys or QR codes.
const (
	LogDebug LogLevel = "Debug"
	LogInfo  LogLevel = "Info"
	LogWarn  LogLevel = "Warn"
	LogError LogLevel = "Error"
)

// WhatsAppSessionSpec is the desired state of a session. Every field has a
// default: with an empty spec, the session waits for its QR code to be scanned.
//
// +kubebuilder:validation:XValidation:rule=`(has(self.sessionName) ? self.sessionName : "") == (has(oldSelf.sessionName) ? oldSelf.sessionName : "")`,fieldPath=".sessionName",message="sessionName cannot change once the session exists, as its clients and its stored events have the name: create another session"
type WhatsAppSessionSpec struct {
	// sessionName is what the session is called in the chat API, in events and in
	// webhooks. Defaults to the resource's name, which allows neither capitals nor
	// '_'. Of several sessions in a namespace with one name, only the oldest runs;
	// the others are Stalled with reason SessionNameInUse until it is gone. 1 to 54
	// of the characters a-z, A-Z, 0-9, '_' and '-'. Immutable.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=54
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-zA-Z0-9_-]+$')",message="must contain only a-z, A-Z, 0-9, '_' and '-': choose another name"
	SessionName string `json:"sessionName,omitempty"`

	// state is Running (default) for a connected session, or Stopped: the pod is
	// removed, volume and pairing are kept, and Running resumes the session
	// without a new scan.
	// +optional
	// +kubebuilder:default=Running
	State SessionState `json:"state,omitempty"`

	// pairing is how the number is linked. account always applies, the others are
	// only used while the session is not paired. A change does not
	// unlink the number.
	// +optional
	// +kubebuilder:default={}
	Pairing PairingSpec `json:"pairing,omitzero"`

	// storage is the volume that holds the pairing, the chats and the media.
	// +optional
	// +kubebuilder:default={type: Claim, claim: {}}
	Storage StorageSpec `json:"storage,omitzero"`

	// history is the history that is requested from the phone at pairing.
	// +optional
	// +kubebuilder:default={}
	History HistorySpec `json:"history,omitzero"`

	// ignore lists kinds of chats whose messages are not stored and which cause no
	// events: Status, Groups, Channels, and Broadcasts, which are broadcast lists
	// and Status. What is stored already stays. Groups are still listed. Nothing is
	// ignored without it.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=4
	Ignore []IgnoredChats `json:"ignore,omitempty"`

	// autoArchive configures which chats are archived, and when. No chats are
	// archived without it.
	// +optional
	AutoArchive *AutoArchiveSpec `json:"autoArchive,omitempty"`

	// groups configures the audit of the number's groups. Groups are left alone
	// without it.
	// +optional
	Groups *GroupsSpec `json:"groups,omitempty"`

	// sending limits how fast messages are sent through the chat API; what is beyond
	// waits. Nothing is limited without it.
	// +optional
	Sending *SendingSpec `json:"sending,omitempty"`

	// webhooks receive the session's events, in order for each webhook and at
	// least once. At most 16, with unique names.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	Webhooks []WebhookSpec `json:"webhooks,omitempty"`

	// outbox limits what is kept for webhooks that cannot be reached.
	// +optional
	// +kubebuilder:default={}
	Outbox OutboxSpec `json:"outbox,omitzero"`

	// eventMetadata is copied into the metadata of every event that webhooks and
	// websockets carry, so that a receiver can tell sessions apart. At most 32
	// entries, with keys of 1 to 63 characters and values of at most 1024. A
	// change does not restart the pod.
	// +optional
	// +kubebuilder:validation:MaxProperties=32
	// +kubebuilder:validation:XValidation:rule="self.all(k, k.size() > 0 && k.size() <= 63)",message="keys must have 1 to 63 characters: shorten them"
	EventMetadata map[string]MetadataValue `json:"eventMetadata,omitempty"`

	// api configures access to the session's chat API. Defaults to access with the
	// key that the operator generates in the Secret {session}-keys.
	// +optional
	API *APISpec `json:"api,omitempty"`

	// proxy is the proxy to WhatsApp. Defaults to a direct connection.
	// +optional
	Proxy *ProxySpec `json:"proxy,omitempty"`

	// egress is what the session may reach on behalf of callers of its chat API.
	// Defaults to public addresses only.
	// +optional
	Egress *EgressSpec `json:"egress,omitempty"`

	// caBundle names certificates that webhooks, the S3 endpoint and the proxy may be
	// signed by, besides those that the system trusts; through the proxy, WhatsApp
	// too. Targets of API callers are not affected. A change of the reference
	// replaces the pod; a change of the certificates takes effect within two
	// minutes, without a restart.
	// +optional
	CABundle *CABundleReference `json:"caBundle,omitempty"`

	// service customizes the session's Service.
	// +optional
	Service *ServiceSpec `json:"service,omitempty"`

	// inheritedMetadata are labels and annotations of everything that the operator
	// creates for the session. A change replaces the pod, as it is part of the
	// pod's template.
	// +optional
	InheritedMetadata *InheritedMetadata `json:"inheritedMetadata,omitempty"`

	// exposure is how the chat API is reached from outside the cluster. Defaults
	// to no access from outside the cluster.
	// +optional
	Exposure *ExposureSpec `json:"exposure,omitempty"`

	// pod customizes the session's pod. A change replaces the pod: the session is
	// disconnected from WhatsApp for some seconds.
	// +optional
	Pod *PodSpec `json:"pod,omitempty"`

	// updateStrategy is when the pod is replaced after an upgrade of the operator.
	// Defaults to the operator's setting. A change does not restart the pod.
	// +optional
	UpdateStrategy *UpdateStrategySpec `json:"updateStrategy,omitempty"`

	// logLevel is how much the runtime logs: Debug, Info (default), Warn or
	// Error. A change does not restart the pod.
	// +optional
	// +kubebuilder:default=Info
	LogLevel LogLevel `json:"logLevel,omitempty"`
}
