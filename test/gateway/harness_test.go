package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/app"
	"github.com/wasession/wasession/test/gatewaylab"
)

// door is a gateway in the test's process.
type door struct {
	t    *testing.T
	url  string
	stop func() error
}

// open starts a gateway as the gateway's user. The options that change may set are
// those that tests are about.
func open(t *testing.T, change ...func(*app.Options)) *door {
	t.Helper()
	d := &door{t: t}
	d.url, d.stop = lab.StartGateway(t, change...)
	return d
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	body   string
}

// do makes a call with a key. It waits for the gateway to listen, as the kernel does.
func (d *door) do(key, method, path, body string, headers ...string) reply {
	d.t.Helper()
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return d.send(r)
}

func (d *door) send(r *http.Request) reply {
	d.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(read)}
}

// await makes a call until its answer satisfies done: what was written to the API
// server reaches the gateway by its watch.
func (d *door) await(what string, call func() reply, done func(reply) bool) reply {
	d.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		answer := call()
		if done(answer) {
			return answer
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("waiting for %s: the answer is still %d %s", what, answer.status, answer.body)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// is returns a condition: the answer has this status.
func is(status int) func(reply) bool { return func(r reply) bool { return r.status == status } }

// key creates an API key, and waits until the gateway knows it.
func (d *door) key(entries map[string]string) string {
	d.t.Helper()
	secret := rawKey(d.t, entries)
	d.await("the key", func() reply { return d.do(secret, "GET", "/api/version", "") }, is(http.StatusOK))
	return secret
}

// rawKey creates the Secret of an API key and returns the key.
func rawKey(t *testing.T, entries map[string]string) string {
	t.Helper()
	plain, _ := lab.Key(t, entries)
	return plain
}

// admin is the entry of a key that may do everything.
var admin = gatewaylab.Admin

func namespace(t *testing.T) string {
	t.Helper()
	return lab.Namespace(t)
}

func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	lab.Create(t, objects...)
}

// session creates a session, with a status as the operator writes it.
func session(t *testing.T, namespace, name string, phase v1alpha1.SessionPhase) *v1alpha1.WhatsAppSession {
	t.Helper()
	return lab.Session(t, namespace, name, phase, func(s *v1alpha1.WhatsAppSession) {
		s.Status.Me = &v1alpha1.AccountStatus{ID: "111@c.us", LID: "123@lid", PushName: "Bob"}
	})
}

// pods counts the pods that tests serve: each has an address of its own.
var pods atomic.Int64

// pod is the pod of a session, served by the test on an address of its own.
type pod struct {
	*httptest.Server
	uid  types.UID
	name types.NamespacedName
}

// serve runs a session's pod with this handler. It listens on the runtimes' port.
func serve(t *testing.T, s *v1alpha1.WhatsAppSession, h http.Handler) *pod {
	t.Helper()
	number := pods.Add(1)
	ip := fmt.Sprintf("127.94.%d.%d", number/250, 1+number%250)
	listener, err := net.Listen("tcp", ip+":3000")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: h}}
	server.Start()
	t.Cleanup(server.Close)
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: s.Name, Labels: map[string]string{
			v1alpha1.LabelManagedBy: v1alpha1.ManagerName, v1alpha1.LabelComponent: v1alpha1.ComponentRuntime, v1alpha1.LabelSession: s.Name,
		}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "runtime", Image: "example.org/runtime"}}},
	}
	create(t, object)
	object.Status.Phase, object.Status.PodIP = corev1.PodRunning, ip
	object.Status.PodIPs = []corev1.PodIP{{IP: ip}}
	if err := k8s.Status().Update(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	return &pod{server, object.UID, client.ObjectKeyFromObject(object)}
}

// echo answers with what it was sent.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(echoed{r.Method, r.URL.Path, r.URL.RawQuery, r.Host, string(body), r.Header})
}

type echoed struct {
	Method, Path, Query, Host, Body string
	Header                          http.Header
}

// heard is what a pod with echo was sent.
func (r reply) heard(t *testing.T) (e echoed) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &e); err != nil || r.status != http.StatusOK {
		t.Fatalf("the pod was not reached: %d %s", r.status, r.body)
	}
	return e
}
