package media

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/test/s3test"
)

// inBucket configures a library to keep its files in a bucket.
func inBucket(t *testing.T, b *bench, server *s3test.Server, secret string) *v1.S3 {
	t.Helper()
	config := server.Config(t, secret)
	b.config.Store(&v1.Media{S3: config})
	return config
}

// assertObjects are the keys in the bucket.
func assertObjects(t *testing.T, server *s3test.Server, want ...string) {
	t.Helper()
	if got := server.Keys(t); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("the bucket holds %v, want %v", got, want)
	}
}

func TestBucket(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	inBucket(t, b, server, s3test.SecretKey)
	m := message("AAA")

	f := b.ensure(t, m)
	if f.Bucket != s3test.Bucket || f.Path != "wa/default/false_111@c.us_AAA.oga" {
		t.Errorf("file is %+v", f)
	}
	b.assertServed(t, m)
	assertObjects(t, server, f.Path)
	object, err := server.Client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &f.Bucket, Key: &f.Path})
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
	if _, err := server.Client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &f.Bucket, Key: &f.Path}); err != nil {
		t.Fatal(err)
	}
	b.assertServed(t, m)
	if n := b.fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	assertObjects(t, server, f.Path)
}

func TestBucketRetention(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	config := inBucket(t, b, server, s3test.SecretKey)
	b.ensure(t, message("OLD"))
	b.now.Add(100)
	young := b.ensure(t, message("YOUNG"))
	b.config.Store(&v1.Media{S3: config, RetentionSeconds: 50})
	if err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	assertObjects(t, server, young.Path)
}

// A bucket's server is held to the policy for what a manifest names.
func TestBucketThatMayNotBeReached(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	inBucket(t, b, server, s3test.SecretKey)
	b.Client = egress.New(egress.Options{}).Manifest().Direct()
	if _, err := b.Ensure(t.Context(), message("AAA")); !errors.Is(err, egress.ErrRefusedAddress) {
		t.Errorf("a bucket on this machine: %v", err)
	}
	b.assertFiles(t)
	assertObjects(t, server)

	b = newBench(t)
	inBucket(t, b, server, s3test.SecretKey)
	b.Client = egress.New(egress.Options{Loopback: true}).Manifest().Direct()
	f := b.ensure(t, message("AAA"))
	b.assertServed(t, message("AAA"))
	assertObjects(t, server, f.Path)
}

// Files stay where they were put when the configuration changes.
func TestMoveFromVolumeToBucket(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	b.ensure(t, message("ONVOLUME"))
	inBucket(t, b, server, s3test.SecretKey)
	f := b.ensure(t, message("INBUCKET"))
	b.assertServed(t, message("ONVOLUME"))
	b.assertServed(t, message("INBUCKET"))
	if n := b.fetched.Load(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	assertObjects(t, server, f.Path)
}

func TestBucketThatRefuses(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	inBucket(t, b, server, "wrong")
	if _, err := b.Ensure(t.Context(), message("AAA")); err == nil || strings.Contains(err.Error(), "wrong\n") {
		t.Errorf("error %v", err)
	}
	b.assertFiles(t)
	assertObjects(t, server)
}

func TestBucketWithoutCredentials(t *testing.T) {
	b := newBench(t)
	b.config.Store(&v1.Media{S3: &v1.S3{Bucket: s3test.Bucket, AccessKeyIDFile: "/nowhere/id", SecretAccessKeyFile: "/nowhere/key"}})
	if _, err := b.Ensure(t.Context(), message("AAA")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	b.assertFiles(t)
}

func TestBucketNoLongerConfigured(t *testing.T) {
	server := s3test.Start(t)
	b := newBench(t)
	inBucket(t, b, server, s3test.SecretKey)
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
