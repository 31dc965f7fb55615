package fix

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/need"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// otherStages returns why an edit that removes a finding's files from a stage would break another
// stage that uses them, "" where none does. Rules cannot tell: they see the instructions of the
// image alone.
func (p *plan) otherStages(e *edit, f *model.Finding) string {
	if p.file == nil || p.at[e.from] == nil {
		return ""
	}
	stage := p.stageOf(p.at[e.from].line)
	thing, packages := p.taken(e, f), takesPackages(f) || developsWith(f)
	image := p.imageStage()
	for i := range p.file.Stages {
		other := &p.file.Stages[i]
		inherits := i != stage && p.descends(i, stage) && !p.descends(image, i)
		follow := p.follow(e, i, stage)
		for j := range other.Steps {
			step := &other.Steps[j]
			if step.Keyword == "COPY" && p.isStage(step.CopyFrom, stage) && p.takesFrom(step.Text, e, f) || i != stage && p.mounts(step, stage) {
				return fmt.Sprintf("line %d copies files from this stage that the edit may remove", step.Line)
			}
			if !inherits {
				continue
			}
			if packages && callsMore(step) {
				return fmt.Sprintf("line %d, in a stage that continues this one, may call what the packages bring", step.Line)
			}
			if installsOffline.MatchString(step.Text) && fillsCache(f) {
				return fmt.Sprintf("line %d, in a stage that continues this one, installs without network, perhaps from what the edit removes", step.Line)
			}
			if why := follow.Needs(step.Text, thing); why != "" && readsFiles(step.Text) {
				return fmt.Sprintf("line %d (%s), in a stage that continues this one, may need what the edit removes", step.Line, why)
			}
		}
	}
	return ""
}

// imageStage returns the stage that the image was built from, which need not be the last one
// (docker build --target).
func (p *plan) imageStage() int {
	line := 0
	for i, piece := range p.at {
		if piece != nil && !p.build.Instructions[i].Inherited {
			line = max(line, piece.line)
		}
	}
	return p.stageOf(line)
}

// developsWith reports whether a finding's packages are there for development: a stage that
// continues this one may build or test with them.
func developsWith(f *model.Finding) bool {
	return f.Rule == "npm-dev-dependencies" || f.Rule == "dev-dependencies"
}

// installsOffline matches the option of an installer that takes packages from its cache alone.
var installsOffline = lazyregexp.New(`--(?:prefer-)?offline\b|--no-index\b`)

// fillsCache reports whether a finding's files are a cache of an installer.
func fillsCache(f *model.Finding) bool {
	rule, known := catalogue.ByID(f.Rule)
	return known && (len(rule.Mounts) > 0 || rule.Group == rules.Caches)
}

// descends reports whether a stage goes on from another, directly or through stages between.
func (p *plan) descends(stage, from int) bool {
	for stage > from {
		stage = p.file.Stages[stage].Parent
	}
	return stage == from
}

// isStage reports whether the value of --from, a name or a number, means a stage.
func (p *plan) isStage(from string, stage int) bool {
	return from != "" && (strings.EqualFold(from, p.file.Stages[stage].Name) || from == strconv.Itoa(stage))
}

// mounts reports whether a RUN mounts a stage. Such a RUN may use any file of that stage.
func (p *plan) mounts(step *history.Step, stage int) bool {
	return slices.ContainsFunc(rewrite.Mounts(step.Node.Flags), func(m rewrite.Mount) bool { return p.isStage(m.From, stage) })
}

// takesFrom reports whether a COPY takes a path that the edit removes, or something below it. A
// COPY of a directory above does not count: that directory is still there after the edit.
func (p *plan) takesFrom(text string, e *edit, f *model.Finding) bool {
	in, ok := rewrite.ParseCopy(text)
	if !ok || !in.Known {
		return true
	}
	for _, source := range in.Sources {
		source = path.Join("/", source)
		if e.removes != nil && e.removes.Covers(source) {
			return true
		}
		for _, target := range p.removalTargets(f) {
			if source == target || strings.HasPrefix(source, target+"/") {
				return true
			}
		}
	}
	return false
}

// follow goes through the stages between the one that an edit changes and another one that goes
// on from it, up to that one's first instruction.
func (p *plan) follow(e *edit, other, stage int) *need.Follow {
	follow := p.build.Needs().Follow(e.to)
	var chain []int
	for at := p.file.Stages[other].Parent; at > stage; at = p.file.Stages[at].Parent {
		chain = append(chain, at)
	}
	for _, step := range p.file.Stages[stage].Steps {
		if last := p.at[e.to]; last != nil && step.Line > last.line {
			follow.Skip(step.Text)
		}
	}
	for _, at := range slices.Backward(chain) {
		for _, step := range p.file.Stages[at].Steps {
			follow.Skip(step.Text)
		}
	}
	return follow
}

// taken is what an edit for a finding removes.
func (p *plan) taken(e *edit, f *model.Finding) need.Thing {
	rule, _ := catalogue.ByID(f.Rule)
	t := need.Thing{Paths: p.removalTargets(f), Searched: rule != nil && rule.ID == "vcs-metadata", Meant: rule != nil && (rule.Group == rules.Structure || rule.ID == "temp-files"), Lists: f.Rule == "apt-lists"}
	if e.removes != nil {
		t.Paths = append(slices.Clone(e.removes.Targets), t.Paths...)
	}
	return t
}

// removalTargets returns the absolute paths of the directories and files that an edit removes to
// remove a finding's files.
func (p *plan) removalTargets(f *model.Finding) (targets []string) {
	rule, known := catalogue.ByID(f.Rule)
	for _, name := range f.Paths {
		if known {
			name = p.build.Target(rule, name)
		}
		if target := path.Join("/", name); !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	return targets
}

// oldSyntax matches a Dockerfile frontend that knows neither RUN --mount nor COPY --chmod:
// docker/dockerfile before 1.2.
var oldSyntax = lazyregexp.New(`(?i)^(?:docker\.io/)?docker/dockerfile:(?:0|1\.[01])(?:$|[.@-])`)

// needsNewFrontend returns why the frontend that the file's syntax directive names cannot build
// the edited file: it does not know a flag that the edit adds. It returns "" where it can.
func (p *plan) needsNewFrontend(e *edit) string {
	syntax := directiveOf(p.doc, "syntax")
	if !oldSyntax.MatchString(syntax) {
		return ""
	}
	before, after := strings.Join(e.before, "\n"), strings.Join(e.after, "\n")
	for _, flag := range []string{"--mount=", "--chmod="} {
		if strings.Contains(after, flag) && !strings.Contains(before, flag) {
			return fmt.Sprintf("the file's syntax directive names %s, which does not support %s; change it to docker/dockerfile:1", syntax, strings.TrimSuffix(flag, "="))
		}
	}
	return ""
}

// directiveOf returns the value of a parser directive, "" where the file does not have it.
func directiveOf(doc *document, name string) string {
	if len(doc.pieces) == 0 {
		return ""
	}
	for line := range strings.Lines(strings.TrimPrefix(doc.pieces[0].raw, "\ufeff")) {
		m := directive.FindStringSubmatch(strings.TrimLeft(line, " \t"))
		if m == nil {
			return ""
		}
		if strings.EqualFold(m[1], name) {
			return m[2]
		}
	}
	return ""
}
