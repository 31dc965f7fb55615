package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

type wordOfCall = rewrite.Word

// Kept is a package that an edit must name.
type Kept struct {
	Name string
	Why  string // a sentence without its full stop: "gcc is called in line 7"
}

// Needs is what an install without recommended packages has to name.
type Needs struct {
	Kept   []Kept
	Stays  []string // the kept packages, and those of the layer that they depend on
	Bytes  int64    // of Stays
	Goes   int64    // bytes of the recommended packages that go
	Again  []int    // later instructions that install what recommends one of those that go
	Host   string   // the package of the install that brought the first of them; "" where unknown
	Unsure string   // why the install is to be left alone; "" where it is not
}

// maxKept is how many packages an edit names: with more, the author has asked for what
// they recommend.
const maxKept = 12

// Needed works out what an instruction has to name that installs, once it leaves out what
// is only recommended. The commands are those of the instruction.
func Needed(b *rules.Build, made, layer int, commands []rewrite.Command) Needs {
	im := newImage(b, made, layer, commands)
	for _, name := range im.typed {
		if matchesAny(desktops, name) {
			return Needs{Unsure: name + " is made of what it recommends"}
		}
	}
	f := &facts{image: im, calls: readCalls(im), evidence: look(im)}
	k := &keeper{facts: f, chosen: make([]bool, len(im.Packages))}
	k.called()
	k.mentioned()
	k.scripted()
	k.relatives()
	for k.pairs() {
	}
	return k.needs()
}

// keeper chooses the packages that are kept.
type keeper struct {
	*facts
	chosen []bool
	kept   []Kept
}

// keep keeps a package, with what it depends on.
func (k *keeper) keep(i int, why string) {
	if !k.gone[i] || k.stays[i] || why == "" {
		return
	}
	k.chosen[i] = true
	k.kept = append(k.kept, Kept{k.Packages[i].Name, why})
	from := slices.Clone(k.stays)
	from[i] = true
	k.stays = k.closure(from)
}

// synonyms are programs by another name than their package's.
var synonyms = map[string]string{"cc": "gcc", "c++": "g++", "gmake": "make", "f77": "gfortran", "f95": "gfortran", "pdflatex": "texlive-latex-base"}

// called keeps the packages whose programs are called.
func (k *keeper) called() {
	for i := range k.list {
		c := &k.list[i]
		name := c.Name()
		if name == "" {
			continue
		}
		why := name + " is called " + k.where(c.at)
		if k.hasAnother(c.Words[0].Text) {
			continue
		}
		if p, ok := k.byName[cmp.Or(synonyms[name], name)]; ok && k.gone[p] {
			k.keep(p, why)
			continue
		}
		file := c.Words[0].Text
		if !path.IsAbs(file) {
			if owner, owned, _ := k.command(name); owned {
				k.keep(owner, why)
			}
			continue
		}
		if owner, owned := k.owner(file); owned {
			k.keep(owner, why)
		}
	}
	for i := range k.list {
		c := &k.list[i]
		if name := c.Name(); (name == "service" || name == "systemctl" || name == "invoke-rc.d") && len(c.Words) > 1 {
			for _, w := range c.Args() {
				if owner, owned := k.owner("/etc/init.d/" + strings.TrimSuffix(w.Text, ".service")); owned {
					k.keep(owner, w.Text+" is started "+k.where(c.at))
				}
			}
		}
	}
}

// hasAnother reports whether a program that is called by its name was in the image before
// the install, in a directory that the search path has before those of packages: python3 of
// the official image, for instance.
func (k *keeper) hasAnother(name string) bool {
	if k.Tree == nil || strings.Contains(name, "/") {
		return false
	}
	for _, dir := range k.SearchPath() {
		file := path.Join(dir, name)
		if systemDir(dir) {
			return false
		}
		node, ok := k.Tree.Lookup(file[1:])
		if !ok {
			continue
		}
		if id, visible := k.Tree.Visible(node); visible {
			_, owned := k.owner(file)
			return !owned && int(k.Tree.Records[id].Layer) < k.layer
		}
	}
	return false
}

// maxMentions is how many paths of the texts are looked up.
const maxMentions = 2000

// mentioned keeps the packages whose files a text names, or into whose own directories
// something is copied.
func (k *keeper) mentioned() {
	left := maxMentions
	for _, t := range k.texts {
		for word := range strings.FieldsFuncSeq(t.text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'`=:,;()[]{}<>|&", r) }) {
			if !strings.HasPrefix(word, "/") || len(word) < 6 {
				continue
			}
			if left--; left < 0 {
				return
			}
			k.mention(path.Clean(word), t.at)
		}
	}
}

func (k *keeper) mention(name string, at int) {
	why := name + " is named " + k.where(at)
	if owner, owned := k.owner(name); owned {
		k.keep(owner, why)
		return
	}
	for _, dir := range []string{name, path.Dir(name)} {
		if owner, ok := k.soleOwner(dir); ok {
			k.keep(owner, why)
		}
	}
}

// soleOwner returns the package that all files in a directory belong to.
func (k *keeper) soleOwner(dir string) (owner int, ok bool) {
	if k.Tree == nil || k.Tree.Packages == nil || strings.Count(dir, "/") < 2 {
		return 0, false
	}
	node, ok := k.Tree.Lookup(path.Clean(dir)[1:])
	if !ok {
		return 0, false
	}
	owner = -1
	for child := range k.Tree.Children(node) {
		id, visible := k.Tree.Visible(child)
		if !visible || k.Tree.Packages[id] < 0 {
			continue
		}
		p := int(k.Tree.Packages[id])
		if owner >= 0 && p != owner {
			return 0, false
		}
		owner = p
	}
	return owner, owner >= 0
}

// scripted keeps what people's build scripts call, where one cannot be read.
func (k *keeper) scripted() {
	why := k.anything()
	if why == "" {
		return
	}
	for i := range k.Packages {
		name := k.Packages[i].Name
		switch {
		case !k.gone[i] || !slices.Contains(strings.Fields(buildTools), name) || k.hasAnother(name):
		case (name == "gnupg" || name == "gpg") && !k.checksKeys():
		default:
			k.keep(i, why)
		}
	}
}

// checksKeys reports whether what cannot be read may call gpg. Programs and build scripts
// that a RUN calls by their path hardly do; a script that is piped into a shell may, but
// for the installers of tools that are known not to.
func (k *keeper) checksKeys() bool {
	if k.says("gpg", "apt-key", "gnupg", "keyring", "keyserver") != "" {
		return true
	}
	return slices.ContainsFunc(k.unknown, func(u unknown) bool {
		if u.at == container || strings.Contains(u.what, "/") {
			return false
		}
		text := k.Parsed().Text(u.at)
		return !slices.ContainsFunc(keylessInstallers, func(url string) bool { return strings.Contains(text, url) })
	})
}

// keylessInstallers are parts of the addresses of installers that people pipe into a
// shell, and that check no signatures.
var keylessInstallers = strings.Fields(`sh.rustup.rs install.python-poetry.org astral.sh bun.sh deno.land nvm-sh/nvm creationix/nvm get.pnpm.io rclone.org ohmyzsh starship.rs
	bootstrap.pypa.io helm/helm get.sdkman.io get.haskellstack.org get-ghcup.haskell.org torch/distro install.meteor.com composer/installer getcomposer.org foundry.paradigm.xyz`)

// relatives keeps the modules of a language that modules named in the install recommend:
// application code imports either.
func (k *keeper) relatives() {
	for i := range k.Packages {
		p := &k.Packages[i]
		if !k.gone[i] || strings.HasSuffix(p.Name, "-dev") || strings.HasSuffix(p.Name, "-doc") || p.NeededBy != "" {
			continue
		}
		for _, by := range p.RecommendedBy {
			if !slices.Contains(k.typed, by) || by == "python3-pip" || by == "python-pip" {
				continue
			}
			if slices.ContainsFunc(families, func(f string) bool { return matches(f, p.Name) && matches(f, by) }) {
				k.keep(i, "code that imports "+by+" may import it")
			}
		}
	}
}

// pairs asks the table about what stays, and reports whether more stays now.
func (k *keeper) pairs() (more bool) {
	for i := range pairs {
		p := &pairs[i]
		var keeps []int
		for at := range k.Packages {
			if k.gone[at] && !k.stays[at] && matchesAny(p.keep, k.Packages[at].Name) && k.direct(at, p) {
				keeps = append(keeps, at)
			}
		}
		if len(keeps) == 0 {
			continue
		}
		if why := k.applies(p); why != "" {
			for _, at := range keeps {
				k.keep(at, why)
				more = more || k.stays[at]
			}
		}
	}
	return more
}

// direct reports whether a package of a pattern with * is kept for its own sake: what it
// only brings along comes with it.
func (k *keeper) direct(i int, p *pair) bool {
	name := k.Packages[i].Name
	return slices.Contains(strings.Fields(p.keep), name) || k.Packages[i].NeededBy == "" || !k.gone[max(k.byName[k.Packages[i].NeededBy], 0)]
}

// applies returns why a pair's packages stay, "" where they do not.
func (k *keeper) applies(p *pair) string {
	of := ""
	if p.of != "" {
		if of = k.holder(p); of == "" {
			return ""
		}
	}
	if p.when != nil {
		return p.when(k.facts)
	}
	if p.calls != "" {
		if why := k.facts.calls.called(strings.Fields(p.calls)...); why != "" {
			return why
		}
	}
	return of + " is there: " + p.why
}

// holder returns the package for whose sake a pair's packages stay: one that the install
// names, or one that stays and that is used.
func (k *keeper) holder(p *pair) string {
	for _, name := range k.typed {
		if matchesAny(p.of, name) {
			return name
		}
	}
	for i := range k.Packages {
		name := k.Packages[i].Name
		if !k.stays[i] || k.Packages[i].Layer != k.layer || !matchesAny(p.of, name) {
			continue
		}
		if k.chosen[i] || p.calls == "" || k.facts.calls.called(strings.Fields(p.calls)...) != "" || k.anything() != "" {
			return name
		}
	}
	return ""
}

// matches reports whether a name matches a pattern with *.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// needs adds up what was found.
func (k *keeper) needs() Needs {
	n := Needs{Kept: k.least()}
	if len(n.Kept) > 0 {
		n.Host = chainOf(k.Build, n.Kept[0].Name)[0]
	}
	if len(n.Kept) > maxKept {
		n.Unsure = "too much of what they recommend may be needed to name it all"
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
			n.Again = k.again(n.Again, p.RecommendedBy)
		}
	}
	slices.Sort(n.Again)
	return n
}

// again adds the later instructions that install one of the packages which recommend
// another, and say nothing about recommended packages: they would bring it.
func (k *keeper) again(found []int, recommenders []string) []int {
	for _, name := range recommenders {
		i, ok := k.byName[name]
		if !ok || k.Packages[i].Layer <= k.layer || k.Packages[i].Layer >= len(k.Layers) {
			continue
		}
		at := k.Layers[k.Packages[i].Layer].Instruction
		if at == nil || *at <= k.made || slices.Contains(found, *at) || k.Parsed().Keyword(*at) != "RUN" {
			continue
		}
		if commands, ok := k.Parsed().Commands(*at); ok && slices.ContainsFunc(commands, Takes) {
			found = append(found, *at)
		}
	}
	return found
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

// purgedNeeds are what packages do not work without that apt has only by recommendation,
// for those that a later command removes: the finished image does not tell what came with
// them.
var purgedNeeds = []struct {
	of, need string
	when     func(*facts) string
}{
	{"gcc gcc-[0-9]* clang clang-[0-9]*", "libc6-dev", nil},
	{"cmake", "make", cmakeMakes},
	{"curl wget git", "ca-certificates", (*facts).tls},
	{"git", "openssh-client", (*facts).ssh},
	{"golang golang-go golang-[0-9]*-go", "gcc", (*facts).cgo},
	{"python3-pip", "python3-dev", (*facts).wheels},
	{"python-pip", "build-essential", (*facts).wheels},
	{"npm", "build-essential", (*facts).addons},
	{"gnupg", "dirmngr", (*facts).keyServer},
	{"r-base r-base-core", "make", nil},
}

// purged returns why an install cannot be edited some of whose packages are removed
// again: what it would have to name for them would not go with them.
func (k *keeper) purged() string {
	for _, name := range k.typed {
		if _, there := k.byName[name]; there {
			continue
		}
		for _, p := range purgedNeeds {
			if !matchesAny(p.of, name) || slices.Contains(k.typed, p.need) {
				continue
			}
			if i, there := k.byName[p.need]; there && k.roots[i] || p.when != nil && p.when(k.facts) == "" {
				continue
			}
			return name + " is removed again, and " + p.need + ", which it needs, would have to be, too"
		}
	}
	return ""
}
