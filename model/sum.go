package model

// Efficiency is the share of size that is not wasted: 1 for an empty image.
func Efficiency(wasted, size int64) float64 {
	if size == 0 {
		return 1
	}
	return 1 - float64(wasted)/float64(size)
}

// Ptr returns a pointer to a copy of v, for the report's nullable figures.
func Ptr[T any](v T) *T { return &v }
