package indexstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// bucket is a place in an S3-compatible store. An object has the name that a directory's file
// would have, below a prefix.
//
// The library is minio-go: it adds 1.3 MB to the program. It signs requests (and no more: no
// password is sent), follows no redirect, and retries what can pass.
type bucket struct {
	client       minio.Core
	name, prefix string
	host         string
}

// credentialTimeout is how long a cloud's own service may take to hand credentials out.
const credentialTimeout = 5 * time.Second

// newBucket opens BUCKET/PREFIX. The variables are those of the AWS tools: AWS_ENDPOINT_URL_S3
// or AWS_ENDPOINT_URL for other stores than AWS, AWS_REGION, and where credentials come from.
func newBucket(name string, getenv func(string) string, opt source.Options) (*bucket, error) {
	bucketName, prefix, _ := strings.Cut(name, "/")
	if opt.Offline {
		return nil, &usererror.Error{What: "tare does not contact stores while --offline is set", Next: "leave out --offline, or name a directory"}
	}
	region := cmp.Or(getenv("AWS_REGION"), getenv("AWS_DEFAULT_REGION"), "us-east-1")
	endpoint := cmp.Or(getenv("AWS_ENDPOINT_URL_S3"), getenv("AWS_ENDPOINT_URL"), "https://s3."+region+".amazonaws.com")
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || strings.Trim(at.Path, "/") != "" || at.User != nil {
		return nil, &usererror.Error{What: "AWS_ENDPOINT_URL is no address of an S3 store", Next: "write it as https://host or https://host:port"}
	}
	if at.Scheme == "http" && !mayBePlain(at, opt.Insecure) {
		return nil, &usererror.Error{What: at.Host + " would be spoken to without TLS", Next: "use https, or trust the host with --insecure " + at.Hostname()}
	}
	client, err := minio.New(at.Host, &minio.Options{
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: &http.Client{Timeout: credentialTimeout}},
		}),
		Secure: at.Scheme == "https", Region: region, MaxRetries: 3,
	})
	if err != nil {
		return nil, &usererror.Error{What: "the S3 store cannot be used: " + err.Error(), Next: "check AWS_ENDPOINT_URL and AWS_REGION", Cause: err}
	}
	client.SetAppInfo("tare", "")
	b := &bucket{client: minio.Core{Client: client}, name: bucketName, prefix: strings.Trim(prefix, "/"), host: at.Host}
	if b.prefix != "" {
		b.prefix += "/"
	}
	return b, b.check()
}

// check refuses names that no bucket has.
func (b *bucket) check() error {
	if len(b.name) < 3 || strings.Trim(b.name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return &usererror.Error{What: "this is no name of a bucket", Next: "write s3://BUCKET or s3://BUCKET/PREFIX"}
	}
	return nil
}

// mayBePlain reports whether a store may be spoken to over plain http: on this very machine,
// and where the user said so.
func mayBePlain(at *url.URL, insecure []string) bool {
	host := at.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback() || slices.Contains(insecure, host) || slices.Contains(insecure, at.Host)
}

func (b *bucket) String() string { return "s3://" + b.name + "/" + b.prefix + " at " + b.host }

// Get reads the object of a layer.
func (b *bucket) Get(ctx context.Context, of Name, read func(io.Reader) error) error {
	body, info, _, err := b.client.GetObject(ctx, b.name, b.prefix+of.path(), minio.GetObjectOptions{})
	if err != nil {
		return b.explain(err)
	}
	defer body.Close()
	if info.Size > MaxDocument {
		return read(failing{fmt.Errorf("it has %d bytes, and at most %d are read", info.Size, int64(MaxDocument))})
	}
	return read(body)
}

// Put writes the object of a layer.
func (b *bucket) Put(ctx context.Context, of Name, doc []byte) error {
	_, err := b.client.Client.PutObject(ctx, b.name, b.prefix+of.path(), bytes.NewReader(doc), int64(len(doc)), minio.PutObjectOptions{
		ContentType: ArtifactType, DisableMultipart: true,
	})
	return b.explain(err)
}

// Has looks for the object of a layer.
func (b *bucket) Has(ctx context.Context, of Name) (bool, error) {
	_, err := b.client.StatObject(ctx, b.name, b.prefix+of.path(), minio.StatObjectOptions{})
	if err = b.explain(err); errors.Is(err, ErrNone) {
		return false, nil
	}
	return err == nil, err
}

// explain makes one line of an error, and [ErrNone] of an object that is not there.
func (b *bucket) explain(err error) error {
	var answer minio.ErrorResponse
	var sent *url.Error
	switch {
	case errors.As(err, &answer):
	case errors.As(err, &sent):
		cause := httpretry.Cause(err)
		if strings.HasPrefix(cause, "Connection closed") { // minio-go's text, which has the object's address
			cause = "it closes the connection"
		}
		return &usererror.Error{What: fmt.Sprintf("no answer from %s (%s)", b.host, cause), Next: "check AWS_ENDPOINT_URL and the network", Cause: err}
	default:
		return err
	}
	switch answer.Code {
	case "NoSuchKey":
		return ErrNone
	case "NoSuchBucket":
		return &usererror.Error{What: "there is no bucket " + b.name, Next: "make it, or name another one", Cause: err}
	case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch":
		return &usererror.Error{What: fmt.Sprintf("it answers %s (%s)", answer.Code, answer.Message), Next: "check AWS_ACCESS_KEY_ID and what that may do there", Cause: err}
	}
	return fmt.Errorf("it answers %s (%s)", answer.Code, answer.Message)
}
