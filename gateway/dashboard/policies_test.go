package dashboard

import (
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestPoliciesInWords(t *testing.T) {
	after := func(d time.Duration) *metav1.Duration { return &metav1.Duration{Duration: d} }
	for _, c := range []struct {
		from v1alpha1.ArchivePolicy
		want archivePolicy
	}{
		{v1alpha1.ArchivePolicy{Name: "idle", InactiveFor: after(90 * 24 * time.Hour)},
			archivePolicy{Name: "idle", Rule: "Archives direct chats and groups without a message for 90 days", Notes: []string{"keeps unread and pinned chats"}}},
		{v1alpha1.ArchivePolicy{
			Name: "groups", Action: v1alpha1.ArchiveArchive, InactiveFor: after(25 * time.Hour), ChatTypes: []v1alpha1.ChatType{v1alpha1.ChatGroup},
			Unread: v1alpha1.ArchiveArchive, Pinned: v1alpha1.ArchiveArchive, Muted: v1alpha1.ArchiveKeep,
			Exclude: &v1alpha1.ArchiveExclusion{Names: []string{"VIP*", "*boss*"}, ChatIDs: []string{"1"}},
		}, archivePolicy{Name: "groups", Rule: "Archives groups without a message for 25 hours", Notes: []string{"keeps muted chats", "leaves out the names VIP* and *boss*", "leaves out 1 chat"}}},
		{v1alpha1.ArchivePolicy{Name: "vip", Action: v1alpha1.ArchiveKeep, ChatTypes: []v1alpha1.ChatType{v1alpha1.ChatDirect, v1alpha1.ChatBroadcast, v1alpha1.ChatNewsletter}},
			archivePolicy{Name: "vip", Keeps: true, Rule: "Keeps direct chats, broadcast lists and channels of any age"}},
		{v1alpha1.ArchivePolicy{Name: "unlabelled", InactiveFor: after(time.Hour), Labels: &v1alpha1.ArchiveLabels{Exclude: []string{"VIP", "7"}}},
			archivePolicy{Name: "unlabelled", Rule: "Archives direct chats and groups without a message for 1 hour", Notes: []string{"keeps unread and pinned chats", "keeps chats labelled VIP or 7"}}},
		{v1alpha1.ArchivePolicy{Name: "all", InactiveFor: after(90 * time.Minute), Unread: v1alpha1.ArchiveArchive, Pinned: v1alpha1.ArchiveArchive},
			archivePolicy{Name: "all", Rule: "Archives direct chats and groups without a message for 1h30m0s"}},
	} {
		if got := explainPolicy(c.from); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.from.Name, got, c.want)
		}
	}
}
