package installs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// Kept is a package that an edit must name.
type Kept struct {
	Name string
	Why  string // a sentence without its full stop: "gcc is called in line 7"
	Host string // the package of the install that brought it; "" where unknown
}

// Guessed are the kept packages that nothing visible needs, where those alone are the guess.
func (n *Needs) Guessed() (names []string) {
	if n.Driven != "" {
		return nil
	}
	for i := range n.Kept {
		if n.Kept[i].IsGuess() {
			names = append(names, n.Kept[i].Name)
		}
	}
	return names
}

// Guess says what an edit would take for granted that only its author can know, as a clause; "" for
// nothing.
func (n *Needs) Guess() string {
	names := n.Guessed()
	switch {
	case n.Driven != "":
		return n.Driven
	case len(names) == 1:
		return "whether " + names[0] + " is needed is a guess"
	case len(names) > 1:
		return "whether " + strings.Join(names, ", ") + " are needed is a guess"
	case n.Missed != "":
		if n.Jobs {
			return "the container runs what others ask it to, and whether they want " + n.Missed + " is a guess"
		}
		return "people use the image by hand, and whether they want " + n.Missed + " is a guess"
	}
	return ""
}

// What sentences say of a guess: why a package may be needed, rather than what needs it.
const (
	cannotTell   = "tare cannot tell what "
	startsNone   = "the image runs nothing by itself, so its users may call anything"
	peopleWork   = "people work in the container"
	peopleLook   = "people look into the container, since it has "
	peopleAdd    = "people install packages in "
	callsAny     = " may call anything"
	startsOthers = "what the container starts may start anything"
	forRunTime   = " is installed for use at run time"
	asksFor      = " is installed: it asks for it"
)

var guesses = []string{cannotTell, startsNone, peopleWork, peopleLook, peopleAdd, callsAny, startsOthers, forRunTime, asksFor}

// IsGuess reports whether nothing visible needs the package: people may, or what nobody can read.
// Certificates are no guess: they are small, and whatever fetches needs them.
func (k *Kept) IsGuess() bool {
	return k.Name != "ca-certificates" && slices.ContainsFunc(guesses, func(part string) bool { return strings.Contains(k.Why, part) })
}

// Needs is what an install without recommended packages has to name.
type Needs struct {
	Kept   []Kept
	Stays  []string // the kept packages, and those of the layer that they depend on
	Leaves []string // the recommended packages that go
	Hosts  []string // the packages that the install names and that brought some of those
	Bytes  int64    // of Stays
	Goes   int64    // bytes of the recommended packages that go
	Missed string   // one of Leaves that people who work in the container may miss, or their jobs; "" for none
	Jobs   bool     // the container runs what others ask it to
	Driven string   // what the container runs that may call anything, as a clause; "" for nothing
	Again  []int    // later instructions that install what recommends one of those that go
	Unsure string   // why the install is to be left alone; "" where it is not
}

// maxKept is how many packages an edit names: with more, the author has asked for what
// they recommend.
const maxKept = 9

// Worth is how much an edit has to save that names packages which weigh more: so many bytes, or one
// part of so many of a whole. It is asked twice. Here the whole is one install, and where its edit does
// not pay, none is written. What tare fix asks of all edits of an instruction, beside the image,
// can be overruled by asking for the rule.
type Worth struct{ Bytes, Part int64 }

// Pays reports whether an edit is worth the packages that it names.
func (w Worth) Pays(saved, named, whole int64) bool {
	return saved >= named || saved >= w.Bytes || saved >= whole/w.Part
}

var worth = Worth{Bytes: 10_000_000, Part: 10}

// tooLittle is so little that an edit which saves no more is never made by itself: nothing has to be said.
const tooLittle = 1_000_000

// Needed works out what an instruction has to name that installs, once it leaves out what
// is only recommended. The commands are those of the instruction. lost are packages that
// the edit of an earlier install leaves out.
func Needed(b *rules.Build, made, layer int, commands []rewrite.Command, lost ...string) Needs {
	im := newImage(b, made, layer, commands, lost...)
	for _, name := range im.typed {
		if matchesAny(desktops, name) {
			return Needs{Unsure: name + " consists of what it recommends"}
		}
		if matchesAny(everything, name) {
			return Needs{Unsure: name + " is usually installed with all its parts"}
		}
	}
	f := &facts{image: im, calls: readCalls(im), evidence: look(im)}
	k := &keeper{facts: f, chosen: make([]bool, len(im.Packages))}
	k.alternatives()
	k.called()
	k.mentioned()
	k.linked()
	k.scripted()
	k.relatives()
	k.headers()
	k.mains()
	k.askedFor()
	for k.pairs() {
	}
	k.compiler()
	n := k.needs()
	n.Driven = f.drivenLater()
	return n
}

// needs adds up what was found.
func (k *keeper) needs() Needs {
	n := Needs{Kept: k.least()}
	for i := range n.Kept {
		one := &n.Kept[i]
		one.Host = chainOf(k.Build, one.Name)[0]
		if k.late != nil && k.late[k.byName[one.Name]] && len(k.early) > 0 {
			one.Host = k.early[len(k.early)-1]
		}
		if at := slices.IndexFunc(k.typed, func(name string) bool { return matchesAny(archiveTools, name) }); at >= 0 && matchesAny("gnupg gpg gpg-agent dirmngr", one.Name) && k.bringsKeys(k.byName[one.Name]) {
			one.Host = k.typed[at] // add-apt-repository calls them before the next install
		}
	}
	if len(n.Kept) > maxKept {
		n.Unsure = "too many of the recommended packages may be needed to name them all"
	}
	if why := k.purged(); why != "" {
		n.Unsure = why
	}
	for i := range k.Packages {
		p := &k.Packages[i]
		switch {
		case !k.gone[i] || p.Reason != "recommended":
		case k.stays[i]:
			n.Bytes += p.Bytes
			n.Stays = append(n.Stays, p.Name)
		default:
			n.Goes += p.Bytes
			n.Leaves = append(n.Leaves, p.Name)
			n.Hosts = k.hostsOf(n.Hosts, i)
			n.Again = k.again(n.Again, p.RecommendedBy)
		}
	}
	n.Missed, n.Jobs = k.missed(), k.people() == "" && !k.Waits()
	slices.Sort(n.Again)
	if len(n.Kept) > 0 && n.Goes > tooLittle && n.Unsure == "" && !worth.Pays(n.Goes, n.Bytes, k.installed()) {
		n.Unsure = fmt.Sprintf("what it would have to name (%s) weighs more than what would go (%s)", Megabytes(n.Bytes), Megabytes(n.Goes))
	}
	return n
}

// hostsOf adds the packages that the install names and by which one came in, along every way.
func (k *keeper) hostsOf(hosts []string, i int) []string {
	isAsked := func(at int) bool { return slices.Contains(k.asked, k.Packages[at].Name) }
	for at := range k.reasons(i, isAsked) {
		name := k.Packages[at].Name
		if isAsked(at) && !slices.Contains(hosts, name) {
			hosts = append(hosts, name)
		}
		if name != cHeaders {
			continue
		}
		for _, compiler := range k.asked {
			if matchesAny("gcc gcc-[0-9]*", compiler) && !slices.Contains(hosts, compiler) {
				hosts = append(hosts, compiler)
			}
		}
	}
	return hosts
}

// cHeaders is the package of C's headers. Where g++ depends on it, nothing tells any more that gcc, which an earlier
// command of the same RUN installs, recommends it as well, and so brings what it recommends itself.
const cHeaders = "libc6-dev"

// installed is the size of what the install brings.
func (k *keeper) installed() (bytes int64) {
	for i := range k.Packages {
		if k.Packages[i].Layer == k.layer {
			bytes += k.Packages[i].Bytes
		}
	}
	return bytes
}

// StaysWith takes into account what a later install names of the packages that this one
// leaves out.
func (n *Needs) StaysWith(b *rules.Build, later *Needs) {
	for i := range b.Packages {
		p := &b.Packages[i]
		at := slices.Index(n.Leaves, p.Name)
		if at < 0 || p.Manager != "dpkg" || !slices.Contains(later.Stays, p.Name) {
			continue
		}
		n.Leaves = slices.Delete(n.Leaves, at, at+1)
		n.Stays = append(n.Stays, p.Name)
		n.Bytes, n.Goes = n.Bytes+p.Bytes, n.Goes-p.Bytes
		if by := slices.IndexFunc(later.Kept, func(k Kept) bool { return k.Name == p.Name }); by >= 0 {
			n.Kept = append(n.Kept, later.Kept[by])
		}
	}
}

// again adds the later instructions that install one of the packages which recommend
// another, or what needs one, and say nothing about recommended packages: they would bring it.
func (k *keeper) again(found []int, recommenders []string) []int {
	for _, later := range k.laterInstalls() {
		if slices.Contains(found, later.at) {
			continue
		}
		for _, name := range recommenders {
			if i, ok := k.byName[name]; ok && later.brings[i] && (k.Packages[i].Layer > k.layer || k.gone[i] && !k.stays[i]) {
				found = append(found, later.at)
				break
			}
		}
	}
	return found
}

// laterInstall is an instruction behind the install that takes recommended packages, and what it
// brings without them.
type laterInstall struct {
	at     int
	brings []bool // by package
}

// laterInstalls are worked out once.
func (k *keeper) laterInstalls() []laterInstall {
	if k.later != nil {
		return *k.later
	}
	k.later = new([]laterInstall)
	in := k.Parsed()
	for at := k.made + 1; at < len(in.All) && at <= k.made+instructions.MaxLater; at++ {
		commands, ok := in.Commands(at)
		if !ok || in.Keyword(at) != "RUN" || !slices.ContainsFunc(commands, Takes) {
			continue
		}
		takes := slices.DeleteFunc(slices.Clone(commands), func(c rewrite.Command) bool { return !Takes(c) || isDry(c) })
		*k.later = append(*k.later, laterInstall{at, k.broughtBy(takes...)})
	}
	return *k.later
}

// least leaves out of the kept packages those that another of them brings.
func (k *keeper) least() (kept []Kept) {
	for i, one := range k.kept {
		brought := false
		for j, other := range k.kept {
			if i == j {
				continue
			}
			from := make([]bool, len(k.Packages))
			from[k.byName[other.Name]] = true
			if closure := k.closure(from); closure[k.byName[one.Name]] {
				back := make([]bool, len(k.Packages))
				back[k.byName[one.Name]] = true
				brought = brought || !k.closure(back)[k.byName[other.Name]] || j < i
			}
		}
		if !brought {
			kept = append(kept, one)
		}
	}
	return kept
}
