package fix

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/model"
)

// makesLayer are the instructions that a layer comes from.
var makesLayer = map[string]bool{"RUN": true, "COPY": true, "ADD": true}

// reportOf pretends that a Dockerfile's last stage was built and analysed: each
// RUN, COPY and ADD of it made a layer on top of one layer of the base image.
func reportOf(t testing.TB, dockerfile string, findings ...model.Finding) *model.Report {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(dockerfile))
	if err != nil {
		t.Fatalf("BuildKit refuses the test's Dockerfile: %v\n%s", err, dockerfile)
	}
	return reportFrom(t, parsed, dockerfile, findings...)
}

func reportFrom(t testing.TB, parsed *parser.Result, dockerfile string, findings ...model.Finding) *model.Report {
	t.Helper()
	r := &model.Report{}
	r.Layers = []model.Layer{{Inherited: true, Instruction: model.Ptr(0)}}
	r.Instructions = []model.Instruction{{Keyword: "ADD", Text: "ADD rootfs.tar /", Layer: model.Ptr(0), Inherited: true}}
	type stage struct {
		instructions []model.Instruction
		layers       []model.Layer
	}
	base := stage{r.Instructions, r.Layers}
	stages, name := map[string]stage{}, ""
	lines := strings.Split(strings.ReplaceAll(dockerfile, "\r\n", "\n"), "\n")
	for _, node := range parsed.AST.Children {
		keyword := strings.ToUpper(node.Value)
		if keyword == "FROM" {
			stages[name] = stage{r.Instructions, r.Layers}
			from, ok := stages[strings.ToLower(node.Next.Value)]
			if !ok {
				from = base
			}
			r.Instructions, r.Layers = slices.Clone(from.instructions), slices.Clone(from.layers)
			if name = ""; node.Next.Next != nil && node.Next.Next.Next != nil {
				name = strings.ToLower(node.Next.Next.Next.Value)
			}
			continue
		}
		if len(r.Layers) == 0 {
			continue
		}
		in := model.Instruction{Index: len(r.Instructions), Keyword: keyword, How: model.FromDockerfile,
			Text:     strings.TrimSpace(strings.Join(lines[node.StartLine-1:min(node.EndLine, len(lines))], "\n")),
			Location: &model.Location{File: "Dockerfile", Line: node.StartLine, EndLine: min(node.EndLine, len(lines))}}
		if makesLayer[keyword] {
			in.Layer = model.Ptr(len(r.Layers))
			r.Layers = append(r.Layers, model.Layer{Index: len(r.Layers), Instruction: model.Ptr(in.Index), Size: 1000})
		}
		r.Instructions = append(r.Instructions, in)
	}
	r.Image.Size = int64(len(r.Layers)) * 10_000_000
	build := &rules.Build{Instructions: r.Instructions, Layers: r.Layers}
	for _, in := range r.Instructions {
		if in.Keyword == "CMD" {
			_ = json.Unmarshal([]byte(strings.TrimPrefix(in.Text, "CMD")), &build.Cmd) // the JSON form alone
		}
	}
	for _, f := range findings {
		if f.Layer == nil || *f.Layer >= len(r.Layers) || f.HiddenBy != nil && *f.HiddenBy >= len(r.Layers) {
			continue
		}
		f.Instruction = r.Layers[*f.Layer].Instruction
		f.ID = fmt.Sprintf("%s@%d", f.Rule, *f.Layer)
		rule, ok := catalogue.ByID(f.Rule)
		if !ok {
			t.Fatalf("no rule %s", f.Rule)
		}
		f.Confidence = cmp.Or(f.Confidence, model.Certain)
		f.Fix = rule.Fix(&f, build)
		r.Findings = append(r.Findings, f)
	}
	return r
}

// leftover is a finding of a rule in a layer; the base's is layer 0.
func leftover(rule string, bytes int64, layer int, paths ...string) model.Finding {
	return model.Finding{Rule: rule, Bytes: bytes, Layer: model.Ptr(layer), FileCount: len(paths), Paths: paths,
		Verdict: model.Ptr(model.Leftover), Cause: model.Ptr(rule), CompressedBytes: model.Ptr(bytes / 2)}
}

// shadowed is a finding that a later layer hid.
func shadowed(rule, cause string, bytes int64, layer, hiddenBy int, paths ...string) model.Finding {
	f := leftover(rule, bytes, layer, paths...)
	f.Verdict, f.HiddenBy, f.Cause = model.Ptr(model.Shadowed), model.Ptr(hiddenBy), model.Ptr(cause)
	return f
}

// valid returns why BuildKit refuses a Dockerfile; it parses each instruction to the last flag.
func valid(dockerfile []byte) error {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return err
	}
	for _, node := range parsed.AST.Children {
		if _, err := instructions.ParseInstruction(node); err != nil {
			return err
		}
	}
	return nil
}
