package replay

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// build is one simulated build.
type build struct {
	archive *Archive
	notes   *notes
	plan    *plan
	lex     *shell.Lex
	args    map[string]string // before the first FROM
	stages  map[string]*machine
	count   int
	now     *machine
	tooLong bool // a value was cut
}

// Replay follows a Dockerfile and returns the image of its last stage. The error
// is that of a Dockerfile, or of a .dockerignore, that no builder reads.
func Replay(data []byte, opt Options) (*Image, error) {
	parsed, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	archive := opt.Archive
	if archive == nil {
		archive = Debian()
	}
	p := &plan{archive: archive, text: string(data), below: opt.Below}
	if opt.Context != nil {
		if p.given, err = contextFiles(opt.Context); err != nil {
			return nil, fmt.Errorf(".dockerignore: %w", err)
		}
	}
	if opt.Known != nil {
		if p.known, err = contextFiles(opt.Known); err != nil {
			return nil, fmt.Errorf(".dockerignore: %w", err)
		}
	}
	b := &build{
		archive: archive, notes: &notes{unmodelled: map[string]bool{}}, plan: p,
		lex: shell.NewLex(parsed.EscapeToken), args: map[string]string{}, stages: map[string]*machine{},
	}
	for _, n := range parsed.AST.Children {
		if err := b.instruction(n); err != nil {
			return nil, fmt.Errorf("line %d: %w", n.StartLine, err)
		}
		if b.tooLong {
			return nil, fmt.Errorf("line %d: a value is longer than %d kB", n.StartLine, maxValue>>10)
		}
		if b.now != nil && p.given != nil && b.now.stored > maxImage {
			return nil, fmt.Errorf("line %d: the image would be larger than %d GB", n.StartLine, maxImage/1_000_000_000)
		}
	}
	if b.now == nil {
		return nil, fmt.Errorf("there is no FROM")
	}
	return b.image(), nil
}

// image is what the last stage leaves.
func (b *build) image() *Image {
	img := &Image{
		Layers: b.now.layers, Config: b.now.config, BaseLayers: b.now.base,
		Unmodelled: slices.Sorted(maps.Keys(b.notes.unmodelled)), Problems: b.notes.problems,
		final: b.now.tree, packages: map[string]bool{},
	}
	switch {
	case b.now.dpkg != nil:
		img.files = b.now.dpkg.files
		for name := range b.now.dpkg.installed {
			img.packages[name] = true
		}
	case b.now.apk != nil:
		maps.Copy(img.packages, b.now.apk.installed)
	}
	return img
}

// maxImage is how many bytes the layers of a stage may have where somebody waits.
const maxImage = 20_000_000_000

// words are the operands of an instruction, with variables expanded.
func (b *build) words(n *parser.Node) []string {
	var list []string
	for w := n.Next; w != nil; w = w.Next {
		list = append(list, b.expand(w.Value))
	}
	return list
}

// variables are what ARG and ENV have set.
func (b *build) variables() []string {
	env := map[string]string{"TARGETARCH": "amd64", "TARGETOS": "linux", "TARGETPLATFORM": "linux/amd64", "BUILDPLATFORM": "linux/amd64"}
	if b.now == nil {
		maps.Copy(env, b.args)
	} else {
		maps.Copy(env, b.now.args)
		for _, e := range b.now.config.Env {
			k, v, _ := strings.Cut(e, "=")
			env[k] = v
		}
	}
	var list []string
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	return list
}

func (b *build) expand(word string) string {
	out, _, err := b.lex.ProcessWord(word, shell.EnvsFromSlice(b.variables()))
	if err != nil {
		return word
	}
	if len(out) > maxValue {
		b.tooLong = true
		return out[:maxValue]
	}
	return out
}

func (b *build) instruction(n *parser.Node) error {
	keyword := strings.ToUpper(n.Value)
	if b.now == nil && keyword != "FROM" && keyword != "ARG" {
		return fmt.Errorf("%s stands before FROM", keyword)
	}
	if err := complete(n, keyword); err != nil {
		return err
	}
	if b.now != nil {
		b.now.line = n.StartLine
	}
	switch keyword {
	case "FROM":
		b.from(n)
	case "ARG":
		b.arg(n)
	case "RUN":
		b.run(n)
	case "COPY", "ADD":
		b.copy(n, keyword)
	case "WORKDIR":
		b.workdir(n)
	case "ONBUILD":
		text := strings.TrimSpace(n.Original[len("ONBUILD"):])
		b.now.config.OnBuild = append(b.now.config.OnBuild, text)
		b.now.step("ONBUILD " + text)
	case "SHELL":
		b.now.shell = b.words(n)
		b.now.config.Shell = b.now.shell
		b.now.step("SHELL " + quotedList(b.now.shell))
	default:
		b.setting(n, keyword)
	}
	return nil
}

// operands are how many operands an instruction has at least, as the reference of
// Dockerfiles has it (https://docs.docker.com/reference/dockerfile/).
var operands = map[string]int{
	"FROM": 1, "ARG": 1, "RUN": 1, "COPY": 2, "ADD": 2, "WORKDIR": 1, "USER": 1, "ENV": 1, "LABEL": 1, "EXPOSE": 1, "VOLUME": 1, "SHELL": 1,
	"STOPSIGNAL": 1, "HEALTHCHECK": 1, "ONBUILD": 1, "MAINTAINER": 1, "CMD": 0, "ENTRYPOINT": 0,
}

// complete returns an error for an instruction that no builder takes.
func complete(n *parser.Node, keyword string) error {
	least, known := operands[keyword]
	if !known {
		return fmt.Errorf("there is no instruction %s", keyword)
	}
	count := len(n.Heredocs)
	for w := n.Next; w != nil; w = w.Next {
		count++
	}
	if count < least {
		return fmt.Errorf("%s needs something behind it", keyword)
	}
	if keyword == "SHELL" && !n.Attributes["json"] {
		return fmt.Errorf(`SHELL needs a list in brackets, as in ["/bin/bash", "-c"]`)
	}
	return nil
}

func (b *build) from(n *parser.Node) {
	b.now = nil // of the variables, those before the first FROM count
	words := b.words(n)
	for _, e := range words[:1] {
		if old := b.stages[strings.ToLower(e)]; old != nil {
			b.now = old.clone()
		} else {
			b.now = b.fromImage(e)
		}
	}
	for i, w := range words {
		if strings.EqualFold(w, "AS") && i+1 < len(words) {
			b.stages[strings.ToLower(words[i+1])] = b.now
		}
	}
	b.stages[strconv.Itoa(b.count)] = b.now
	b.count++
	b.now.line = n.StartLine
}

func (b *build) arg(n *parser.Node) {
	for w := n.Next; w != nil; w = w.Next {
		name, value, ok := strings.Cut(w.Value, "=")
		value = b.expand(value)
		if b.now == nil {
			b.args[name] = value
			continue
		}
		if !ok {
			value, ok = b.args[name]
		}
		if ok {
			b.now.args[name] = value
		}
		text := "ARG " + name
		if ok {
			text += "=" + value
		}
		b.now.step(text)
	}
}

// run interprets RUN in both its forms, with its heredocs and mounts.
func (b *build) run(n *parser.Node) {
	m := b.now
	before := m.tree.clone()
	script, recorded := "", ""
	if n.Attributes["json"] {
		var list, quoted []string
		for w := n.Next; w != nil; w = w.Next {
			list = append(list, w.Value)
			quoted = append(quoted, "'"+strings.ReplaceAll(w.Value, "'", `'\''`)+"'")
		}
		script, recorded = strings.Join(quoted, " "), strings.Join(list, " ")
	} else {
		if n.Next != nil {
			script = n.Next.Value
		}
		for _, h := range n.Heredocs {
			if strings.TrimSpace(script) == "<<"+h.Name || strings.TrimSpace(script) == "<<-"+h.Name || strings.Trim(strings.TrimSpace(script), `<-"'`) == h.Name {
				script = h.Content
			} else {
				script += "\n" + h.Content + h.Name
			}
		}
		recorded = strings.Join(append(slices.Clone(m.shell), script), " ")
	}
	mounts := b.mounts(n, m)
	m.run(script, nil)
	for _, at := range mounts {
		restore(m.tree, before, at)
	}
	for _, at := range []string{"proc", "sys", "dev"} {
		restore(m.tree, before, at)
	}
	m.commit(before, "RUN "+b.buildArgs(m)+recorded+" # buildkit")
}

// buildArgs is how BuildKit records the values of ARG with a RUN.
func (b *build) buildArgs(m *machine) string {
	if len(m.args) == 0 {
		return ""
	}
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m.args)) {
		list = append(list, k+"="+m.args[k])
	}
	return fmt.Sprintf("|%d %s ", len(list), strings.Join(list, " "))
}

// mounts puts what --mount=type=bind brings into the tree, and lists all that is not
// part of the layer afterwards.
func (b *build) mounts(n *parser.Node, m *machine) []string {
	var targets []string
	for _, flag := range n.Flags {
		spec, ok := strings.CutPrefix(flag, "--mount=")
		if !ok {
			continue
		}
		fields := map[string]string{}
		for f := range strings.SplitSeq(spec, ",") {
			k, v, _ := strings.Cut(f, "=")
			fields[k] = b.expand(v)
		}
		target := fields["target"] + fields["dst"] + fields["destination"]
		if target == "" {
			continue
		}
		target = strings.Trim(abs(m.workdir(), target), "/")
		if fields["type"] == "secret" || fields["type"] == "ssh" {
			continue // BuildKit takes the mount point away again
		}
		targets = append(targets, target)
		switch {
		case fields["type"] == "bind" || fields["type"] == "":
			src := fields["source"] + fields["src"]
			if from := fields["from"]; from != "" {
				b.copyStage(b.stage(from), src, "/"+target, 0, 0)
				continue
			}
			found, one := b.plan.sources(src)
			for name, node := range found {
				if one {
					m.tree.put(target, node)
				} else {
					m.tree.put(path.Join(target, name), node)
				}
			}
		default: // a cache or tmpfs starts empty
			m.tree.remove(target)
			m.tree.mkdir(target, 0, 0)
		}
	}
	return targets
}

// restore gives a directory back what it held.
func restore(t, before *tree, at string) {
	t.remove(at)
	for _, p := range append([]string{at}, before.under(at)...) {
		if n := before.nodes[p]; n != nil {
			t.nodes[p] = n
		}
	}
	if before.nodes[at] == nil { // the mount point stays
		t.mkdir(at, 0, 0)
	}
}

func (b *build) workdir(n *parser.Node) {
	m := b.now
	before := m.tree.clone()
	dir := ""
	if w := b.words(n); len(w) > 0 {
		dir = w[0]
	}
	m.config.WorkingDir = abs(m.workdir(), dir)
	m.tree.mkdir(m.config.WorkingDir, 0, 0)
	if len(difference(before, m.tree)) == 0 {
		m.step("WORKDIR " + m.config.WorkingDir)
		return
	}
	m.commit(before, "WORKDIR "+m.config.WorkingDir)
}
