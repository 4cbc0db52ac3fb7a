package packaging

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Changes that a volume cannot follow are refused; everything else may change.
func TestChanges(t *testing.T) {
	const (
		plain   = "{}"
		refused = true
	)
	for _, test := range []struct {
		title, from, patch string
		refused            bool
		words              string
	}{
		{"grow", plain, `{"storage": {"size": "3Gi"}}`, !refused, ""},
		{"grow by less than a unit", plain, `{"storage": {"size": "2049Mi"}}`, !refused, ""},
		{"the same size in other words", plain, `{"storage": {"size": "2048Mi"}}`, !refused, ""},
		{"shrink", plain, `{"storage": {"size": "1Gi"}}`, refused, "cannot shrink"},
		{"shrink by leaving out", "storage: {size: 4Gi}", `{"storage": {"size": null}}`, refused, "cannot shrink"},

		{"another class", "storage: {storageClassName: fast}", `{"storage": {"storageClassName": "slow"}}`, refused, "storageClassName cannot change"},
		{"a class added", plain, `{"storage": {"storageClassName": "slow"}}`, refused, "storageClassName cannot change"},
		{"a class removed", "storage: {storageClassName: fast}", `{"storage": {"storageClassName": null}}`, refused, "storageClassName cannot change"},
		{"another mode", plain, `{"storage": {"accessMode": "ReadWriteOnce"}}`, refused, "accessMode cannot change"},
		{"mode left out", "storage: {accessMode: ReadWriteOnce}", `{"storage": {"accessMode": null}}`, refused, "accessMode cannot change"},
		{"another claim", "storage: {existingClaim: a}", `{"storage": {"existingClaim": "b"}}`, refused, "existingClaim cannot change"},
		{"a claim added", plain, `{"storage": {"existingClaim": "b"}}`, refused, "existingClaim cannot change"},
		{"a claim removed", "storage: {existingClaim: a}", `{"storage": {"existingClaim": null}}`, refused, "existingClaim cannot change"},
		{"an empty claim is none", plain, `{"storage": {"existingClaim": ""}}`, !refused, ""},
		{"another snapshot", "storage: {dataSource: {name: a}}", `{"storage": {"dataSource": {"name": "b"}}}`, refused, "dataSource cannot change"},
		{"a snapshot removed", "storage: {dataSource: {name: a}}", `{"storage": {"dataSource": null}}`, refused, "dataSource cannot change"},
		{"a snapshot added", plain, `{"storage": {"dataSource": {"name": "a"}}}`, refused, "dataSource cannot change"},
		{"storage left out", "storage: {storageClassName: fast}", `{"storage": null}`, refused, "storageClassName cannot change"},

		{"deletion policy", plain, `{"storage": {"whenDeleted": "Delete"}}`, !refused, ""},
		{"media", plain, `{"storage": {"media": {"maxSize": "1Gi"}}}`, !refused, ""},
		{"state", plain, `{"state": "Stopped"}`, !refused, ""},
		{"pairing", plain, `{"pairing": {"method": "PhoneCode", "phoneNumber": "4915112345678"}}`, !refused, ""},
		{"history", plain, `{"history": {"days": 30}}`, !refused, ""},
		{"policies", plain, `{"autoArchive": {"policies": [{"name": "a", "inactiveFor": "1h"}]}}`, !refused, ""},
		{"webhooks", plain, `{"webhooks": [{"url": "https://example.com", "events": ["*"]}]}`, !refused, ""},
	} {
		t.Run(test.title, func(t *testing.T) {
			object := create(t, session(t, "changed", test.from))
			patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": `+test.patch+`}`))
			err := api.Patch(t.Context(), object, patch)
			switch {
			case test.refused:
				wantRefused(t, err, "spec.storage", test.words)
			case err != nil:
				t.Errorf("refused: %v", err)
			}
		})
	}
}
