package cluster

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/wasession/wasession/api/v1alpha1"
)

// flaky is an API server that ends each watch at once and answers lists with these
// status codes, one after the other. The session is WORKING in the last list.
func flaky(t *testing.T, answers ...int) (c *Cluster, lists *int) {
	lists = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Query().Has("watch") {
			return
		}
		code := answers[*lists]
		*lists++
		list := v1alpha1.WhatsAppSessionList{Items: []v1alpha1.WhatsAppSession{{ObjectMeta: metav1.ObjectMeta{Name: "support", UID: "1"}}}}
		if *lists == len(answers) {
			list.Items[0].Status.Phase = v1alpha1.PhaseWorking
		}
		w.WriteHeader(code)
		if code == http.StatusOK {
			_ = json.NewEncoder(w).Encode(list)
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(&rest.Config{Host: server.URL}, "crm")
	if err != nil {
		t.Fatal(err)
	}
	return c, lists
}

func works(all []*v1alpha1.WhatsAppSession) bool { return all[0].Status.Phase == v1alpha1.PhaseWorking }

func TestFollowOutlastsAnAPIServerThatRestarts(t *testing.T) {
	c, lists := flaky(t, http.StatusOK, http.StatusServiceUnavailable, http.StatusOK)
	if err := c.Follow(t.Context(), "crm", "", works); err != nil || *lists != 3 {
		t.Errorf("after %d lists: %v", *lists, err)
	}
}

func TestFollowEndsWithErrorsThatStay(t *testing.T) {
	for _, answers := range [][]int{{http.StatusServiceUnavailable}, {http.StatusOK, http.StatusForbidden}} {
		c, lists := flaky(t, append(answers, http.StatusOK)...)
		if err := c.Follow(t.Context(), "crm", "", works); err == nil || *lists != len(answers) {
			t.Errorf("%v: after %d lists: %v", answers, *lists, err)
		}
	}
}
