package command

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// fleetDefaults are the flags for what sessions do not set themselves.
type fleetDefaults struct {
	pullSecrets, priorityClass, tolerations string
	serviceType                             string
	allowedNamespaces                       string
	shortenNumbers                          bool
}

func (d *fleetDefaults) register(flags *flag.FlagSet) {
	flags.StringVar(&d.pullSecrets, "runtime-image-pull-secrets", "", "The pull secrets of session pods, by name in each session's namespace and separated by commas, unless the session names some.")
	flags.StringVar(&d.priorityClass, "runtime-priority-class", "", "The priority class of session pods, unless the session names one. Defaults to the cluster's default class.")
	flags.StringVar(&d.tolerations, "runtime-tolerations", "", `The tolerations of session pods, unless the session sets some: a JSON list as in a pod's spec, such as [{"key":"chats","operator":"Exists"}].`)
	flags.StringVar(&d.serviceType, "service-type", string(v1alpha1.ServiceClusterIP), "ClusterIP, or Headless for Services without an address in the service range, unless the session sets one. A change replaces the Services.")
	flags.StringVar(&d.allowedNamespaces, "api-allowed-namespaces", "", "The namespaces, separated by commas, whose pods the sessions' NetworkPolicies let reach the chat API, besides the session's own and the operator's: those of Ingress controllers, Gateways and clients. Sessions can add some. Defaults to all.")
	flags.BoolVar(&d.shortenNumbers, "shorten-numbers", false, "Show only the first two and last four digits of a session's number in its status and Events.")
}

// settle checks the flags and adds them to the settings.
func (d *fleetDefaults) settle(settings *desired.Settings) error {
	for name := range strings.SplitSeq(d.pullSecrets, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !isName(name) {
			return fmt.Errorf("--runtime-image-pull-secrets has %q, which is not the name of a Secret", name)
		}
		settings.ImagePullSecrets = append(settings.ImagePullSecrets, name)
	}
	if d.priorityClass != "" && !isName(d.priorityClass) {
		return fmt.Errorf("--runtime-priority-class is %q, which is not the name of a priority class", d.priorityClass)
	}
	settings.PriorityClassName = d.priorityClass
	for name := range strings.SplitSeq(d.allowedNamespaces, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if len(validation.IsDNS1123Label(name)) > 0 {
			return fmt.Errorf("--api-allowed-namespaces has %q, which is not the name of a namespace", name)
		}
		settings.AllowedNamespaces = append(settings.AllowedNamespaces, name)
	}
	if d.tolerations != "" {
		decoder := json.NewDecoder(strings.NewReader(d.tolerations))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&settings.Tolerations); err != nil || decoder.More() {
			return errors.New(`--runtime-tolerations must be a JSON list as in a pod's spec, such as [{"key":"chats","operator":"Exists"}]`)
		}
	}
	for i := range settings.Tolerations {
		if err := checkToleration(settings.Tolerations[i]); err != nil {
			return fmt.Errorf("--runtime-tolerations[%d]: %w", i, err)
		}
	}
	settings.ServiceType = v1alpha1.ServiceType(d.serviceType)
	switch settings.ServiceType {
	case v1alpha1.ServiceClusterIP, v1alpha1.ServiceHeadless:
		return nil
	}
	return fmt.Errorf("--service-type is %q: use ClusterIP or Headless", d.serviceType)
}

// checkToleration rejects what would make the API server refuse every pod.
func checkToleration(t corev1.Toleration) error {
	switch {
	case !slices.Contains([]corev1.TolerationOperator{"", corev1.TolerationOpExists, corev1.TolerationOpEqual, corev1.TolerationOpLt, corev1.TolerationOpGt}, t.Operator):
		return fmt.Errorf("operator is %q: use Exists, Equal, Lt or Gt", t.Operator)
	case t.Key == "" && t.Operator != corev1.TolerationOpExists:
		return errors.New("a toleration without a key needs operator Exists")
	case t.Operator == corev1.TolerationOpExists && t.Value != "":
		return errors.New("operator Exists takes no value")
	case t.Effect != "" && t.Effect != corev1.TaintEffectNoSchedule && t.Effect != corev1.TaintEffectPreferNoSchedule && t.Effect != corev1.TaintEffectNoExecute:
		return fmt.Errorf("effect is %q: use NoSchedule, PreferNoSchedule or NoExecute", t.Effect)
	case t.TolerationSeconds != nil && t.Effect != corev1.TaintEffectNoExecute:
		return errors.New("tolerationSeconds is for effect NoExecute only")
	}
	return nil
}

func isName(text string) bool { return len(validation.IsDNS1123Subdomain(text)) == 0 }
