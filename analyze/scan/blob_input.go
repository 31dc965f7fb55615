package scan

import (
	"io"
)

// input is the blob as it comes in: counted and hashed.
type input struct {
	r      io.Reader // ends with its context
	n      int64
	sum    *asyncHash // nil where nobody will compare
	passed func(int64)
}

func (in *input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	in.n += int64(n)
	if n > 0 {
		if in.sum != nil {
			in.sum.add(p[:n])
		}
		if in.passed != nil {
			in.passed(int64(n))
		}
	}
	return n, err
}

func (in *input) drain() error {
	buf := make([]byte, 64<<10)
	for {
		if _, err := in.Read(buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// replayReader gives back the bytes that were looked at, then the rest.
type replayReader struct {
	head []byte
	r    io.Reader
}

func (u *replayReader) Read(p []byte) (int, error) {
	if len(u.head) > 0 {
		n := copy(p, u.head)
		u.head = u.head[n:]
		return n, nil
	}
	return u.r.Read(p)
}
