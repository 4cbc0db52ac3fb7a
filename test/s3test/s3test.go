// Package s3test runs a real S3-compatible server for tests: the Versity
// gateway over a folder, built from the module hack/s3server.
package s3test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// The credentials that the server accepts, and its only bucket.
const (
	AccessKey = "test-access-key"
	SecretKey = "test-secret-key"
	Bucket    = "media"
	region    = "us-east-1"
)

// Server is a running server.
type Server struct {
	Endpoint string
	// Client accesses the bucket independently of the code under test.
	Client *s3.Client
}

// binary builds the server into the user's cache and returns its path.
var binary = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	_, here, _, _ := runtime.Caller(0)
	path := filepath.Join(cache, "wasession", "s3server", "versitygw")
	build := exec.Command("go", "build", "-o", path, "github.com/versity/versitygw/cmd/versitygw")
	build.Dir = filepath.Join(filepath.Dir(here), "..", "..", "hack", "s3server")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	return path, build.Run()
})

// Start runs a server with an empty bucket until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatalf("building the S3 server: %v", err)
	}
	address := freeAddress(t)
	server := exec.Command(path, "--access", AccessKey, "--secret", SecretKey, "--region", region, "--port", address,
		"--quiet", "posix", "--sidecar", t.TempDir(), t.TempDir())
	var output bytes.Buffer
	server.Stdout, server.Stderr = &output, &output
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if t.Failed() {
			t.Logf("S3 server: %s", output.String())
		}
	})
	s := &Server{Endpoint: "http://" + address}
	s.Client = s3.New(s3.Options{
		BaseEndpoint: &s.Endpoint, Region: region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(AccessKey, SecretKey, ""),
		// The server is up once it answers the first request.
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = 200, 100*time.Millisecond
			o.RateLimiter = ratelimit.None
		}),
	})
	if _, err := s.Client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(Bucket)}); err != nil {
		t.Fatalf("making the bucket: %v", err)
	}
	return s
}

// Config returns a runtime's configuration for the bucket, with the credentials
// in separate files.
func (s *Server) Config(t testing.TB, secret string) *v1.S3 {
	t.Helper()
	dir := t.TempDir()
	c := &v1.S3{
		Bucket: Bucket, Endpoint: s.Endpoint, Prefix: "wa/", ForcePathStyle: true,
		AccessKeyIDFile: filepath.Join(dir, "id"), SecretAccessKeyFile: filepath.Join(dir, "key"),
	}
	for file, content := range map[string]string{c.AccessKeyIDFile: AccessKey, c.SecretAccessKeyFile: secret} {
		if err := os.WriteFile(file, []byte(content+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// Keys returns the keys of the objects in the bucket.
func (s *Server) Keys(t testing.TB) []string {
	t.Helper()
	list, err := s.Client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(Bucket)})
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{}
	for _, o := range list.Contents {
		keys = append(keys, *o.Key)
	}
	return keys
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
