package inflate

import (
	"bytes"
	"testing"
)

// FuzzReader compares with compress/gzip: the same bytes, or both an error. The
// chunking makes no difference, and the marks are those of the reference.
func FuzzReader(f *testing.F) {
	for _, n := range []int{0, 1, 100, 5000} {
		p := sample(n)
		for _, level := range []int{-2, 0, 1, 6} {
			one := new(stream).raw(deflate(p, level)...).gzip(string(p))
			f.Add(one)
			f.Add(append(one, one...))
			f.Add(append(one, 0, 0, 0))
		}
	}
	lit := chain(286, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 257, 285, 'm', 256)
	f.Add(new(stream).dynamicBlock(1, lit, chain(30, 0, 1, 2, 3, 4)).text(lit, "klm").code(lit, 256).gzip("klm"))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Checksums are not for a fuzzer to guess: fix the last one.
		compare(t, data)
		if n := len(data) - trailerSize; n > 0 {
			if got, err := inflate(bytes.NewReader(data)); err != nil {
				compare(t, append(data[:n:n], trailerOf(string(got.Bytes))...))
			}
		}
	})
}

func compare(t *testing.T, data []byte) {
	got := check(t, data)
	if got.ok() && len(got.Marks) > 0 {
		// Padding is where the two differ.
		in := int(got.Marks[len(got.Marks)-1].In)
		if len(bytes.TrimRight(data[in:], "\x00")) > 0 {
			t.Fatalf("%d bytes after the last member were not noticed", len(data)-in)
		}
		data = data[:in]
	}
	want, err := gunzip(data)
	if got.ok() != (err == nil) {
		t.Fatalf("got %q, compress/gzip %v", got.Err, err)
	}
	if got.ok() && !bytes.Equal(got.Bytes, want) || !got.ok() && !bytes.HasPrefix(want, got.Bytes) && !bytes.HasPrefix(got.Bytes, want) {
		t.Fatalf("got %d bytes, %q; compress/gzip %d, %v", len(got.Bytes), got.Err, len(want), err)
	}
}
