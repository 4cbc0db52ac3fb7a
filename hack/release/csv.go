package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/yaml"
)

// operatorName is the name of the operator's Deployment, account and role.
const operatorName = "wasession-operator"

const about = `wasession runs WhatsApp sessions on Kubernetes. A WhatsAppSession describes the session of one
phone number. The operator runs it as a single pod with its own volume and keeps it running. The pod
serves a chat API that is compatible with WAHA, pairs by QR or phone code, delivers events to
webhooks, and archives inactive chats.

wasession is not affiliated with WhatsApp. Automating an account can get it banned.
`

// serviceVersion is the ClusterServiceVersion of the operator in manifests.
func (r *release) serviceVersion(all []object, samples []any) (map[string]any, error) {
	deployment, err := find(all, "Deployment", operatorName)
	if err != nil {
		return nil, err
	}
	cluster, err := find(all, "ClusterRole", operatorName)
	if err != nil {
		return nil, err
	}
	lease, err := find(all, "Role", operatorName+"-leader-election")
	if err != nil {
		return nil, err
	}
	examples, err := json.Marshal(samples)
	if err != nil {
		return nil, err
	}
	image := r.repository + ":" + r.version
	return map[string]any{
		"apiVersion": "operators.coreos.com/v1alpha1",
		"kind":       "ClusterServiceVersion",
		"metadata": map[string]any{
			"name":      "wasession." + r.version,
			"namespace": "placeholder", // OLM replaces it
			"annotations": map[string]string{
				"alm-examples": string(examples), "capabilities": "Deep Insights", "categories": "Streaming & Messaging",
				"containerImage": image, "createdAt": r.created.Format(time.RFC3339), "description": "WhatsApp sessions on Kubernetes",
				"repository": "https://github.com/wasession/wasession", "support": "The wasession Authors",
			},
			"labels": map[string]string{"operatorframework.io/arch.amd64": "supported", "operatorframework.io/arch.arm64": "supported"},
		},
		"spec": map[string]any{
			"displayName": "wasession", "description": about, "version": r.number(), "maturity": "alpha", "minKubeVersion": "1.31.0",
			"provider": map[string]string{"name": "The wasession Authors", "url": "https://github.com/wasession/wasession"},
			"keywords": []string{"whatsapp", "messaging", "waha"},
			"links":    []map[string]string{{"name": "Documentation", "url": "https://github.com/wasession/wasession/tree/main/docs"}},
			"installModes": []map[string]any{
				{"type": "OwnNamespace", "supported": false}, {"type": "SingleNamespace", "supported": false},
				{"type": "MultiNamespace", "supported": false}, {"type": "AllNamespaces", "supported": true},
			},
			"install": map[string]any{"strategy": "deployment", "spec": map[string]any{
				"clusterPermissions": []map[string]any{{"serviceAccountName": operatorName, "rules": cluster["rules"]}},
				"permissions":        []map[string]any{{"serviceAccountName": operatorName, "rules": lease["rules"]}},
				"deployments":        []map[string]any{{"name": operatorName, "spec": deployment["spec"]}},
			}},
			"customresourcedefinitions": map[string]any{"owned": []map[string]string{session}},
			"relatedImages":             []map[string]string{{"name": "wasession", "image": image}},
		},
	}, nil
}

// session says what the custom resource is.
var session = map[string]string{
	"kind": "WhatsAppSession", "version": "v1alpha1", "name": "whatsappsessions.wasession.dev", "displayName": "WhatsApp session",
	"description": "A WhatsApp session of one number, with its volume, chat API and archive policies.",
}

func find(all []object, kind, name string) (object, error) {
	at := slices.IndexFunc(all, func(o object) bool { return o.kind() == kind && o.name() == name })
	if at < 0 {
		return nil, fmt.Errorf("the manifests have no %s %s", kind, name)
	}
	return all[at], nil
}

// examples are the samples that hubs show.
func (r *release) examples() ([]any, error) {
	var all []any
	for _, name := range []string{"whatsappsession.yaml", "whatsappsession_production.yaml"} {
		text, err := os.ReadFile(filepath.Join(r.at("config", "samples"), name))
		if err != nil {
			return nil, err
		}
		var sample map[string]any
		if err := yaml.Unmarshal(text, &sample); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all = append(all, sample)
	}
	return all, nil
}
