package indexstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Place is where documents lie. Its methods are safe for concurrent use.
type Place interface {
	// Get calls read for each document of a layer, one after the other, until read returns no
	// error. Its own error is the last of these, or [ErrNone].
	Get(ctx context.Context, of Name, read func(io.Reader) error) error
	// Put keeps a document, in the place of one that is there.
	Put(ctx context.Context, of Name, doc []byte) error
	// Has reports whether there is a document, which may turn out to be refused.
	Has(ctx context.Context, of Name) (bool, error)
	// String names the place for a person, without a password.
	String() string
}

// Name is what a document lies under.
type Name struct {
	Layer string // digest, sha256:…
	Set   string // of documents that one reader can use: generation and secret, in [a-z0-9-]
	Size  int64  // of the layer's blob; -1 where it is not known
	// MediaType is the layer's, by content; "" where it is not known.
	MediaType string
}

// isBroken reports whether an error is about the connection to a place, and not about what it sent.
func isBroken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded)
}

// errLate says that a place takes too long.
var errLate = errors.New("it did not come to an end")

// ErrNone says that a place has no document of a layer.
var ErrNone = errors.New("there is none")

// timeout is how long one document may take to come or go.
const timeout = 2 * time.Minute

// maxFailures is how often in a row a place may fail before it is left alone.
const maxFailures = 3

// maxRefusals is of how many indexes each is told that it is refused.
const maxRefusals = 20

// Options says how indexes are kept.
type Options struct {
	Keys       *Keys
	Generation string // of what a scan finds out
	Warn       func(line string)
	Source     source.Options      // for registries: insecure hosts, and whether to be offline
	Getenv     func(string) string // for s3://; nil is the process's own
	Timeout    time.Duration       // for one document; 0 means two minutes
}

// Indexes are the indexes in a place. It is safe for concurrent use.
type Indexes struct {
	place Place
	opt   Options
	key   *scan.Key
	set   string

	mu            sync.Mutex
	reads, writes exchange
	refused       map[string]bool // layers whose index is not believed
}

// exchange is what a place is asked to do. A place may give and yet take nothing.
type exchange struct {
	failed int  // in a row
	told   bool // that it failed
}

func (e *exchange) usable() bool { return e.failed < maxFailures }

// New returns the indexes in a place.
func New(place Place, opt Options) *Indexes {
	if opt.Timeout == 0 {
		opt.Timeout = timeout
	}
	key := scan.NewKey(opt.Keys.Secret)
	set := strings.NewReplacer(" ", "-", "\n", "").Replace(opt.Generation) + "-" + key.ID()
	return &Indexes{place: place, opt: opt, key: key, set: set, refused: make(map[string]bool)}
}

// Open opens a place by its name: a directory, oci://HOST/REPOSITORY, or s3://BUCKET/PREFIX. The
// error is one line.
func Open(name string, opt Options) (*Indexes, error) {
	if opt.Getenv == nil {
		opt.Getenv = os.Getenv
	}
	scheme, rest, ok := strings.Cut(name, "://")
	var place Place
	var err error
	switch {
	case !ok:
		place, err = newDirectory(name, opt)
	case scheme == "file":
		place, err = newDirectory(rest, opt)
	case scheme == "oci":
		place, err = newRepository(rest, opt.Source)
	case scheme == "s3":
		place, err = newBucket(rest, opt.Getenv, opt.Source)
	default:
		err = &usererror.Error{What: "there is no such place for indexes", Next: "name a directory, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX"}
	}
	if err != nil {
		return nil, err
	}
	return New(place, opt), nil
}

// Load returns the index of a layer; nil where there is none, or none that can be believed,
// which is told.
func (s *Indexes) Load(ctx context.Context, l source.Layer) *scan.Index {
	if !s.usable(&s.reads) || !nameable(l) {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	var found *scan.Index
	refused := false
	err := s.place.Get(within, s.name(l), func(r io.Reader) error {
		x, err := open(&contextReader{within, r}, subject{l, s.opt.Generation, s.key.ID()}, s.opt.Keys)
		if err != nil {
			if refused = refused || !isBroken(err); ctx.Err() == nil && !isBroken(err) {
				s.refuse(l, err)
			}
			return err
		}
		found = x
		return nil
	})
	switch {
	case found != nil:
		found.Key = s.key
		s.went(&s.reads, nil)
	case ctx.Err() != nil:
	case refused, errors.Is(err, ErrNone):
		s.went(&s.reads, nil)
	default:
		s.went(&s.reads, s.because(within, err))
	}
	return found
}

// Save keeps the index of a layer, if this machine can vouch for it. Its contents have to be hashed with the
// keys' secret.
func (s *Indexes) Save(ctx context.Context, l source.Layer, x *scan.Index) {
	if s.opt.Keys.Sign == nil || x.Key == nil || x.Key.ID() != s.key.ID() || x.Digest != l.Digest || x.DiffID == "" || x.TOC || !s.usable(&s.writes) || !nameable(l) {
		return
	}
	doc, err := seal(x, subject{l, s.opt.Generation, s.key.ID()}, s.opt.Keys)
	if err != nil {
		s.warn(fmt.Sprintf("the index of layer %s is not kept: %v", short(l.Digest), err))
		return
	}
	within, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	name := s.name(l)
	name.Size, name.MediaType = x.BlobSize, x.MediaType
	if err := s.place.Put(within, name, doc); ctx.Err() == nil {
		s.went(&s.writes, s.because(within, err))
	}
}

// Has reports whether there seems to be an index of a layer.
func (s *Indexes) Has(ctx context.Context, digest string) bool {
	l := source.Layer{Digest: digest, Size: -1}
	if !s.usable(&s.reads) || !nameable(l) {
		return false
	}
	within, cancel := context.WithTimeout(ctx, s.opt.Timeout)
	defer cancel()
	has, err := s.place.Has(within, s.name(l))
	if ctx.Err() == nil {
		s.went(&s.reads, s.because(within, err))
	}
	return has && err == nil
}

func (s *Indexes) name(l source.Layer) Name { return Name{Layer: l.Digest, Set: s.set, Size: l.Size} }

// nameable reports whether a layer's digest can be a file's name.
func nameable(l source.Layer) bool {
	hex, ok := strings.CutPrefix(l.Digest, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// because is the error of an exchange with a place.
func (s *Indexes) because(within context.Context, err error) error {
	if err != nil && errors.Is(within.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%w within %v", errLate, s.opt.Timeout)
	}
	return err
}

func (s *Indexes) usable(e *exchange) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.usable()
}

// went notes whether an exchange with the place succeeded. That a place fails is told once,
// however many layers it is asked for; one that gives nothing is expected to take nothing either.
func (s *Indexes) went(e *exchange, err error) {
	s.mu.Lock()
	if err == nil {
		e.failed = 0
		s.mu.Unlock()
		return
	}
	e.failed++
	if errors.Is(err, errLate) {
		e.failed = maxFailures // each of these takes minutes
	}
	told := e.told || s.reads.told
	e.told = true
	s.mu.Unlock()
	switch {
	case told:
	case e == &s.reads:
		s.warn(fmt.Sprintf("the index store %s does not work: %v; going on without it: layers are read where it fails, with the same figures and exit code", s.place, err))
	default:
		s.warn(fmt.Sprintf("the index store %s takes no indexes: %v; going on: what is read now is not kept there, with the same figures and exit code", s.place, err))
	}
}

// refuse tells why an index is not believed, once a layer.
func (s *Indexes) refuse(l source.Layer, err error) {
	s.mu.Lock()
	told := s.refused[l.Digest]
	s.refused[l.Digest] = true
	n := len(s.refused)
	s.mu.Unlock()
	switch {
	case told || n > maxRefusals+1:
	case n == maxRefusals+1:
		s.warn(fmt.Sprintf("more indexes in %s are refused, and their layers are read instead; only the first %d are told", s.place, maxRefusals))
	default:
		s.warn(fmt.Sprintf("the index of layer %s in %s is refused: %v; the layer is read instead", short(l.Digest), s.place, err))
	}
}

// warn says a line.
func (s *Indexes) warn(line string) {
	if s.opt.Warn != nil {
		s.opt.Warn(usererror.OneLine(redact.Message(line)))
	}
}

// short is the beginning of a digest, enough for a person to know it by.
func short(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }

// contextReader ends with its context, also where the reader below does not.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
