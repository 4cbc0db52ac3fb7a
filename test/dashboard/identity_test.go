package dashboard

import (
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Who has a role in the cluster needs no key: the token of kubectl create token opens
// what the role allows, and nothing else.
func TestLogInWithATokenOfKubernetes(t *testing.T) {
	space, other := lab.Namespace(t), lab.Namespace(t)
	lab.Session(t, space, "sales", v1alpha1.PhaseWorking, paired("15550001111", "Sales", 2, 9))
	lab.Session(t, other, "secret-project", v1alpha1.PhaseWorking)
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "lead"}}
	group := []string{v1alpha1.GroupVersion.Group}
	lab.Create(t, account,
		&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "lead"}, Rules: []rbacv1.PolicyRule{
			{APIGroups: group, Resources: []string{v1alpha1.Resource}, Verbs: []string{"get", "list"}},
			{APIGroups: group, Resources: []string{v1alpha1.Resource + "/control"}, Verbs: []string{"get", "update"}},
		}},
		&rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: "lead"},
			RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "lead"},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: space, Name: "lead"}}})
	request := &authenticationv1.TokenRequest{}
	if err := lab.K8s.SubResource("token").Create(t.Context(), account, request); err != nil {
		t.Fatal(err)
	}
	b := open(t, lab.Gateway(t), 1280, 800)
	b.visit("")
	b.submitKey("eyJhbGciOiJub25lIn0.e30.")
	b.await("main", "This key or token is not known")
	b.logIn(request.Status.Token)
	b.await("#rows", "sales")
	if body := b.text("body"); strings.Contains(body, "secret-project") || strings.Contains(body, "New session") || !strings.Contains(body, "user:system:serviceaccount:"+space+":lead") {
		t.Errorf("the page shows %s", body)
	}
	b.visit("sessions/" + other + "/secret-project")
	b.await("main", "There is no session "+other+"/secret-project, or you may not see it")
	b.visit("sessions/" + space + "/sales")
	b.await("#session-facts", "Stop")
	if facts := b.text("#session-facts"); strings.Contains(facts, "Delete") {
		t.Errorf("deleting is offered: %s", facts)
	}
	b.press("#act-stop")
	b.await("#session-head", "Stopped")
}
