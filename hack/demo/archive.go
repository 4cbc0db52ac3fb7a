package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/test/cluster"
)

// silence is how long a chat of the demo must be silent to be archived.
const silence = 60 * 24 * time.Hour

// plan is what, according to the chat API, a run of the policies would do.
type plan struct {
	Candidates int `json:"candidates"`
	Items      []struct {
		Name         string `json:"name"`
		Policy       string `json:"policy"`
		InactiveDays int    `json:"inactiveDays"`
	} `json:"items"`
}

// autoArchive gives the session a policy, looks at the plan, and has it carried
// out: all by the manifest, without a restart.
func (t *tour) autoArchive(ctx context.Context) error {
	t.story.Chapter("Auto-archive, by a policy in the manifest")
	t.story.RestartClock()
	before := t.stack.phones.archived()
	patch := map[string]any{"spec": map[string]any{"autoArchive": v1alpha1.AutoArchiveSpec{
		Policies: []v1alpha1.ArchivePolicy{{Name: "zombies", InactiveFor: &metav1.Duration{Duration: silence}}},
	}}}
	if err := t.patch(ctx, patch); err != nil {
		return err
	}
	var would plan
	if err := cluster.Eventually(ctx, func() (bool, error) {
		err := t.api.Get(ctx, "/auto-archive/plan", &would)
		return would.Candidates > 0, err
	}); err != nil {
		return fmt.Errorf("the policy matched no chat: %w", err)
	}
	t.story.Step("policy zombies is active in the running pod: %d of %d chats inactive for %.0f days", would.Candidates, t.stack.phones.account().chats, silence.Hours()/24)
	for _, item := range would.Items[:min(3, len(would.Items))] {
		t.story.Say("             %-28.28s inactive for %d days", item.Name, item.InactiveDays)
	}
	request := time.Now().Format(time.RFC3339)
	annotations := map[string]any{v1alpha1.AnnotationAutoArchiveRequestedAt: request}
	if err := t.patch(ctx, map[string]any{"metadata": map[string]any{"annotations": annotations}}); err != nil {
		return err
	}
	session, err := t.stack.cluster.AwaitSession(ctx, sessionKey, "done with the archive run that was asked for", func(s *v1alpha1.WhatsAppSession) bool {
		run := s.Status.AutoArchive
		return run != nil && run.LastHandledRequest == request && run.LastRunTime != nil
	})
	if err != nil {
		return err
	}
	run := session.Status.AutoArchive
	t.story.Step("run requested by annotation: %s, %d chats archived; app state patches on the phone: %d; archived chats on the phone: %d before, %d after",
		run.LastResult, run.Archived, t.stack.phones.patches(), before, t.stack.phones.archived())
	if after := t.stack.phones.archived(); int(run.Archived) != would.Candidates || after != before+would.Candidates {
		return fmt.Errorf("auto-archive: %d candidates, %d archived according to the status, and on the phone %d archived chats after, %d before", would.Candidates, run.Archived, after, before)
	}
	return nil
}

// patch merges a change into the session's resource.
func (t *tour) patch(ctx context.Context, change map[string]any) error {
	data, err := json.Marshal(change)
	if err != nil {
		return err
	}
	session := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: sessionName}}
	return t.stack.cluster.Patch(ctx, session, client.RawPatch(types.MergePatchType, data))
}
