package main

import "sigs.k8s.io/yaml"

// krew is the manifest by which "kubectl krew install" finds the plugin.
func (r *release) krew(archives []download) ([]byte, error) {
	var platforms []map[string]any
	for _, a := range archives {
		platforms = append(platforms, map[string]any{
			"selector": map[string]any{"matchLabels": map[string]string{"os": a.system, "arch": a.machine}},
			"uri":      "https://github.com/wasession/wasession/releases/download/" + r.version + "/" + a.file,
			"sha256":   a.checksum,
			"bin":      a.binary,
			"files":    []map[string]string{{"from": a.binary, "to": "."}, {"from": "LICENSE", "to": "."}},
		})
	}
	return yaml.Marshal(map[string]any{
		"apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
		"kind":       "Plugin",
		"metadata":   map[string]string{"name": "wasession"},
		"spec": map[string]any{
			"version":          r.version,
			"homepage":         "https://github.com/wasession/wasession",
			"shortDescription": "Pair and look after WhatsApp sessions",
			"description":      "Pairs WhatsAppSessions in the terminal, reads and sends messages, says what is\nwrong with a session, and follows the operator's rollouts.\n",
			"platforms":        platforms,
		},
	})
}
