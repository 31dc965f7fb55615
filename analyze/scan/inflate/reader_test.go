package inflate

import (
	"bytes"
	stdgzip "compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

// sample is text with matches near and far, runs, and incompressible parts.
func sample(n int) []byte {
	rnd := rand.New(rand.NewPCG(1, uint64(n)))
	p := make([]byte, 0, n+1<<16)
	for len(p) < n {
		switch rnd.IntN(5) {
		case 0:
			for range rnd.IntN(2000) {
				p = append(p, byte(rnd.Uint32()))
			}
		case 1:
			p = append(p, bytes.Repeat([]byte("abcdefghijklmnopqrst")[:1+rnd.IntN(20)], rnd.IntN(100))...)
		case 2:
			p = fmt.Appendf(p, "line %d of %d\n", rnd.IntN(1000), n)
		default:
			if len(p) > 0 {
				at := max(0, len(p)-rnd.IntN(40000))
				p = append(p, p[at:min(len(p), at+rnd.IntN(3000))]...)
			}
		}
	}
	return p[:n]
}

// chunkings are ways in which a reader may hand out the same stream.
func chunkings(data []byte) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":     bytes.NewReader(data),
		"one byte":  iotest.OneByteReader(bytes.NewReader(data)),
		"half":      iotest.HalfReader(bytes.NewReader(data)),
		"data, EOF": iotest.DataErrReader(bytes.NewReader(data)),
		"random":    &randomReader{data, rand.New(rand.NewPCG(2, uint64(len(data))))},
	}
}

type randomReader struct {
	data []byte
	rnd  *rand.Rand
}

func (r *randomReader) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.data[:r.rnd.IntN(min(len(r.data), 1<<r.rnd.IntN(18))+1)])
	r.data = r.data[n:]
	return n, nil
}

// check reads data in all chunkings and wants the same result from each, with
// the marks of the reference. It returns the result.
func check(t *testing.T, data []byte) result {
	t.Helper()
	want, _ := inflate(bytes.NewReader(data))
	for name, r := range chunkings(data) {
		if got, _ := inflate(r); !reflect.DeepEqual(got, want) {
			t.Errorf("reader %q: %d bytes, %d marks, error %q; whole: %d bytes, %d marks, error %q",
				name, len(got.Bytes), len(got.Marks), got.Err, len(want.Bytes), len(want.Marks), want.Err)
		}
	}
	if want.ok() {
		marks, _ := walk(data)
		if diff := cmp.Diff(marks, want.Marks); diff != "" {
			t.Errorf("marks (-reference +got):\n%s", diff)
		}
	}
	return want
}

func TestRoundTrip(t *testing.T) {
	encoders := map[string]func(w io.Writer, p []byte, level int){
		"stdlib": func(w io.Writer, p []byte, level int) {
			z, _ := stdgzip.NewWriterLevel(w, level)
			z.Write(p)
			z.Close()
		},
		"klauspost": func(w io.Writer, p []byte, level int) {
			z, _ := gzip.NewWriterLevel(w, level)
			z.Write(p)
			z.Close()
		},
		"flushed": func(w io.Writer, p []byte, level int) { // as pigz does between its chunks
			z, _ := gzip.NewWriterLevel(w, level)
			for len(p) > 0 {
				n := min(len(p), 128<<10)
				z.Write(p[:n])
				z.Flush()
				p = p[n:]
			}
			z.Close()
		},
		"members": func(w io.Writer, p []byte, level int) { // as eStargz and bgzip do
			for i := 0; len(p) > 0; i++ {
				z, _ := gzip.NewWriterLevel(w, level)
				if i%3 == 0 {
					z.Name, z.Comment, z.Extra = "a name", "a comment", make([]byte, 2000)
				}
				n := min(len(p), i*7919%50000)
				z.Write(p[:n])
				z.Close()
				p = p[n:]
			}
		},
	}
	for name, encode := range encoders {
		for level := gzip.HuffmanOnly; level <= gzip.BestCompression; level++ {
			for _, size := range []int{0, 1, 1000, 700_000} {
				if size > 1000 && level%4 != 1 && (testing.Short() || os.Getenv("TARE_MANY") == "") {
					continue
				}
				t.Run(fmt.Sprintf("%s level %d size %d", name, level, size), func(t *testing.T) {
					p := sample(size)
					var b bytes.Buffer
					encode(&b, p, level)
					got := check(t, b.Bytes())
					if !got.ok() || !bytes.Equal(got.Bytes, p) {
						t.Fatalf("got %d bytes, error %q, want %d bytes", len(got.Bytes), got.Err, len(p))
					}
				})
			}
		}
	}
}

// TestCut wants the same bytes before the error wherever a stream ends, and never
// a stream that looks whole.
func TestCut(t *testing.T) {
	p := sample(3000)
	whole := append(new(stream).raw(deflate(p, 6)...).gzip(string(p)), new(stream).storedBlock(1, nil).gzip("")...)
	second := len(whole) - (headerSize + 5 + trailerSize)
	for n := range whole {
		_, err := inflate(bytes.NewReader(whole[:n]))
		if n == 0 || n == second {
			if err != nil {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d of %d bytes: got %v, want io.ErrUnexpectedEOF", n, len(whole), err)
		}
		if n%7 == 0 {
			check(t, whole[:n])
		}
	}
}

func TestReaderErrors(t *testing.T) {
	p := sample(400_000)
	data := new(stream).raw(deflate(p, 6)...).gzip(string(p))
	cause := errors.New("the line is down")
	for _, n := range []int{0, 5, 30, 1000, len(data) / 2, len(data)} {
		got, err := inflate(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(cause)))
		if !errors.Is(err, cause) || !bytes.HasPrefix(p, got.Bytes) {
			t.Errorf("after %d bytes: got %d bytes and %v", n, len(got.Bytes), err)
		}
		if n > 1000 && len(got.Bytes) < n {
			t.Errorf("after %d bytes: only %d bytes came before the error", n, len(got.Bytes))
		}
	}
	if _, err := inflate(readerFunc(func([]byte) (int, error) { return 0, nil })); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a reader that never reads: %v", err)
	}
	for _, n := range []int{-1, inSize + 1} {
		if _, err := inflate(readerFunc(func([]byte) (int, error) { return n, nil })); err == nil {
			t.Errorf("a reader that says it read %d bytes: no error", n)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestErrorsAreSticky(t *testing.T) {
	data := new(stream).storedBlock(1, []byte("hello")).gzip("hullo")
	z := NewReader(bytes.NewReader(data))
	defer z.Close()
	p, err := z.Next()
	if string(p) != "hello" || err != nil {
		t.Fatalf("got %q, %v before the checksum", p, err)
	}
	for range 3 {
		if p, err := z.Next(); len(p) > 0 || !errors.Is(err, ErrChecksum) {
			t.Fatalf("got %q, %v", p, err)
		}
		if m := z.Marks(); len(m) > 0 {
			t.Fatalf("got marks %v of a member that is wrong", m)
		}
	}
}

func TestCloseAndReset(t *testing.T) {
	hello := new(stream).storedBlock(1, []byte("hello")).gzip("hello")
	z := NewReader(strings.NewReader("not gzip"))
	if _, err := z.Next(); !errors.Is(err, ErrCorrupt) {
		t.Fatal(err)
	}
	for range 2 {
		z.Reset(bytes.NewReader(hello))
		if p, err := z.Next(); string(p) != "hello" || err != nil {
			t.Fatalf("got %q, %v after Reset", p, err)
		}
		if p, err := z.Next(); len(p) > 0 || err != io.EOF {
			t.Fatalf("got %q, %v at the end", p, err)
		}
		if diff := cmp.Diff([]Mark{{In: int64(len(hello)), Out: 5}}, z.Marks()); diff != "" {
			t.Fatal(diff)
		}
		if m := z.Marks(); len(m) > 0 {
			t.Fatalf("got %v again", m)
		}
		z.Close()
		z.Close()
		if _, err := z.Next(); err == nil || err == io.EOF {
			t.Fatalf("got %v from a closed reader", err)
		}
		if m := z.Marks(); len(m) > 0 {
			t.Fatalf("got %v from a closed reader", m)
		}
	}
}

func TestMemory(t *testing.T) {
	if n := reflect.TypeFor[decoder]().Size(); n > 512<<10 {
		t.Errorf("a decoder has %d bytes", n)
	}
}

// TestHostileMarks has streams with more blocks than bytes.
func TestHostileMarks(t *testing.T) {
	empty := new(stream)
	for range 20_000 {
		empty.bits(0, 1).bits(typeFixed, 2).code(fixedLens, endCode)
	}
	empty.storedBlock(1, nil)
	if got := check(t, empty.gzip("")); !got.ok() || len(got.Marks) != 1 {
		t.Errorf("empty blocks: %d marks, error %q", len(got.Marks), got.Err)
	}

	const n = 10_000
	single := new(stream)
	for range n {
		single.bits(0, 1).bits(typeFixed, 2).code(fixedLens, 'a').code(fixedLens, endCode)
	}
	single.storedBlock(1, nil)
	data := single.gzip(strings.Repeat("a", n))
	if got := check(t, data); !got.ok() || len(got.Marks) != n {
		t.Errorf("blocks of one byte: %d marks, error %q", len(got.Marks), got.Err)
	}
	z := NewReader(bytes.NewReader(data))
	defer z.Close()
	for {
		_, err := z.Next()
		if m := len(z.Marks()); m > maxMarks+1 {
			t.Fatalf("%d marks at once", m)
		}
		if err != nil {
			break
		}
	}
}
