package prometheus

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

type group struct {
	Name  string `json:"name"`
	Rules []Rule `json:"rules"`
}

// Rule is an alert.
type Rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// rules are the groups of a PrometheusRule, whose alerts wait no longer than that.
func rules(document []byte, wait string) ([]group, error) {
	rule := struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              struct {
			Groups []group `json:"groups"`
		} `json:"spec"`
	}{}
	// A field that group and Rule lack is an error, so that nothing is passed over.
	if err := yaml.UnmarshalStrict(document, &rule); err != nil {
		return nil, fmt.Errorf("PrometheusRule: %w", err)
	}
	for _, group := range rule.Spec.Groups {
		for i := range group.Rules {
			if group.Rules[i].For != "" {
				group.Rules[i].For = wait
			}
		}
	}
	return rule.Spec.Groups, nil
}
