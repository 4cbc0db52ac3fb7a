package controllers

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/status"
)

// cause is why a pod is outdated.
type cause struct {
	fields []string // of the session that changed
	flags  []string // of the operator that changed
	known  bool     // the pod says what it was made of
}

// byUser reports whether fields of the session itself changed.
func (c cause) byUser() bool { return c.known && len(c.fields) > 0 }

func (c cause) String() string {
	fields, flags := strings.Join(c.fields, ", "), strings.Join(c.flags, ", ")
	switch {
	case !c.known:
		return "The pod was made by an earlier version of the operator"
	case fields != "" && flags != "":
		return "The session's " + fields + " and the operator's " + flags + " changed"
	case fields != "":
		return "The session's " + fields + " changed"
	case flags != "":
		return "The operator's " + flags + " changed"
	default:
		return "This version of the operator makes pods differently"
	}
}

// compareTemplate checks whether the pod was created from the current template,
// and what changed if not.
func (r *Reconciler) compareTemplate(s *scope) error {
	if s.pod == nil {
		return nil
	}
	wanted, err := desired.Pod(s.session, r.options.Settings)
	if err != nil {
		return err
	}
	s.template = map[string]string{
		desired.AnnotationTemplate: wanted.Annotations[desired.AnnotationTemplate],
		desired.AnnotationInputs:   wanted.Annotations[desired.AnnotationInputs],
		// Empty for an image of the session's own.
		desired.AnnotationOperatorTemplate: wanted.Annotations[desired.AnnotationOperatorTemplate],
	}
	s.podOutdated = s.pod.Annotations[desired.AnnotationTemplate] != s.template[desired.AnnotationTemplate]
	if s.podOutdated {
		s.cause = causeOf(s.pod.Annotations, s.template)
	}
	if !s.hasOperatorTemplate() {
		// Whatever the pod has tried, it was not this one.
		s.template[desired.AnnotationUpdatedFrom] = ""
	}
	return nil
}

// hasOperatorTemplate reports whether the pod was made from the operator's
// current part of the template.
func (s *scope) hasOperatorTemplate() bool {
	return s.pod.Annotations[desired.AnnotationOperatorTemplate] == s.template[desired.AnnotationOperatorTemplate]
}

func causeOf(have, want map[string]string) cause {
	inputs, known := have[desired.AnnotationInputs]
	if !known {
		return cause{}
	}
	fields, flags := desired.ParseInputs(want[desired.AnnotationInputs]).Changed(desired.ParseInputs(inputs))
	return cause{fields: fields, flags: flags, known: true}
}

// templateOf is what the pod says it was made of.
func templateOf(pod *corev1.Pod) status.Template {
	if pod == nil {
		return status.Template{}
	}
	if pod.Annotations[desired.AnnotationInputs] == "" {
		// Made by an earlier version of the operator.
		return status.Template{Operator: pod.Annotations[desired.AnnotationTemplate]}
	}
	return status.Template{
		Operator: pod.Annotations[desired.AnnotationOperatorTemplate],
		Session:  desired.ParseInputs(pod.Annotations[desired.AnnotationInputs]).Session(),
		Trial:    pod.Annotations[desired.AnnotationUpdatedFrom] != "",
	}
}

// trialOf marks a pod that tries a new template of the operator: the session
// worked with another one, and has changed nothing itself since.
func trialOf(worked *v1alpha1.TemplateStatus, made map[string]string) map[string]string {
	operator := made[desired.AnnotationOperatorTemplate]
	if worked == nil || worked.Operator == "" || operator == "" || worked.Operator == operator {
		return nil
	}
	if own := desired.ParseInputs(made[desired.AnnotationInputs]).Session(); worked.Session != "" && worked.Session != own {
		return nil
	}
	return map[string]string{desired.AnnotationUpdatedFrom: worked.Operator}
}
