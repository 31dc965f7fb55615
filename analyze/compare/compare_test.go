package compare_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/compare"
	"github.com/tare-oci/tare/analyze/imagetest/quick"
	"github.com/tare-oci/tare/model"
)

// stepsOf makes a report of instructions "KEYWORD text=size"; "=size" alone is a
// layer without an instruction, no size an instruction without a layer. A layer
// of "size@id" has that diff ID.
func stepsOf(t *testing.T, lines ...string) *model.Report {
	t.Helper()
	r := &model.Report{}
	for _, line := range lines {
		text, size, hasLayer := strings.Cut(line, "=")
		var n int64
		if hasLayer {
			if _, err := fmt.Sscan(size, &n); err != nil {
				t.Fatal(err)
			}
			r.Layers = append(r.Layers, model.Layer{Index: len(r.Layers), Size: n})
			if _, id, known := strings.Cut(size, "@"); known {
				r.Layers[len(r.Layers)-1].DiffID = &id
			}
			r.Image.Size += n
		}
		if text == "" {
			continue
		}
		keyword, _, _ := strings.Cut(text, " ")
		in := model.Instruction{Index: len(r.Instructions), Keyword: keyword, Text: text}
		if hasLayer {
			in.Layer, in.Size = model.Ptr(len(r.Layers)-1), n
			r.Layers[len(r.Layers)-1].Instruction = model.Ptr(in.Index)
		}
		r.Instructions = append(r.Instructions, in)
	}
	return r
}

func TestInstructions(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to []string
		want     []string // kind growth old text > new text
	}{
		{"the same", []string{"RUN a=1", "CMD x"}, []string{"RUN a=1", "CMD x"}, nil},
		{"one came in the middle", []string{"ADD r=9", "RUN a=1", "COPY b c=2"}, []string{"ADD r=9", "RUN a=1", "RUN n=5", "COPY b c=2"}, []string{"added 5  > RUN n"}},
		{"one went", []string{"ADD r=9", "RUN n=5", "COPY b c=2"}, []string{"ADD r=9", "COPY b c=2"}, []string{"removed -5 RUN n > "}},
		{"one was edited", []string{"RUN apt-get install -y curl git=5", "RUN x=1"}, []string{"RUN apt-get install -y curl git vim=8", "RUN x=1"},
			[]string{"grew 3 RUN apt-get install -y curl git > RUN apt-get install -y curl git vim"}},
		{"nothing in common", []string{"RUN pip install flask=5"}, []string{"RUN npm ci=8"}, []string{"added 8  > RUN npm ci", "removed -5 RUN pip install flask > "}},
		{"only the size", []string{"COPY . /app=5"}, []string{"COPY . /app=4"}, []string{"shrank -1 COPY . /app > COPY . /app"}},
		{"a setting", []string{"USER a", "CMD x"}, []string{"USER b", "CMD x"}, []string{"changed 0 USER a > USER b"}},
		{"the same text twice, once grown", []string{"RUN a=1", "RUN a=1"}, []string{"RUN a=1", "RUN a=3"}, []string{"grew 2 RUN a > RUN a"}},
		{"layers without instructions", []string{"=3", "=4", "RUN a=1"}, []string{"=3", "=6", "RUN a=1"}, []string{"grew 2  > "}},
		{"swapped", []string{"RUN a=1", "RUN b=2"}, []string{"RUN b=2", "RUN a=1"}, []string{"removed -1 RUN a > ", "added 1  > RUN a"}},
		{"from nothing", nil, []string{"RUN a=1"}, []string{"added 1  > RUN a"}},
		{"to nothing", []string{"RUN a=1"}, nil, []string{"removed -1 RUN a > "}},
		{"to what was edited rather than to what is alike", []string{"RUN apt-get install a=1"}, []string{"RUN apt-get install b=2", "RUN apt-get install a=1"},
			[]string{"added 2  > RUN apt-get install b"}},
		{"one layer under two keywords", []string{"# debian.sh=9@base", "RUN a=1"}, []string{"ADD rootfs.tar /=9@base", "RUN a=1"}, []string{"changed 0 # debian.sh > ADD rootfs.tar /"}},
		{"one layer without an instruction", []string{"=9@base", "RUN a=1"}, []string{"ADD rootfs.tar /=9@base", "RUN a=1"}, []string{"changed 0  > ADD rootfs.tar /"}},
		{"layers that hold nothing", []string{"RUN true=0@empty"}, []string{"COPY nothing /=0@empty"}, []string{"added 0  > COPY nothing /", "removed 0 RUN true > "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, ch := range compare.Reports(stepsOf(t, c.from...), stepsOf(t, c.to...)).Instructions {
				text := func(s *model.Step) string {
					if s == nil {
						return ""
					}
					return s.Text
				}
				got = append(got, fmt.Sprintf("%s %d %s > %s", ch.Kind, ch.Bytes.Growth, text(ch.Old), text(ch.New)))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Where there are too many steps for the best alignment, text alone decides.
func TestManyInstructions(t *testing.T) {
	var from, to []string
	for i := range 1500 {
		from = append(from, fmt.Sprintf("RUN step %d=%d", i, i))
		to = append(to, fmt.Sprintf("RUN step %d=%d", i, i+i%2))
	}
	to = slices.Insert(to, 0, "RUN first=7")
	to = append(to, "RUN last=9")
	changes := compare.Reports(stepsOf(t, from...), stepsOf(t, to...)).Instructions
	if len(changes) != 752 || changes[0].Kind != model.Added || changes[1].Kind != model.Added || changes[2].Kind != model.Grew {
		t.Errorf("%d changes", len(changes))
	}
}

func TestPackages(t *testing.T) {
	pack := func(text string, layer int, bytes int64) model.Package {
		f := strings.Split(text, "/")
		return model.Package{Manager: "dpkg", Name: f[0], Version: f[1], Arch: f[2], Layer: layer, Bytes: bytes, Reason: "manual"}
	}
	from, to := stepsOf(t, "ADD r=100", "RUN a=50"), stepsOf(t, "ADD r=100", "RUN a=80")
	from.Packages = []model.Package{pack("same/1/amd64", 0, 5), pack("up/1/amd64", 0, 5), pack("gone/1/amd64", 1, 7), pack("kernel/1/amd64", 0, 9), pack("kernel/2/amd64", 1, 9), pack("libc/1/amd64", 0, 3), pack("slim/1/all", 1, 9)}
	to.Packages = []model.Package{pack("came/1/amd64", 1, 30), pack("kernel/2/amd64", 1, 9), pack("kernel/3/amd64", 1, 11), pack("libc/1/arm64", 0, 3), pack("same/1/amd64", 0, 5), pack("slim/1/all", 1, 2), pack("up/2/amd64", 1, 6)}
	var got []string
	c := compare.Reports(from, to)
	for _, p := range c.Packages {
		version := func(v *string) string {
			if v == nil {
				return "-"
			}
			return *v
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %d %s", p.Kind, p.Name, version(p.OldVersion), version(p.NewVersion), p.Bytes.Growth, p.Step.Text))
	}
	want := []string{
		"added came - 1 30 RUN a", "removed gone 1 - -7 RUN a", "shrank slim 1 1 -7 RUN a",
		"changed kernel 1 3 2 RUN a", "changed up 1 2 1 RUN a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if c.Rest.PackageBytes != 30-(30-7-7+2+1) {
		t.Errorf("rest %d", c.Rest.PackageBytes)
	}
}

func TestFindings(t *testing.T) {
	find := func(rule string, confidence model.Confidence, instruction, hiddenBy int, bytes int64) model.Finding {
		f := model.Finding{Rule: rule, Confidence: confidence, Bytes: bytes, Paths: slices.Repeat([]string{"x"}, 20)}
		if instruction >= 0 {
			f.Instruction, f.Layer = model.Ptr(instruction), model.Ptr(instruction)
		}
		if hiddenBy >= 0 {
			f.HiddenBy = model.Ptr(hiddenBy)
		}
		return f
	}
	from, to := stepsOf(t, "ADD r=100", "RUN apt=50", "RUN rm=0"), stepsOf(t, "ADD r=100", "RUN new=7", "RUN apt=60", "RUN rm=0")
	from.Findings = []model.Finding{
		find("grew", model.Certain, 1, 2, 10), find("same", model.Certain, 1, 2, 5), find("gone", model.Likely, 1, -1, 8),
		find("sure", model.Possible, 1, -1, 4), find("root", model.Possible, -1, -1, 0), find("twice", model.Certain, 1, 2, 6), find("twice", model.Certain, 1, -1, 1),
	}
	to.Findings = []model.Finding{
		find("grew", model.Certain, 2, 3, 15), find("same", model.Certain, 2, 3, 5), find("came", model.Certain, 1, -1, 20),
		find("sure", model.Likely, 2, -1, 4), find("root", model.Possible, -1, -1, 0), find("twice", model.Certain, 2, -1, 1), find("twice", model.Certain, 2, 3, 2),
		find("health", model.Possible, -1, -1, 0),
	}
	var got []string
	for _, f := range compare.Reports(from, to).Findings {
		if len(f.Paths) != model.MaxChangePaths {
			t.Errorf("%d paths", len(f.Paths))
		}
		got = append(got, fmt.Sprintf("%s %s %d #%d", f.Kind, f.Rule, f.Bytes.Growth, f.Finding))
	}
	want := []string{"added came 20 #2", "removed gone -8 #2", "grew grew 5 #0", "added sure 4 #3", "shrank twice -4 #6", "removed sure -4 #3", "added health 0 #7"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestPaths(t *testing.T) {
	tree := func(files ...string) *model.Report {
		b := newBuilder()
		r := stepsOf(t, "ADD r=0", "RUN a=0")
		b.Starts = []int{0}
		for layer := range 2 {
			for _, f := range files {
				var path string
				var l, size int
				if _, err := fmt.Sscan(f, &l, &size, &path); err != nil {
					t.Fatal(err)
				}
				if l == layer {
					b.add(path, model.Record{Kind: model.File, Size: model.SizeOf(int64(size)), Layer: uint16(l), Gone: model.StillThere, HiddenBy: model.StillThere})
					r.Layers[l].Size += int64(size)
					r.Image.Size += int64(size)
				}
			}
			b.Starts = append(b.Starts, len(b.Records))
		}
		r.Tree = b.Tree
		return r
	}
	from := tree("0 10 usr/lib/a", "0 10 usr/lib/b", "0 50 var/log/x", "0 5 etc/c", "1 9 srv/d/e/f/g/one", "1 3 opt/gone", "0 7 etc/moved")
	to := tree("0 10 usr/lib/a", "0 10 usr/lib/b", "1 90 usr/lib/gcc/x/cc1", "1 80 usr/lib/gcc/x/cc2", "1 1 usr/lib/c",
		"0 50 var/log/x", "0 6 etc/c", "1 2 srv/d/e/f/g/one", "0 7 etc/went", "1 4 new")
	var got []string
	c := compare.Reports(from, to)
	for _, p := range c.Paths {
		step := ""
		if p.Step != nil {
			step = p.Step.Text
		}
		if p.StepBytes != p.Bytes.Growth {
			t.Errorf("%s: the step did %d of %d, and no other did anything", p.Path, p.StepBytes, p.Bytes.Growth)
		}
		got = append(got, fmt.Sprintf("%s %s %v %d %d %s", p.Kind, p.Path, p.Directory, p.Bytes.Growth, p.Files.New, step))
	}
	want := []string{
		"added usr/lib/gcc/x/cc1 false 90 1 RUN a", "added usr/lib/gcc/x/cc2 false 80 1 RUN a", "removed etc/moved false -7 0 ADD r",
		"added etc/went false 7 1 ADD r", "shrank srv/d/e/f/g/one false -7 1 RUN a", "added new false 4 1 RUN a",
		"removed opt/gone false -3 0 RUN a", "grew etc/c false 1 1 ADD r", "added usr/lib/c false 1 1 RUN a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if *c.Rest.PathBytes != 0 {
		t.Errorf("rest %d", *c.Rest.PathBytes)
	}
	to.Tree = nil
	if c := compare.Reports(from, to); c.Paths != nil || c.Rest.PathBytes != nil {
		t.Error("paths are compared without a tree")
	}
}

// builder makes a tree from records and their paths; it fills in Node and Below.
type builder struct {
	*model.Tree
	nodes map[string]model.NodeID
}

func newBuilder() *builder { return &builder{model.NewTree(), map[string]model.NodeID{"": model.Root}} }

func (b *builder) node(path string) model.NodeID {
	if n, ok := b.nodes[path]; ok {
		return n
	}
	parent, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	n := b.AddNode(b.node(parent), name)
	b.nodes[path] = n
	return n
}

func (b *builder) add(path string, r model.Record) model.RecordID {
	r.Node = b.node(path)
	return b.Push(r)
}

// random makes a report whose figures add up. With another it keeps some of it.
func random(r *rand.Rand, like *model.Report) *model.Report {
	out := &model.Report{Tool: model.Tool{Version: fmt.Sprint(r.IntN(2))}, Partial: r.IntN(9) == 0}
	b := newBuilder()
	b.Starts = []int{0}
	held := func() int64 { return int64(r.IntN(1000)) }
	for range r.IntN(8) {
		if r.IntN(3) == 0 {
			out.Instructions = append(out.Instructions, model.Instruction{Index: len(out.Instructions), Keyword: "ENV", Text: fmt.Sprintf("ENV A=%d", r.IntN(3))})
			continue
		}
		l := model.Layer{Index: len(out.Layers), Inherited: r.IntN(2) == 0}
		if r.IntN(3) > 0 {
			l.DiffID = model.Ptr(fmt.Sprint(r.IntN(6)))
		}
		var findings []model.Finding
		for range r.IntN(12) {
			path := fmt.Sprintf("%c/%c/%c", 'a'+rune(r.IntN(3)), 'a'+rune(r.IntN(3)), 'a'+rune(r.IntN(4)))
			size := held()
			rec := model.Record{Kind: model.File, Size: model.SizeOf(size), Layer: uint16(l.Index), Gone: uint16(l.Index), HiddenBy: uint16(l.Index)}
			b.add(path, rec)
			l.Size += size
			if r.IntN(3) > 0 {
				f := model.Finding{Rule: fmt.Sprint("rule", r.IntN(3)), Confidence: []model.Confidence{model.Certain, model.Likely, model.Possible}[r.IntN(3)], Bytes: size, Layer: model.Ptr(l.Index), Inherited: l.Inherited}
				if f.Wasted() {
					l.WastedBytes += size
				}
				if r.IntN(2) == 0 {
					f.HiddenBy = model.Ptr(l.Index)
				}
				findings = append(findings, f)
			}
		}
		if r.IntN(4) > 0 {
			text := []string{"RUN a b c d", "RUN a b c e", "RUN x", "COPY a b"}[r.IntN(4)]
			keyword, _, _ := strings.Cut(text, " ")
			l.Instruction = model.Ptr(len(out.Instructions))
			for i := range findings {
				findings[i].Instruction = l.Instruction
			}
			out.Instructions = append(out.Instructions, model.Instruction{Index: len(out.Instructions), Keyword: keyword, Text: text, Layer: model.Ptr(l.Index), Size: l.Size, WastedBytes: l.WastedBytes})
		}
		out.Findings = append(out.Findings, findings...)
		out.Layers = append(out.Layers, l)
		b.Starts = append(b.Starts, len(b.Records))
		for range r.IntN(4) {
			out.Packages = append(out.Packages, model.Package{Name: fmt.Sprint("p", r.IntN(4)), Version: fmt.Sprint(r.IntN(2)), Arch: fmt.Sprint(r.IntN(2)), Layer: l.Index, Bytes: held()})
		}
	}
	if like != nil && len(like.Layers) > 0 && len(out.Layers) > 0 && r.IntN(2) == 0 {
		out.Layers[0].DiffID = like.Layers[0].DiffID
	}
	for i := range out.Layers {
		l := &out.Layers[i]
		out.Image.Size += l.Size
		out.Summary.WastedBytes += l.WastedBytes
	}
	if r.IntN(4) > 0 {
		out.Tree = b.Tree
	}
	return out
}

// Whatever the reports: what the lists say and the rest are the difference, to
// the byte; no path lies below another; comparing backwards turns every figure
// around; and an image does not differ from itself.
func TestListsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range quick.Rounds(300, 300, 3000) {
		from := random(r, nil)
		to := random(r, from)
		c, back := compare.Reports(from, to), compare.Reports(to, from)
		equal := func(what string, got, want int64) {
			t.Helper()
			if got != want {
				t.Fatalf("report %d: %s: %d is not %d", n, what, got, want)
			}
		}
		var steps, stepWaste, waste, packages, paths int64
		for _, ch := range c.Instructions {
			steps += ch.Bytes.Growth
			stepWaste += ch.WastedBytes.Growth
		}
		for _, ch := range c.Findings {
			if ch.Wasted {
				waste += ch.Bytes.Growth
			}
		}
		for _, ch := range c.Packages {
			packages += ch.Bytes.Growth
		}
		equal("instructions", steps, to.Image.Size-from.Image.Size)
		equal("instructions' waste", stepWaste, to.Summary.WastedBytes-from.Summary.WastedBytes)
		equal("findings", waste, to.Summary.WastedBytes-from.Summary.WastedBytes)
		equal("packages and rest", packages+c.Rest.PackageBytes, to.Image.Size-from.Image.Size)
		if (c.Paths != nil) != (from.Tree != nil && to.Tree != nil) {
			t.Fatalf("report %d: paths %v", n, c.Paths)
		}
		if c.Paths != nil {
			for i, ch := range c.Paths {
				paths += ch.Bytes.Growth
				for j, other := range c.Paths {
					if i != j && (ch.Path == other.Path || strings.HasPrefix(ch.Path, other.Path+"/")) {
						t.Fatalf("report %d: %s lies at or below %s", n, ch.Path, other.Path)
					}
				}
				if ch.StepBytes != 0 && (ch.StepBytes < 0) != (ch.Bytes.Growth < 0) {
					t.Fatalf("report %d: a step did %d bytes of the %d of %s", n, ch.StepBytes, ch.Bytes.Growth, ch.Path)
				}
				if ch.Step == nil {
					t.Fatalf("report %d: nothing is to blame for %s", n, ch.Path)
				}
			}
			equal("paths", paths, to.Image.Size-from.Image.Size)
			equal("rest of the paths", *c.Rest.PathBytes, 0)
			equal("paths backwards", int64(len(back.Paths)), int64(len(c.Paths)))
		}
		equal("size backwards", back.Totals.Size.Growth, -c.Totals.Size.Growth)
		equal("shared layers backwards", int64(back.Totals.SharedLayers), int64(c.Totals.SharedLayers))
		equal("packages backwards", back.Rest.PackageBytes, -c.Rest.PackageBytes)
		if !reflect.DeepEqual(c, compare.Reports(from, to)) {
			t.Fatalf("report %d: two comparisons differ", n)
		}
		if self := compare.Reports(from, from); len(self.Instructions)+len(self.Packages)+len(self.Findings)+len(self.Paths) > 0 {
			t.Fatalf("report %d differs from itself: %+v", n, self)
		}
	}
}
