package media

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const (
	accessKey = "test-access-key"
	secretKey = "test-secret-key"
	bucketOne = "media"
)

// serverBinary builds the S3 server into the user's cache, where it is found
// again.
var serverBinary = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(cache, "wasession", "s3server", "versitygw")
	build := exec.Command("go", "build", "-o", binary, "github.com/versity/versitygw/cmd/versitygw")
	build.Dir = filepath.Join("..", "..", "hack", "s3server")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	return binary, build.Run()
})

// startS3 runs a server with an empty bucket and returns its endpoint and a
// client that looks into it.
func startS3(t *testing.T) (endpoint string, client *s3.Client) {
	t.Helper()
	binary, err := serverBinary()
	if err != nil {
		t.Fatalf("building the S3 server: %v", err)
	}
	address := freeAddress(t)
	data, meta := t.TempDir(), t.TempDir()
	server := exec.Command(binary, "--access", accessKey, "--secret", secretKey, "--port", address, "--health", "/healthz",
		"--quiet", "posix", "--sidecar", meta, data)
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
	endpoint = "http://" + address
	client = s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: defaultRegion, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
		// The server is up when it takes the first request.
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = 100, 100*time.Millisecond
			o.RateLimiter = ratelimit.None
		}),
	})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(bucketOne)}); err != nil {
		t.Fatalf("making the bucket: %v", err)
	}
	return endpoint, client
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
