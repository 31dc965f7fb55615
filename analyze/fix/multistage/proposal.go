// Package multistage proposes a build stage that takes compilers out of an image
// that was built in one stage.
//
// # Terms
//
// The last stage of a Dockerfile is what becomes the image. A proposal makes two
// stages of it. The build stage holds everything from its FROM up to the boundary,
// the last instruction that brings a build tool, may need one or removes packages,
// word for word and with a name (FROM … AS build). The runtime stage begins behind
// the boundary, FROM the same base image: where the last stage goes on from another
// one of the file, that is the image which that one starts from, and its instructions
// count with those of the last. The runtime stage has, in the order of the file, a
// counterpart of each instruction of the build stage: the same instruction where that
// only sets the config (ENV, WORKDIR, USER, …) or creates accounts; the same install
// without build tools, without removals of packages and with the packages that are
// requested of it; the package sources that a later install needs. Behind those it
// takes the files that the build made with COPY --from, repeats what files do not tell
// (owners of directories, links beside files of others, removed files of packages,
// ldconfig), and goes on with the instructions behind the boundary, word for word.
//
// # Which files are copied
//
// Which files the build made is not guessed from commands. The merged tree of the image
// says which file versions each layer wrote, and the package databases say which of
// them a package owns. Of those that an instruction of the build stage made, no package
// owns and that are visible when the build stage ends, the runtime stage needs all but:
// what a finding calls a leftover; caches of build tools in homes, and repositories of
// version control; and, as far as it is known what the container runs, sources and
// objects of compilers, what lies in a directory that a tool builds in (target, build),
// and a directory of sources that neither the config, nor a script, nor a constant of a
// program, nor the configuration of a server names. What any of these names stays in any
// case. The smallest set of directories and files that covers the needed ones becomes the
// COPY instructions.
//
// A RUN that installs packages and builds something leaves files of both in one
// layer. It is accepted only where the commands beside the install write where no
// package of the distribution does (/usr/local, /opt, /srv, …), or programs that no
// package owns. Where the evidence is not conclusive, Propose returns an error and the
// Dockerfile stays as it is.
//
// # Which packages are installed
//
// The runtime stage installs what the author's installs name, but for build tools, what
// is purged again, managers of packages such as npm that nothing starts, and what only the
// build calls to download and unpack, where it is known what runs. It requests
// beside these the packages that own what copied programs are linked with (NEEDED of
// ELF files, which the scan noted), may load or name among their constants, the
// interpreters of scripts, and the program that the container starts. Where the scan
// knows nothing of that program, it requests every library that headers brought.
//
// A build tool that the author names and that no RUN of the build stage is seen to use may be
// there for the container, and so may the tools of a container that starts a shell: there is
// no stage then.
//
// Packages are left out of apt-get install only: images whose own layers bring
// packages of another manager are refused.
//
// # Cost and concurrency
//
// Propose walks the tree a constant number of times and holds one entry per visible
// path that the build stage made. It does no I/O and keeps no state, so calls with
// different inputs may run at the same time. Input is only read.
package multistage

import (
	"errors"
	"slices"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/toolchain"
	"github.com/tare-oci/tare/model"
)

// Input is a Dockerfile, the image that it built, and the findings that ask for a
// build stage.
type Input struct {
	// Report describes the image. Its Tree may be nil; no stage is proposed then.
	Report *model.Report
	// Build is what the rules know of the image: its programs, the scripts that it runs.
	// Nil for no more than the report tells.
	Build *rules.Build
	// Findings are indexes of build-tools findings in Report.Findings.
	Findings []int
	// Purged are indexes of findings whose files are of build tools that an instruction
	// installs and a later one removes. Findings and Purged together hold at least one.
	Purged []int
	// Original is the file as it is without those edits, with the lines that
	// Report.Instructions give; nil for Dockerfile. The build stage is taken from it,
	// since what an edit removes there is not copied anyway.
	Original []byte
	// KeepEdits takes the build stage from Dockerfile all the same: what the edits remove
	// there would be copied.
	KeepEdits bool
	// Dockerfile is the file, with the edits that other fixes have made in it.
	Dockerfile []byte
	// Instructions are the history of the image with those edits made.
	Instructions []model.Instruction
	// Lines says where each of Instructions stands in Dockerfile.
	Lines []Line
	// Layers are the layers of the image, lowest first. Their Instruction is an index
	// in Instructions, nil where an edit emptied the layer.
	Layers []model.Layer
}

// Line is where an instruction stands in the Dockerfile.
type Line struct {
	// Number is the first line of the instruction, from 1; 0 where the file does not
	// hold the instruction.
	Number int
	// Shared is true where other instructions of the image come from the same line,
	// or where the end of the instruction is unknown.
	Shared bool
	// Origins are the instructions that this one was made of by other edits, indexes in
	// Report.Instructions; itself where no edit touched it.
	Origins []int
}

// Proposal is a Dockerfile with a build stage.
type Proposal struct {
	// Dockerfile is the whole file.
	Dockerfile []byte
	// Stage is the name of the build stage.
	Stage string
	// FromLine is the line of the FROM that begins the build stage, from 1.
	FromLine int
	// LastLine is the last line of the build stage in Input.Original.
	LastLine int
	// KeptLines is how many lines at the end of the file are those of Input.Dockerfile, as
	// they stand there behind the build stage.
	KeptLines int
	// Repeated are the instructions of the report that install packages in both stages.
	Repeated []int
	// Doubts are what the proposal takes for granted, the gravest first. Where there are
	// none, it may be made without anybody asking for it.
	Doubts []Doubt
	// Pruned is true where the build stage takes out what only serves to develop.
	Pruned bool
	// Starts is the command that the container starts in place of npm; "" where the CMD stays.
	Starts string
	// Dropped says of each record of the tree whether it is a file version that the
	// new image does without.
	Dropped []bool
	// ExtraBytes is what the new image holds beside file versions of the old one:
	// content that two COPY instructions bring, and content of the base image that is
	// copied over itself. It is negative where databases of packages shrink by more.
	ExtraBytes int64
}

// Propose works out a build stage. The error says why there is none, in words for
// the middle of a sentence and in one line. It is a *Refusal where an instruction is why.
func Propose(in Input) (*Proposal, error) {
	d := &draft{in: in, tree: in.Report.Tree}
	p, err := d.propose()
	if err != nil && d.boundary > d.lastUse {
		d = &draft{in: in, tree: in.Report.Tree, leaveFileRuns: true}
		return d.propose()
	}
	return p, err
}

// propose works out the build stage of one draft.
func (d *draft) propose() (*Proposal, error) {
	for _, step := range []func() error{d.checkInput, d.readDockerfile, d.matchLayers, d.findPlainStart, d.findBoundary, d.checkBuildStage, d.checkRest, d.findReferences, d.checkProgram, d.checkKnown, d.checkResults, d.selectFiles, d.checkPython, d.checkSecrets, d.checkLocale, d.checkOwnPrograms, d.selectPackages, d.checkGain, d.checkAccounts, d.checkGroups, d.repeatChanges, d.checkRestUses, d.writeStage, d.checkBase} {
		if err := step(); err != nil {
			return nil, refusalOf(err)
		}
	}
	text := []byte(d.text())
	if _, err := history.ParseDockerfile("Dockerfile", text); err != nil {
		return nil, errors.New("the result would not be a valid Dockerfile")
	}
	_, last, _ := d.originalStage()
	_, kept := d.rest()
	p := &Proposal{Dockerfile: text, Stage: d.buildName, FromLine: d.from.Line, LastLine: last, KeptLines: kept, Doubts: d.findDoubts(), Pruned: d.prune.command != "", Starts: d.start.text()}
	for i := range d.buildStage() {
		if in := &d.instructions[i]; in.isInstall() && d.parts[i] != "" {
			p.Repeated = append(p.Repeated, in.origins...)
		}
	}
	d.estimate(p)
	return p, nil
}

// draft is a last stage on its way to become two. The functions that Propose calls
// fill it in, each with what the ones before have found.
type draft struct {
	in   Input
	tree *model.Tree
	// leaveFileRuns leaves to the runtime stage what takeFileRuns moves to the build stage.
	leaveFileRuns bool

	// Set by readDockerfile.
	file         *history.Dockerfile
	lines        []string     // of the Dockerfile, with their line ends
	from         history.Step // the FROM of the last stage
	base         string       // the FROM of an image that begins the chain, up to AS, as written
	continues    string       // the FROM of the last stage up to AS, as written: base where it goes on from no other
	name         string       // what that FROM calls the stage, "" for nothing
	buildName    string       // of the build stage
	instructions []instruction
	firstOfLast  int // in instructions: the first of the last stage; those before it are of stages it goes on from

	// Set by matchLayers.
	ownLayer int   // the first layer above the base image
	maker    []int // by layer: an index in instructions, -1 for a layer of the base image

	// Set by findPlainStart.
	start start

	// Set by findBoundary.
	firstTool int // in instructions: the first that brings build tools
	lastUse   int // in instructions: the last that brings build tools, may use one or purges
	boundary  int // in instructions: the last one of the build stage
	lastLayer int // the last layer of the build stage

	// Set by selectPackages.
	tools    *toolchain.Set
	retained []bool // by package: the new image has it
	// onlyDropped says of a node whether packages own something at or below it, and the
	// runtime stage has none of those; nil before isTrace.
	onlyDropped func(model.NodeID) bool
	noWindows   bool     // Java's runtime goes without what draws windows
	requested   []string // packages to name beside those that the installs name

	// Set by findReferences.
	final                         *loader.View // the image as it is, view as the build stage leaves it
	view                          *loader.View // the filesystem at the end of the build stage
	entry                         entry
	refs                          map[string]bool         // paths without leading slash that the container may use
	globs                         []string                // patterns of such paths
	searched                      []string                // directories that a list such as PATH names
	toolchains                    map[string]bool         // by directory: it is one of a toolchain; see isOfToolchain
	clones                        map[string]bool         // by directory with a .git: a RUN cloned it; see isCloned
	targets                       map[string]*output      // by directory: a tool builds in it; nil for others
	linked                        map[model.RecordID]bool // libraries of programs that the build stage made; nil before isLinked
	roots                         []string                // directories of applications; see sourceRoot
	names                         []string                // that programs of the build stage hold; nil before constants
	namesComplete                 bool
	data                          map[string]bool // by directory: what holdsData found
	sources                       []string        // see installedFrom; nil before it was called
	authorities, authoritiesKnown bool            // certificates of authorities are among the files
	pure                          map[string]bool // by directory of an application: it holds nothing but sources

	// Set by selectFiles.
	prune  prune
	copied []copySource
	early  map[int][]copySource // by instruction: what an install of the runtime stage needs
	links  []copySource         // symbolic links to make anew
	// removed is what the build stage removes at its end: it lies in directories that are
	// copied whole, and nothing needs it.
	removed []copySource

	// Set by repeatChanges.
	before []string // commands in front of the COPYs
	after  []string // commands behind them

	// Set by writeStage.
	parts    []string // by instruction: what the runtime stage has in its place, "" for nothing
	insertAt int      // in instructions: the runtime stage copies behind this one
	extra    string   // a RUN that installs what no other install takes, "" for none
}

// checkInput reports an error where the tree cannot tell the files of a finding.
func (d *draft) checkInput() error {
	if d.in.Build == nil {
		d.in.Build = &rules.Build{}
	}
	for _, i := range slices.Concat(d.in.Findings, d.in.Purged) {
		layer := d.in.Report.Findings[i].Layer
		if d.tree == nil || layer == nil || *layer < 0 || *layer >= d.tree.Layers() {
			return errors.New("the image's files are not available")
		}
	}
	return nil
}
