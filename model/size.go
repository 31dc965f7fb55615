package model

// Size is a number of bytes below a tebibyte, in five bytes: no layer holds more
// than 64 GiB, and an image has millions of files.
type Size [5]byte

// MaxSize is the largest number that a Size holds.
const MaxSize = 1<<40 - 2

// SizeUnknown stands for a size that nobody knows.
var SizeUnknown = Size{0xff, 0xff, 0xff, 0xff, 0xff}

// SizeOf returns n as a Size; what it cannot hold is unknown.
func SizeOf(n int64) Size {
	if n < 0 || n > MaxSize {
		return SizeUnknown
	}
	return Size{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24), byte(n >> 32)}
}

// Bytes returns the number, -1 where it is unknown.
func (s Size) Bytes() int64 {
	if s == SizeUnknown {
		return -1
	}
	return int64(s[0]) | int64(s[1])<<8 | int64(s[2])<<16 | int64(s[3])<<24 | int64(s[4])<<32
}
