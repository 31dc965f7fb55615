package model

// Confidence says how sure a finding is.
type Confidence string

const (
	// Certain: taking the bytes away cannot change what runs.
	Certain Confidence = "certain"
	// Likely: the image runs without them unless it does something unusual.
	Likely Confidence = "likely"
	// Possible: worth a look; the bytes count as live.
	Possible Confidence = "possible"
)

// Strategy says what kind of edit a fix is.
type Strategy string

const (
	SameRunCleanup Strategy = "same-run-cleanup"
	Flag           Strategy = "flag"
	CacheMount     Strategy = "cache-mount"
	MultiStage     Strategy = "multi-stage"
	CopyChown      Strategy = "copy-chown"
	Reorder        Strategy = "reorder"
	Dockerignore   Strategy = "dockerignore"
	ChangeBase     Strategy = "base"
	Manual         Strategy = "manual"
)

// MaxFindingPaths is how many paths a finding lists; FileCount counts them all.
const MaxFindingPaths = 100

// Finding is a set of file versions of one verdict, cause, layer and hiding
// layer that one rule holds, with the edit that would remove them. No version
// belongs to two findings.
type Finding struct {
	ID              string     `json:"id"` // stable from run to run: rule, layers and cause
	Rule            string     `json:"rule"`
	Title           string     `json:"title"`
	Confidence      Confidence `json:"confidence"`
	Bytes           int64      `json:"bytes"`
	CompressedBytes *int64     `json:"compressedBytes"`
	Verdict         *Verdict   `json:"verdict"`
	Cause           *string    `json:"cause"` // deleted, replaced, copied; the rule's id for leftovers; nil otherwise
	Layer           *int       `json:"layer"` // holds the bytes, or what the rule found without any
	Instruction     *int       `json:"instruction"`
	HiddenBy        *int       `json:"hiddenBy"` // layer that hid the last name
	Inherited       bool       `json:"inherited"`
	FileCount       int        `json:"fileCount"` // file versions held
	Paths           []string   `json:"paths"`     // largest first, MaxFindingPaths at most
	Packages        []string   `json:"packages"`
	Fix             *Fix       `json:"fix"`

	// Manifest is the place in a Kubernetes manifest that the finding is about; nil for
	// those of the image, and for all where no manifest was given.
	Manifest *ManifestPlace `json:"manifest,omitempty"`
}

// ManifestPlace is a line of a Kubernetes manifest.
type ManifestPlace struct {
	File      string `json:"file"` // "-" for standard input
	Line      int    `json:"line"`
	Workload  string `json:"workload"`  // kind, namespace and name: Deployment shop/web
	Container string `json:"container"` // its name; "" where it has none
	// Edit is YAML for the container or its pod that helps, several lines; "" for none. It
	// is to be read and put in place by a person.
	Edit string `json:"edit"`
	// Others is how many further containers of the manifests have the same spec, so that all that
	// is said of this one is said of them, and Also are the first of those.
	Others int          `json:"others,omitempty"`
	Also   []OtherPlace `json:"also,omitempty"`
}

// OtherPlace is where a container with the same spec starts.
type OtherPlace struct {
	File     string `json:"file"` // "-" for standard input
	Line     int    `json:"line"`
	Workload string `json:"workload"`
}

// MaxOtherPlaces is how many places Also names.
const MaxOtherPlaces = 100

// Pod is a container of a Kubernetes workload that runs the image.
type Pod struct {
	ManifestPlace
	Role    string    `json:"role"`    // container, init container, sidecar, ephemeral container, step
	Image   string    `json:"image"`   // as the manifest writes it
	Differs string    `json:"differs"` // how that differs from the image of the report; "" for not
	Settles []Settled `json:"settles"` // findings of the image that the pod's settings settle
	// Findings are the ids of findings of the image that pods could settle and that hold in this
	// one as well.
	Findings []string `json:"findings"`
}

// Settled is a finding of the image that does not hold in a pod.
type Settled struct {
	Rule    string `json:"rule"`
	Title   string `json:"title"`
	Setting string `json:"setting"` // of the manifest, such as runAsUser: 10001
	Line    int    `json:"line"`
}

// Wasted reports whether the finding's bytes count as waste.
func (f *Finding) Wasted() bool { return f.Confidence != Possible }

// Fix is the edit of the Dockerfile that would remove a finding's bytes.
// Before and After are whole instructions, keyword first, several joined by
// newlines; both are nil where no edit is possible.
type Fix struct {
	Strategy Strategy `json:"strategy"`
	Summary  string   `json:"summary"`
	Before   *string  `json:"before"`
	After    *string  `json:"after"`

	// Keeps are packages that the edit names so that they stay, because the build
	// or the program needs them; Risk is what happens if the edit is wrong, "" for
	// nothing; Leave says that nobody can help it, so that the finding is in no
	// change. They are what the report's changes are made from.
	Keeps []string `json:"-"`
	// Guess is what the edit takes for granted and only its author can know, so that it is made on
	// request: a clause such as "whether git is needed is a guess"; "" for nothing.
	Guess string `json:"-"`
	// Guessed are the packages that the edit names and that nothing shows to be needed, where those
	// alone are the guess.
	Guessed []string `json:"-"`
	Risk    string   `json:"-"`
	Leave   bool     `json:"-"`

	// Stays are packages whose files the finding holds and that stay in the image with
	// the edit; StayBytes is what the finding holds of them.
	Stays     []string `json:"-"`
	StayBytes int64    `json:"-"`
}
