package controllers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	lua "github.com/yuin/gopher-lua"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/status"
)

// Argo CD's interpreter runs the health check of config/gitops over every kind of
// status that the operator computes.
func TestArgoCDsHealthCheck(t *testing.T) {
	check := argoCheck(t)
	for _, c := range healthCases {
		t.Run(c.what, func(t *testing.T) {
			session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "judged", Generation: 3}}
			session.Status = status.Compute(inputOf(session, c.change))
			health, message := argoHealth(t, check, session)
			if health != c.argo || message == "" {
				t.Errorf("it is %s: %q, want %s; the conditions are %+v", health, message, c.argo, session.Status.Conditions)
			}
		})
	}
	t.Run("not looked at since a change", func(t *testing.T) {
		session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Generation: 3}}
		session.Status = status.Compute(inputOf(session, func(*status.Input) {}))
		session.Generation++
		if health, _ := argoHealth(t, check, session); health != "Progressing" {
			t.Errorf("it is %s", health)
		}
	})
	t.Run("never looked at", func(t *testing.T) {
		if health, _ := argoHealth(t, check, &v1alpha1.WhatsAppSession{}); health != "Progressing" {
			t.Errorf("it is %s", health)
		}
	})
}

func argoCheck(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "config", "gitops", "argocd-cm-patch.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var patch struct{ Data map[string]string }
	if err := yaml.UnmarshalStrict(raw, &patch); err != nil {
		t.Fatal(err)
	}
	check := patch.Data["resource.customizations.health.wasession.dev_WhatsAppSession"]
	if check == "" {
		t.Fatalf("the patch has only %v", patch.Data)
	}
	return check
}

// argoHealth runs a check with the object in the variable obj and with the libraries
// that Argo CD opens, and returns what it answers.
func argoHealth(t *testing.T, check string, object any) (health, message string) {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		t.Fatal(err)
	}
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer l.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		l.Push(l.NewFunction(open))
		l.Push(lua.LString(name))
		l.Call(1, 0)
	}
	l.SetGlobal("obj", luaValue(l, plain))
	if err := l.DoString(check); err != nil {
		t.Fatal(err)
	}
	answer, ok := l.Get(-1).(*lua.LTable)
	if !ok {
		t.Fatalf("the check answers %v", l.Get(-1))
	}
	return answer.RawGetString("status").String(), answer.RawGetString("message").String()
}

// luaValue converts what encoding/json decodes.
func luaValue(l *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case map[string]any:
		table := l.NewTable()
		for key, member := range value {
			table.RawSetString(key, luaValue(l, member))
		}
		return table
	case []any:
		table := l.NewTable()
		for _, item := range value {
			table.Append(luaValue(l, item))
		}
		return table
	case string:
		return lua.LString(value)
	case float64:
		return lua.LNumber(value)
	case bool:
		return lua.LBool(value)
	}
	return lua.LNil
}
