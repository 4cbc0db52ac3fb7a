package packaging

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Changes that a volume cannot follow are refused; everything else may change.
func TestChanges(t *testing.T) {
	const (
		plain    = "{}"
		adopted  = "storage: {type: ExistingClaim, existingClaim: a}"
		snapshot = "storage: {claim: {dataSource: {name: a}}}"
		refused  = true
	)
	claim := func(fields string) string { return `{"storage": {"claim": ` + fields + `}}` }
	for _, test := range []struct {
		title, from, patch string
		refused            bool
		words              string
	}{
		{"grow", plain, claim(`{"size": "3Gi"}`), !refused, ""},
		{"grow by less than a unit", plain, claim(`{"size": "2049Mi"}`), !refused, ""},
		{"the same size in other words", plain, claim(`{"size": "2048Mi"}`), !refused, ""},
		{"shrink", plain, claim(`{"size": "1Gi"}`), refused, "cannot shrink"},
		{"shrink by leaving out", "storage: {claim: {size: 4Gi}}", claim(`{"size": null}`), refused, "cannot shrink"},

		{"another class", "storage: {claim: {storageClassName: fast}}", claim(`{"storageClassName": "slow"}`), refused, "storageClassName cannot change"},
		{"a class added", plain, claim(`{"storageClassName": "slow"}`), refused, "storageClassName cannot change"},
		{"a class removed", "storage: {claim: {storageClassName: fast}}", claim(`{"storageClassName": null}`), refused, "storageClassName cannot change"},
		{"another mode", plain, claim(`{"accessMode": "ReadWriteOnce"}`), refused, "accessMode cannot change"},
		{"mode left out", "storage: {claim: {accessMode: ReadWriteOnce}}", claim(`{"accessMode": null}`), refused, "accessMode cannot change"},
		{"another claim", adopted, `{"storage": {"existingClaim": "b"}}`, refused, "existingClaim cannot change"},
		{"a claim adopted", plain, `{"storage": {"type": "ExistingClaim", "existingClaim": "b", "claim": null}}`, refused, "existingClaim cannot change"},
		{"a claim made", adopted, `{"storage": {"type": "Claim", "existingClaim": null}}`, refused, "existingClaim cannot change"},
		{"another snapshot", snapshot, claim(`{"dataSource": {"name": "b"}}`), refused, "dataSource cannot change"},
		{"a snapshot removed", snapshot, claim(`{"dataSource": null}`), refused, "dataSource cannot change"},
		{"a snapshot added", plain, claim(`{"dataSource": {"name": "a"}}`), refused, "dataSource cannot change"},
		{"storage left out", "storage: {claim: {storageClassName: fast}}", `{"storage": null}`, refused, "storageClassName cannot change"},
		{"the class left out with the claim", "storage: {claim: {storageClassName: fast}}", claim("null"), refused, "write storage.claim as it was"},
		{"the mode left out with the claim", "storage: {claim: {accessMode: ReadWriteOnce}}", claim("null"), refused, "write storage.claim as it was"},
		{"a snapshot left out with the claim", snapshot, claim("null"), refused, "write storage.claim as it was"},
		{"shrink by leaving out the claim", "storage: {claim: {size: 4Gi}}", claim("null"), refused, "write storage.claim as it was"},
		{"the defaults left out", plain, claim("null"), !refused, ""},
		{"the claim of a session that was written without", "storage: {otherAccounts: Keep}", claim(`{"size": "1Gi", "storageClassName": "fast"}`), !refused, ""},

		{"deletion policy", plain, claim(`{"whenDeleted": "Delete"}`), !refused, ""},
		{"media", plain, `{"storage": {"media": {"volume": {"maxSize": "1Gi"}}}}`, !refused, ""},
		{"state", plain, `{"state": "Stopped"}`, !refused, ""},
		{"pairing", plain, `{"pairing": {"method": "PhoneCode", "phoneNumber": "4915112345678"}}`, !refused, ""},
		{"history", plain, `{"history": {"days": 30}}`, !refused, ""},
		{"policies", plain, `{"autoArchive": {"policies": [{"name": "a", "inactiveFor": "1h"}]}}`, !refused, ""},
		{"update strategy", plain, `{"updateStrategy": {"type": "OnDelete"}}`, !refused, ""},
		{"webhooks", plain, `{"webhooks": [{"name": "a", "url": "https://example.com", "events": ["*"]}]}`, !refused, ""},
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

// Clients, receivers of webhooks and stored events have the name.
func TestTheNameInTheChatAPINeverChanges(t *testing.T) {
	for title, test := range map[string]struct{ from, patch string }{
		"another": {"sessionName: Sales_EU", `"Sales_US"`},
		"added":   {"{}", `"Sales_EU"`},
		"removed": {"sessionName: Sales_EU", "null"},
	} {
		t.Run(title, func(t *testing.T) {
			object := create(t, session(t, "changed", test.from))
			patch := client.RawPatch(types.MergePatchType, []byte(`{"spec": {"sessionName": `+test.patch+`}}`))
			wantRefused(t, api.Patch(t.Context(), object, patch), "spec.sessionName", "cannot change")
		})
	}
}
