package command

import (
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestFleetDefaults(t *testing.T) {
	_, c, err := parse(t, "--runtime-image=x", "--runtime-image-pull-secrets= registry,mirror,", "--runtime-priority-class=chats",
		`--runtime-tolerations=[{"key":"chats","operator":"Exists","effect":"NoSchedule"}]`, "--service-type=Headless", "--api-allowed-namespaces=ingress-nginx, gateways", "--shorten-numbers", "--leader-election-namespace=ops")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Settings
	if want := []string{"registry", "mirror"}; !reflect.DeepEqual(s.ImagePullSecrets, want) {
		t.Errorf("pull secrets are %v, want %v", s.ImagePullSecrets, want)
	}
	if want := []string{"ingress-nginx", "gateways"}; !reflect.DeepEqual(s.AllowedNamespaces, want) || s.OperatorNamespace != "ops" || !c.ShortenNumbers {
		t.Errorf("allowed namespaces are %v and %q, shortened %t", s.AllowedNamespaces, s.OperatorNamespace, c.ShortenNumbers)
	}
	want := []corev1.Toleration{{Key: "chats", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}}
	if !reflect.DeepEqual(s.Tolerations, want) || s.PriorityClassName != "chats" || s.ServiceType != v1alpha1.ServiceHeadless {
		t.Errorf("settings are %+v", s)
	}
	if _, c, _ = parse(t, "--runtime-image=x"); c.Settings.ServiceType != v1alpha1.ServiceClusterIP || c.Settings.Tolerations != nil {
		t.Errorf("without flags settings are %+v", c.Settings)
	}
}

func TestFleetDefaultsThatEveryPodWouldFailWithAreNamed(t *testing.T) {
	for flag, want := range map[string]string{
		"--runtime-image-pull-secrets=a_b":                                    "--runtime-image-pull-secrets",
		"--runtime-priority-class=High":                                       "--runtime-priority-class",
		"--runtime-tolerations=chats":                                         "JSON list",
		`--runtime-tolerations={"key":"chats"}`:                               "JSON list",
		`--runtime-tolerations=[{"keys":"chats"}]`:                            "JSON list",
		`--runtime-tolerations=[] []`:                                         "JSON list",
		`--runtime-tolerations=[{"key":"a","operator":"Is"}]`:                 "--runtime-tolerations[0]: operator",
		`--runtime-tolerations=[{"operator":"Exists"},{"value":"b"}]`:         "--runtime-tolerations[1]: a toleration without a key",
		`--runtime-tolerations=[{"key":"a","operator":"Exists","value":"b"}]`: "takes no value",
		`--runtime-tolerations=[{"key":"a","effect":"Never"}]`:                "effect is",
		`--runtime-tolerations=[{"key":"a","tolerationSeconds":5}]`:           "tolerationSeconds",
		"--api-allowed-namespaces=a.b":                                        "--api-allowed-namespaces",
		"--service-type=LoadBalancer":                                         "use ClusterIP or Headless",
	} {
		if _, _, err := parse(t, "--runtime-image=x", flag); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want …%s…", flag, err, want)
		}
	}
}
