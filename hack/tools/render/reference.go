package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// foreign are fields whose types belong to Kubernetes. They are documented
// there and get one row here.
var foreign = []string{
	"spec.pod.affinity", "spec.pod.tolerations", "spec.pod.topologySpreadConstraints",
	"spec.pod.resources", "status.conditions",
}

// reference writes the fields of a CRD's first version as Markdown.
func reference(args []string, out io.Writer) error {
	if len(args) != 1 {
		return errors.New("wants one file with a CustomResourceDefinition")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(text, &crd); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	version := crd.Spec.Versions[0]
	schema := version.Schema.OpenAPIV3Schema
	fmt.Fprintf(out, "# %s (%s/%s)\n\n", crd.Spec.Names.Kind, crd.Spec.Group, version.Name)
	fmt.Fprintf(out, "Made from the types in `api/%s` by `make manifests`; the same text is in the CRD, so `kubectl explain %s.spec` shows it too.\n\n",
		version.Name, crd.Spec.Names.Singular)
	fmt.Fprintf(out, "%s\n\n", schema.Description)
	rules(schema, "", out)
	for _, part := range []string{"spec", "status"} {
		section := schema.Properties[part]
		fmt.Fprintf(out, "\n## %s\n\n%s\n", part, section.Description)
		fields(&section, part, out)
	}
	return nil
}

// fields writes the fields of an object, each followed by those inside it.
func fields(object *apiextensions.JSONSchemaProps, path string, out io.Writer) {
	names := make([]string, 0, len(object.Properties))
	for name := range object.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field := object.Properties[name]
		at := path + "." + name
		fmt.Fprintf(out, "\n### `%s`\n\n", at)
		fmt.Fprintf(out, "*%s*\n\n%s\n", facts(&field, slices.Contains(object.Required, name)), field.Description)
		if slices.Contains(foreign, at) {
			fmt.Fprintln(out, "\nThe fields inside are those of Kubernetes.")
			continue
		}
		rules(&field, "\n", out)
		fields(&field, at, out)
		if field.Items != nil && field.Items.Schema != nil {
			rules(field.Items.Schema, "\n", out)
			fields(field.Items.Schema, at+"[]", out)
		}
	}
}

// facts returns what the schema says about a field besides its description.
func facts(field *apiextensions.JSONSchemaProps, required bool) string {
	said := []string{kind(field)}
	if required {
		said = append(said, "required")
	}
	if field.Default != nil && string(field.Default.Raw) != "{}" {
		said = append(said, "default `"+string(field.Default.Raw)+"`")
	}
	for _, schema := range []*apiextensions.JSONSchemaProps{field, items(field)} {
		if schema == nil || len(schema.Enum) == 0 {
			continue
		}
		words := make([]string, 0, len(schema.Enum))
		for _, word := range schema.Enum {
			words = append(words, "`"+strings.Trim(string(word.Raw), `"`)+"`")
		}
		said = append(said, "one of "+strings.Join(words, " "))
	}
	if field.Minimum != nil && field.Maximum != nil {
		said = append(said, fmt.Sprintf("%.0f to %.0f", *field.Minimum, *field.Maximum))
	}
	if field.MaxItems != nil {
		said = append(said, fmt.Sprintf("at most %d", *field.MaxItems))
	}
	return strings.Join(said, ", ")
}

func items(field *apiextensions.JSONSchemaProps) *apiextensions.JSONSchemaProps {
	if field.Items == nil {
		return nil
	}
	return field.Items.Schema
}

// kind returns the type of a field in words.
func kind(field *apiextensions.JSONSchemaProps) string {
	switch {
	case field.XIntOrString:
		return "quantity"
	case field.Type == "array" && items(field) != nil:
		return "list of " + kind(items(field)) + "s"
	case field.Type == "object" && field.AdditionalProperties != nil:
		return "map of " + kind(field.AdditionalProperties.Schema) + "s"
	case field.Format == "date-time":
		return "time"
	}
	return field.Type
}

// rules writes the CEL rules, in the words of their messages.
func rules(schema *apiextensions.JSONSchemaProps, before string, out io.Writer) {
	for i, rule := range schema.XValidations {
		if i == 0 {
			fmt.Fprint(out, before+"Checked on apply:\n\n")
		}
		fmt.Fprintf(out, "- %s\n", rule.Message)
	}
}
