package rope

import (
	"bytes"
	"errors"
	"testing"
)

func TestRopeReadsAnywhere(t *testing.T) {
	var r Rope
	for _, piece := range []string{"ab", "", "cde", "f"} {
		r.Add([]byte(piece))
	}
	for off := range 8 {
		for n := range 8 {
			want := make([]byte, n)
			wantN, wantErr := bytes.NewReader([]byte("abcdef")).ReadAt(want, int64(off))
			got := make([]byte, n)
			gotN, err := r.ReadAt(got, int64(off))
			if n == 0 {
				wantErr = err // either answer is allowed for nothing
			}
			if gotN != wantN || !errors.Is(err, wantErr) || !bytes.Equal(got, want) {
				t.Errorf("ReadAt(%d bytes, %d) = %d %v %q, want %d %v %q", n, off, gotN, err, got, wantN, wantErr, want)
			}
		}
	}
	if _, err := r.ReadAt(nil, -1); err == nil {
		t.Error("a negative offset is no error")
	}
}
