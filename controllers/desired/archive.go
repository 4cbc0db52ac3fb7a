package desired

import (
	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func archive(spec *v1alpha1.AutoArchiveSpec) *runtimev1.Archive {
	if spec == nil {
		return nil
	}
	a := &runtimev1.Archive{
		Schedule:       spec.Schedule,
		TimeZone:       spec.TimeZone,
		Suspend:        spec.Suspend,
		DryRun:         spec.DryRun,
		MaxChatsPerRun: int(spec.MaxChatsPerRun),
		Policies:       make([]runtimev1.ArchivePolicy, 0, len(spec.Policies)),
	}
	for _, policy := range spec.Policies {
		a.Policies = append(a.Policies, archivePolicy(policy))
	}
	return a
}

func archivePolicy(spec v1alpha1.ArchivePolicy) runtimev1.ArchivePolicy {
	policy := runtimev1.ArchivePolicy{
		Name:   spec.Name,
		Action: runtimev1.KeepOrArchive(spec.Action),
		Unread: runtimev1.KeepOrArchive(spec.Unread),
		Pinned: runtimev1.KeepOrArchive(spec.Pinned),
		Muted:  runtimev1.KeepOrArchive(spec.Muted),
	}
	if spec.InactiveFor != nil {
		policy.InactiveSeconds = int64(spec.InactiveFor.Seconds())
	}
	for _, t := range spec.ChatTypes {
		policy.ChatTypes = append(policy.ChatTypes, runtimev1.ChatType(t))
	}
	if spec.Exclude != nil {
		policy.ExcludeChatIDs = spec.Exclude.ChatIDs
		policy.ExcludeNames = spec.Exclude.Names
	}
	if spec.Labels != nil {
		// An older runtime, which reads past the labels, keeps all chats.
		policy.Labels = &runtimev1.ArchiveLabels{Exclude: spec.Labels.Exclude, Action: policy.Action}
		policy.Action = runtimev1.Keep
	}
	return policy
}
