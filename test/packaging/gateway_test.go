package packaging

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

const gatewayName = "wasession-gateway"

// gatewayRights are the rights where sessions are served, and ownGatewayRights
// those in its own namespace, each with the reason for it.
var (
	gatewayRights = map[string]string{
		"wasession.dev/whatsappsessions: create delete get list patch watch": "which sessions there are, and the calls that write",
		"/pods: list watch":      "where calls go",
		"/secrets: create patch": "the secret parts of a configuration",
	}
	identityRights = map[string]string{
		"authentication.k8s.io/tokenreviews: create":        "who a caller is",
		"authorization.k8s.io/subjectaccessreviews: create": "what a caller may",
	}
	ownGatewayRights = map[string]string{
		"/secrets: create delete get list patch update watch": "API keys, and the key of its tokens",
	}
)

func withGateway(more ...string) []string {
	args := []string{"helm", "charts/wasession", "-set", "gateway.enabled=true"}
	for _, set := range more {
		args = append(args, "-set", set)
	}
	return args
}

func TestTheGatewayIsOffUnlessAskedFor(t *testing.T) {
	for _, name := range render(t, "helm", "charts/wasession").names() {
		if strings.Contains(name, "gateway") {
			t.Errorf("%s is installed", name)
		}
	}
}

func TestGatewayIsApplicable(t *testing.T) {
	wantApplicable(t, render(t, withGateway(
		"gateway.ingress.enabled=true", "gateway.ingress.host=wa.example.com", "gateway.ingress.tlsSecret=wa-tls", "gateway.ingress.className=nginx",
		"gateway.autoscaling.enabled=true", "gateway.service.type=LoadBalancer", "gateway.spool.megabytes=2048",
		"gateway.trustedProxies={10.0.0.0/8,fd00::/8}",
	)...).installed())
}

// The kustomize folder installs what the chart installs by default, without the chart's
// own labels and admin key.
func TestTheKustomizeGatewayIsThatOfTheChart(t *testing.T) {
	chart, config := render(t, withGateway()...), render(t, "kustomize", "config/gateway")
	wantApplicable(t, config)
	template := func(all objects) corev1.PodSpec {
		d := into[appsv1.Deployment](t, all.one(t, "Deployment", gatewayName))
		pod := d.Spec.Template.Spec
		delete(pod.TopologySpreadConstraints[0].LabelSelector.MatchLabels, "app.kubernetes.io/instance")
		if labels := d.Spec.Selector.MatchLabels; labels["app.kubernetes.io/component"] != "gateway" || d.Spec.Template.Labels["app.kubernetes.io/component"] != "gateway" {
			t.Errorf("the deployment selects %v", labels)
		}
		return pod
	}
	wantEqual(t, template(config), template(chart))
	wantRights(t, gatewayRights, into[rbacv1.ClusterRole](t, config.one(t, "ClusterRole", gatewayName)).Rules)
	wantRights(t, identityRights, into[rbacv1.ClusterRole](t, config.one(t, "ClusterRole", gatewayName+"-identities")).Rules)
	wantRights(t, ownGatewayRights, into[rbacv1.Role](t, config.one(t, "Role", gatewayName)).Rules)
	for _, kind := range []string{"ClusterRoleBinding", "RoleBinding"} {
		wantEqual(t, into[rbacv1.ClusterRoleBinding](t, config.one(t, kind, gatewayName)).Subjects, []rbacv1.Subject{{Kind: "ServiceAccount", Name: gatewayName, Namespace: "wasession-system"}})
	}
	wantEqual(t, into[corev1.Service](t, config.one(t, "Service", gatewayName)).Spec.Ports, into[corev1.Service](t, chart.one(t, "Service", gatewayName)).Spec.Ports)
}

func TestTheGatewaysRights(t *testing.T) {
	all := render(t, withGateway()...)
	wantRights(t, gatewayRights, into[rbacv1.ClusterRole](t, all.one(t, "ClusterRole", gatewayName)).Rules)
	wantRights(t, identityRights, into[rbacv1.ClusterRole](t, all.one(t, "ClusterRole", gatewayName+"-identities")).Rules)
	wantRights(t, ownGatewayRights, into[rbacv1.Role](t, all.one(t, "Role", gatewayName)).Rules)
	limited := render(t, withGateway("watchNamespaces={crm}")...)
	for _, name := range limited.names() {
		if name == "ClusterRoleBinding "+gatewayName {
			t.Error("the gateway of one namespace has rights in all")
		}
	}
	if binding := limited.one(t, "RoleBinding", gatewayName+"-sessions"); binding.GetNamespace() != "crm" {
		t.Errorf("the rights to sessions are bound in %s", binding.GetNamespace())
	}
}

// What refers to the gateway's pods finds them, and no others do.
func TestGatewayPartsFitTogether(t *testing.T) {
	all := render(t, withGateway("gateway.autoscaling.enabled=true")...)
	deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", gatewayName))
	pods := deployment.Spec.Template.Labels
	selectors := map[string]map[string]string{
		"Deployment":          deployment.Spec.Selector.MatchLabels,
		"Service":             into[corev1.Service](t, all.one(t, "Service", gatewayName)).Spec.Selector,
		"PodDisruptionBudget": into[policyv1.PodDisruptionBudget](t, all.one(t, "PodDisruptionBudget", gatewayName)).Spec.Selector.MatchLabels,
	}
	operator := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession"))
	for kind, selector := range selectors {
		if !selects(selector, pods) || selects(selector, operator.Spec.Template.Labels) {
			t.Errorf("%s selects %v", kind, selector)
		}
	}
	if selects(operator.Spec.Selector.MatchLabels, pods) {
		t.Error("the operator's Deployment selects the gateway's pods")
	}
	if deployment.Spec.Replicas != nil {
		t.Error("the Deployment sets the replicas that the autoscaler decides")
	}
	if target := into[autoscalingv2.HorizontalPodAutoscaler](t, all.one(t, "HorizontalPodAutoscaler", gatewayName)).Spec.ScaleTargetRef; target.Name != gatewayName {
		t.Errorf("the autoscaler scales %s", target.Name)
	}
	grace := time.Duration(*deployment.Spec.Template.Spec.TerminationGracePeriodSeconds) * time.Second
	if drain := 30 * time.Second; grace <= drain {
		t.Errorf("the pod has %s to end, and drains for %s", grace, drain)
	}
}

func selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

func TestGatewayPodIsRestricted(t *testing.T) {
	deployment := into[appsv1.Deployment](t, render(t, withGateway()...).one(t, "Deployment", gatewayName))
	ensureNamespace(t, "restricted")
	spec := deployment.Spec.Template.Spec
	spec.ServiceAccountName = ""
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "gateway", Namespace: "restricted"}, Spec: spec}
	if err := api.Create(t.Context(), pod, client.DryRunAll); err != nil {
		t.Error(err)
	}
	if !*pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem {
		t.Error("the root file system can be written to")
	}
}

func TestGatewayValues(t *testing.T) {
	for set, want := range map[string]string{
		"gateway.ingress.enabled=true":      "gateway.ingress.host is required",
		"gateway.httpRoute.enabled=true":    "gateway.httpRoute.parentRefs is required",
		"gateway.service.type=ExternalName": "/gateway/service/type",
		"gateway.spool.megabytes=1":         "/gateway/spool/megabytes",
		"gateway.replica=3":                 "'replica' not allowed",
	} {
		if _, err := tryRender(withGateway(set)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is answered with %v, want %q", set, err, want)
		}
	}
	route := render(t, withGateway("gateway.httpRoute.enabled=true", "gateway.httpRoute.parentRefs[0].name=public", "gateway.httpRoute.hostnames={wa.example.com}")...).one(t, "HTTPRoute", gatewayName)
	rules, _ := json.Marshal(route.Object["spec"])
	if want := `{"hostnames":["wa.example.com"],"parentRefs":[{"name":"public"}],"rules":[{"backendRefs":[{"name":"wasession-gateway","port":3000}]}]}`; string(rules) != want {
		t.Errorf("the route is %s", rules)
	}
	own := render(t, withGateway("gateway.adminKey.existingSecret=mine")...)
	for _, name := range own.names() {
		if strings.HasPrefix(name, "Secret ") {
			t.Errorf("%s is made beside an existing key", name)
		}
	}
}

// The gateway as it is installed answers a caller with the chart's admin key, and shows its
// metrics to the accounts of metrics.readers.
func TestInstalledGatewayWorks(t *testing.T) {
	ensureNamespace(t, "installed")
	all := render(t, withGateway("metrics.readers[0].name=reader,metrics.readers[0].namespace=installed")...)
	install(t, all)
	declared := session(t, "fronted", "")
	declared.SetNamespace("installed")
	createUntilEnd(t, declared)
	g := startGateway(t, into[appsv1.Deployment](t, all.one(t, "Deployment", gatewayName)), "--namespace=wasession-system")

	secret := into[corev1.Secret](t, all.one(t, "Secret", gatewayName+"-admin"))
	awaitAnswer(g.running, t, g.log, func() (string, bool) {
		answer := fetch(t, g.url+"/api/sessions?all=true", string(secret.Data["api-key"]))
		return string(answer), bytes.Contains(answer, []byte(`"fronted"`))
	})
	created := post(t, g.url+"/api/sessions", string(secret.Data["api-key"]),
		`{"name":"installed.made","config":{"webhooks":[{"url":"https://example.com/hook","events":["message"],"hmac":{"key":"hush-hush-hush"}}]}}`)
	made := &v1alpha1.WhatsAppSession{}
	if err := api.Get(t.Context(), client.ObjectKey{Namespace: "installed", Name: "made"}, made); err != nil {
		t.Errorf("a session that was created over the API: %v; the answer was %s", err, created)
	}
	_ = api.Delete(background(), made)
	if code, body := scrape(t, g.url, tokenOf(t, "reader")); code != http.StatusOK || !strings.Contains(body, "wasession_gateway_") {
		t.Errorf("the reader of metrics gets %d %s", code, body)
	}
	if code, _ := scrape(t, g.url, tokenOf(t, "other")); code != http.StatusForbidden {
		t.Errorf("another account gets %d instead of the metrics", code)
	}
	if text := g.log.String(); strings.Contains(text, "forbidden") {
		t.Errorf("the gateway was denied something:\n%s", text)
	}
}

// startedGateway is a gateway that runs until its test ends. running ends if it does so
// before.
type startedGateway struct {
	url     string
	log     *logBuffer
	running context.Context
}

// startGateway runs the gateway with the arguments of its Deployment and only its rights,
// and with the key for tokens, which the operator makes.
func startGateway(t *testing.T, deployment *appsv1.Deployment, more ...string) startedGateway {
	t.Helper()
	binary := filepath.Join(t.TempDir(), gatewayName)
	build := exec.Command("go", "build", "-o", binary, "./cmd/gateway")
	build.Dir = root
	if _, err := output(build); err != nil {
		t.Fatal(err)
	}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	createUntilEnd(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: deployment.Namespace, Name: "wasession-gateway-token-key"},
		Data:       map[string][]byte{"ed25519-seed": seed},
	})
	address := freeAddress(t)
	command, log := startCommand(t, binary, deployment.Namespace, &deployment.Spec.Template.Spec,
		append(more, "--listen-address="+address, "--spool-dir="+t.TempDir(), "--drain-delay=0s")...)
	ended := make(chan error, 1)
	running, end := context.WithCancelCause(t.Context())
	go func() {
		err := command.Wait()
		end(fmt.Errorf("the gateway ended with %w", err))
		ended <- err
	}()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		if err := <-ended; err != nil {
			t.Errorf("the gateway ended with %v:\n%s", err, log)
		}
	})
	return startedGateway{"http://" + address, log, running}
}

// createUntilEnd creates an object, which is deleted when the test ends.
func createUntilEnd(t *testing.T, object client.Object) {
	t.Helper()
	if err := api.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Delete(background(), object) })
}

// fetch is the body of an answer; empty if there is none.
func fetch(t *testing.T, address, key string) []byte {
	t.Helper()
	return call(t, http.MethodGet, address, key, "")
}

func post(t *testing.T, address, key, body string) []byte {
	t.Helper()
	return call(t, http.MethodPost, address, key, body)
}

func call(t *testing.T, method, address, key, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", key)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	got, _ := io.ReadAll(answer.Body)
	return got
}
