package multistage_test

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/fix/multistage"
	"github.com/tare-oci/tare/model"
)

// inputOf is what fix would ask of a Dockerfile that no other fix has edited.
func inputOf(t *testing.T, f *fixture) multistage.Input {
	t.Helper()
	r, _ := f.analyze(t)
	in := multistage.Input{Report: r, Dockerfile: []byte(f.dockerfile), Instructions: slices.Clone(r.Instructions), Layers: slices.Clone(r.Layers)}
	for i := range r.Instructions {
		var line multistage.Line
		if at := r.Instructions[i].Location; at != nil && !r.Instructions[i].Inherited {
			line.Number = at.Line
		}
		in.Lines = append(in.Lines, line)
	}
	for i := range r.Findings {
		if r.Findings[i].Rule == "build-tools" {
			in.Findings = append(in.Findings, i)
		}
	}
	return in
}

// TestOddInput holds what Propose says where report, layers and Dockerfile do not
// belong together.
func TestOddInput(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*multistage.Input)
		want  string // "" for a proposal
	}{
		{"nothing odd", func(*multistage.Input) {}, ""},
		{"no tree", func(in *multistage.Input) { in.Report.Tree = nil }, "the image's files are not available"},
		{"a finding without a layer", func(in *multistage.Input) { in.Report.Findings[in.Findings[0]].Layer = nil }, "the image's files are not available"},
		{"a layer that the tree does not have", func(in *multistage.Input) { in.Report.Findings[in.Findings[0]].Layer = model.Ptr(9) }, "the image's files are not available"},
		{"no Dockerfile", func(in *multistage.Input) { in.Dockerfile = []byte("RUN true\n") }, "tare cannot parse the Dockerfile"},
		{"a byte order mark", func(in *multistage.Input) { in.Dockerfile = append([]byte("\ufeff"), in.Dockerfile...) }, "the FROM in line 1 spans several lines"},
		{"a line that is no instruction", func(in *multistage.Input) { in.Lines[2].Number = 9 }, "tare cannot tell where line 9 ends"},
		{"a line of several instructions", func(in *multistage.Input) { in.Lines[2].Shared = true }, "tare cannot tell where line 3 ends"},
		{"two instructions of one line", func(in *multistage.Input) { in.Lines[2].Number = 2 }, "tare cannot tell where line 2 ends"},
		{"a layer of no instruction", func(in *multistage.Input) { in.Layers[1].Instruction = nil }, "tare cannot tell which line made which layer"},
		{"no base image", func(in *multistage.Input) {
			in.Layers[0].Inherited, in.Layers[0].Instruction = false, model.Ptr(1)
		}, "tare does not know where the base image ends"},
		{"tools in the base image", func(in *multistage.Input) { in.Report.Findings[in.Findings[0]].Layer = model.Ptr(0) }, "tare cannot tell which line installs the tools"},
		{"layers in another order", func(in *multistage.Input) {
			in.Layers[1].Instruction, in.Layers[3].Instruction = in.Layers[3].Instruction, in.Layers[1].Instruction
			in.Report.Findings[in.Findings[0]].Layer = model.Ptr(3)
		}, "the layers are not in the same order as the lines"},
		{"an instruction that the history does not show", func(in *multistage.Input) {
			in.Lines[2].Number, in.Layers[2].Instruction = 0, model.Ptr(1)
		}, "the image's history does not show line 3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := inputOf(t, fixtureOf(install+"RUN gcc -o /usr/local/bin/a a.c ## /usr/local/bin/a 9k\nCOPY conf /etc/conf ## /etc/conf 9k\n"))
			test.spoil(&in)
			proposal, err := multistage.Propose(in)
			switch {
			case test.want == "" && err != nil:
				t.Errorf("it refuses: %v", err)
			case test.want != "" && err == nil:
				t.Errorf("it proposes\n%s", proposal.Dockerfile)
			case test.want != "" && err.Error() != test.want:
				t.Errorf("it says %q, want %q", err, test.want)
			}
		})
	}
}
