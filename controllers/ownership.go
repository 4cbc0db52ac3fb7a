package controllers

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// ownership is whose an object is. Nothing is adopted or deleted before it is asked.
type ownership int

const (
	// ours: this very session controls the object.
	ours ownership = iota
	// leftBehind: nobody controls the object, and its labels say that it was
	// made for a session of this name: a retained volume, or a restored backup.
	leftBehind
	// nobodys: nobody controls the object, and it was not made by the operator.
	nobodys
	// predecessors: a session of this name that is no more controls the object,
	// which the garbage collector is about to remove.
	predecessors
	// somebodyElses: another object controls it.
	somebodyElses
)

// mine says that the operator may change or delete the object for the session.
func (o ownership) mine() bool { return o == ours || o == leftBehind }

func ownershipOf(object metav1.Object, session *v1alpha1.WhatsAppSession) ownership {
	switch controller := metav1.GetControllerOfNoCopy(object); {
	case controller != nil && controller.UID == session.UID:
		return ours
	case controller != nil && controller.Kind == v1alpha1.Kind && controller.Name == session.Name &&
		strings.HasPrefix(controller.APIVersion, v1alpha1.GroupVersion.Group+"/"):
		return predecessors
	case controller != nil:
		return somebodyElses
	case object.GetLabels()[v1alpha1.LabelManagedBy] == v1alpha1.ManagerName &&
		object.GetLabels()[v1alpha1.LabelSession] == session.Name:
		return leftBehind
	default:
		return nobodys
	}
}

// taken is the error for an object that stands where one of the session's should
// be. One that is on its way out is waited for.
func taken(kind string, object metav1.Object, session *v1alpha1.WhatsAppSession, advice string) error {
	if object.GetDeletionTimestamp() != nil || ownershipOf(object, session) == predecessors {
		return waitFor("the old "+kind+" to be deleted", conflictRecheck)
	}
	return conflict(kind, object.GetName(), advice)
}

func conflict(kind, name string, advice string) *stallError {
	err := stall(v1alpha1.ReasonNameConflict,
		"%s %s exists and does not belong to this session: delete it, or give the session another name%s", kind, name, advice)
	// An object without our labels is not watched.
	err.recheck = conflictRecheck
	return err
}
