// Package reporttest has reports for the tests of packages that write and read reports, and checks
// of what is written.
//
// Each function that returns a report makes a new one, so the caller may change it. Nothing here
// analyses an image: with that, the tests of each format would be linked with the whole product.
package reporttest

import (
	"time"

	"github.com/tare-oci/tare/model"
)

// Sample is a report as a developer meets it: packages nobody asked for, lists
// removed one layer too late, files copied by chown. Its Tree is smaller than
// its figures.
func Sample() *model.Report {
	at := time.Date(2026, 3, 1, 13, 30, 0, 0, time.FixedZone("CET", 3600))
	p := model.Ptr[int64]
	n := model.Ptr[int]
	s := model.Ptr[string]
	shadowed, leftover := model.Shadowed, model.Leftover
	return withChanges(&model.Report{
		SchemaVersion: model.SchemaVersion,
		Tool:          model.Tool{Name: "tare", Version: "1.0.0"},
		Image: model.Image{
			Reference: "shop/api:2.4", Source: "docker", Platform: "linux/amd64", Created: &at,
			ID:     s("sha256:1111111111111111111111111111111111111111111111111111111111111111"),
			Layers: 4, Files: 21_345, Size: 571_000_000, CompressedSize: p(201_000_000), OverheadBytes: p(9_000_000), CompressedOverheadBytes: p(400_000),
			Base: model.Base{Reference: s("debian:bookworm-slim"), Layers: 1, How: model.BaseByHistory},
		},
		Summary: model.Summary{
			LiveBytes: 155_000_000, WastedBytes: 416_000_000, ShadowedBytes: 24_000_000, LeftoverBytes: 392_000_000,
			WastedCompressedBytes: p(138_000_000), Efficiency: model.Efficiency(416_000_000, 571_000_000),
			Own:       model.Scope{Size: 448_000_000, WastedBytes: 416_000_000, Efficiency: model.Efficiency(416, 448)},
			Inherited: model.Scope{Size: 123_000_000, Efficiency: 1},
		},
		Layers: []model.Layer{
			{Index: 0, MediaType: "application/vnd.oci.image.layer.v1.tar+gzip", Size: 123_000_000, CompressedSize: p(49_000_000), Files: 3000, Added: 3300, Instruction: n(0), Inherited: true},
			{Index: 1, MediaType: "application/vnd.oci.image.layer.v1.tar+gzip", Size: 445_000_000, CompressedSize: p(150_000_000), Files: 18_000, Added: 18_000, WastedBytes: 413_000_000, Instruction: n(2)},
			{Index: 2, MediaType: "application/vnd.oci.image.layer.v1.tar+gzip", Size: 3_000_000, CompressedSize: p(1_000_000), Files: 345, Added: 345, WastedBytes: 3_000_000, Instruction: n(3)},
			{Index: 3, MediaType: "application/vnd.oci.image.layer.v1.tar+gzip", Size: 0, CompressedSize: p(1_000_000), Deleted: 200, Instruction: n(4)},
		},
		Instructions: []model.Instruction{
			{Index: 0, Keyword: "ADD", Text: "ADD file:2ef in /", Layer: n(0), Size: 123_000_000, Created: &at, Inherited: true, How: model.FromHistory},
			{Index: 1, Keyword: "CMD", Text: `CMD ["bash"]`, Inherited: true, How: model.FromHistory},
			{Index: 2, Keyword: "RUN", Text: "RUN apt-get update && apt-get install -y python3-pip git", Layer: n(1), Size: 445_000_000, WastedBytes: 413_000_000, How: model.FromHistory,
				Location: &model.Location{File: `C:\api\Dockerfile`, Line: 4, EndLine: 5}},
			{Index: 3, Keyword: "COPY", Text: "COPY app /app", Layer: n(2), Size: 3_000_000, WastedBytes: 3_000_000, How: model.FromHistory},
			{Index: 4, Keyword: "RUN", Text: "RUN chown -R app /app && rm -rf /var/lib/apt/lists/*", Layer: n(3), How: model.FromHistory},
			{Index: 5, Keyword: "CMD", Text: `CMD ["python3","/app/api.py"]`, How: model.FromHistory},
		},
		Config: &model.Config{
			User: "app", Entrypoint: []string{}, Cmd: []string{"python3", "/app/api.py"}, ExposedPorts: []string{"8080/tcp"}, Volumes: []string{"/data"},
			WorkingDir: "/app", Env: []model.Setting{{Name: "PATH", Value: "/usr/bin:/bin"}, {Name: "API_TOKEN", Value: "***"}}, StopSignal: "SIGINT",
			Labels:      []model.Setting{{Name: "maintainer", Value: "shop"}},
			Healthcheck: &model.Healthcheck{Test: []string{"CMD-SHELL", "curl -f localhost:8080"}, Interval: s("30s"), Retries: n(3)},
		},
		Packages: []model.Package{{Manager: "dpkg", Name: "gcc", Version: "4:12.2.0-3", Arch: "amd64", Layer: 1, Bytes: 60_000_000, Reason: "recommended", RecommendedBy: []string{"python3-pip"}}},
		Findings: []model.Finding{
			{
				ID: "apt-recommends/1", Rule: "apt-recommends", Title: "packages nobody asked for", Confidence: model.Likely, Bytes: 392_000_000, CompressedBytes: p(130_000_000),
				Verdict: &leftover, Cause: s("apt-recommends"), Layer: n(1), Instruction: n(2), FileCount: 17_000,
				Paths: []string{"usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "usr/lib/gcc/x86_64-linux-gnu/12/cc1"}, Packages: []string{"gcc", "g++"},
				Fix: &model.Fix{
					Strategy: model.Flag, Summary: "Install without recommended packages.",
					Before: s("RUN apt-get update && apt-get install -y python3-pip git"),
					After:  s("RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git"),
				},
			},
			{
				ID: "metadata-copy/2/3", Rule: "metadata-copy", Title: "files copied again to change their owner", Confidence: model.Certain, Bytes: 3_000_000, CompressedBytes: p(1_000_000),
				Verdict: &shadowed, Cause: s("copied"), Layer: n(2), Instruction: n(3), HiddenBy: n(3), FileCount: 345, Paths: []string{"app/model.bin"},
				Fix: &model.Fix{
					Strategy: model.CopyChown, Summary: "Set the owner while copying.",
					Before: s("COPY app /app\nRUN chown -R app /app && rm -rf /var/lib/apt/lists/*"),
					After:  s("COPY --chown=app app /app\nRUN rm -rf /var/lib/apt/lists/*"),
				},
			},
			{
				ID: "apt-lists/1/3", Rule: "apt-lists", Title: "package lists, removed one layer too late", Confidence: model.Certain, Bytes: 21_000_000, CompressedBytes: p(7_000_000),
				Verdict: &shadowed, Cause: s("deleted"), Layer: n(1), Instruction: n(2), HiddenBy: n(3), FileCount: 12,
				Paths: []string{"var/lib/apt/lists/deb.mirror.lan_debian_dists_bookworm_main_binary-amd64_Packages.lz4"},
				Fix: &model.Fix{
					Strategy: model.SameRunCleanup, Summary: "Remove the lists in the RUN that fetches them.",
					Before: s("RUN apt-get update && apt-get install -y python3-pip git"),
					After:  s("RUN apt-get update && apt-get install -y python3-pip git && rm -rf /var/lib/apt/lists/*"),
				},
			},
			{ID: "runs-as-root", Rule: "runs-as-root", Title: "the container runs as root", Confidence: model.Possible},
		},
		Tree: sampleTree(),
	})
}

// withChanges gives the sample its changes: two edits, one of which settles two
// findings of one RUN.
func withChanges(r *model.Report) *model.Report {
	p, s := model.Ptr[int64], model.Ptr[string]
	lists, copied := &r.Findings[2], &r.Findings[1]
	r.Changes = []model.Change{
		{
			ID: r.Findings[0].ID, Title: "install without recommended packages, remove apt package lists in the same RUN",
			Summary: "Install without recommended packages. Remove the lists in the RUN that fetches them.", Kind: model.EditChange, Confidence: model.Likely,
			Bytes: r.Findings[0].Bytes + lists.Bytes, CompressedBytes: p(137_000_000), Findings: []string{r.Findings[0].ID, lists.ID},
			Instructions: []int{2}, Location: r.Instructions[2].Location, Before: lists.Fix.Before,
			After: s("RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git ca-certificates && rm -rf /var/lib/apt/lists/*"),
			Files: []model.FileChange{}, Keeps: []string{"ca-certificates"}, Risk: "a program that nobody saw may need a package that is gone.",
			Flags: s(""),
		},
		{
			ID: copied.ID, Title: "set owner and mode where the files come in", Summary: copied.Fix.Summary, Kind: model.EditChange, Confidence: model.Certain,
			Bytes: copied.Bytes, CompressedBytes: copied.CompressedBytes, Findings: []string{copied.ID}, Instructions: []int{3, 4},
			Before: copied.Fix.Before, After: copied.Fix.After, Files: []model.FileChange{}, Keeps: []string{}, BelowFloor: true,
			Flags: s("--rule " + copied.Rule),
		},
	}
	r.Risks = []string{}
	r.Summary.AvoidableBytes = r.Summary.WastedBytes
	r.Plan = model.Plan{SizeAfter: r.Image.Size - r.Changes[0].Bytes, CompressedSizeAfter: p(64_000_000), Changes: 1}
	return r
}

// sampleTree has a version of every verdict, a hard link, a symlink with a hard
// link, an implied directory and unknown compressed sizes.
func sampleTree() *model.Tree {
	t := model.NewTree()
	root := t.Intern(model.Attributes{Mode: 0o755})
	setuid := t.Intern(model.Attributes{Mode: 0o4755, UID: 10, GID: 20})
	implied := t.Intern(model.Attributes{Mode: 0o755, UID: -1, GID: -1})
	app := t.AddNode(model.Root, "app")
	record := func(n model.NodeID, r model.Record) model.RecordID {
		r.Node = n
		return t.Push(r)
	}
	const there = model.StillThere
	record(app, model.Record{Kind: model.Implied, Owner: implied, Layer: 0, Gone: there})
	run := record(t.AddNode(app, "run"), model.Record{Kind: model.File, Size: model.SizeOf(500), Compressed: model.SizeOf(100), Owner: setuid, Gone: there, HiddenBy: there, Ref: model.NoFinding})
	record(t.AddNode(app, "also"), model.Record{Kind: model.Link, Ref: uint32(run), Owner: setuid, Gone: there})
	config := t.AddNode(app, "config")
	record(config, model.Record{Kind: model.File, Size: model.SizeOf(70), Compressed: model.SizeUnknown, Owner: root, Layer: 1, Gone: 2, HiddenBy: 2, Verdict: model.Shadowed, Cause: model.Replaced, Ref: 1})
	record(config, model.Record{Kind: model.File, Size: model.SizeOf(71), Compressed: model.SizeOf(0), Owner: root, Layer: 2, Gone: there, HiddenBy: there, Verdict: model.Leftover, Ref: 0})
	odd := record(t.AddNode(app, "\xff\\n\n\x1b\u202e日本<&>"), model.Record{Kind: model.Symlink, Ref: t.AddText("../\x9b\\"), Owner: root, Layer: 1, Gone: there})
	record(t.AddNode(app, "zz"), model.Record{Kind: model.Link, Ref: uint32(odd), Owner: root, Layer: 2, Gone: there})
	t.Starts = []int{0, 3, 4, len(t.Records)}
	return t
}

// Clean is the report of an image with nothing to fix.
func Clean() *model.Report {
	return &model.Report{
		SchemaVersion: model.SchemaVersion,
		Tool:          model.Tool{Name: "tare", Version: "1.0.0"},
		Image:         model.Image{Reference: "demo:clean", Source: "demo", Platform: "linux/arm64", Layers: 1, Files: 3, Size: 12_300_000, Base: model.Base{How: model.BaseNone}},
		Summary:       model.Summary{LiveBytes: 12_300_000, Efficiency: 1, Own: model.Scope{Size: 12_300_000, Efficiency: 1}, Inherited: model.Scope{Efficiency: 1}},
		Layers:        []model.Layer{{MediaType: "application/vnd.oci.image.layer.v1.tar", Size: 12_300_000, Files: 3, Added: 3}},
	}
}

// Hostile has something a terminal would obey in every text an image can set.
func Hostile() *model.Report {
	return Full("\x1b[2J\x1b]0;owned\a\n\r\u009b31m\x9b\u202egpj\u200b\xff\x7f\u2028" + "日本")
}

// Full has a text in every place where an image can set one.
func Full(evil string) *model.Report { return Fill(Sample(), evil) }

// Fill puts a text into every place of a report where an image can set one.
func Fill(r *model.Report, evil string) *model.Report {
	r.Notes = []string{evil, evil}
	r.Image.Reference, r.Image.Source, r.Image.Platform = evil, evil, evil
	r.Image.Digest, r.Image.Base.Reference = model.Ptr("sha256:"+"ab"), model.Ptr(evil)
	for i := range r.Instructions {
		r.Instructions[i].Text = "RUN " + evil + evil + evil + " && " + evil
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Title += evil
		f.Paths, f.Packages = []string{evil, "usr/" + evil}, []string{evil}
		if f.Fix != nil {
			f.Fix.Summary += evil
			f.Fix.Before, f.Fix.After = model.Ptr("RUN "+evil), model.Ptr("RUN x && "+evil)
		}
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		c.Title, c.Summary, c.Risk = c.Title+evil, c.Summary+evil, c.Risk+evil
		c.Before, c.After = model.Ptr("RUN "+evil), model.Ptr("RUN x && "+evil)
		c.Keeps, c.Files = []string{evil}, []model.FileChange{{Path: evil, After: evil}}
	}
	r.Config = &model.Config{
		User: evil, Cmd: []string{evil}, ExposedPorts: []string{evil}, WorkingDir: evil, Env: []model.Setting{{Name: evil, Value: evil}},
		Labels: []model.Setting{{Name: evil, Value: evil}}, StopSignal: evil, Healthcheck: &model.Healthcheck{Test: []string{evil}},
	}
	r.Packages[0].Name = evil
	r.Packages[0].RecommendedBy = []string{evil}
	return r
}
