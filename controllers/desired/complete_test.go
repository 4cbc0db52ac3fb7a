package desired

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// withoutObject lists the fields of the spec that affect no object, by path,
// with the reason.
var withoutObject = map[string]string{
	"state":              "decides whether there is a pod, not its content",
	"storage.type":       "names which other field is set, which the schema checks",
	"storage.media.type": "names which other field is set, which the schema checks",
	"updateStrategy.":    "decides when the pod is replaced, not its content",
}

// everything returns all objects that the operator creates for a session.
func everything(t *testing.T, s *v1alpha1.WhatsAppSession) string {
	t.Helper()
	pod, err := Pod(s, settings["full"])
	if err != nil {
		t.Fatal(err)
	}
	all := []any{pod, Config(s, nil), Claim(s, nil), Service(s, settings["full"]), NetworkPolicy(s, settings["full"], services)}
	if IngressSpec(s) != nil {
		all = append(all, Ingress(s))
	}
	if HTTPRouteSpec(s) != nil {
		all = append(all, HTTPRoute(s))
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Fails when a field is added to the resource and then not used.
func TestEveryFieldOfTheSpecHasAnEffect(t *testing.T) {
	fields := 0
	eachField(reflect.TypeFor[v1alpha1.WhatsAppSessionSpec](), "", nil, func(path string, index []step) {
		fields++
		session := load(t, "full")
		// volume and s3 are mutually exclusive, and what is set decides.
		if strings.HasPrefix(path, "storage.media.volume.maxSize") {
			session.Spec.Storage.Media.S3 = nil
		}
		visitField(&session.Spec, index, func(reflect.Value) {}) // creating the parents has no effect by itself
		before := everything(t, session)
		visitField(&session.Spec, index, func(field reflect.Value) { alter(t, path, field) })
		changed := everything(t, session) != before
		why := ""
		for prefix, reason := range withoutObject {
			if path == prefix || strings.HasSuffix(prefix, ".") && strings.HasPrefix(path, prefix) {
				why = reason
			}
		}
		switch {
		case !changed && why == "":
			t.Errorf("spec.%s changes no object", path)
		case changed && why != "":
			t.Errorf("spec.%s changes objects, although it %s", path, why)
		}
	})
	if fields < 60 {
		t.Errorf("only %d fields were found", fields)
	}
}

// step leads from a value into it: to a field, or to the first element of a list.
type step struct {
	field   int
	element bool
}

// eachField calls visit for every leaf field of our own types.
func eachField(of reflect.Type, path string, way []step, visit func(string, []step)) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		next := append(way[:len(way):len(way)], step{field: i})
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice && ours(inner.Elem()) {
			name += "[0]"
			next = append(next, step{element: true})
			inner = inner.Elem()
		}
		if ours(inner) {
			eachField(inner, path+name+".", next, visit)
			continue
		}
		visit(path+name, next)
	}
}

func ours(of reflect.Type) bool {
	return of.Kind() == reflect.Struct && strings.HasSuffix(of.PkgPath(), "api/v1alpha1")
}

// visitField calls on with a field, creating its parents.
func visitField(spec *v1alpha1.WhatsAppSessionSpec, way []step, on func(reflect.Value)) {
	value := reflect.ValueOf(spec).Elem()
	for _, s := range way {
		if value.Kind() == reflect.Pointer {
			if value.IsNil() {
				value.Set(reflect.New(value.Type().Elem()))
			}
			value = value.Elem()
		}
		if !s.element {
			value = value.Field(s.field)
			continue
		}
		if value.Len() == 0 {
			value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		}
		value = value.Index(0)
	}
	on(value)
}

// others are the other values of the enums that the operator compares.
var others = map[reflect.Type]string{
	reflect.TypeFor[v1alpha1.VolumeDeletionPolicy](): string(v1alpha1.VolumeRetain),
	reflect.TypeFor[v1alpha1.ServiceType]():          string(v1alpha1.ServiceHeadless),
	reflect.TypeFor[v1alpha1.CABundleKind]():         string(v1alpha1.CABundleSecret),
	reflect.TypeFor[v1alpha1.GroupChats]():           string(v1alpha1.GroupChatsImport),
	reflect.TypeFor[v1alpha1.S3Addressing]():         string(v1alpha1.S3VirtualHost),
}

// alter changes the value of a field.
func alter(t *testing.T, path string, field reflect.Value) {
	t.Helper()
	switch value := field.Addr().Interface().(type) {
	case *resource.Quantity:
		*value = resource.MustParse("77Gi")
		return
	case **resource.Quantity:
		*value = quantity("77Mi")
		return
	case *metav1.Duration:
		value.Duration = 77 * time.Hour
		return
	case **metav1.Duration:
		*value = &metav1.Duration{Duration: 77 * time.Hour}
		return
	}
	if field.Kind() == reflect.Pointer {
		if field.IsNil() {
			field.Set(reflect.New(field.Type().Elem()))
		} else if field.Elem().Kind() == reflect.Struct {
			field.SetZero()
			return
		}
		field = field.Elem()
	}
	switch field.Kind() {
	case reflect.String:
		// An unknown enum value is passed through, except for those that the
		// operator compares: they are set to their other value.
		if other, compared := others[field.Type()]; compared {
			field.SetString(other)
			return
		}
		field.SetString("other")
	case reflect.Bool:
		field.SetBool(!field.Bool())
	case reflect.Int32:
		field.SetInt(field.Int() + 1)
	case reflect.Slice:
		field.Set(reflect.Append(field, reflect.New(field.Type().Elem()).Elem()))
		if last := field.Index(field.Len() - 1); last.Kind() == reflect.String {
			last.SetString("other.example.com")
		}
	case reflect.Map:
		field.Set(reflect.MakeMap(field.Type()))
		field.SetMapIndex(reflect.ValueOf("other"), reflect.ValueOf("value").Convert(field.Type().Elem()))
	case reflect.Struct:
		t.Fatalf("spec.%s is a %s, which this test cannot alter", path, field.Type())
	default:
		t.Fatalf("spec.%s is a %s, which this test cannot alter", path, field.Kind())
	}
}
