package main

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const installation = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: whatsappsessions.wasession.dev}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: wasession-operator-leader-election}
rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wasession-operator}
rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wasession-operator}
spec: {replicas: 2}
`

// The bundle has the rights and the Deployment of the installation.
func TestTheServiceVersion(t *testing.T) {
	r := checkout(t)
	all, err := objects([]byte(installation))
	if err != nil {
		t.Fatal(err)
	}
	samples, err := r.examples()
	if err != nil {
		t.Fatal(err)
	}
	made, err := r.serviceVersion(all, samples)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"name: wasession.v1.2.3", "version: 1.2.3", "- pods", "- leases", "replicas: 2", "containerImage: registry.example.com/wasession:v1.2.3",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if _, err := r.serviceVersion(all[:3], samples); err == nil || !strings.Contains(err.Error(), "no Deployment wasession-operator") {
		t.Errorf("without a Deployment: %v", err)
	}
}

func TestCandidatesHaveAChannelOfTheirOwn(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "stable", "v1.2.3-rc.1": "candidate"} {
		if got := bundleAnnotations(version)["operators.operatorframework.io.bundle.channels.v1"]; got != want {
			t.Errorf("%s is in the channel %s, want %s", version, got, want)
		}
	}
}
