package v1alpha1

// The condition types of a session. Every session has Ready, Reconciling and
// Stalled from the first time it was looked at; the others appear as soon as there is
// something to say, and are then kept.
const (
	// ConditionReady is True when the session can do its job: connected to
	// WhatsApp, its API serving, its configuration applied. It is False for a session
	// that is stopped, and never True for an older generation.
	ConditionReady = "Ready"

	// ConditionReconciling is True while the operator or the session is on the
	// way to what the spec says and gets there without a person's help.
	ConditionReconciling = "Reconciling"

	// ConditionStalled is True when the session does not get further until
	// somebody changes something: the manifest, a Secret, the phone, the cluster.
	ConditionStalled = "Stalled"

	// ConditionStorageReady is True when the session's claim exists and is bound
	// with at least the size that was asked for, and has room.
	ConditionStorageReady = "StorageReady"

	// ConditionPaired is True when the session is linked to a number.
	ConditionPaired = "Paired"

	// ConditionConnected is True while the session has an authenticated connection to WhatsApp.
	ConditionConnected = "Connected"

	// ConditionArchiveHealthy is True when the last run of auto-archive ended as
	// it should, and False when it failed or the next cannot be planned. It is absent
	// without spec.autoArchive and without an audit of groups (spec.groups.unknown).
	ConditionArchiveHealthy = "ArchiveHealthy"

	// ConditionKeysValid is False while entries of the API keys are not in order.
	// Those are not in force, all others are. It appears the first time that an
	// entry is not in order.
	ConditionKeysValid = "KeysValid"
)

// Reasons for a session that is as it should be.
const (
	// ReasonConnected: the session is connected to WhatsApp and serves its API.
	ReasonConnected = "Connected"
	// ReasonKeysRead: all entries of the API keys are in order.
	ReasonKeysRead = "KeysRead"
	// ReasonPaired: the session is linked to a number.
	ReasonPaired = "Paired"
	// ReasonBound: the claim is bound.
	ReasonBound = "Bound"
	// ReasonSettled: nothing is left to do (Reconciling), or nothing is in the way (Stalled).
	ReasonSettled = "Settled"
	// ReasonArchiveSucceeded: the last run of auto-archive ended as it should.
	ReasonArchiveSucceeded = "RunSucceeded"
	// ReasonArchiveScheduled: no run took place yet and the next is planned.
	ReasonArchiveScheduled = "Scheduled"
	// ReasonArchiveSuspended: spec.autoArchive.suspend is true.
	ReasonArchiveSuspended = "Suspended"
)

// Reasons for a session at rest: it waits for a person, or is stopped because
// the spec says so. They are no errors: Ready is False, and neither Reconciling nor
// Stalled is True.
const (
	// ReasonStopped: spec.state is Stopped and no pod runs. Volume and pairing are kept.
	ReasonStopped = "Stopped"
	// ReasonWaitingForScan: the QR code waits to be scanned. It is renewed until
	// somebody does.
	ReasonWaitingForScan = "WaitingForScan"
	// ReasonWaitingForPhoneCode: the pairing code waits to be typed into the phone.
	ReasonWaitingForPhoneCode = "WaitingForPhoneCode"
	// ReasonNotPaired: the session is not linked to a number.
	ReasonNotPaired = "NotPaired"
	// ReasonPaused: the annotation wasession.dev/paused keeps the operator from
	// changing anything, and there is something to change.
	ReasonPaused = "Paused"
)

// Reasons for a session on its way.
const (
	// ReasonProgressing: the operator makes or changes the session's objects.
	ReasonProgressing = "Progressing"
	// ReasonPodPending: the pod waits for a node, an image or its volume.
	ReasonPodPending = "PodPending"
	// ReasonPodStarting: the pod runs and does not serve its API yet.
	ReasonPodStarting = "PodStarting"
	// ReasonPodReplacing: the old pod ends before the new one starts.
	ReasonPodReplacing = "PodReplacing"
	// ReasonRolloutQueued: the pod is outdated and waits for its turn, as the
	// operator replaces few pods at a time.
	ReasonRolloutQueued = "RolloutQueued"
	// ReasonStopping: spec.state is Stopped and the pod is ending.
	ReasonStopping = "Stopping"
	// ReasonConnecting: the runtime connects to WhatsApp.
	ReasonConnecting = "Connecting"
	// ReasonDisconnected: the connection was lost and is being made again.
	ReasonDisconnected = "Disconnected"
	// ReasonStreamReplaced: another program connected with the same pairing. The
	// session tries again, ever more slowly, so as not to fight with it.
	ReasonStreamReplaced = "StreamReplaced"
	// ReasonStorageFull: the volume has no room left. The session does not receive
	// until it has; WhatsApp keeps the messages. Enlarge spec.storage.size, or set
	// spec.history.retention or spec.storage.media.maxSize.
	ReasonStorageFull = "StorageFull"
	// ReasonTemporaryBan: WhatsApp has banned the number for a time; the session
	// connects again when it is over.
	ReasonTemporaryBan = "TemporaryBan"
	// ReasonConfigurationPending: the runtime has not taken up the newest configuration yet.
	ReasonConfigurationPending = "ConfigurationPending"
	// ReasonRuntimeUnreachable: the pod runs, but the operator gets no answer from it.
	ReasonRuntimeUnreachable = "RuntimeUnreachable"
	// ReasonClaimPending: the claim is not bound yet.
	ReasonClaimPending = "ClaimPending"
	// ReasonResizing: the volume is growing.
	ReasonResizing = "Resizing"
	// ReasonDeleting: the session is being deleted.
	ReasonDeleting = "Deleting"
	// ReasonUnknown: the operator could not find out. It tries again.
	ReasonUnknown = "Unknown"
)

// Reasons for a session that a person must help. Stalled is True, and the
// message says what to do.
const (
	// ReasonWrongAccount: another number is linked, or was scanned, than
	// spec.pairing.account names.
	ReasonWrongAccount = "WrongAccount"
	// ReasonLoggedOut: the device was removed on the phone. Restart the session
	// and scan again.
	ReasonLoggedOut = "LoggedOut"
	// ReasonClientOutdated: WhatsApp refuses the runtime's version. Upgrade wasession.
	ReasonClientOutdated = "ClientOutdated"
	// ReasonEndpointMismatched: the volume was paired through another WhatsApp
	// endpoint, such as a simulator, than the one the operator names now.
	ReasonEndpointMismatched = "EndpointMismatched"
	// ReasonPodFailed: the runtime ends as soon as it starts.
	ReasonPodFailed = "PodFailed"
	// ReasonImagePullFailed: the image cannot be had.
	ReasonImagePullFailed = "ImagePullFailed"
	// ReasonStorageLost: the claim of a paired session is gone or has lost its
	// volume, and with it the pairing.
	ReasonStorageLost = "StorageLost"
	// ReasonClaimNotFound: spec.storage.existingClaim names a claim that is not there.
	ReasonClaimNotFound = "ClaimNotFound"
	// ReasonResizeRefused: the storage class does not let the volume grow.
	ReasonResizeRefused = "ResizeRefused"
	// ReasonNameConflict: an object with a name that the session needs exists
	// and is not the session's.
	ReasonNameConflict = "NameConflict"
	// ReasonInvalidConfiguration: the spec passed the schema and makes no sense
	// all the same, such as a time zone that does not exist.
	ReasonInvalidConfiguration = "InvalidConfiguration"
	// ReasonAccessDenied: the operator runs with --require-session-access, and the
	// spec names a Secret or a claim without the label wasession.dev/session-access,
	// or an image.
	ReasonAccessDenied = "AccessDenied"
	// ReasonSecretNotFound: a Secret that the spec names, or an entry of it, is not there.
	ReasonSecretNotFound = "SecretNotFound"
	// ReasonForbidden: the cluster refuses an object of the session, through a
	// quota or an admission policy.
	ReasonForbidden = "Forbidden"
	// ReasonInvalidKeys: entries of the API keys are not in order, and not in force.
	ReasonInvalidKeys = "InvalidKeys"
	// ReasonArchiveFailed: the last run of auto-archive ended early.
	ReasonArchiveFailed = "RunFailed"
)
