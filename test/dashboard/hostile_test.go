package dashboard

import (
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
)

// What strangers write, such as the name of an account, is shown as the text that it
// is, when a page is loaded and when it changes. The tab reports what the policy had to
// stop, which fails the test too.
func TestHostileTexts(t *testing.T) {
	const (
		script = `<script>window.hacked = 1</script>`
		image  = `"><img src=x onerror="window.hacked = 2">`
		event  = `' onmouseover='window.hacked = 3`
	)
	space := lab.Namespace(t)
	key, _ := lab.Key(t, map[string]string{access.EntryNamespaces: space})
	s := lab.Session(t, space, "sales", v1alpha1.PhaseFailed, func(s *v1alpha1.WhatsAppSession) {
		paired("15550001111", script, 1, 2)(s)
		s.Spec.EventMetadata = map[string]v1alpha1.MetadataValue{image: event, "plain": script}
		s.Annotations = map[string]string{"note": script + image}
		condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonPodFailed, image+event)(s)
	})
	b := open(t, lab.Gateway(t), 1280, 800)
	b.logIn(key)
	b.await("#rows", script)
	b.await("#rows", image+event)
	b.visit("?q=" + `%22%3E%3Cimg%20src%3Dx%20onerror%3D%22window.hacked%20%3D%202%22%3E`)
	b.await("#nothing", "No session matches")
	if got := b.value("#q"); got != image {
		t.Errorf("the search is for %q", got)
	}

	b.visit("")
	before := s.DeepCopy()
	s.Status.Me.PushName = image + "changed"
	if err := lab.K8s.Status().Patch(t.Context(), s, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	b.await("#rows", image+"changed") // by the stream

	b.visit("sessions/" + space + "/sales")
	for _, text := range []string{image, event, script, image + event} {
		b.await("main", text)
	}
	b.visit("sessions/" + space + "/sales/manifest")
	b.await("#yaml", "window.hacked = 1")
	b.await("main", image+event)
	var hacked bool
	if b.eval(`window.hacked !== undefined`, &hacked); hacked {
		t.Error("a text was run")
	}
}
