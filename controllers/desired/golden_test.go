package desired

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// update rewrites the golden files: go test ./controllers/desired -update
var update = flag.Bool("update", false, "rewrite the golden files from what the builders make now")

// settings are the operator's flags in each case in testdata.
var settings = map[string]Settings{
	"minimal": {RuntimeImage: "ghcr.io/wasession/wasession:v0.1.0", Resources: resources("64Mi", "256Mi")},
	"full": {
		RuntimeImage: "ghcr.io/wasession/wasession:v0.1.0", Resources: resources("64Mi", "256Mi"),
		EgressAllow: []string{"172.20.0.0/16", "*.corp.example.com"},
	},
	"simulated": {
		RuntimeImage:     "local",
		ImagePullPolicy:  corev1.PullNever,
		WhatsAppEndpoint: "http://127.0.0.1:9000",
		WhatsAppRootKey:  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
		ListenAddress:    "[$(POD_IP)]:3000",
		AllowLoopback:    true,
	},
}

// services are the cluster's Services in all cases.
var services = Services{
	{Namespace: "automation", Name: "n8n"}: service("10.96.4.4", map[string]string{"app": "n8n"},
		corev1.ServicePort{Name: "http", Port: 80, TargetPort: intstr.FromString("web")}),
}

func service(clusterIP string, selector map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	return &corev1.Service{Spec: corev1.ServiceSpec{ClusterIP: clusterIP, Selector: selector, Ports: ports}}
}

func resources(request, limit string) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(request)},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limit)},
	}
}

func TestObjectsAreTheGoldenOnes(t *testing.T) {
	for name, settings := range settings {
		t.Run(name, func(t *testing.T) {
			session := load(t, name)
			pod, err := Pod(session, settings)
			if err != nil {
				t.Fatal(err)
			}
			file, err := ConfigFile(Config(session, nil))
			if err != nil {
				t.Fatal(err)
			}
			for kind, object := range map[string]any{
				"pod": pod, "configmap": ConfigMap(session, file), "service": Service(session, settings),
				"networkpolicy": NetworkPolicy(session, settings, services), "claim": Claim(session, nil),
			} {
				compare(t, filepath.Join("testdata", name, kind+".yaml"), object)
			}
		})
	}
}

// compare fails if the object differs from the golden file.
func compare(t *testing.T, path string, object any) {
	t.Helper()
	got, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if this is intended, run the test with -update and review the diff. Got:\n%s", path, got)
	}
}

// load reads the session of a case.
func load(t *testing.T, name string) *v1alpha1.WhatsAppSession {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name, "session.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	session := &v1alpha1.WhatsAppSession{}
	if err := yaml.UnmarshalStrict(raw, session); err != nil {
		t.Fatal(err)
	}
	return session
}
