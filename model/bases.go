package model

// BasesVersion is the version of the JSON format of bases.
const BasesVersion = 1

// Bases are an image in a registry and the other variants of it in the same repository, by
// what their manifests alone say.
type Bases struct {
	SchemaVersion int      `json:"schemaVersion"`
	Tool          Tool     `json:"tool"`
	Notes         []string `json:"notes"`
	Repository    string   `json:"repository"`
	InUse         Variant  `json:"inUse"`
	// Variants are the others, what is least to pull first; those of which nothing is known
	// come last.
	Variants []Variant `json:"variants"`
	// More is how many tags fit and were not asked for.
	More int `json:"more"`
}

// Variant is one image of a repository, under all of the asked tags that mean it.
type Variant struct {
	Tags           []string `json:"tags"`
	Digest         *string  `json:"digest"`
	Platform       *string  `json:"platform"` // nil where only the config tells
	CompressedSize *int64   `json:"compressedSize"`
	Layers         int      `json:"layers"`
	// Saves is what there is less to pull than of the one in use, below 0 for more; nil where
	// one of the two is not known.
	Saves *int64 `json:"saves"`
	Error string `json:"error"` // why the rest is not known; else ""
}
