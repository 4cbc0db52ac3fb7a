package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// defaultRegion is used by S3-compatible servers without regions.
const defaultRegion = "us-east-1"

// bucket stores files in S3, under {prefix}{session}/{messageId}.{ext}.
type bucket struct {
	client *s3.Client
	name   string
	prefix string
}

func newBucket(c v1.S3, session string, out *http.Client) (*bucket, error) {
	id, err := secret(c.AccessKeyIDFile)
	if err != nil {
		return nil, err
	}
	key, err := secret(c.SecretAccessKeyFile)
	if err != nil {
		return nil, err
	}
	options := s3.Options{
		Region:       c.Region,
		UsePathStyle: c.ForcePathStyle,
		Credentials:  credentials.NewStaticCredentialsProvider(id, key, ""),
		// Some compatible servers do not support checksums besides the signature.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	}
	if options.Region == "" {
		options.Region = defaultRegion
	}
	if out != nil {
		options.HTTPClient = out
	}
	if c.Endpoint != "" {
		options.BaseEndpoint = aws.String(c.Endpoint)
	}
	return &bucket{s3.New(options), c.Bucket, c.Prefix + session + "/"}, nil
}

// secret reads a credential. The error names the file but never contains the secret.
func secret(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading S3 credentials: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

func (b *bucket) path(m *chat.Message) string { return b.prefix + Name(m) }

func (b *bucket) put(ctx context.Context, f chat.MediaFile, from *os.File) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &f.Path, Body: from,
		ContentLength: &f.Size, ContentType: &f.MIMEType,
	})
	return err
}

func (b *bucket) open(ctx context.Context, path string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &path})
	if missing := (*types.NoSuchKey)(nil); errors.As(err, &missing) {
		return nil, fs.ErrNotExist
	}
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}

func (b *bucket) remove(ctx context.Context, path string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &path})
	return err
}
