package desired

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
)

func liveClaim(size string, mode corev1.PersistentVolumeAccessMode, class *string) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes:      []corev1.PersistentVolumeAccessMode{mode},
		StorageClassName: class,
		Resources: corev1.VolumeResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)},
		},
	}}
}

func TestAClaimGrowsAndNeverShrinks(t *testing.T) {
	session := load(t, "minimal") // 2Gi
	for live, want := range map[string]string{"1Gi": "2Gi", "2Gi": "2Gi", "8Gi": "8Gi"} {
		claim := Claim(session, liveClaim(live, corev1.ReadWriteOncePod, nil))
		if got := claim.Spec.Resources.Requests.Storage().String(); got != want {
			t.Errorf("a claim of %s becomes %s, want %s", live, got, want)
		}
	}
}

func TestAClaimKeepsWhatCannotChange(t *testing.T) {
	session := load(t, "full") // class fast, ReadWriteOnce, from a snapshot
	claim := Claim(session, liveClaim("10Gi", corev1.ReadWriteOncePod, ptr.To("slow")))
	if got := claim.Spec.AccessModes; !reflect.DeepEqual(got, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}) {
		t.Errorf("access modes = %v", got)
	}
	if got := *claim.Spec.StorageClassName; got != "slow" {
		t.Errorf("storage class is %s", got)
	}
	if claim.Spec.DataSource != nil {
		t.Error("the claim has a data source, although it was not restored")
	}
}

func TestTheClustersDefaultClassIsLeftToIt(t *testing.T) {
	claim := Claim(load(t, "minimal"), liveClaim("2Gi", corev1.ReadWriteOncePod, ptr.To("standard")))
	if claim.Spec.StorageClassName != nil {
		t.Errorf("the claim names class %s, which the spec does not", *claim.Spec.StorageClassName)
	}
}

func TestOnlyASessionThatTakesItsVolumeAlongOwnsIt(t *testing.T) {
	session := load(t, "minimal")
	if owners := Claim(session, nil).OwnerReferences; len(owners) != 0 {
		t.Errorf("retained claim has owners %+v", owners)
	}
	session.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete
	if owners := Claim(session, nil).OwnerReferences; len(owners) != 1 || *owners[0].UID != session.UID {
		t.Errorf("the owners are %+v", owners)
	}
}

func TestGeneratedSecretsDiffer(t *testing.T) {
	session := load(t, "minimal")
	one, two := KeysSecret(session), KeysSecret(session)
	if len(one.Data["api-key"]) != 43 || reflect.DeepEqual(one.Data, two.Data) {
		t.Errorf("keys are %q and %q", one.Data, two.Data)
	}
}

func TestSecretUsesNameTheirFields(t *testing.T) {
	want := []SecretUse{
		{Field: "spec.storage.media.s3.secretRef", Name: "bucket.credentials"},
		{Field: "spec.webhooks[0].hmacSecretRef", Name: "hooks"},
		{Field: "spec.webhooks[1].urlSecretRef", Name: "hook-urls"},
		{Field: "spec.webhooks[1].hmacSecretRef", Name: "hooks"},
		{Field: "spec.webhooks[1].headersSecretRef", Name: "headers"},
		{Field: "spec.api.keysSecretRef", Name: "sales-eu-api", Required: true, Apart: true},
		{Field: "spec.proxy.secretRef", Name: "proxy"},
	}
	if got := SecretUses(load(t, "full")); !reflect.DeepEqual(got, want) {
		t.Errorf("uses are %+v", got)
	}
	if got := SecretUses(load(t, "minimal")); len(got) != 0 {
		t.Errorf("an empty spec uses %+v", got)
	}
	if got, want := mountedSecrets(load(t, "full")), []string{"bucket.credentials", "headers", "hook-urls", "hooks", "proxy"}; !reflect.DeepEqual(got, want) {
		t.Errorf("mounted are %v, want %v", got, want)
	}
}

func TestMediaTakesHalfOfWhatTheVolumeHolds(t *testing.T) {
	holding := func(capacity string) *corev1.PersistentVolumeClaim {
		claim := liveClaim("8Gi", corev1.ReadWriteOncePod, nil)
		if capacity != "" {
			claim.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(capacity)}
		}
		return claim
	}
	cases := []struct {
		name, adopted string
		claim         *corev1.PersistentVolumeClaim
		want          string
	}{
		{"asked for", "", nil, "1Gi"},
		{"not bound yet", "", holding(""), "1Gi"},
		{"more than was asked for", "", holding("8Gi"), "1Gi"},
		{"not grown yet", "", holding("1Gi"), "512Mi"},
		{"adopted", "mine", holding("8Gi"), "4Gi"},
		{"adopted and not bound yet", "mine", holding(""), "0"},
		{"adopted and absent", "mine", nil, "0"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			session := load(t, "minimal") // 2Gi
			session.Spec.Storage.ExistingClaim = c.adopted
			want := resource.MustParse(c.want)
			if got := Config(session, c.claim).Media.MaxBytes; got != want.Value() {
				t.Errorf("media may take %d bytes, want %d", got, want.Value())
			}
		})
	}
}
