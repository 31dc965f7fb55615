package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tare-oci/tare/analyze/httpretry"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// maxStalls is how often a transfer may stall before it is given up.
const maxStalls = 3

// download is a part of a blob on its way from a registry. Where the connection
// breaks or stalls, the rest is asked for by its range (RFC 9110, section 14),
// a few times. Whoever reads it compares the bytes with a digest, so that what
// two connections sent is the blob or an error.
type download struct {
	ctx    context.Context
	repo   *repository
	digest string
	at     int64 // of the next byte in the blob
	end    int64 // of the byte after the last one that is wanted
	body   io.ReadCloser

	tries  int // that brought less than a mebibyte
	stalls int
	since  int64 // where the connection of now began
}

func (d *download) Read(p []byte) (int, error) {
	for {
		if d.at == d.end {
			return 0, d.ended()
		}
		n, err := d.body.Read(p[:min(int64(len(p)), d.end-d.at)])
		d.at += int64(n)
		if err == nil || n > 0 {
			return n, nil // an error comes again
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err := d.resume(err); err != nil {
			return 0, err
		}
	}
}

// ended looks for bytes after the last one: whoever sends more than the manifest
// says would be found by the digest, but is told apart here.
func (d *download) ended() error {
	var more [1]byte
	if n, _ := d.body.Read(more[:]); n > 0 {
		return &usererror.Error{What: "the registry sends more bytes than the manifest says", Next: "push the image again"}
	}
	return io.EOF
}

// resume asks for the rest after an error, unless it is one of those that stay.
func (d *download) resume(err error) error {
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	if d.at-d.since >= 1<<20 {
		d.tries = 0
	}
	d.tries++
	if errors.Is(err, errStalled) {
		d.stalls++
		if d.stalls > 1 && d.at-d.since < minProgress {
			return d.lost(err) // one connection may be dead, not two
		}
	}
	if d.tries >= httpretry.MaxTries || d.stalls >= maxStalls {
		return d.lost(err)
	}
	d.body.Close()
	d.body = http.NoBody
	if err := httpretry.Sleep(d.ctx, httpretry.Backoff(d.tries)); err != nil {
		return err
	}
	body, from, again := d.repo.part(d.ctx, d.digest, d.at, d.end)
	if again != nil {
		return again
	}
	d.body, d.since = body, d.at
	// A registry that knows no ranges starts anew.
	if _, err := io.CopyN(io.Discard, body, d.at-from); err != nil {
		return d.resume(err)
	}
	return nil
}

func (d *download) Close() error { return d.body.Close() }

// part asks for the bytes of a blob from at on, up to the one before end. The
// answer may begin earlier, at from: at 0, where the registry knows no ranges.
func (r *repository) part(ctx context.Context, digest string, at, end int64) (body io.ReadCloser, from int64, err error) {
	answer, err := r.get(ctx, "blobs", digest, fmt.Sprintf("bytes=%d-%d", at, end-1))
	if err != nil {
		return nil, 0, err
	}
	if answer.StatusCode != http.StatusPartialContent {
		return answer.Body, 0, nil
	}
	// "bytes 100-199/1234", RFC 9110, section 14.4
	var first int64
	if _, err := fmt.Sscanf(strings.TrimSpace(answer.Header.Get("Content-Range")), "bytes %d-", &first); err != nil || first != at {
		answer.Body.Close()
		return nil, 0, &usererror.Error{What: "the registry sends a different part than tare asked for", Next: "try again, or ask whoever runs it"}
	}
	return answer.Body, at, nil
}

// section opens n bytes of a blob from at on. It is an error where the registry
// sends the whole blob instead.
func (r *repository) section(ctx context.Context, digest string, at, n int64) (io.ReadCloser, error) {
	body, from, err := r.part(ctx, digest, at, at+n)
	if err != nil {
		return nil, err
	}
	if from != at {
		body.Close()
		return nil, errNoRanges
	}
	return &download{ctx: ctx, repo: r, digest: digest, at: at, end: at + n, since: at, body: body}, nil
}

// errNoRanges says that a registry sends blobs whole only.
var errNoRanges = errors.New("the registry sends no parts of blobs")

// lost explains a transfer that could not be taken up again.
func (d *download) lost(err error) error {
	var known *usererror.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &usererror.Error{
			What: fmt.Sprintf("the registry stopped sending after %d of %d bytes, several times", d.at, d.end),
			Next: "check the network and the proxy, try again, or push the image again", Cause: io.EOF,
		}
	}
	return explain(d.ctx, err, d.repo.Repository, d.repo.helper)
}
