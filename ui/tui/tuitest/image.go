package tuitest

import (
	"fmt"
	"time"

	"github.com/tare-oci/tare/model"
)

// Now is when the tests look at the samples.
var Now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Builder makes trees by hand: a layer at a time, records in tar order.
type Builder struct {
	*model.Tree
	nodes map[string]model.NodeID
}

// NewTree begins a tree without a layer.
func NewTree() *Builder {
	return &Builder{model.NewTree(), map[string]model.NodeID{"": model.Root}}
}

// Layer begins the next layer.
func (b *Builder) Layer() { b.Starts = append(b.Starts, len(b.Records)) }

// Done ends the last layer and returns the tree.
func (b *Builder) Done() *model.Tree {
	b.Layer()
	return b.Tree
}

func (b *Builder) node(path string) model.NodeID {
	if n, ok := b.nodes[path]; ok {
		return n
	}
	parent, name := "", path
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			parent, name = path[:i], path[i+1:]
			break
		}
	}
	n := b.AddNode(b.node(parent), name)
	b.nodes[path] = n
	return n
}

// Put adds a record to the layer begun last and hides the one below.
func (b *Builder) Put(path string, r model.Record) *model.Record {
	n := b.node(path)
	layer := uint16(len(b.Starts) - 1)
	if below := b.Nodes[n].Last; below != model.NoRecord {
		b.Records[below].Gone = layer
	}
	r.Node, r.Layer, r.Gone = n, layer, model.StillThere
	if r.Kind == model.File {
		r.Ref-- // NoFinding for 0
	}
	r.Owner = b.Intern(model.Attributes{Mode: 0o644})
	return &b.Records[b.Push(r)]
}

// File adds a file version; finding is one more than its index, 0 for none.
func (b *Builder) File(path string, size int64, verdict model.Verdict, finding uint32) *model.Record {
	return b.Put(path, model.Record{Kind: model.File, Size: model.SizeOf(size), Verdict: verdict, Ref: finding, HiddenBy: model.StillThere})
}

func sampleTree() *model.Tree {
	b := NewTree()
	b.Layer()
	b.Put("usr", model.Record{Kind: model.Directory})
	b.File("usr/bin/bash", 1_200_000, model.Live, 0)
	b.File("usr/lib/x86_64-linux-gnu/libc.so.6", 1_900_000, model.Live, 0)
	b.File("usr/lib/locale/C.utf8/LC_CTYPE", 360_000, model.Live, 0)
	b.File("var/lib/dpkg/status", 90_000, model.Shadowed, 0)
	b.Layer()
	b.Put("usr", model.Record{Kind: model.Directory})
	b.File("usr/lib/gcc/x86_64-linux-gnu/12/cc1", 33_000_000, model.Leftover, 1)
	b.File("usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", 35_000_000, model.Leftover, 1)
	b.File("usr/lib/gcc/x86_64-linux-gnu/12/lto1", 32_000_000, model.Leftover, 1)
	b.File("usr/lib/python3/dist-packages/pip/__init__.py", 14_000, model.Live, 0)
	b.File("usr/bin/python3.11", 6_800_000, model.Live, 0)
	b.Put("usr/bin/python3", model.Record{Kind: model.Symlink, Ref: b.AddText("python3.11")})
	b.File("var/lib/dpkg/status", 140_000, model.Live, 0)
	r := b.File("var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4", 21_000_000, model.Shadowed, 2)
	r.Cause, r.HiddenBy = model.Deleted, 3
	b.Layer()
	r = b.File("app/app.py", 3_100_000, model.Shadowed, 3)
	r.Cause, r.HiddenBy = model.Copied, 3
	b.File("app/日本語/データ.csv", 1_200, model.Live, 0)
	b.Layer()
	b.Put("var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4", model.Record{Kind: model.Whiteout})
	b.Put("var/lib/apt/lists", model.Record{Kind: model.Opaque})
	b.File("app/app.py", 3_100_000, model.Live, 0)
	return b.Done()
}

// Report is an image as people build them.
func Report() *model.Report {
	p := func(n int64) *int64 { return &n }
	i := func(n int) *int { return &n }
	s := func(s string) *string { return &s }
	made := time.Date(2026, 3, 1, 11, 58, 59, 0, time.UTC)
	layer := func(index int, size, pull, wasted int64, files int, inherited bool) model.Layer {
		return model.Layer{
			Index: index, Digest: s(fmt.Sprintf("sha256:%064x", index+10)), MediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
			Size: size, CompressedSize: p(pull), Files: files, Added: files, WastedBytes: wasted, Instruction: i(index + 1), Inherited: inherited,
		}
	}
	step := func(index int, keyword, text string, layer *int, size, wasted int64, line int) model.Instruction {
		in := model.Instruction{
			Index: index, Keyword: keyword, Text: keyword + " " + text, Layer: layer, Size: size, WastedBytes: wasted,
			Created: &made, How: model.FromDockerfile, Inherited: index < 2,
		}
		if line > 0 {
			in.Location = &model.Location{File: "Dockerfile", Line: line, EndLine: line}
		}
		return in
	}
	install := "RUN apt-get update && apt-get install -y python3-pip git"
	return withChanges(&model.Report{
		SchemaVersion: model.SchemaVersion,
		Notes:         []string{"2 entries with names that escape the root were left out"},
		Image: model.Image{
			Reference: "shop/api:2.4", Source: "docker", Platform: "linux/amd64", Layers: 4, Files: 9_214, Created: &made,
			ID: s("sha256:77e01a24cbb1d1b6a1a4bd4f0e3a7e0ec1c0ffe4f0a1c5b7b9f7a6e1d2c3b4a5"), Size: 568_000_000, CompressedSize: p(201_000_000),
			Base: model.Base{Reference: s("debian:bookworm-slim"), Layers: 1, How: model.BaseByHistory},
		},
		Summary: model.Summary{
			LiveBytes: 151_810_000, WastedBytes: 416_190_000, ShadowedBytes: 24_190_000, LeftoverBytes: 392_000_000, Efficiency: 0.267,
			Own:       model.Scope{Size: 445_000_000, WastedBytes: 416_100_000, Efficiency: 0.065},
			Inherited: model.Scope{Size: 123_000_000, WastedBytes: 90_000, Efficiency: 0.999},
		},
		Layers: []model.Layer{
			layer(0, 123_000_000, 40_000_000, 90_000, 3_200, true), layer(1, 438_800_000, 160_000_000, 413_000_000, 6_012, false),
			layer(2, 3_101_200, 600_000, 3_100_000, 2, false), layer(3, 3_100_000, 600_000, 0, 1, false),
		},
		Instructions: []model.Instruction{
			step(0, "CMD", `["bash"]`, nil, 0, 0, 0),
			step(1, "ADD", "rootfs.tar.xz /", i(0), 123_000_000, 90_000, 0),
			step(2, "RUN", "apt-get update && apt-get install -y python3-pip git", i(1), 438_800_000, 413_000_000, 4),
			step(3, "COPY", "app.py /app/app.py", i(2), 3_101_200, 3_100_000, 5),
			step(4, "RUN", "rm -rf /var/lib/apt/lists/* && chown -R 10001 /app && find / -name '*.pyc' -delete && echo 'a rather long line that has to be wrapped somewhere'",
				i(3), 3_100_000, 0, 6),
			step(5, "USER", "10001", nil, 0, 0, 7),
			step(6, "ENTRYPOINT", `["python3", "/app/app.py"]`, nil, 0, 0, 8),
		},
		Findings: []model.Finding{
			{
				ID: "a", Rule: "apt-recommends", Title: "118 packages nobody asked for", Confidence: model.Likely, Bytes: 392_000_000, CompressedBytes: p(120_000_000),
				Layer: i(1), Instruction: i(2), FileCount: 5_400, Packages: []string{"build-essential", "gcc-12", "cpp-12", "g++-12"},
				Paths: []string{"usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "usr/lib/gcc/x86_64-linux-gnu/12/cc1", "usr/lib/gcc/x86_64-linux-gnu/12/lto1"},
				Fix: &model.Fix{
					Strategy: model.Flag, Summary: "python3-pip recommends build-essential, which brings gcc: do not install what is only recommended",
					Before: s(install), After: s("RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"),
				},
			},
			{
				ID: "b", Rule: "apt-lists", Title: "package lists, removed one layer too late", Confidence: model.Certain, Bytes: 21_000_000, CompressedBytes: p(19_000_000),
				Layer: i(1), Instruction: i(2), HiddenBy: i(3), FileCount: 1, Paths: []string{"var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4"},
				Fix: &model.Fix{
					Strategy: model.SameRunCleanup, Summary: "remove the lists in the instruction that fetched them",
					Before: s(install + "\nRUN rm -rf /var/lib/apt/lists/*"), After: s(install + " && rm -rf /var/lib/apt/lists/*"),
				},
			},
			{
				ID: "c", Rule: "metadata-copy", Title: "files copied again by chown -R", Confidence: model.Certain, Bytes: 3_100_000, CompressedBytes: p(600_000),
				Layer: i(2), Instruction: i(3), HiddenBy: i(3), FileCount: 1, Paths: []string{"app/app.py"},
				Fix: &model.Fix{
					Strategy: model.CopyChown, Summary: "give the files their owner as they are copied",
					Before: s("COPY app.py /app/app.py\nRUN chown -R 10001 /app"), After: s("COPY --chown=10001 app.py /app/app.py"),
				},
			},
			{
				ID: "d", Rule: "package-db-churn", Title: "package database written again", Confidence: model.Certain, Bytes: 90_000, CompressedBytes: p(30_000),
				Layer: i(0), Instruction: i(1), HiddenBy: i(1), Inherited: true, FileCount: 1, Paths: []string{"var/lib/dpkg/status"},
				Fix: &model.Fix{Strategy: model.Manual, Summary: "nothing to do: every install rewrites the database"},
			},
			{ID: "e", Rule: "no-healthcheck", Title: "no health check", Confidence: model.Possible, Instruction: i(6)},
		},
		Tree: sampleTree(),
	})
}

// withChanges gives a report with the findings of Report the changes that settle them.
func withChanges(r *model.Report) *model.Report {
	for i, title := range []string{"install without recommended packages", "remove the package lists in the same RUN", "set the owner in the COPY"} {
		f := &r.Findings[i]
		c := model.Change{
			ID: f.ID, Title: title, Summary: f.Fix.Summary, Kind: model.EditChange, Confidence: f.Confidence, Bytes: f.Bytes, CompressedBytes: f.CompressedBytes,
			Findings: []string{f.ID}, Instructions: []int{*f.Instruction}, Location: r.Instructions[*f.Instruction].Location,
			Before: f.Fix.Before, After: f.Fix.After, BelowFloor: f.Bytes < model.Floor(r.Summary.Own.Size),
		}
		r.Summary.AvoidableBytes += f.Bytes
		c.Flags = model.Ptr("--rule " + f.Rule)
		if !c.BelowFloor {
			c.Flags = model.Ptr("")
			r.Plan.Changes++
			r.Plan.SizeAfter -= c.Bytes
		}
		r.Changes = append(r.Changes, c)
	}
	r.Summary.UnavoidableBytes = r.Summary.WastedBytes - r.Summary.AvoidableBytes
	r.Plan.SizeAfter += r.Image.Size
	return r
}
