package model

// What part of an image the figures are of.
const (
	ScopeOwn = "own" // what is not inherited
	ScopeAll = "all"
)

// Scope is a part of an image: what its own layers hold or hide, or what is inherited
// from its base. Whoever hides bytes of the base answers for them, so they are own
// although a layer of the base holds them.
type Scope struct {
	Size        int64   `json:"size"`
	WastedBytes int64   `json:"wastedBytes"`
	Efficiency  float64 `json:"efficiency"`
}

// Scopes splits the bytes of an image into its own and what it inherits; together they
// are all of it. Every face and the gate take their sizes and shares from here, so the
// same word has the same number everywhere.
func Scopes(layers []Layer, findings []Finding) (own, inherited Scope) {
	for i := range layers {
		to := &own
		if layers[i].Inherited {
			to = &inherited
		}
		to.Size += layers[i].Size
		to.WastedBytes += layers[i].WastedBytes
	}
	for i := range findings {
		if f := &findings[i]; f.Wasted() && f.HidesBase(layers) {
			own.Size, own.WastedBytes = own.Size+f.Bytes, own.WastedBytes+f.Bytes
			inherited.Size, inherited.WastedBytes = inherited.Size-f.Bytes, inherited.WastedBytes-f.Bytes
		}
	}
	own.Efficiency, inherited.Efficiency = Efficiency(own.WastedBytes, own.Size), Efficiency(inherited.WastedBytes, inherited.Size)
	return own, inherited
}

// HidesBase reports whether a layer of the base holds the finding's bytes and a layer
// above it hides them.
func (f *Finding) HidesBase(layers []Layer) bool {
	return !f.Inherited && f.Layer != nil && *f.Layer >= 0 && *f.Layer < len(layers) && layers[*f.Layer].Inherited
}
