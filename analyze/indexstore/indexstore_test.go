package indexstore

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

const generation = "layer99"

// layerOf makes a layer and its index, as a machine with some keys would scan it.
func layerOf(t testing.TB, seed string, keys *Keys) (source.Layer, *scan.Index) {
	t.Helper()
	img := imagetest.Image{Layers: []imagetest.Layer{{CreatedBy: "RUN " + seed, Files: []imagetest.File{imagetest.Text("etc/"+seed, seed), imagetest.Same("usr/"+seed, seed, 5000)}}}}.V1()
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	digest, _ := layers[0].Digest()
	diffID, _ := layers[0].DiffID()
	size, _ := layers[0].Size()
	l := source.Layer{Digest: digest.String(), DiffID: diffID.String(), Size: size, Open: func(context.Context) (io.ReadCloser, error) { return layers[0].Compressed() }}
	x, err := scan.Layer(t.Context(), l, scan.Options{Key: scan.NewKey(keys.Secret), HashTar: true})
	if err != nil {
		t.Fatal(err)
	}
	return l, x
}

// memory is a place whose documents a test writes itself.
type memory struct {
	mu   sync.Mutex
	docs map[string]func() io.Reader
	fail error
}

func (m *memory) String() string { return "memory" }

func (m *memory) Get(_ context.Context, of Name, read func(io.Reader) error) error {
	m.mu.Lock()
	doc := m.docs[of.Layer]
	m.mu.Unlock()
	switch {
	case m.fail != nil:
		return m.fail
	case doc == nil:
		return ErrNone
	}
	return read(doc())
}

func (m *memory) Put(_ context.Context, of Name, doc []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail == nil {
		m.docs[of.Layer] = func() io.Reader { return bytes.NewReader(doc) }
	}
	return m.fail
}

func (m *memory) Has(_ context.Context, of Name) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.docs[of.Layer] != nil, m.fail
}

// machineAt is a machine that uses a place, and what it says.
func machineAt(place Place, keys *Keys, opt Options) (*Indexes, *[]string) {
	said := new([]string)
	opt.Keys, opt.Warn = keys, func(line string) { *said = append(*said, line) }
	if opt.Generation == "" {
		opt.Generation = generation
	}
	return New(place, opt), said
}

// TestBadDocuments: an index that is not what it should be is refused in one line that says
// why, whoever made it, and is never read further than that takes.
func TestBadDocuments(t *testing.T) {
	keys, stranger := GenerateKeys(), GenerateKeys()
	stranger.Secret = keys.Secret
	l, x := layerOf(t, "one", keys)
	_, other := layerOf(t, "two", keys)
	of := subject{l, generation, scan.NewKey(keys.Secret).ID()}
	sealed := func(x *scan.Index, of subject, keys *Keys) []byte {
		doc, err := seal(x, of, keys)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	good := sealed(x, of, keys)
	body := bytes.LastIndex(good, []byte("\"}\n")) + 3
	flipped := bytes.Clone(good)
	flipped[len(flipped)-9] ^= 1
	claims := func(change func(*statement), packed []byte) []byte { return forge(keys, x, of, change, packed) }
	bomb := packer.EncodeAll(make([]byte, 64<<20), nil)
	for name, bad := range map[string]struct {
		doc  []byte
		want string
	}{
		"empty":                     {nil, "it is no index of a layer"},
		"a web page":                {[]byte("<html>"), "it is no index of a layer"},
		"only its first line":       {[]byte(magic), "it is no index of a layer"},
		"a line without an end":     {append([]byte(magic), bytes.Repeat([]byte("x"), 1<<20)...), "it is no index of a layer"},
		"not signed":                {append([]byte(magic), "{}\n{}\n"...), "not signed by a key that you trust"},
		"signed by a stranger":      {sealed(x, of, stranger), "not signed by a key that you trust"},
		"a stranger's, as if ours":  {bytes.Replace(sealed(x, of, stranger), b64(stranger.Trust[0]), b64(keys.Trust[0]), 1), "its signature is wrong"},
		"another layer's":           {sealed(other, of, keys), "it is of another layer"},
		"another layer's, renamed":  {forge(keys, other, of, func(s *statement) { s.Layer, s.DiffID, s.Size = l.Digest, l.DiffID, l.Size }, nil), "names another layer inside"},
		"renamed, not signed again": {bytes.Replace(sealed(other, of, keys), []byte(other.Digest), []byte(l.Digest), 1), "its signature is wrong"},
		"another diff ID":           {claims(func(s *statement) { s.DiffID = other.DiffID }, nil), "it is of another diff ID"},
		"another size":              {claims(func(s *statement) { s.Size++ }, nil), "a layer of another size"},
		"an old version":            {sealed(x, subject{l, "layer1", of.hash}, keys), "another version of tare"},
		"another secret":            {sealed(x, subject{l, generation, "0123456789abcdef"}, keys), "another secret"},
		"cut off":                   {good[:len(good)-10], "the length that its signer says"},
		"cut off at once":           {good[:body], "the length that its signer says"},
		"longer":                    {append(bytes.Clone(good), 'x'), "the length that its signer says"},
		"one bit is another":        {flipped, "its checksum is wrong"},
		"4 GB, as it says":          {claims(func(s *statement) { s.Bytes = 4 << 30 }, nil), "it is too large"},
		"4 GB, unpacked":            {claims(func(s *statement) { s.Index = 4 << 30 }, nil), "it is too large"},
		"a bomb":                    {claims(func(s *statement) { s.Index = 1 << 20 }, bomb), "what it holds is no index"},
		"a bomb that says so":       {claims(func(s *statement) { s.Index = 64 << 20 }, bomb), "what it holds is no index"},
		"noise":                     {claims(func(s *statement) { s.Index = 10 }, []byte("0123456789")), "what it holds is no index"},
	} {
		place := &memory{docs: map[string]func() io.Reader{l.Digest: func() io.Reader { return bytes.NewReader(bad.doc) }}}
		m, said := machineAt(place, keys, Options{})
		if got := m.Load(t.Context(), l); got != nil {
			t.Errorf("%s: it is believed", name)
		}
		if len(*said) != 1 || !strings.Contains((*said)[0], bad.want) || !strings.HasSuffix((*said)[0], "; the layer is read instead") || strings.Contains((*said)[0], "\n") {
			t.Errorf("%s: %q", name, *said)
		}
	}
	place := &memory{docs: map[string]func() io.Reader{l.Digest: func() io.Reader { return bytes.NewReader(good) }}}
	m, said := machineAt(place, keys, Options{})
	if got := m.Load(t.Context(), l); got == nil || len(*said) > 0 || !bytes.Equal(got.AppendBinary(nil), x.AppendBinary(nil)) {
		t.Errorf("the true one: %v, %q", got, *said)
	}
}

func b64(key ed25519.PublicKey) []byte {
	text, _ := json.Marshal([]byte(key))
	return text
}

// forge signs what a signer would not.
func forge(keys *Keys, x *scan.Index, of subject, change func(*statement), packed []byte) []byte {
	plain := x.AppendBinary(nil)
	if packed == nil {
		packed = packer.EncodeAll(plain, nil)
	}
	sum := sha256.Sum256(packed)
	s := statement{x.Digest, x.DiffID, x.BlobSize, of.generation, of.hash, int64(len(packed)), int64(len(plain)), hex.EncodeToString(sum[:])}
	change(&s)
	head, _ := json.Marshal(s)
	doc := append(append([]byte(magic), head...), '\n')
	signed, _ := json.Marshal(signature{keys.Trust[0], ed25519.Sign(keys.Sign, doc)})
	return append(append(append(doc, signed...), '\n'), packed...)
}

// endless is a document that goes on, as fast as it is asked, and counts what is read.
type endless struct {
	head *bytes.Reader
	read int64
	wait time.Duration
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head.Len() > 0 {
		return e.head.Read(p)
	}
	time.Sleep(e.wait)
	if e.wait > 0 {
		p = p[:1]
	}
	e.read += int64(len(p))
	return len(p), nil
}

// TestEndlessDocuments: a document that never ends is left where it should have ended, and
// one that drips when its time is over.
func TestEndlessDocuments(t *testing.T) {
	keys := GenerateKeys()
	l, x := layerOf(t, "one", keys)
	of := subject{l, generation, scan.NewKey(keys.Secret).ID()}
	good, err := seal(x, of, keys)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.LastIndex(good, []byte("\"}\n")) + 3
	for name, e := range map[string]*endless{
		"unsigned": {head: bytes.NewReader([]byte(magic))}, "behind a true one": {head: bytes.NewReader(good)},
		"dripping": {head: bytes.NewReader(good[:body]), wait: 10 * time.Millisecond},
	} {
		place := &memory{docs: map[string]func() io.Reader{l.Digest: func() io.Reader { return e }}}
		m, said := machineAt(place, keys, Options{Timeout: 100 * time.Millisecond})
		if m.Load(t.Context(), l) != nil || len(*said) != 1 || e.read > 64<<10 {
			t.Errorf("%s: %d bytes are read, and it says %q", name, e.read, *said)
		}
	}
}

func TestKeys(t *testing.T) {
	keys := GenerateKeys()
	signer, err := ParseKeys(keys.SignerText())
	if err != nil || !signer.Sign.Equal(keys.Sign) || signer.Secret != keys.Secret {
		t.Errorf("%v, %v", signer, err)
	}
	reader, err := ParseKeys(keys.ReaderText())
	if err != nil || reader.Sign != nil || len(reader.Trust) != 1 || reader.Secret != keys.Secret {
		t.Errorf("%v, %v", reader, err)
	}
	lines := strings.Split(strings.TrimSpace(keys.ReaderText()), "\n")
	for name, bad := range map[string]string{
		"empty": "", "no hash": lines[2], "no signer": lines[3], "two secrets": keys.ReaderText() + lines[3], "another word": keys.ReaderText() + "trusts: " + lines[2][7:],
		"too short": "hash: AAAA", "a long line": strings.Repeat("x", 1<<20),
	} {
		if k, err := ParseKeys(bad); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

func TestBadNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		file: "not a directory", "ftp://x/y": "no such place", "oci://host": "not a repository", "oci://host/a:tag": "not a repository", "oci://host/A": "not an image name",
		"s3://": "no name of a bucket", "s3://UPPER/x": "no name of a bucket", "": "no name",
	} {
		if _, err := Open(name, Options{Keys: GenerateKeys(), Generation: generation}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for endpoint, want := range map[string]string{"http://store.example": "without TLS", "store.example": "no address", "https://a:b@store.example": "no address", "https://store.example/x": "no address"} {
		_, err := newBucket("bucket", func(n string) string { return map[string]string{"AWS_ENDPOINT_URL": endpoint}[n] }, source.Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}
