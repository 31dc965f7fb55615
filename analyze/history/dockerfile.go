package history

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/model"
)

// Dockerfile is a Dockerfile taken apart by BuildKit's own parser, with the
// lines as they were written. It is not changed once parsed.
type Dockerfile struct {
	File   string   // as the user or the provenance calls it
	Lines  []string // without line ends; line 1 is Lines[0]
	Escape rune     // '\\', or '`' where the escape directive says so
	Stages []Stage  // at least one

	data      []byte
	arguments []Step          // each ARG before the first FROM
	defaults  []string        // their NAME=value; never shown
	variables shell.EnvGetter // of defaults, once the first FROM was read
	named     map[string]int  // the last stage of a name
}

// Stage is a FROM and what follows it.
type Stage struct {
	Name   string // in lower case; "" where FROM has no AS
	Base   string // what FROM names, as written
	Parent int    // index of the earlier stage that Base means, or -1
	From   Step
	Steps  []Step
}

// Step is one instruction of a Dockerfile.
type Step struct {
	Keyword string // in capitals
	Text    string // as written, from the keyword on; values of ARG are left out
	Line    int
	EndLine int
	// CopyFrom is where a COPY takes its files from: the name of the stage, or
	// what --from says where that is no stage with a name; "" for the context.
	CopyFrom string
	// Apart is true where a comment says that the instruction, or the one before it, has
	// a layer of its own for the sake of the builder's cache, and where a heading stands
	// above it.
	Apart bool
	// Disabled is true where an instruction that is commented out stands above it.
	Disabled bool
	// Fills is true where a comment says that it fills a cache for what comes later.
	Fills bool
	// KeepsLists is true where a comment says that the package lists stay for later.
	KeepsLists bool
	// Node is how BuildKit's parser takes it.
	Node *parser.Node
}

// MaxDockerfile is how many bytes a Dockerfile may have, wherever it comes from and
// whatever it is read for. Hand-written ones stay below a hundredth of it.
const MaxDockerfile = 1 << 20

// ParseDockerfile takes a Dockerfile apart. Errors name the file and the line.
func ParseDockerfile(file string, data []byte) (*Dockerfile, error) {
	if len(data) > MaxDockerfile {
		return nil, fmt.Errorf("%s is larger than %d MiB; name a Dockerfile", file, MaxDockerfile>>20)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, fmt.Errorf("%s is not text; name a Dockerfile", file)
	}
	parsed, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, syntaxError(file, 0, err)
	}
	d := &Dockerfile{File: file, Escape: parsed.EscapeToken, data: data, named: make(map[string]int)}
	d.Lines = strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
	for i, line := range d.Lines {
		d.Lines[i] = strings.TrimSuffix(line, "\r")
	}
	for _, node := range parsed.AST.Children {
		if err := d.add(node); err != nil {
			return nil, syntaxError(file, node.StartLine, err)
		}
	}
	for i := range d.Stages {
		d.markApart(&d.Stages[i])
		d.markHeadings(&d.Stages[i])
	}
	if len(d.Stages) == 0 {
		return nil, fmt.Errorf("%s has no FROM; name the Dockerfile that built the image", file)
	}
	return d, nil
}

// HasSyntax reports whether the file names the frontend that reads it, in a directive
// that only BuildKit obeys.
func (d *Dockerfile) HasSyntax() bool {
	_, _, _, ok := parser.DetectSyntax(d.data)
	return ok
}

// add appends an instruction to the stage that it stands in.
func (d *Dockerfile) add(node *parser.Node) error {
	step := Step{Keyword: strings.ToUpper(node.Value), Line: node.StartLine, EndLine: min(node.EndLine, len(d.Lines)), Node: node}
	step.Text = d.text(&step)
	operands := words(node)
	switch {
	case step.Keyword == "APIVERSION:", step.Keyword == "{":
		return errors.New("this is a Kubernetes manifest, which -k reads")
	case !keywords[step.Keyword]:
		return fmt.Errorf("unknown instruction %q", keywordOf(node.Value))
	case step.Keyword == "FROM":
		return d.addStage(step, operands)
	case step.Keyword == "ARG":
		step.Text = strings.TrimSpace("ARG " + strings.Join(names(operands), " "))
		if len(d.Stages) == 0 {
			d.arguments = append(d.arguments, step)
			d.defaults = append(d.defaults, operands...)
			return nil
		}
	case len(d.Stages) == 0:
		return fmt.Errorf("%s comes before the first FROM", step.Keyword)
	case step.Keyword == "ONBUILD":
		if inner := onbuild(node); inner != nil && strings.EqualFold(inner.Value, "ARG") {
			step.Text = "ONBUILD ARG " + strings.Join(names(words(inner)), " ")
		}
	case step.Keyword == "COPY":
		for _, flag := range node.Flags {
			if from, ok := strings.CutPrefix(flag, "--from="); ok {
				step.CopyFrom = d.stageName(from)
			}
		}
	}
	stage := &d.Stages[len(d.Stages)-1]
	stage.Steps = append(stage.Steps, step)
	return nil
}

// addStage begins a stage.
func (d *Dockerfile) addStage(step Step, words []string) error {
	stage := Stage{From: step}
	switch {
	case len(words) == 3 && strings.EqualFold(words[1], "AS"):
		stage.Name = strings.ToLower(words[2])
	case len(words) != 1:
		return errors.New("FROM takes an image, or an image AS a name")
	}
	stage.Base = words[0]
	stage.Parent = d.parent(stage.Base)
	d.Stages = append(d.Stages, stage)
	if stage.Name != "" {
		d.named[stage.Name] = len(d.Stages) - 1
	}
	return nil
}

// words are the operands of a node, as the parser parts them.
func words(node *parser.Node) []string {
	var all []string
	for n := node.Next; n != nil; n = n.Next {
		all = append(all, n.Value)
	}
	return all
}

// names are the names of an ARG's operands, without their defaults.
func names(words []string) []string {
	var all []string
	for _, word := range words {
		name, _, _ := strings.Cut(word, "=")
		all = append(all, name)
	}
	return all
}

// onbuild is the instruction behind an ONBUILD, nil where there is none.
func onbuild(node *parser.Node) *parser.Node {
	if node.Next == nil || len(node.Next.Children) == 0 {
		return nil
	}
	return node.Next.Children[0]
}

// text is what stands in the lines of a step.
func (d *Dockerfile) text(step *Step) string {
	return strings.TrimSpace(strings.Join(d.Lines[step.Line-1:step.EndLine], "\n"))
}

// parent finds the stage that a FROM continues. ARGs that have a default and
// stand before the first FROM count with that.
func (d *Dockerfile) parent(base string) int {
	if word, _, err := shell.NewLex(d.Escape).ProcessWord(base, d.beforeFrom()); err == nil {
		base = word
	}
	if i, ok := d.named[strings.ToLower(base)]; ok {
		return i
	}
	return -1
}

// beforeFrom are the variables that FROM may name. They are made once: a file may have as many ARGs
// as stages.
func (d *Dockerfile) beforeFrom() shell.EnvGetter {
	if d.variables == nil {
		d.variables = shell.EnvsFromSlice(d.defaults)
	}
	return d.variables
}

// stageName turns the number of a stage into its name.
func (d *Dockerfile) stageName(from string) string {
	if n, err := strconv.Atoi(from); err == nil && n >= 0 && n < len(d.Stages) {
		return cmp.Or(d.Stages[n].Name, from)
	}
	return from
}

// Location is where a step stands.
func (d *Dockerfile) Location(step *Step) *model.Location {
	return &model.Location{File: d.File, Line: step.Line, EndLine: step.EndLine}
}

// Bytes is the file as it was parsed, line ends included. The caller must not
// change it.
func (d *Dockerfile) Bytes() []byte { return d.data }

// Same reports whether two Dockerfiles are the same but for line ends.
func (d *Dockerfile) Same(other *Dockerfile) bool {
	lf := func(data []byte) []byte {
		return bytes.TrimSpace(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	}
	return bytes.Equal(lf(d.data), lf(other.data))
}

// syntaxError says in one line where BuildKit's parser stopped. Line 0 takes the
// parser's word.
func syntaxError(file string, line int, err error) error {
	var at *parser.LocationError
	if line == 0 && errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		line = at.Locations[0][0].Start.Line
	}
	what := file
	if line > 0 {
		what += ":" + strconv.Itoa(line)
	}
	return fmt.Errorf("%s: %s; correct it, or name the Dockerfile that built the image", what, brief(quotation.ReplaceAllLiteralString(err.Error(), " in a word")))
}

// quotation is what the parser quotes of a line, which may hold a secret. The
// line's number says where it is.
var quotation = lazyregexp.New(`(?s) in ".*"`)

// maxKeyword is how many bytes a misspelt keyword may have to be quoted whole.
const maxKeyword = 16

// keywordOf is what a line begins with that is no instruction: its letters.
func keywordOf(word string) string {
	rest := strings.TrimLeftFunc(word, unicode.IsLetter)
	begin := word[:len(word)-len(rest)]
	digits := strings.IndexAny(rest, "0123456789") == 0
	if digits || len(begin) > maxKeyword { // a line that broke off, and may hold anything
		begin, rest = strings.ToValidUTF8(begin[:min(3, len(begin))], ""), word
	}
	if rest == "" {
		return brief(begin)
	}
	return brief(begin) + "…"
}

// maxBrief is how many bytes of an instruction an error quotes.
const maxBrief = 120

// brief makes one short line of a text.
func brief(text string) string {
	text = redact.Message(text)
	text = strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
	if len(text) > maxBrief {
		text = strings.ToValidUTF8(text[:maxBrief], "") + "…"
	}
	return text
}

// LastBase is the image that the last stage stands on, through the stages before it, with
// the defaults of build arguments filled in; "" for a Dockerfile without stages.
func (d *Dockerfile) LastBase() string {
	if len(d.Stages) == 0 {
		return ""
	}
	stage := &d.Stages[len(d.Stages)-1]
	for stage.Parent >= 0 {
		stage = &d.Stages[stage.Parent]
	}
	return d.Expand(stage.Base)
}

// Expand fills the defaults of build arguments into what FROM or COPY --from names; a text that cannot be
// read, or would be empty, stays as it is.
func (d *Dockerfile) Expand(image string) string {
	if word, _, err := shell.NewLex(d.Escape).ProcessWord(image, d.beforeFrom()); err == nil && word != "" {
		return word
	}
	return image
}
