package doctor

import (
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
)

// page is where everything is explained at length.
const page = "https://github.com/wasession/wasession/blob/main/docs/troubleshooting.md"

// The sections of the page.
const (
	pairing   = "#it-does-not-pair"
	connected = "#it-is-paired-and-not-connected"
	podRuns   = "#the-pod-does-not-run"
	volume    = "#the-volume"
	manifest  = "#the-manifest-and-what-it-names"
	working   = "#the-session-is-working-and-still-"
)

// advice is what to do about a reason. NAME and NAMESPACE stand for the session's.
type advice struct {
	section string
	do      string
	// after is how long the reason may last by itself.
	after time.Duration
}

// patience is how long the usual steps of a session take at most.
const patience = 5 * time.Minute

// adviceFor is the advice for a reason. A reason that is newer than the plugin has one
// too.
func adviceFor(reason string) advice {
	if a, known := advices[reason]; known {
		return a
	}
	return advice{do: "Do what the message says. More: kubectl describe was NAME -n NAMESPACE"}
}

// advices are those for the reasons of conditions.
var advices = map[string]advice{
	v1alpha1.ReasonWaitingForScan:              {section: pairing, do: "Scan the code: kubectl wasession qr NAME -n NAMESPACE"},
	v1alpha1.ReasonWaitingForPhoneCode:         {section: pairing, do: "Enter the code on the phone: kubectl wasession code NAME -n NAMESPACE --phone NUMBER"},
	v1alpha1.ReasonPasskeyRequired:             {section: pairing, do: "Present the passkey: kubectl wasession passkey NAME -n NAMESPACE"},
	v1alpha1.ReasonPasskeyConfirmationRequired: {section: pairing, do: "Compare the codes: kubectl wasession passkey NAME -n NAMESPACE"},
	v1alpha1.ReasonWrongAccount:                {section: pairing, do: "Scan with the phone of spec.pairing.account; or correct spec.pairing.account; or log out with POST /api/sessions/NAME/logout and pair again"},
	v1alpha1.ReasonLoggedOut:                   {section: pairing, do: "Restart the session with POST /api/sessions/NAME/restart, then pair it again: kubectl wasession qr NAME -n NAMESPACE. The chats are kept"},
	v1alpha1.ReasonEndpointMismatched:          {section: pairing, do: "Give the session another volume, or correct the operator's --whatsapp-endpoint"},

	v1alpha1.ReasonConnecting:     {section: connected, after: patience, do: "Check the way to web.whatsapp.com:443: spec.proxy, NetworkPolicies, the firewall. The reason is in: kubectl wasession logs NAME -n NAMESPACE"},
	v1alpha1.ReasonDisconnected:   {section: connected, after: patience, do: "Check the way to web.whatsapp.com:443: spec.proxy, NetworkPolicies, the firewall. The reason is in: kubectl wasession logs NAME -n NAMESPACE"},
	v1alpha1.ReasonStreamReplaced: {section: connected, do: "Stop the other program with the same pairing: a session from the same volume or snapshot. If you can't find it, log out with POST /api/sessions/NAME/logout and pair again"},
	v1alpha1.ReasonTemporaryBan:   {section: connected, do: "Wait until the ban ends; the session reconnects by itself. Send less, and less alike"},
	v1alpha1.ReasonRateLimited:    {section: connected, do: "Wait: the session retries by itself. Find out what makes it connect so often: kubectl wasession logs NAME -n NAMESPACE. If many sessions share an address, WhatsApp may limit that: spec.proxy"},
	v1alpha1.ReasonClientOutdated: {section: connected, do: "Upgrade wasession"},
	v1alpha1.ReasonStorageFull:    {section: connected, do: "Enlarge spec.storage.claim.size, or keep less: spec.history.retention, spec.storage.media.volume.maxSize"},

	v1alpha1.ReasonUnschedulable:      {section: podRuns, do: "Add nodes, or correct spec.pod: requests, node selector, tolerations"},
	v1alpha1.ReasonPodPending:         {section: podRuns, after: patience, do: "Look at the events: kubectl describe pod NAME -n NAMESPACE"},
	v1alpha1.ReasonPodStarting:        {section: podRuns, after: patience, do: "Look at the log: kubectl wasession logs NAME -n NAMESPACE"},
	v1alpha1.ReasonImagePullFailed:    {section: podRuns, do: "Correct spec.pod.image or the chart's image; for a private registry, set spec.pod.imagePullSecrets or the chart's runtime.imagePullSecrets"},
	v1alpha1.ReasonPodFailed:          {section: podRuns, do: "Look at why it ended: kubectl wasession logs NAME -n NAMESPACE --previous, and kubectl describe pod NAME -n NAMESPACE"},
	v1alpha1.ReasonOOMKilled:          {section: podRuns, do: "Raise spec.pod.resources.limits.memory, or the chart's runtime.memoryLimit"},
	v1alpha1.ReasonNodeLost:           {section: podRuns, do: "Bring the node back, or delete it, or taint it with node.kubernetes.io/out-of-service"},
	v1alpha1.ReasonPodStuck:           {section: podRuns, do: "Look at the node's kubelet and container runtime. Force-delete the pod only if its process is certainly gone"},
	v1alpha1.ReasonRuntimeUnreachable: {section: podRuns, after: patience, do: "Let the operator's namespace through your NetworkPolicies. If the process hangs: kubectl wasession logs NAME -n NAMESPACE"},
	v1alpha1.ReasonUpdateFailed:       {section: podRuns, do: "Look at what is new in the template: kubectl wasession logs NAME -n NAMESPACE --previous. Correct the image or the flags"},
	v1alpha1.ReasonRolloutHeld:        {section: podRuns, do: "Repair the session that the message names, stop it, or give the operator another template"},

	v1alpha1.ReasonNoStorageClass:    {section: volume, do: "Set spec.storage.claim.storageClassName, or mark a storage class as the default"},
	v1alpha1.ReasonClaimPending:      {section: volume, after: patience, do: "Look at the provisioner's reason: kubectl describe pvc NAME-data -n NAMESPACE"},
	v1alpha1.ReasonClaimNotFound:     {section: volume, do: "Create the claim, or correct spec.storage.existingClaim"},
	v1alpha1.ReasonClaimInUse:        {section: volume, do: "Remove one of the two sessions, or give this one another claim"},
	v1alpha1.ReasonStorageLost:       {section: volume, do: "Restore the claim under its name from a backup; or delete the session, create it again and pair it"},
	v1alpha1.ReasonDataSourceIgnored: {section: volume, do: "Delete the session and its claim and create the session again; or remove spec.storage.claim.dataSource"},
	v1alpha1.ReasonResizeRefused:     {section: volume, do: "Set allowVolumeExpansion on the storage class if the storage can grow; else set the size back"},

	v1alpha1.ReasonInvalidConfiguration: {section: manifest, do: "Correct the field that the message names: kubectl edit was NAME -n NAMESPACE"},
	v1alpha1.ReasonSecretNotFound:       {section: manifest, do: "Create the Secret, or the entry in it, that the message names, in the namespace NAMESPACE"},
	v1alpha1.ReasonInvalidKeys:          {section: manifest, do: "Correct the entries of the Secret that the message names. They open nothing; the others do"},
	v1alpha1.ReasonAccessDenied:         {section: manifest, do: "Label the object that the message names with wasession.dev/session-access=NAME, or ask who runs the operator"},
	v1alpha1.ReasonNameConflict:         {section: manifest, do: "Delete or rename the object that the message names"},
	v1alpha1.ReasonSessionNameInUse:     {section: manifest, do: "Choose another spec.sessionName: kubectl edit was NAME -n NAMESPACE"},
	v1alpha1.ReasonForbidden:            {section: manifest, do: "Change the quota or the admission policy that the message names, or the spec so that it passes"},
	v1alpha1.ReasonGatewayAPIMissing:    {section: manifest, do: "Install the CRDs of the Gateway API, or use spec.exposure.ingress"},
	v1alpha1.ReasonRouteNotAccepted:     {section: manifest, do: "Correct spec.exposure.httpRoute, or the Gateway: the message has its controller's reason"},
	v1alpha1.ReasonRoutePending:         {section: manifest, after: patience, do: "Check that the Gateways in spec.exposure.httpRoute exist and have a controller"},
	v1alpha1.ReasonArchiveFailed:        {section: manifest, do: "The next run is on schedule. The error is in: kubectl get was NAME -n NAMESPACE -o jsonpath='{.status.autoArchive}'"},
	v1alpha1.ReasonPaused:               {section: manifest, do: "Let the operator go on: kubectl annotate was NAME -n NAMESPACE wasession.dev/paused-"},
}
