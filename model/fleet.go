package model

import "time"

// FleetVersion is the version of the JSON format of a fleet.
const FleetVersion = 1

// Fleet is what many images have in common: which layers and bases they share, what they
// waste, and which changes are worth most over all of them. Every sum counts a layer once,
// however many images have it, unless its name says otherwise. Indexes start at 0.
type Fleet struct {
	SchemaVersion int      `json:"schemaVersion"`
	Tool          Tool     `json:"tool"`
	Notes         []string `json:"notes"`
	// Read says that layers were read. If not, there are no figures of waste, no changes
	// and no parents.
	Read bool `json:"read"`
	// By is what makes a team: "namespace", "repository", or "label:" and its key.
	By           string             `json:"by"`
	Totals       FleetTotals        `json:"totals"`
	Images       []FleetImage       `json:"images"` // by name
	Layers       []FleetLayer       `json:"layers"` // what sharing saves most first
	Bases        []FleetBase        `json:"bases"`  // those of most images first
	OutOfStep    []FleetDrift       `json:"outOfStep"`
	Parents      []FleetParent      `json:"parents"` // what saves most first
	Rules        []FleetRule        `json:"rules"`
	Instructions []FleetInstruction `json:"instructions"`
	Changes      []FleetChange      `json:"changes"` // what saves most first
	Teams        []FleetTeam        `json:"teams"`
}

// FleetTotals add up the images that could be opened. What is nil is not known of one of them
// at least: an engine does not say what a registry sends, and a layer that was not read
// has no size and no waste.
type FleetTotals struct {
	Images       int `json:"images"` // an image with several names counts once
	Failed       int `json:"failed"`
	Unread       int `json:"unread"` // opened, and yet their layers could not be read
	Layers       int `json:"layers"`
	SharedLayers int `json:"sharedLayers"` // that more than one image has

	// AloneBytes is what all images are to pull if nothing is shared, PullBytes what a
	// node pulls that runs all of them, each layer once. Both are compressed.
	AloneBytes *int64 `json:"aloneBytes"`
	PullBytes  *int64 `json:"pullBytes"`
	// RegistryBytes is what the registries keep of the layers, each registry each layer once.
	// Nil where no image comes from one.
	RegistryBytes *int64          `json:"registryBytes"`
	Registries    []FleetRegistry `json:"registries"`

	// These are of files, uncompressed, and of layers that were read.
	Size        *int64 `json:"size"`
	WastedBytes *int64 `json:"wastedBytes"`
	// WastedCompressedBytes is what of PullBytes is waste.
	WastedCompressedBytes *int64 `json:"wastedCompressedBytes"`
}

// FleetRegistry is a registry and what it keeps of the images' layers.
type FleetRegistry struct {
	Host   string `json:"host"`
	Images int    `json:"images"`
	Layers int    `json:"layers"`
	Bytes  *int64 `json:"bytes"`
}

// FleetImage is one image, or one that could not be opened.
type FleetImage struct {
	References     []string   `json:"references"` // all names that it was asked for by
	Digest         *string    `json:"digest"`
	ID             *string    `json:"id"`
	Source         string     `json:"source"` // "" where it could not be opened
	Platform       string     `json:"platform"`
	Created        *time.Time `json:"created"`
	Teams          []string   `json:"teams"`
	Layers         []int      `json:"layers"` // in Layers, the lowest first
	Base           *int       `json:"base"`   // in Bases
	CompressedSize *int64     `json:"compressedSize"`
	// OwnBytes is what of CompressedSize no other image has.
	OwnBytes *int64 `json:"ownBytes"`
	// The rest is known of images whose layers were read.
	Size        *int64 `json:"size"`
	WastedBytes *int64 `json:"wastedBytes"`
	// WastedCompressedBytes is what of CompressedSize is waste.
	WastedCompressedBytes *int64   `json:"wastedCompressedBytes"`
	AvoidableBytes        *int64   `json:"avoidableBytes"`
	Efficiency            *float64 `json:"efficiency"`
	// Error says why nothing is known of the image, or nothing of what its layers hold; ""
	// for the others.
	Error string `json:"error"`
}

// FleetLayer is a layer, and who has it.
type FleetLayer struct {
	Digest         *string `json:"digest"`
	DiffID         *string `json:"diffId"`
	CompressedSize *int64  `json:"compressedSize"`
	Size           *int64  `json:"size"`
	Images         []int   `json:"images"`
	Base           bool    `json:"base"` // it is part of a base of one of them
	Keyword        string  `json:"keyword"`
	Text           string  `json:"text"` // of the instruction that made it
	// WastedBytes is what of the layer one of its images wastes, the one in WastedIn, which
	// wastes most of it.
	WastedBytes           *int64 `json:"wastedBytes"`
	WastedCompressedBytes *int64 `json:"wastedCompressedBytes"`
	WastedIn              *int   `json:"wastedIn"`
}

// FleetBase is a stack of layers that images stand on.
type FleetBase struct {
	Names []string `json:"names"` // that images or the base itself go by; empty where nobody says
	// Title names the base, be it after an image that stands on it.
	Title          string     `json:"title"`
	How            string     `json:"how"` // as in Base, or "fleet": it is an image of the fleet
	Platform       string     `json:"platform"`
	Created        *time.Time `json:"created"` // when its last layer was made
	Layers         []int      `json:"layers"`
	CompressedSize *int64     `json:"compressedSize"`
	Images         []int      `json:"images"` // that stand on it, the base itself left out
	Image          *int       `json:"image"`  // the base itself, where it is in the fleet
	Parent         *int       `json:"parent"` // the base that it stands on itself
}

// BaseByFleet says that a base was found because it is an image of the fleet itself.
const BaseByFleet = "fleet"

// FleetDrift is a name of a base that means several images.
type FleetDrift struct {
	Name     string              `json:"name"`
	Platform string              `json:"platform"`
	Versions []FleetDriftVersion `json:"versions"` // the newest first
	// Images are how many do not stand on the newest.
	Images int `json:"images"`
	// ExtraBytes is what all versions but the newest are to pull, nil where not known.
	ExtraBytes *int64 `json:"extraBytes"`
}

// Stale are the images that stand on an older version than the newest.
func (d *FleetDrift) Stale() (images []int) {
	for _, v := range d.Versions[min(1, len(d.Versions)):] {
		images = append(images, v.Images...)
	}
	return images
}

// FleetDriftVersion is one of several bases of the same name.
type FleetDriftVersion struct {
	Base    int        `json:"base"`
	Created *time.Time `json:"created"`
	Images  []int      `json:"images"`
}

// FleetParent is one base that images could share which stand on several now.
type FleetParent struct {
	Base   int   `json:"base"`   // in Bases, that they would stand on
	Images []int `json:"images"` // that would move
	// Gone are images of the fleet on which nothing would stand any more, and that no workload is known to
	// run: the old bases themselves. They are counted as left out of the fleet.
	Gone []int `json:"gone"`
	// SavedBytes is what a node that runs the whole fleet would not pull: the layers that no image
	// has any more, be it one that moves or a base, less AddedBytes and KeptBytes.
	SavedBytes   int64 `json:"savedBytes"`
	DroppedBytes int64 `json:"droppedBytes"` // of the layers that go
	AddedBytes   int64 `json:"addedBytes"`   // of layers of the parent that nobody had before
	// KeptBytes is what the images need of their bases and the parent lacks: packages by
	// name, files that no package owns by path, and, where packages are kept, what installing them
	// writes again of the package manager's own files; added up over the images that move.
	KeptBytes  int64             `json:"keptBytes"`
	Compressed bool              `json:"compressed"` // these are bytes to pull, else of files
	Moves      []FleetParentMove `json:"moves"`
}

// FleetParentMove says what it means for the images of one base to stand on another.
type FleetParentMove struct {
	From   int   `json:"from"` // in Bases
	Images []int `json:"images"`
	// ImageBytes is what one of the images, alone, is less to pull; it may be negative.
	ImageBytes int64 `json:"imageBytes"`
	// KeptBytes is what each of them keeps of its old base.
	KeptBytes    int64    `json:"keptBytes"`
	Packages     []string `json:"packages"` // that are kept, the largest first, MaxFleetNames at most of PackageCount
	PackageCount int      `json:"packageCount"`
	FileBytes    int64    `json:"fileBytes"` // of KeptBytes in files that no package owns
}

// FleetRule is a rule and what its findings hold.
type FleetRule struct {
	Rule            string `json:"rule"`
	Bytes           int64  `json:"bytes"`
	CompressedBytes *int64 `json:"compressedBytes"`
	Layers          int    `json:"layers"` // that hold them
	Images          int    `json:"images"` // that have one of those layers
}

// FleetInstruction is the text of an instruction and what its layers weigh and waste.
type FleetInstruction struct {
	Keyword               string `json:"keyword"`
	Text                  string `json:"text"`
	CompressedSize        *int64 `json:"compressedSize"`
	WastedBytes           int64  `json:"wastedBytes"`
	WastedCompressedBytes *int64 `json:"wastedCompressedBytes"`
	Layers                int    `json:"layers"`
	Images                int    `json:"images"`
}

// FleetChange is what a person can do in several images.
type FleetChange struct {
	Title      string     `json:"title"`
	Kind       ChangeKind `json:"kind"`
	Confidence Confidence `json:"confidence"` // the lowest among them
	// Bytes are saved in all: of a layer that several images share once.
	Bytes           int64  `json:"bytes"`
	CompressedBytes *int64 `json:"compressedBytes"`
	// Layers are those that it makes smaller, in Layers.
	Layers []int `json:"layers"`
	// Images have the change, where it saves most first.
	Images []FleetChangeIn `json:"images"`
}

// FleetChangeIn is a change in one image, which is there once, however many changes of the title it has.
type FleetChangeIn struct {
	Image int    `json:"image"`
	ID    string `json:"id"` // as in the image's own report, of the first of them
	Bytes int64  `json:"bytes"`
}

// FleetTeam is whose images they are, and what of the fleet they use.
type FleetTeam struct {
	Name        string `json:"name"` // "" for images of no team
	Images      int    `json:"images"`
	Layers      int    `json:"layers"`
	PullBytes   *int64 `json:"pullBytes"`
	SharedBytes *int64 `json:"sharedBytes"` // of PullBytes in layers that other teams have, too
	WastedBytes *int64 `json:"wastedBytes"`
	// AvoidableBytes is what the changes of its images save.
	AvoidableBytes *int64 `json:"avoidableBytes"`
}

// MaxFleetNames is how many packages a FleetParentMove lists.
const MaxFleetNames = 20
