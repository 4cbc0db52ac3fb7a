package packaging

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// With metrics.secure, the operator as it is installed serves its metrics over TLS, to
// the accounts of metrics.readers and to nobody else.
func TestSecureMetricsAreForReaders(t *testing.T) {
	binary := buildOperator(t)
	ensureNamespace(t, "installed")
	all := render(t, "helm", "charts/wasession", "-set", "metrics.secure.enabled=true",
		"-set", "metrics.readers[0].name=reader,metrics.readers[0].namespace=installed")
	install(t, all)
	deployment := into[appsv1.Deployment](t, all.one(t, "Deployment", "wasession"))
	address := freeAddress(t)
	command, log := startCommand(t, binary, deployment.Namespace, &deployment.Spec.Template.Spec,
		"--leader-election-namespace="+deployment.Namespace, "--metrics-bind-address="+address, "--health-probe-bind-address=127.0.0.1:0")
	defer func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		_ = command.Wait()
	}()

	reader, other := tokenOf(t, "reader"), tokenOf(t, "other")
	body := awaitAnswer(t.Context(), t, log, func() (string, bool) {
		code, body := scrape(t, "https://"+address, reader)
		return fmt.Sprintf("%d %s", code, body), code == http.StatusOK
	})
	if !strings.Contains(body, "go_goroutines") {
		t.Errorf("the reader gets %s", body)
	}
	if code, body := scrape(t, "https://"+address, other); code != http.StatusForbidden || strings.Contains(body, "go_") {
		t.Errorf("another account gets %d %s", code, body)
	}
	if code, body := scrape(t, "https://"+address, ""); code != http.StatusUnauthorized || strings.Contains(body, "go_") {
		t.Errorf("without a token there is %d %s", code, body)
	}
	if code, body := scrape(t, "http://"+address, reader); code == http.StatusOK {
		t.Errorf("without TLS there is %s", body)
	}
}

// tokenOf makes a service account, and a token of it.
func tokenOf(t *testing.T, name string) string {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "installed"}}
	if err := api.Create(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = api.Delete(background(), account) })
	request := &authenticationv1.TokenRequest{}
	if err := api.SubResource("token").Create(t.Context(), account, request); err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}

// scrape asks for metrics as Prometheus does. The certificate is one that the operator
// made, so nobody knows its issuer. Code 0 is no answer.
func scrape(t *testing.T, address, token string) (code int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}
