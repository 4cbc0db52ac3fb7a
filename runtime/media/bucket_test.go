package media

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// inBucket configures a library to keep its files in a bucket.
func inBucket(t *testing.T, b *bench, endpoint, secret string) *v1.S3 {
	t.Helper()
	dir := t.TempDir()
	config := &v1.S3{
		Bucket: bucketOne, Endpoint: endpoint, Prefix: "wa/", ForcePathStyle: true,
		AccessKeyIDFile: filepath.Join(dir, "id"), SecretAccessKeyFile: filepath.Join(dir, "key"),
	}
	for file, content := range map[string]string{config.AccessKeyIDFile: accessKey, config.SecretAccessKeyFile: secret} {
		if err := os.WriteFile(file, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.config.Store(&v1.Media{S3: config})
	return config
}

// assertObjects are the keys in the bucket.
func assertObjects(t *testing.T, client *s3.Client, want ...string) {
	t.Helper()
	list, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucketOne)})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, o := range list.Contents {
		got = append(got, *o.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the bucket holds %v, want %v", got, want)
	}
}

func TestBucket(t *testing.T) {
	endpoint, client := startS3(t)
	b := newBench(t)
	inBucket(t, b, endpoint, secretKey)
	m := message("AAA")

	f := b.ensure(t, m)
	if f.Bucket != bucketOne || f.Path != "wa/default/false_111@c.us_AAA.oga" {
		t.Errorf("file is %+v", f)
	}
	b.assertServed(t, m)
	assertObjects(t, client, f.Path)
	object, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &f.Bucket, Key: &f.Path})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(object.Body)
	if err != nil || string(body) != string(content(m)) || aws.ToString(object.ContentType) != "audio/ogg" {
		t.Errorf("the object is %q of type %s, error %v", body, aws.ToString(object.ContentType), err)
	}
	if entries, _ := os.ReadDir(b.Dir); len(entries) != 1 {
		t.Errorf("%d entries on the volume", len(entries))
	}

	// An object that somebody removed is fetched again.
	if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &f.Bucket, Key: &f.Path}); err != nil {
		t.Fatal(err)
	}
	b.assertServed(t, m)
	if n := b.fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	assertObjects(t, client, f.Path)
}

func TestBucketRetention(t *testing.T) {
	endpoint, client := startS3(t)
	b := newBench(t)
	config := inBucket(t, b, endpoint, secretKey)
	b.ensure(t, message("OLD"))
	b.now.Add(100)
	young := b.ensure(t, message("YOUNG"))
	b.config.Store(&v1.Media{S3: config, RetentionSeconds: 50})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	assertObjects(t, client, young.Path)
}

// Files stay where they were put when the configuration changes.
func TestMoveFromVolumeToBucket(t *testing.T) {
	endpoint, client := startS3(t)
	b := newBench(t)
	b.ensure(t, message("ONVOLUME"))
	inBucket(t, b, endpoint, secretKey)
	f := b.ensure(t, message("INBUCKET"))
	b.assertServed(t, message("ONVOLUME"))
	b.assertServed(t, message("INBUCKET"))
	if n := b.fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	assertObjects(t, client, f.Path)
}

func TestBucketThatRefuses(t *testing.T) {
	endpoint, client := startS3(t)
	b := newBench(t)
	inBucket(t, b, endpoint, "wrong")
	if _, err := b.Ensure(t.Context(), message("AAA")); err == nil || strings.Contains(err.Error(), "wrong\n") {
		t.Errorf("error %v", err)
	}
	b.assertFiles(t)
	assertObjects(t, client)
}

func TestBucketWithoutCredentials(t *testing.T) {
	b := newBench(t)
	b.config.Store(&v1.Media{S3: &v1.S3{Bucket: bucketOne, AccessKeyIDFile: "/nowhere/id", SecretAccessKeyFile: "/nowhere/key"}})
	if _, err := b.Ensure(t.Context(), message("AAA")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	b.assertFiles(t)
}

func TestBucketNoLongerConfigured(t *testing.T) {
	endpoint, _ := startS3(t)
	b := newBench(t)
	inBucket(t, b, endpoint, secretKey)
	b.ensure(t, message("AAA"))
	b.now.Add(100)
	b.config.Store(&v1.Media{RetentionSeconds: 1})
	if _, err := b.Read(t.Context(), message("AAA")); err == nil || !strings.Contains(err.Error(), "no longer configured") {
		t.Errorf("error %v", err)
	}
	// It is out of reach, so it is forgotten, and fetched to the volume next time.
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertServed(t, message("AAA"))
	b.assertFiles(t, "AAA")
}
