package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

// Format is how a result is printed: as a table, or as what programs read.
type Format string

// The formats of -o.
const (
	Table Format = ""
	JSON  Format = "json"
	YAML  Format = "yaml"
)

// Bind adds -o to a command.
func (f *Format) Bind(flags *pflag.FlagSet) {
	flags.VarP(f, "output", "o", "Output format: json or yaml. Defaults to a table.")
}

// Set implements pflag.Value.
func (f *Format) Set(text string) error {
	switch Format(text) {
	case JSON, YAML:
		*f = Format(text)
		return nil
	}
	return fmt.Errorf("must be json or yaml")
}

// Type implements pflag.Value.
func (f *Format) Type() string { return "json|yaml" }

// String implements pflag.Value.
func (f *Format) String() string { return string(*f) }

// Print writes value in the format, or as the table.
func (f Format) Print(out io.Writer, value any, table func(w *Rows)) error {
	if f != Table {
		text, err := f.encode(value)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, text)
		return err
	}
	rows := &Rows{tabs: tabwriter.NewWriter(out, 0, 8, 3, ' ', 0)}
	table(rows)
	return rows.tabs.Flush()
}

// encode writes value without what a terminal would take as a command.
func (f Format) encode(value any) (string, error) {
	inJSON, err := safeJSON(value)
	if err != nil || f == JSON {
		return inJSON, err
	}
	inYAML, err := yaml.JSONToYAML([]byte(inJSON))
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(string(inYAML), command) {
		return inJSON, nil // YAML too, and everything is escaped
	}
	return string(inYAML), nil
}

func safeJSON(value any) (string, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	var safe strings.Builder
	for _, r := range out.String() {
		if command(r) { // only strings have them
			_, _ = fmt.Fprintf(&safe, `\u%04x`, r)
		} else {
			safe.WriteRune(r)
		}
	}
	return safe.String(), nil
}

// command says of a character whether a terminal takes it as a command. Newlines are
// part of the formats.
func command(r rune) bool { return r != '\n' && invisible(r) }

// Rows is a table in columns.
type Rows struct{ tabs *tabwriter.Writer }

// Add writes a row. Cells are foreign text.
func (r *Rows) Add(cells ...string) {
	for i, cell := range cells {
		if cells[i] = Line(cell); cells[i] == "" {
			cells[i] = "-"
		}
	}
	_, _ = fmt.Fprintln(r.tabs, strings.Join(cells, "\t"))
}

// Where is a namespace in a sentence; the empty one stands for all.
func Where(namespace string) string {
	if namespace == "" {
		return "any namespace"
	}
	return fmt.Sprintf("the namespace %q", namespace)
}
