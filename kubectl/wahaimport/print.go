package wahaimport

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/yaml"
)

const head = `# Sessions of a WAHA installation, made by kubectl wasession import-waha.
#
# Pairings do not move: scan each number once more. WAHA's API does not tell the
# webhooks of its environment (WHATSAPP_HOOK_URL): add them to spec.webhooks.
`

// Print writes manifests: the sessions with comments, then their Secrets.
func Print(out io.Writer, all []*Manifest) error {
	var text strings.Builder
	text.WriteString(head)
	for _, m := range all {
		text.WriteString("---\n# " + comment(m.Origin) + "\n")
		for _, note := range m.Notes {
			text.WriteString("# " + comment(note) + "\n")
		}
		if err := object(&text, m.Session); err != nil {
			return err
		}
	}
	for _, m := range all {
		for _, name := range slices.Sorted(maps.Keys(m.Secrets)) {
			metadata := map[string]any{"name": name}
			if m.Session.Namespace != nil {
				metadata["namespace"] = *m.Session.Namespace
			}
			text.WriteString("---\n")
			err := object(&text, map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": m.Secrets[name]})
			if err != nil {
				return err
			}
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func object(text *strings.Builder, value any) error {
	encoded, err := yaml.Marshal(value)
	if err != nil {
		return fmt.Errorf("writing a manifest: %w", err)
	}
	text.Write(encoded)
	return nil
}

// comment keeps foreign text in its line: what comes from WAHA must not become YAML.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
