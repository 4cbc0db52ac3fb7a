package waha

import (
	"strings"
	"testing"
)

func TestEveryNameHasAResourceOfItsOwn(t *testing.T) {
	for name, want := range map[string]string{
		"sales-eu":              "sales-eu",
		"default":               "default",
		"Sales":                 "sales-",
		"sales_eu":              "sales-eu-",
		"4915155500001":         "s-4915155500001-",
		"___":                   "s-",
		"-a-":                   "a-",
		strings.Repeat("X", 54): strings.Repeat("x", 45) + "-",
		strings.Repeat("a", 54): strings.Repeat("a", 54),
	} {
		got := ResourceName(name)
		exact := name == got
		if exact != (got == want) || !exact && !strings.HasPrefix(got, want[:strings.LastIndexByte(want, '-')+1]) {
			t.Errorf("%s becomes %s, want %s", name, got, want)
		}
		if len(got) > maxName || !resources.MatchString(got) {
			t.Errorf("%s becomes %s, which no resource can be called", name, got)
		}
	}
	if ResourceName("Sales") == ResourceName("SALES") || ResourceName("a_b") == ResourceName("a-b") {
		t.Error("two names share a resource")
	}
}

func TestQualifiedNamesAreSplit(t *testing.T) {
	for given, want := range map[string][2]string{
		"sales": {"", "sales"}, "crm.sales": {"crm", "sales"}, "crm.sales.eu": {"crm", "sales.eu"}, "": {"", ""},
	} {
		if namespace, name := SplitName(given); namespace != want[0] || name != want[1] {
			t.Errorf("%q is split into %q and %q", given, namespace, name)
		}
	}
	if got := Qualified("crm", "sales"); got != "crm.sales" {
		t.Errorf("qualified is %q", got)
	}
}

func FuzzResourceName(f *testing.F) {
	f.Add("Sales_EU")
	f.Fuzz(func(t *testing.T, name string) {
		if !ValidName(name) {
			return
		}
		if got := ResourceName(name); len(got) > maxName || !resources.MatchString(got) || got != ResourceName(got) {
			t.Errorf("%q becomes %q", name, got)
		}
	})
}
