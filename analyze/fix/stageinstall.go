package fix

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// pickPackages works out which packages the new stage has: those of the base
// image, those that the installs name and that are no build tools, the libraries
// that headers brought, what instructions behind the build stage install, and
// what all of those need.
func (s *stage) pickPackages() string {
	packages := s.p.report.Packages
	s.tools = rules.Tools(packages, s.tree.Needs)
	byName := make(map[string]int)
	roots := make([]bool, len(packages))
	for i := range packages {
		p := &packages[i]
		if _, known := byName[p.Name]; !known {
			byName[p.Name] = i
		}
		if p.Layer < s.ownLayer || p.Layer > s.lastLayer {
			roots[i] = true
		} else if p.Manager != "dpkg" {
			return "it knows how to leave packages out of apt-get install only"
		}
	}
	recommends, weak := false, false
	for i := range s.steps[:s.last+1] {
		step := &s.steps[i]
		for j := range step.packages {
			in := &step.packages[j]
			weak = weak || !slices.Contains(in.options, "--no-install-recommends")
			in.words = slices.DeleteFunc(in.words, func(word string) bool {
				at, known := byName[packageName(word)]
				if !known {
					return rules.ToolOf("dpkg", packageName(word)) != rules.NoTool
				}
				return s.tools.Tool(at)
			})
			for _, word := range in.words {
				if at, known := byName[packageName(word)]; known {
					roots[at] = true
				}
			}
			recommends = recommends || len(in.words) > 0 && !slices.Contains(in.options, "--no-install-recommends")
		}
	}
	for _, name := range s.commands() {
		if at, known := byName[name]; known && !s.tools.Tool(at) {
			s.ask(at, roots)
		}
	}
	s.kept = s.tools.Closure(roots)
	s.keepUpgraded(roots)
	for s.keepLibraries(roots, weak) || recommends && s.keepRecommended(roots) {
		s.kept = s.tools.Closure(roots)
	}
	slices.Sort(s.words)
	return ""
}

// ask asks for a package in the new stage.
func (s *stage) ask(at int, roots []bool) {
	if !roots[at] {
		roots[at] = true
		s.words = append(s.words, s.p.report.Packages[at].Name)
	}
}

// packageName takes version, release and architecture off an operand of apt-get
// install.
func packageName(word string) string {
	if i := strings.IndexAny(word, "=/:"); i >= 0 {
		word = word[:i]
	}
	return word
}

// commands are the names of the programs that a container starts with, perl or
// python3 say.
func (s *stage) commands() (names []string) {
	c := s.p.report.Config
	if c == nil {
		return nil
	}
	for _, words := range [][]string{c.Entrypoint, c.Cmd} {
		for _, word := range words {
			for _, part := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()", r) }) {
				names = append(names, path.Base(part))
			}
		}
	}
	return names
}

// keepUpgraded keeps packages of the base image that came in a newer version:
// what was compiled here may have been compiled for that.
func (s *stage) keepUpgraded(roots []bool) {
	inBase := make([]bool, len(s.kept))
	for i := range s.tree.Records[:s.tree.Starts[s.ownLayer]] {
		if at := s.tree.Packages[i]; at >= 0 {
			inBase[at] = true
		}
	}
	for i := range s.kept {
		if inBase[i] && !roots[i] && !s.tools.Tool(i) {
			s.ask(i, roots)
		}
	}
	s.kept = s.tools.Closure(roots)
}

// keepLibraries asks for what headers that go have brought and a program may
// have been linked with, and for the Java runtime that its compiler brought.
// Headers that were only recommended are not in the build stage unless an install
// there takes such packages (weak). It says whether there was anything.
func (s *stage) keepLibraries(roots []bool, weak bool) (more bool) {
	packages := s.p.report.Packages
	for i := range packages {
		if s.kept[i] || s.tools.Kind(i) == rules.NoTool || packages[i].Reason == "recommended" && !weak {
			continue
		}
		for _, need := range s.tools.NeedsOf(i) {
			name := packages[need].Name
			if s.kept[need] || s.tools.Kind(int(need)) != rules.NoTool {
				continue
			}
			if s.tools.Kind(i) == rules.Headers && !s.tools.Tool(int(need)) || strings.Contains(name, "-jre") {
				s.ask(int(need), roots)
				more = true
			}
		}
	}
	return more
}

// keepRecommended keeps what apt installs along with the packages that stay.
func (s *stage) keepRecommended(roots []bool) (more bool) {
	packages := s.p.report.Packages
	stays := make(map[string]bool)
	for i := range packages {
		stays[packages[i].Name] = stays[packages[i].Name] || s.kept[i]
	}
	for i := range packages {
		p := &packages[i]
		if !s.kept[i] && p.Reason == "recommended" && p.Via == "" && slices.ContainsFunc(p.RecommendedBy, func(by string) bool { return stays[by] }) {
			roots[i], more = true, true
		}
	}
	return more
}

// writeInstall writes the RUN of the new stage, and decides where it stands.
func (s *stage) writeInstall() string {
	var parts []string
	var flags []string
	alone := false // the last install takes no recommended packages
	s.at = -1
	accounts := []string{}
	for i := range s.steps[:s.last+1] {
		step := &s.steps[i]
		if step.kind != installs && step.kind != mixed {
			continue
		}
		accounts = append(accounts, step.accounts...)
		for _, in := range step.packages {
			if len(in.words) == 0 {
				continue
			}
			s.at = i
			parts = append(parts, "apt-get install "+strings.Join(append(slices.Clone(in.options), in.words...), " "))
			alone = slices.Contains(in.options, "--no-install-recommends") && !slices.ContainsFunc(in.options, func(o string) bool { return !slices.Contains(usualOptions, o) })
			for _, flag := range step.run.Flags {
				if !slices.Contains(flags, flag) {
					flags = append(flags, flag)
				}
			}
		}
		if s.at < 0 && len(step.accounts) > 0 {
			s.at = i
		}
	}
	switch words := strings.Join(s.words, " "); {
	case words == "":
	case alone:
		parts[len(parts)-1] += " " + words
	default:
		parts = append(parts, "apt-get install -y --no-install-recommends "+words)
	}
	if s.at < 0 {
		s.at = s.quietPlace()
	}
	if len(parts) > 0 {
		parts = append([]string{"apt-get update"}, parts...)
		if !slices.ContainsFunc(flags, func(flag string) bool { return strings.Contains(flag, "mount") }) {
			parts = append(parts, "rm -rf /var/lib/apt/lists/*")
		}
	}
	parts = append(parts, accounts...)
	folders := s.folders()
	if len(parts) > 0 {
		parts[0] = strings.Join(append(quoteFlags(flags), parts[0]), " ")
	}
	parts = append(parts, folders...)
	if len(parts) > 0 {
		s.install = "RUN " + strings.Join(parts, s.between())
	}
	if len(s.install) > 1<<16 {
		return fmt.Sprintf("the new stage would install %d more packages", len(s.words))
	}
	return ""
}

// usualOptions of apt-get install mean the same for whatever is installed.
var usualOptions = []string{"-y", "--yes", "--assume-yes", "-q", "-qq", "-yq", "-yqq", "-qy", "-qqy", "--quiet", "--no-install-recommends", "--no-install-suggests"}

// quoteFlags writes flags of a RUN as the Dockerfile takes them.
func quoteFlags(flags []string) []string {
	out := slices.Clone(flags)
	for i, flag := range out {
		if strings.ContainsAny(flag, " \t") {
			out[i] = `"` + flag + `"`
		}
	}
	return out
}

// quietPlace is behind which step the new stage copies where it installs
// nothing: in front of the first USER, else behind all.
func (s *stage) quietPlace() int {
	for i := range s.steps[:s.last+1] {
		if s.steps[i].Keyword == "USER" {
			return i - 1
		}
	}
	return s.last
}

// between joins commands in lines of their own.
func (s *stage) between() string {
	return " " + string(s.file.Escape) + s.eol() + "    && "
}

// eol is the line end of the file.
func (s *stage) eol() string {
	if strings.HasSuffix(s.steps[s.last].raw, "\r\n") || strings.HasSuffix(s.file.Stages[0].From.Text, "\r") {
		return "\r\n"
	}
	return "\n"
}
