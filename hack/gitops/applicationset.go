package main

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// applicationSet has the fields of Argo CD's that are understood here. Others are
// refused, because they would change what it makes.
type applicationSet struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   metadata `json:"metadata"`
	Spec       struct {
		GoTemplate        bool     `json:"goTemplate"`
		GoTemplateOptions []string `json:"goTemplateOptions"`
		Generators        []struct {
			List struct {
				Elements []map[string]any `json:"elements"`
			} `json:"list"`
		} `json:"generators"`
		Template struct {
			Metadata map[string]any `json:"metadata"`
			Spec     map[string]any `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

type metadata struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
}

// applications returns an Application for each element of the lists.
func (s *applicationSet) applications() ([]any, error) {
	if s.Kind != "ApplicationSet" || !s.Spec.GoTemplate {
		return nil, errors.New("wants an ApplicationSet with goTemplate: true")
	}
	var all []any
	for _, generator := range s.Spec.Generators {
		for _, element := range generator.List.Elements {
			application, err := s.application(element)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", element, err)
			}
			all = append(all, application)
		}
	}
	return all, nil
}

func (s *applicationSet) application(element map[string]any) (any, error) {
	head := maps.Clone(s.Spec.Template.Metadata)
	if head["finalizers"] == nil {
		// What Argo CD adds, so that the resources of an Application go with it.
		head["finalizers"] = []any{"resources-finalizer.argocd.argoproj.io"}
	}
	head["namespace"] = s.Metadata.Namespace
	return s.fill(map[string]any{
		"apiVersion": s.APIVersion,
		"kind":       "Application",
		"metadata":   head,
		"spec":       s.Spec.Template.Spec,
	}, element)
}

// fill executes every string below a value as a template, those that are keys too.
func (s *applicationSet) fill(value any, element map[string]any) (any, error) {
	switch value := value.(type) {
	case string:
		return s.execute(value, element)
	case []any:
		filled := make([]any, len(value))
		for i := range value {
			var err error
			if filled[i], err = s.fill(value[i], element); err != nil {
				return nil, err
			}
		}
		return filled, nil
	case map[string]any:
		filled := make(map[string]any, len(value))
		for key, member := range value {
			key, err := s.execute(key, element)
			if err != nil {
				return nil, err
			}
			if filled[key], err = s.fill(member, element); err != nil {
				return nil, err
			}
		}
		return filled, nil
	}
	return value, nil
}

func (s *applicationSet) execute(text string, element map[string]any) (string, error) {
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name) // as in Argo CD
	}
	parsed, err := template.New("").Funcs(functions).Option(s.Spec.GoTemplateOptions...).Parse(text)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	err = parsed.Execute(&filled, element)
	return filled.String(), err
}
