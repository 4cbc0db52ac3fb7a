package command

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/wasession/wasession/api/v1alpha1"
)

// shard is the selector of --watch-label-selector; nil for all sessions. It can
// only name the one label that a session's objects carry too, as the cache holds
// only those that it selects.
func (o *options) shard() (labels.Selector, error) {
	if o.watchLabelSelector == "" {
		return nil, nil
	}
	selector, err := labels.Parse(o.watchLabelSelector)
	if err != nil {
		return nil, fmt.Errorf("--watch-label-selector: %w", err)
	}
	requirements, _ := selector.Requirements()
	for _, requirement := range requirements {
		if requirement.Key() != v1alpha1.LabelShard {
			return nil, fmt.Errorf("--watch-label-selector names the label %s: use %s, which the objects of a session carry too", requirement.Key(), v1alpha1.LabelShard)
		}
	}
	return selector, nil
}

// leaseOf is the name of the lease that the replicas of one shard compete for.
func leaseOf(shard labels.Selector) string {
	if shard == nil {
		return leaseName
	}
	sum := sha256.Sum256([]byte(shard.String()))
	return leaseName + "-" + hex.EncodeToString(sum[:4])
}
