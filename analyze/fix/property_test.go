package fix

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// proposing are rules with paths that make them propose each kind of edit.
var proposing = []struct{ rule, path string }{
	{"apt-lists", lists}, {"apt-cache", "var/cache/apt/archives/git.deb"}, {"temp-files", "tmp/x"}, {"temp-files", "tmp/a.tgz"}, {"pip-cache", "root/.cache/pip/http-v2/x"},
	{"metadata-copy", "srv/app/x"}, {"removed-later", "srv/app/x"}, {"overwritten", "opt/x"}, {"removed-later", "opt/x"}, {"vcs-metadata", "srv/app/.git/HEAD"}, {"core-dumps", "srv/app/b/core.7"},
}

// findingsFor invents findings about the layers of an image.
func findingsFor(random *rand.Rand, layers int) (findings []model.Finding) {
	if layers < 2 {
		return nil
	}
	for range 1 + random.IntN(5) {
		kind := proposing[random.IntN(len(proposing))]
		layer := 1 + random.IntN(layers-1)
		if later := layer + 1 + random.IntN(3); later < layers && random.IntN(2) == 0 {
			findings = append(findings, shadowed(kind.rule, "deleted", 1+random.Int64N(1e6), layer, later, kind.path))
		} else {
			findings = append(findings, leftover(kind.rule, 1+random.Int64N(1e6), layer, kind.path))
		}
	}
	return findings
}

// blocks are pieces of Dockerfiles; # is replaced by a number in comments.
var blocks = []string{
	"# comment #\n", "\n", "  # indented #\n\n", "ENV A#=\"b c\" \\\n    # inside #\n    B#=c\n", "ARG V#=x\n", "LABEL a#=b\n", "EXPOSE #\n", "USER root\n", "WORKDIR /srv/w#\n",
	"COPY <<EOF /f#\n# no comment #\nEOF\n", "RUN apt-get update\n", "RUN apt-get install -y p#\n", "RUN apt-get update && \\\n    # why #\n    apt-get install -y p#\n",
	"RUN rm -rf /var/lib/apt/lists/*\n", "RUN <<EOF\nset -e\napt-get update\napt-get install -y p#\nEOF\n", "RUN <<-A cat > /x# && make -C /tmp/x\n\tRUN no\n\tA\n", "RUN [\"apt-get\", \"update\"]\n",
	"  RUN  pip install p#\n", "\tRUN make x# \\\n\n\t&& tar xf /tmp/a.tgz   \n", "COPY a# /srv/app/\n", "COPY --chown=1:2 a# /srv/app/b\n", "RUN chown -R 1:2 /srv/app\n", "RUN rm -rf /srv/app /opt/x\n",
	"run set -eux; \\\n  make x#; \\\n  make y\n", "CMD [\"run\", \"#\"]\n", "ONBUILD RUN x\n", "HEALTHCHECK CMD true #\n",
}

// dockerfileOf puts random blocks together.
func dockerfileOf(random *rand.Rand) string {
	var b strings.Builder
	if random.IntN(4) == 0 {
		b.WriteString("# syntax=docker/dockerfile:1\n")
	}
	b.WriteString("ARG TAG=1\nFROM debian:$TAG AS build\n")
	for i := range random.IntN(14) {
		if i > 0 && random.IntN(9) == 0 {
			b.WriteString("\nFROM build\n")
		}
		block := blocks[random.IntN(len(blocks))]
		for strings.Contains(block, "#") && !strings.Contains(block, "# ") || strings.Contains(block, " #\n") || strings.Contains(block, "#=") {
			if next := strings.Replace(block, " #\n", fmt.Sprintf(" %d\n", i), 1); next != block {
				block = next
			} else if at := strings.LastIndex(block, "#"); at >= 0 {
				block = block[:at] + fmt.Sprint(i) + block[at+1:]
			}
		}
		b.WriteString(block)
	}
	text := b.String()
	if random.IntN(5) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	if random.IntN(4) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

func TestOnlyTheNamedInstructionsChange(t *testing.T) {
	edits, seeds := 0, imagetest.Rounds(250, 250, 3000)
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 1))
		text := dockerfileOf(random)
		if valid([]byte(text)) != nil {
			continue
		}
		r := reportOf(t, text)
		r = reportOf(t, text, findingsFor(random, len(r.Layers))...)
		result, err := Plan(r, []byte(text), Options{CacheMount: random.IntN(3) == 0})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if result.Changed() {
			edits++
		}
		if problem := unsound(text, r, result); problem != "" {
			t.Fatalf("seed %d: %s\n--- before\n%s\n--- after\n%s", seed, problem, text, result.New)
		}
	}
	if edits < seeds/5 {
		t.Errorf("only %d Dockerfiles were edited", edits)
	}
}

// unsound says what is wrong with an edited Dockerfile.
func unsound(text string, r *model.Report, result *Result) string {
	if err := valid(result.New); err != nil {
		return fmt.Sprint("BuildKit refuses the result: ", err)
	}
	if !result.Changed() {
		if result.SavedBytes != 0 {
			return "nothing changed, and yet bytes are saved"
		}
		return ""
	}
	// Everything in front of the first change is the same.
	first := len(text)
	for _, a := range result.Applied {
		lines := strings.SplitAfter(text, "\n")
		first = min(first, len(strings.Join(lines[:max(a.Line-1, 0)], "")))
	}
	if !bytes.HasPrefix(result.New, []byte(text[:first])) {
		return "lines in front of the first edit changed"
	}
	// Instructions that no edit is about are there in the same order, byte for byte.
	rest := string(result.New)
	for _, raw := range untouchable(text) {
		_, after, ok := strings.Cut(rest, raw)
		if !ok {
			return fmt.Sprintf("%q is gone, or not where it was", raw)
		}
		rest = after
	}
	if was, now := comments(text), comments(string(result.New)); !slices.Equal(was, now) {
		return fmt.Sprintf("the comments were %q and are %q", was, now)
	}
	if strings.Count(text, "\r\n") == strings.Count(text, "\n") != (bytes.Count(result.New, []byte("\r\n")) == bytes.Count(result.New, []byte("\n"))) {
		return "the line ends are mixed"
	}
	sum := int64(0)
	for i, saved := range result.Saved {
		if saved {
			sum += r.Findings[i].Bytes
		}
	}
	if sum < result.SavedBytes {
		return "more bytes are saved than the findings hold"
	}
	return ""
}

// untouchable lists the instructions that are no RUN, COPY or ADD, as written.
func untouchable(text string) (raws []string) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	for _, node := range parsed.AST.Children {
		if keyword := strings.ToUpper(node.Value); !makesLayer[keyword] {
			raws = append(raws, strings.Join(lines[node.StartLine-1:min(node.EndLine, len(lines))], ""))
		}
	}
	return raws
}

// comments lists the comment lines outside of here-documents, sorted.
func comments(text string) (out []string) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	hidden := make(map[int]bool)
	lines := strings.Split(text, "\n")
	for _, node := range parsed.AST.Children {
		n := 0
		for _, doc := range node.Heredocs {
			n += strings.Count(doc.Content, "\n") + 1
		}
		for i := range n {
			hidden[node.EndLine-i] = true
		}
	}
	for i, line := range lines {
		if bare := strings.TrimSpace(line); strings.HasPrefix(bare, "#") && !hidden[i+1] {
			out = append(out, bare)
		}
	}
	slices.Sort(out)
	return out
}

func FuzzPlan(f *testing.F) {
	for i, test := range cases {
		f.Add(test.dockerfile, uint64(i))
	}
	for seed := range uint64(40) {
		f.Add(dockerfileOf(rand.New(rand.NewPCG(seed, 2))), seed)
	}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 3))
		if valid([]byte(text)) != nil {
			// Not a Dockerfile: locations that lie must not make it panic.
			r := reportOf(t, "FROM a\nRUN apt-get update\nCOPY a b\n", leftover("apt-lists", 1, 1, lists))
			_, _ = Plan(r, []byte(text), Options{})
			return
		}
		parsed, err := parser.Parse(strings.NewReader(text))
		if err != nil || !inOrder(parsed) {
			t.Skip()
		}
		r := reportFrom(t, parsed, text)
		r = reportFrom(t, parsed, text, findingsFor(random, len(r.Layers))...)
		result, err := Plan(r, []byte(text), Options{CacheMount: seed%3 == 0, Ignore: []byte("x")})
		if err != nil {
			return
		}
		if err := valid(result.New); err != nil {
			t.Fatalf("BuildKit refuses the result: %v\n%q\n%q", err, text, result.New)
		}
		if was, now := kept(text), kept(string(result.New)); !slices.Equal(was, now) {
			t.Fatalf("other instructions changed: %q became %q\n%q\n%q", was, now, text, result.New)
		}
		if problem := lost(text, string(result.New)); problem != "" {
			t.Fatalf("%s\n%q\n%q", problem, text, result.New)
		}
		if _, err := result.Diff("Dockerfile", ".dockerignore"); err != nil {
			t.Fatal(err)
		}
		if _, problem := dependent(r, text, Options{CacheMount: seed%3 == 0, Ignore: []byte("x")}); problem != "" {
			t.Fatal(problem)
		}
	})
}

// lost says what of a Dockerfile an edit has not kept: comments, directives, here-documents of
// COPY, line ends.
func lost(was, now string) string {
	a, b := comments(was), comments(now)
	for _, comment := range aboutIdleRuns(was) { // which go with an update that nothing uses, or with a needless clean-up
		if at := slices.Index(a, comment); at >= 0 && count(a, comment) > count(b, comment) {
			a = slices.Delete(a, at, at+1)
		}
	}
	if !slices.Equal(a, b) {
		return fmt.Sprintf("comments %q became %q", a, b)
	}
	if a, b := directives(was), directives(now); a != b {
		return fmt.Sprintf("directives %q became %q", a, b)
	}
	if a, b := documents(was), documents(now); !slices.Equal(a, b) {
		return fmt.Sprintf("here-documents %q became %q", a, b)
	}
	if a, b := endings(was), endings(now); a != b && a != "mixed" {
		return fmt.Sprintf("line ends were %s and are %s", a, b)
	}
	return ""
}

func count(list []string, one string) (n int) {
	for _, other := range list {
		if other == one {
			n++
		}
	}
	return n
}

// aboutIdleRuns lists the comments right above a RUN of apt-get update alone, or that removes something, with an
// empty line or nothing behind that.
func aboutIdleRuns(text string) (out []string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) < 3 || !strings.EqualFold(fields[0], "RUN") || fields[len(fields)-1] != "update" && !slices.Contains(fields, "rm") || i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			continue
		}
		for k := i - 1; k >= 0 && strings.HasPrefix(strings.TrimSpace(lines[k]), "#"); k-- {
			out = append(out, strings.TrimSpace(lines[k]))
		}
	}
	return out
}

// directives returns the parser directives that a file begins with.
func directives(text string) (out string) {
	for line := range strings.Lines(text) {
		if !directive.MatchString(strings.TrimPrefix(line, "\ufeff")) {
			break
		}
		out += line
	}
	return out
}

// documents lists the here-documents of COPY and ADD.
func documents(text string) (out []string) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	for _, node := range parsed.AST.Children {
		if strings.ToUpper(node.Value) == "RUN" {
			continue
		}
		for _, doc := range node.Heredocs {
			out = append(out, doc.Content)
		}
	}
	return out
}

// endings names the line ends of a file.
func endings(text string) string {
	switch crlf, all := strings.Count(text, "\r\n"), strings.Count(text, "\n"); {
	case all == 0:
		return "mixed"
	case crlf == 0:
		return "LF"
	case crlf == all:
		return "CRLF"
	}
	return "mixed"
}

// inOrder reports whether a builder takes a file: FROM comes first.
func inOrder(parsed *parser.Result) bool {
	_, _, err := instructions.Parse(parsed.AST, nil)
	return err == nil
}

// kept lists what BuildKit reads of the instructions that are no RUN, COPY, ADD.
func kept(text string) (out []string) {
	parsed, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil
	}
	for _, node := range parsed.AST.Children {
		if !makesLayer[strings.ToUpper(node.Value)] {
			out = append(out, node.Original)
		}
	}
	return out
}
