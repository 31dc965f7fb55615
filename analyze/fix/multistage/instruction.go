package multistage

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// role is what an instruction does, as far as a split of its stage is concerned.
type role uint8

const (
	setsConfig    role = iota // ENV, WORKDIR, USER, …: both stages have it
	addsAccounts              // RUN useradd and the like: both stages have it
	installs                  // a RUN that does nothing but install packages
	mixed                     // a RUN that installs packages and does something else
	runs                      // any other RUN
	brings                    // COPY and ADD
	changesOwners             // a RUN that makes accounts and gives them files; see findOwnerRuns
)

// instruction is one instruction of the last stage.
type instruction struct {
	history.Step
	source string // its lines in the file, with their line ends
	text   string // as rules read it; "" where the image's history does not show it
	stage  int    // the stage of the file that it stands in

	written int   // its line in the file without other edits; 0 where that is not known
	origins []int // see Line

	// Set by classify.
	role       role
	needsTools bool         // it may need a build tool
	run        *rewrite.Run // nil where it is no RUN
	packages   []aptInstall
	accounts   []string // commands of an install or a build that the runtime stage needs, too
	alsoAdds   bool     // it builds, and makes accounts besides; see isOfAccounts
	// environment are variables that are set for the installs, with a blank behind each:
	// "DEBIAN_FRONTEND=noninteractive ".
	environment string
	purges      bool     // it takes packages out
	purged      []string // the packages that it names for that, as written
	anyPurged   bool     // it takes out more than purged tells
	fault       string   // why it cannot be split, behind "line 12 "; "" where it can
}

// classify sets what an instruction is to a build stage.
func (in *instruction) classify() {
	switch in.Keyword {
	case "COPY", "ADD":
		in.role = brings
		return
	case "RUN":
	default:
		return
	}
	in.role, in.needsTools = runs, true
	run, err := rewrite.ParseRun(in.text)
	if err != nil {
		in.run = &rewrite.Run{}
		in.fault = "is a RUN that tare cannot parse"
		return
	}
	in.run = run
	accounts, others, managed, files, removals, strange := 0, 0, false, true, true, false
	for _, c := range run.Commands {
		name := c.Name()
		sub, _, apt := c.Apt()
		switch {
		case apt:
			managed = true
			if strings.Contains(in.text, noninteractive) {
				in.environment = noninteractive + " "
			}
			in.readApt(c, sub)
		case slices.Contains(packageTools, name):
			in.fault = cmp.Or(in.fault, "runs "+name+", which changes the package database")
		case isCleanUp(c):
		case in.isRepeatableAccount(c), makesManDirectory(c):
			accounts++
			in.accounts = append(in.accounts, accountSource(c))
		default:
			if c.CreatesUsers() {
				strange = true
			}
			others++
			removals = removals && (name == "rm" || name == "rmdir")
			files = files && (slices.Contains(fileCommands, name) || slices.Contains(systemCommands, name))
		}
	}
	if managed && strange {
		in.fault = cmp.Or(in.fault, "makes an account that the new stage could not make the same way")
	}
	switch {
	case managed && others == 0:
		in.role, in.needsTools = installs, false
	case managed && removals:
		in.role = mixed // it writes no files
		in.needsTools = false
	case managed:
		in.role = mixed
		in.checkMixed()
	case others == 0 && accounts > 0 && len(run.Flags) == 0:
		in.role, in.needsTools = addsAccounts, false
	default:
		in.needsTools = !files || others == 0
		in.alsoAdds = in.needsTools && !strange && in.mayAlsoAdd()
	}
}

// noninteractive keeps packages from asking while they are installed. It may be set for a
// command, exported before it, or be an ARG, which each stage has.
const noninteractive = "DEBIAN_FRONTEND=noninteractive"

// readApt notes what a call of apt-get does. sub is its subcommand.
func (in *instruction) readApt(c rewrite.Command, sub string) {
	switch sub {
	case "update", "clean", "autoclean":
	case "install":
		install, why := readAptInstall(c)
		in.fault = cmp.Or(in.fault, why)
		if len(install.words) > 0 {
			in.packages = append(in.packages, install)
		}
	case "remove", "purge", "autoremove", "autopurge":
		in.purges = true
		_, operands, _ := c.Apt()
		for _, w := range operands {
			in.purged = append(in.purged, packageName(strings.TrimSuffix(w, "+")))
			in.anyPurged = in.anyPurged || strings.ContainsAny(w, "$`*?[")
		}
	default:
		in.fault = cmp.Or(in.fault, "runs apt-get "+sub)
	}
}

// makesManDirectory reports whether a command makes directories for manual pages, which
// slim base images lack and some packages expect.
func makesManDirectory(c rewrite.Command) bool {
	if c.Name() != "mkdir" || c.Conditional || c.Subshell || c.Redirected || len(c.Words) < 2 {
		return false
	}
	return !slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool {
		return !strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "/usr/share/man") || strings.Contains(w.Text, "$")
	})
}

// wordPath matches an absolute path in the text of a RUN.
var wordPath = lazyregexp.New(`(?:^|[\s"'=:>(])(/[A-Za-z0-9_.+@-]+(?:/[A-Za-z0-9_.+@*-]+)*)`)

// namedFreely are system paths that a RUN may name without writing there, or whose
// files no container needs.
var namedFreely = append([]string{"/dev", "/usr/bin/env", "/usr/src", "/proc", "/bin/sh", "/bin/bash"}, aptLeftovers...)

// checkMixed sets a fault unless all that a RUN does beside installing packages
// happens where packages do not write: otherwise nothing tells the files of the one
// from those of the other.
func (in *instruction) checkMixed() {
	in.needsTools = false
	for _, c := range in.run.Commands {
		name := c.Name()
		_, _, apt := c.Apt()
		builds := slices.Contains(builders, name) || strings.Contains(c.Words[0].Text, "/") && slices.Contains(builders, path.Base(c.Words[0].Text))
		if apt || isCleanUp(c) || slices.Contains(fileCommands, name) {
			continue
		}
		if !builds {
			in.fault = cmp.Or(in.fault, fmt.Sprintf("installs packages and runs %s in the same RUN, so their files cannot be told apart; split it into two RUNs", cmp.Or(name, "a command")))
			return
		}
		in.needsTools = true
	}
	for _, m := range wordPath.FindAllStringSubmatch(in.text, -1) {
		named := m[1]
		if isSystemPath(named[1:]) && !slices.ContainsFunc(namedFreely, func(dir string) bool {
			return named == dir || strings.HasPrefix(named, dir+"/")
		}) {
			in.fault = cmp.Or(in.fault, fmt.Sprintf("installs packages and names %s in the same RUN, so their files cannot be told apart; split it into two RUNs", named))
			return
		}
	}
}
