package dashboard

import (
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/wasession/wasession/api/v1alpha1"
)

// advice is what a person can do about a reason, for those of which the condition's
// message says only what happened.
var advice = map[string]string{
	v1alpha1.ReasonLoggedOut:                   "Somebody removed this device on the phone. Restart the session and scan its code again; the chats stay.",
	v1alpha1.ReasonWrongAccount:                "Scan with the phone of the number in spec.pairing.account, or change the manifest. If the wrong number is linked already, log the session out first.",
	v1alpha1.ReasonClientOutdated:              "WhatsApp no longer takes this version. Ask whoever runs wasession to upgrade it.",
	v1alpha1.ReasonTemporaryBan:                "Nothing can be done but wait: the session connects again by itself when WhatsApp's ban ends. Send less, and to people who expect it.",
	v1alpha1.ReasonRateLimited:                 "The session connects again by itself, at longer and longer intervals. If it connects and loses the connection all the time, its log says why.",
	v1alpha1.ReasonPodFailed:                   "The session's program ends again and again. Its log says why: kubectl logs shows it.",
	v1alpha1.ReasonOOMKilled:                   "The session needs more memory than it may use. Raise spec.pod.resources.limits.memory.",
	v1alpha1.ReasonImagePullFailed:             "The cluster cannot fetch the image. Check its name and the pull secret.",
	v1alpha1.ReasonStorageFull:                 "The volume is full. Raise spec.storage.claim.size, or keep less media with spec.storage.media.",
	v1alpha1.ReasonStorageLost:                 "The volume with the pairing is gone. Restore it from a snapshot, or delete the session, create it again and scan.",
	v1alpha1.ReasonClaimNotFound:               "The volume that the manifest names does not exist in this namespace. Create it, or correct the name.",
	v1alpha1.ReasonClaimInUse:                  "An older session uses the same volume. Delete one of the two.",
	v1alpha1.ReasonSessionNameInUse:            "An older session of this namespace has the same name. Delete one of the two.",
	v1alpha1.ReasonNoStorageClass:              "The cluster has no default storage class. Name one in spec.storage.claim.storageClassName; the session must be created anew for it.",
	v1alpha1.ReasonUnschedulable:               "No node takes the pod. Ask whoever runs the cluster: memory, CPU or the volume's zone is missing.",
	v1alpha1.ReasonSecretNotFound:              "Create the Secret or the entry that the message names. The session goes on by itself.",
	v1alpha1.ReasonInvalidConfiguration:        "Correct the field that the message names in the manifest.",
	v1alpha1.ReasonForbidden:                   "A quota or a policy of the cluster refuses a part of the session. Ask whoever runs the cluster.",
	v1alpha1.ReasonNodeLost:                    "The node does not answer. The session moves once the node is back or was removed from the cluster.",
	v1alpha1.ReasonInvalidKeys:                 "Some entries of the Secret with the session's API keys are not valid, and ignored. The others work.",
	v1alpha1.ReasonArchiveFailed:               "The next run tries again. If it keeps failing, look at the session's log.",
	v1alpha1.ReasonWaitingForScan:              "Scan the code with the phone: in WhatsApp, Settings, Linked devices, Link a device.",
	v1alpha1.ReasonWaitingForPhoneCode:         "Type the code in on the phone: in WhatsApp, Settings, Linked devices, Link with phone number.",
	v1alpha1.ReasonPasskeyRequired:             "Use the passkey of the account: WhatsApp links it only with one.",
	v1alpha1.ReasonPasskeyConfirmationRequired: "Compare the code of the session with the one on the phone.",
	v1alpha1.ReasonPaused:                      "Changes wait, because the annotation " + v1alpha1.AnnotationPaused + " is set. Remove it to go on.",
}

// adviceOf is what to do about a session that is not ready.
func adviceOf(s session) string {
	ready := meta.FindStatusCondition(s.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.Status == "True" {
		return ""
	}
	return advice[ready.Reason]
}
