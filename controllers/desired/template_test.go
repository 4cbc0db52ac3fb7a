package desired

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/wasession/wasession/api/v1alpha1"
)

func annotationsOf(t *testing.T, s *v1alpha1.WhatsAppSession, settings Settings) map[string]string {
	t.Helper()
	pod, err := Pod(s, settings)
	if err != nil {
		t.Fatal(err)
	}
	return pod.Annotations
}

func inputsOf(t *testing.T, s *v1alpha1.WhatsAppSession, settings Settings) Inputs {
	t.Helper()
	return ParseInputs(annotationsOf(t, s, settings)[AnnotationInputs])
}

// Whatever makes another pod is named: a field of the spec by its path.
func TestEveryFieldThatNeedsAnotherPodIsNamed(t *testing.T) {
	needing := 0
	eachField(reflect.TypeFor[v1alpha1.WhatsAppSessionSpec](), "", nil, func(path string, way []step) {
		session := load(t, "full")
		if strings.HasPrefix(path, "storage.media.maxSize") {
			session.Spec.Storage.Media.S3 = nil
		}
		visitField(&session.Spec, way, func(reflect.Value) {})
		before := annotationsOf(t, session, settings["full"])
		visitField(&session.Spec, way, func(field reflect.Value) { alter(t, path, field) })
		after := annotationsOf(t, session, settings["full"])
		if after[AnnotationTemplate] == before[AnnotationTemplate] {
			return
		}
		needing++
		fields, flags := ParseInputs(after[AnnotationInputs]).Changed(ParseInputs(before[AnnotationInputs]))
		plain := index.ReplaceAllString("spec."+path, "")
		named := func(name string) bool { return plain == name || strings.HasPrefix(plain, name+".") }
		if !slices.ContainsFunc(fields, named) || len(fields) != 1 || flags != nil {
			t.Errorf("spec.%s is told as a change of %v and %v", path, fields, flags)
		}
		if path != "pod.image" && after[AnnotationOperatorTemplate] != before[AnnotationOperatorTemplate] {
			t.Errorf("spec.%s changes the operator's part", path)
		}
	})
	if needing < 10 {
		t.Errorf("only %d fields need another pod", needing)
	}
}

// A flag of the operator is named as on its command line.
func TestEveryFlagThatNeedsAnotherPodIsNamed(t *testing.T) {
	session := load(t, "minimal")
	for field, c := range map[string]struct {
		change func(*Settings)
		want   []string // none: it needs no other pod
	}{
		"RuntimeImage":     {func(s *Settings) { s.RuntimeImage = "next" }, []string{"--runtime-image"}},
		"ImagePullPolicy":  {func(s *Settings) { s.ImagePullPolicy = corev1.PullAlways }, []string{"--runtime-image-pull-policy"}},
		"WhatsAppEndpoint": {func(s *Settings) { s.WhatsAppEndpoint = "http://sim:9000" }, []string{"--whatsapp-endpoint"}},
		"WhatsAppRootKey": {func(s *Settings) {
			s.WhatsAppEndpoint, s.WhatsAppRootKey = "http://sim:9000", "00"
		}, []string{"--whatsapp-endpoint", "--whatsapp-root-key"}},
		"ListenAddress":     {func(s *Settings) { s.ListenAddress = "[::]:3000" }, []string{"--runtime-listen-address"}},
		"EgressAllow":       {func(s *Settings) { s.EgressAllow = []string{"10.0.0.0/8"} }, []string{"--egress-allow"}},
		"AllowLoopback":     {func(s *Settings) { s.AllowLoopback = true }, []string{"--egress-allow-loopback"}},
		"ImagePullSecrets":  {func(s *Settings) { s.ImagePullSecrets = []string{"registry"} }, []string{"--runtime-image-pull-secrets"}},
		"PriorityClassName": {func(s *Settings) { s.PriorityClassName = "high" }, []string{"--runtime-priority-class"}},
		"Tolerations":       {func(s *Settings) { s.Tolerations = []corev1.Toleration{{Key: "chats"}} }, []string{"--runtime-tolerations"}},
		"ServiceType":       {func(s *Settings) { s.ServiceType = v1alpha1.ServiceHeadless }, nil},
		"AllowedNamespaces": {func(s *Settings) { s.AllowedNamespaces = []string{"ingress"} }, nil},
		"OperatorNamespace": {func(s *Settings) { s.OperatorNamespace = "ops" }, nil},
		"MetricsNamespaces": {func(s *Settings) { s.MetricsNamespaces = []string{"monitoring"} }, []string{"--metrics-namespaces"}},
		"OperatorKeys":      {func(s *Settings) { s.OperatorKeys = []string{"key"} }, nil},
		"GatewayKeys":       {func(s *Settings) { s.GatewayKeys = []string{"key"} }, nil},
		"Resources": {func(s *Settings) {
			s.Resources = resources("128Mi", "512Mi")
			s.Resources.Requests[corev1.ResourceCPU] = resource.MustParse("1")
		}, []string{"--runtime-cpu-request", "--runtime-memory-limit", "--runtime-memory-request"}},
	} {
		t.Run(field, func(t *testing.T) {
			before := annotationsOf(t, session, settings["minimal"])
			changed := settings["minimal"]
			c.change(&changed)
			after := annotationsOf(t, session, changed)
			fields, flags := ParseInputs(after[AnnotationInputs]).Changed(ParseInputs(before[AnnotationInputs]))
			if len(fields) > 0 || !slices.Equal(flags, c.want) {
				t.Errorf("it is told as a change of %v and %v, want %v", fields, flags, c.want)
			}
			if got := after[AnnotationOperatorTemplate] != before[AnnotationOperatorTemplate]; got != (c.want != nil) {
				t.Errorf("the operator's part changes: %t", got)
			}
		})
		delete(settingsFields, field)
	}
	if len(settingsFields) > 0 {
		t.Errorf("settings without a case here: %v", slices.Sorted(maps.Keys(settingsFields)))
	}
}

// settingsFields are the names of the fields of Settings.
var settingsFields = func() map[string]bool {
	names := map[string]bool{}
	for field := range reflect.TypeFor[Settings]().Fields() {
		if field.IsExported() {
			names[field.Name] = true
		}
	}
	return names
}()

func TestPreparedSettingsMakeTheSamePod(t *testing.T) {
	for name, settings := range settings {
		session := load(t, name)
		prepared, err := settings.Prepared()
		if err != nil {
			t.Fatal(err)
		}
		if before, after := annotationsOf(t, session, settings), annotationsOf(t, session, prepared); !maps.Equal(before, after) {
			t.Errorf("%s: the pod says %v, want %v", name, after, before)
		}
	}
}

func TestTheOperatorsPartIsThatOfTheFleet(t *testing.T) {
	of := func(name string, changes ...func(*v1alpha1.WhatsAppSession)) string {
		session := load(t, name)
		for _, change := range changes {
			change(session)
		}
		return annotationsOf(t, session, settings["minimal"])[AnnotationOperatorTemplate]
	}
	ownImage := func(image string) func(*v1alpha1.WhatsAppSession) {
		return func(s *v1alpha1.WhatsAppSession) { s.Spec.Pod = &v1alpha1.PodSpec{Image: image} }
	}
	plain := of("minimal")
	if plain == "" || plain != of("full", ownImage("")) || plain != of("minimal", func(s *v1alpha1.WhatsAppSession) {
		s.Name, s.Namespace, s.UID = "other", "support", "u"
		s.Spec.Pod = &v1alpha1.PodSpec{Labels: map[string]v1alpha1.LabelValue{"team": "crm"}, PriorityClassName: "high"}
	}) {
		t.Error("sessions of one operator have different parts of it")
	}
	if got := of("minimal", ownImage("mine:1")); got != "" {
		t.Errorf("a session with an image of its own belongs to %q", got)
	}
}

func TestTheSessionsPartIsItsOwn(t *testing.T) {
	session := load(t, "minimal")
	before := inputsOf(t, session, settings["minimal"]).Session()
	if got := inputsOf(t, session, settings["simulated"]).Session(); got != before {
		t.Error("another flag changes the session's part")
	}
	session.Spec.Pod = &v1alpha1.PodSpec{PriorityClassName: "high"}
	if got := inputsOf(t, session, settings["minimal"]).Session(); got == before {
		t.Error("another field does not change the session's part")
	}
}

func TestInputsSurviveTheirAnnotation(t *testing.T) {
	inputs := inputsOf(t, load(t, "full"), settings["full"])
	if len(inputs) < 10 || !reflect.DeepEqual(ParseInputs(inputs.String()), inputs) {
		t.Errorf("they are %v", inputs)
	}
	if got := ParseInputs("of an earlier, or a later, version"); len(got) != 0 {
		t.Errorf("what it does not understand becomes %v", got)
	}
}

func TestSecretsInAnotherOrderAreTheSame(t *testing.T) {
	session := load(t, "full")
	before := inputsOf(t, session, settings["full"])
	slices.Reverse(session.Spec.Webhooks)
	if fields, _ := inputsOf(t, session, settings["full"]).Changed(before); fields != nil {
		t.Errorf("the order of webhooks changes %v", fields)
	}
}
