package v1alpha1

// The condition types of a session. Every session has Ready, Reconciling and
// Stalled from its first reconcile; the others appear once they apply, and are
// then kept.
const (
	// ConditionReady is True when the session can do its job: connected to
	// WhatsApp, its API serving, its configuration applied. It is False for a session
	// that is stopped, and never True for an older generation.
	ConditionReady = "Ready"

	// ConditionReconciling is True while the operator or the session is moving
	// towards the spec and needs no intervention.
	ConditionReconciling = "Reconciling"

	// ConditionStalled is True when the session makes no progress until somebody
	// changes something: the manifest, a Secret, the phone, the cluster.
	ConditionStalled = "Stalled"

	// ConditionStorageReady is True when the session's claim exists and is bound
	// with at least the requested size, and has free space.
	ConditionStorageReady = "StorageReady"

	// ConditionPaired is True when the session is linked to a number.
	ConditionPaired = "Paired"

	// ConditionConnected is True while the session has an authenticated connection to WhatsApp.
	ConditionConnected = "Connected"

	// ConditionArchiveHealthy is True when the last run of auto-archive succeeded,
	// and False when it failed or the next cannot be scheduled. It is absent
	// without spec.autoArchive and without an audit of groups
	// (spec.groups.unknown).
	ConditionArchiveHealthy = "ArchiveHealthy"

	// ConditionKeysValid is False while some entries of the API keys are invalid.
	// Those are ignored; all others are in force. It appears the first time that
	// an entry is invalid.
	ConditionKeysValid = "KeysValid"

	// ConditionUpdated is False while the session's pod was made from an older
	// template than the one that the operator makes pods from now, or fails with
	// the current one. The reason says what it waits for.
	ConditionUpdated = "Updated"

	// ConditionExposed is True when the Ingress and the HTTPRoute that
	// spec.exposure asks for exist, and the route's Gateways accept it. It is
	// absent without spec.exposure.
	ConditionExposed = "Exposed"
)

// Reasons for a session that matches its spec.
const (
	// ReasonConnected: the session is connected to WhatsApp and serves its API.
	ReasonConnected = "Connected"
	// ReasonKeysRead: all entries of the API keys are valid.
	ReasonKeysRead = "KeysRead"
	// ReasonPaired: the session is linked to a number.
	ReasonPaired = "Paired"
	// ReasonBound: the claim is bound.
	ReasonBound = "Bound"
	// ReasonSettled: no changes are in progress (Reconciling), or nothing blocks
	// progress (Stalled).
	ReasonSettled = "Settled"
	// ReasonArchiveSucceeded: the last run of auto-archive succeeded.
	ReasonArchiveSucceeded = "RunSucceeded"
	// ReasonArchiveScheduled: there has been no run yet and the next is scheduled.
	ReasonArchiveScheduled = "Scheduled"
	// ReasonArchiveSuspended: spec.autoArchive.suspend is true.
	ReasonArchiveSuspended = "Suspended"
)

// Reasons of Exposed, of which GatewayAPIMissing makes the session Stalled too.
const (
	// ReasonExposed: the Ingress and the HTTPRoute exist, and the route is
	// accepted.
	ReasonExposed = "Exposed"
	// ReasonRoutePending: no controller of a Gateway has accepted the HTTPRoute yet.
	ReasonRoutePending = "RoutePending"
	// ReasonRouteNotAccepted: a Gateway does not accept the HTTPRoute. The message
	// has the reason that its controller gives.
	ReasonRouteNotAccepted = "RouteNotAccepted"
	// ReasonGatewayAPIMissing: spec.exposure.httpRoute is set and the cluster has
	// no HTTPRoutes of gateway.networking.k8s.io/v1. Install the CRDs of the
	// Gateway API, or remove the field. The session continues within a minute.
	ReasonGatewayAPIMissing = "GatewayAPIMissing"
)

// Reasons for a session at rest: it waits for a person, or is stopped because
// the spec says so. They are not errors: Ready is False, and neither
// Reconciling nor Stalled is True.
const (
	// ReasonStopped: spec.state is Stopped and no pod runs. Volume and pairing are kept.
	ReasonStopped = "Stopped"
	// ReasonWaitingForScan: the QR code is waiting to be scanned. It is renewed
	// until it is.
	ReasonWaitingForScan = "WaitingForScan"
	// ReasonWaitingForPhoneCode: the pairing code is waiting to be entered on the
	// phone.
	ReasonWaitingForPhoneCode = "WaitingForPhoneCode"
	// ReasonPasskeyRequired: the code was scanned, and the account is protected by a
	// passkey: present it.
	ReasonPasskeyRequired = "PasskeyRequired"
	// ReasonPasskeyConfirmationRequired: the passkey was presented: compare the code of
	// the session with the one on the phone, and confirm it.
	ReasonPasskeyConfirmationRequired = "PasskeyConfirmationRequired"
	// ReasonNotPaired: the session is not linked to a number.
	ReasonNotPaired = "NotPaired"
	// ReasonPaused: the annotation wasession.dev/paused stops the operator from
	// changing anything, and changes are pending.
	ReasonPaused = "Paused"
)

// Reasons for a session in progress.
const (
	// ReasonProgressing: the operator is creating or changing the session's
	// objects.
	ReasonProgressing = "Progressing"
	// ReasonPodPending: the pod is waiting for a node, an image or its volume.
	// Stalled once it has waited on a node for --stall-after.
	ReasonPodPending = "PodPending"
	// ReasonPodStarting: the pod is running but does not serve its API yet.
	ReasonPodStarting = "PodStarting"
	// ReasonPodReplacing: the old pod must terminate before the new one starts.
	ReasonPodReplacing = "PodReplacing"
	// ReasonRolloutQueued: the pod is outdated and queued: the operator limits how
	// many pods it replaces at a time.
	ReasonRolloutQueued = "RolloutQueued"
	// ReasonStopping: spec.state is Stopped and the pod is terminating.
	ReasonStopping = "Stopping"
	// ReasonConnecting: the runtime is connecting to WhatsApp.
	ReasonConnecting = "Connecting"
	// ReasonDisconnected: the connection was lost; the session is reconnecting.
	ReasonDisconnected = "Disconnected"
	// ReasonStreamReplaced: another program connected with the same pairing. The
	// session retries with increasing delays, so as not to compete with it.
	ReasonStreamReplaced = "StreamReplaced"
	// ReasonStorageFull: the volume is full. The session receives nothing until
	// there is space; WhatsApp keeps the messages. Enlarge spec.storage.claim.size, or
	// set spec.history.retention or spec.storage.media.volume.maxSize.
	ReasonStorageFull = "StorageFull"
	// ReasonTemporaryBan: WhatsApp has banned the number temporarily; the session
	// reconnects when the ban ends.
	ReasonTemporaryBan = "TemporaryBan"
	// ReasonRateLimited: WhatsApp limits how often the number logs in. The session
	// retries with increasing delays.
	ReasonRateLimited = "RateLimited"
	// ReasonConfigurationPending: the runtime has not applied the latest
	// configuration yet.
	ReasonConfigurationPending = "ConfigurationPending"
	// ReasonRuntimeUnreachable: the pod is running but does not respond to the
	// operator.
	ReasonRuntimeUnreachable = "RuntimeUnreachable"
	// ReasonClaimPending: the claim is not bound yet.
	ReasonClaimPending = "ClaimPending"
	// ReasonResizing: the volume is growing.
	ReasonResizing = "Resizing"
	// ReasonDeleting: the session is being deleted.
	ReasonDeleting = "Deleting"
	// ReasonUnknown: the state could not be determined. The operator retries.
	ReasonUnknown = "Unknown"
)

// Reasons for a session that needs intervention. Stalled is True, and the
// message says what to do.
const (
	// ReasonWrongAccount: a number other than spec.pairing.account is linked or
	// was scanned.
	ReasonWrongAccount = "WrongAccount"
	// ReasonLoggedOut: the device was removed on the phone, or WhatsApp locked or banned
	// the account, which the message says. Restart the session and scan again.
	ReasonLoggedOut = "LoggedOut"
	// ReasonClientOutdated: WhatsApp refuses the runtime's version. Upgrade wasession.
	ReasonClientOutdated = "ClientOutdated"
	// ReasonEndpointMismatched: the volume was paired through a different WhatsApp
	// endpoint, such as a simulator, than the operator now uses.
	ReasonEndpointMismatched = "EndpointMismatched"
	// ReasonPodFailed: the runtime exits again and again, its container cannot be
	// created, or one pod after the other fails.
	ReasonPodFailed = "PodFailed"
	// ReasonOOMKilled: the runtime is killed again and again because it exceeds its
	// memory limit.
	ReasonOOMKilled = "OOMKilled"
	// ReasonNodeLost: the pod's node is not ready, no longer exists, or does not
	// confirm that the pod has ended. It counts as Reconciling for
	// --stall-after, and as Stalled from then on.
	ReasonNodeLost = "NodeLost"
	// ReasonPodStuck: the pod should have ended, and its node, which is ready, does
	// not confirm it. Stalled after --stall-after.
	ReasonPodStuck = "PodStuck"
	// ReasonUnschedulable: no node takes the pod. Stalled after --stall-after.
	ReasonUnschedulable = "Unschedulable"
	// ReasonNoStorageClass: the claim names no storage class, and the cluster has
	// no default one. Stalled after a minute.
	ReasonNoStorageClass = "NoStorageClass"
	// ReasonImagePullFailed: the image cannot be pulled.
	ReasonImagePullFailed = "ImagePullFailed"
	// ReasonStorageLost: the claim of a paired session is gone or has lost its
	// volume, and with it the pairing.
	ReasonStorageLost = "StorageLost"
	// ReasonClaimNotFound: spec.storage.existingClaim names a claim that does not
	// exist.
	ReasonClaimNotFound = "ClaimNotFound"
	// ReasonClaimInUse: an older session uses the same claim. The session continues
	// once that one is gone.
	ReasonClaimInUse = "ClaimInUse"
	// ReasonSessionNameInUse: an older session in the namespace has the same name in
	// the chat API, by its spec.sessionName or by its own name. The session
	// continues once that one is gone.
	ReasonSessionNameInUse = "SessionNameInUse"
	// ReasonDataSourceIgnored: spec.storage.claim.dataSource is set, but the session's
	// claim exists and was not created from it.
	ReasonDataSourceIgnored = "DataSourceIgnored"
	// ReasonResizeRefused: the storage class does not let the volume grow.
	ReasonResizeRefused = "ResizeRefused"
	// ReasonNameConflict: an object with a name that the session needs exists but
	// does not belong to it.
	ReasonNameConflict = "NameConflict"
	// ReasonInvalidConfiguration: the spec passes the schema but is invalid, such
	// as an unknown time zone.
	ReasonInvalidConfiguration = "InvalidConfiguration"
	// ReasonAccessDenied: the operator runs with --require-session-access, and the
	// spec names a Secret or a claim without the label wasession.dev/session-access,
	// or an image.
	ReasonAccessDenied = "AccessDenied"
	// ReasonSecretNotFound: a Secret that the spec names, or an entry in it, does
	// not exist.
	ReasonSecretNotFound = "SecretNotFound"
	// ReasonForbidden: the cluster refuses an object of the session, through a
	// quota or an admission policy.
	ReasonForbidden = "Forbidden"
	// ReasonInvalidKeys: some entries of the API keys are invalid and ignored.
	ReasonInvalidKeys = "InvalidKeys"
	// ReasonArchiveFailed: the last run of auto-archive failed.
	ReasonArchiveFailed = "RunFailed"
)
