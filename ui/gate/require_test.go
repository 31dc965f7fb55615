package gate

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// demanding is an image with files, packages, a user and labels.
func demanding() *model.Report {
	p := model.Ptr[int]
	r := &model.Report{
		Image:  model.Image{Reference: "app:1", Layers: 3},
		Layers: []model.Layer{{Inherited: true, Instruction: p(0)}, {Index: 1, Instruction: p(1)}, {Index: 2, Instruction: p(2)}},
		Instructions: []model.Instruction{
			{Index: 0, Keyword: "ADD", Text: "ADD rootfs.tar /", Layer: p(0), Inherited: true},
			{Index: 1, Keyword: "COPY", Text: "COPY . /src", Layer: p(1), Location: &model.Location{File: "Dockerfile", Line: 4, EndLine: 4}},
			{Index: 2, Keyword: "RUN", Text: "RUN rm /src/.env", Layer: p(2), Location: &model.Location{File: "Dockerfile", Line: 5, EndLine: 5}},
			{Index: 3, Keyword: "USER", Text: "USER root", Location: &model.Location{File: "Dockerfile", Line: 9, EndLine: 9}},
		},
		Packages: []model.Package{{Manager: "dpkg", Name: "gcc-12", Layer: 0, Bytes: 100}, {Manager: "dpkg", Name: "gcc", Layer: 1, Bytes: 200}, {Manager: "dpkg", Name: "libfoo-dev", Layer: 1, Bytes: 50}},
		Config:   &model.Config{User: "root", Root: true, Labels: []model.Setting{{Name: "org.opencontainers.image.source", Value: "https://example.org/app"}, {Name: "empty"}}},
	}
	t := model.NewTree()
	t.Starts = []int{0}
	src := t.AddNode(model.Root, "src")
	t.Push(model.Record{Node: t.AddNode(model.Root, "base.key"), Kind: model.File, Size: model.SizeOf(10), Layer: 0, Gone: model.StillThere, HiddenBy: model.StillThere})
	t.Starts = append(t.Starts, len(t.Records))
	t.Push(model.Record{Node: t.AddNode(src, ".env"), Kind: model.File, Size: model.SizeOf(30), Layer: 1, Gone: 2, HiddenBy: 2, Verdict: model.Shadowed})
	t.Push(model.Record{Node: t.AddNode(src, "main.c"), Kind: model.File, Size: model.SizeOf(40), Layer: 1, Gone: model.StillThere, HiddenBy: model.StillThere})
	t.Starts = append(t.Starts, len(t.Records), len(t.Records))
	r.Tree = t
	return r
}

// TestDemands holds an image to what must not be in it and what must.
func TestDemands(t *testing.T) {
	for _, c := range []struct {
		name  string
		bound Bound
		scope string
		want  string // passed, figure, a part of the reason
	}{
		{"a path that is deleted", DenyPaths("**/.env"), "", "false|1 path, 30 B|line 4: COPY . /src: /src/.env; line 5: RUN rm /src/.env deletes it, but it is still pulled"},
		{"a path that is there", DenyPaths("src/*.c"), "", "false|1 path, 40 B|line 4: COPY . /src: /src/main.c"},
		{"a path that is nowhere", DenyPaths("**/.git/**"), "", "true|none|"},
		{"a path of the base", DenyPaths("*.key"), "", "true|none|"},
		{"a path of the base, by all", DenyPaths("*.key"), model.ScopeAll, "false|1 path, 10 B|the base image, ADD rootfs.tar /: /base.key"},
		{"a package", DenyPackages("gcc"), "", "false|1 package, 200 B|line 4: COPY . /src: gcc"},
		{"packages", DenyPackages("*-dev"), "", "false|1 package, 50 B|libfoo-dev"},
		{"a package of the base", DenyPackages("gcc-12"), "", "true|none|"},
		{"no package", DenyPackages("g++"), "", "true|none|"},
		{"root", RequireUser(""), "", "false|root|the container runs as root: line 9: USER root"},
		{"somebody else", RequireUser("app,10001"), "", "false|root|"},
		{"root, as asked", RequireUser("root"), "", "true|root|"},
		{"a label", RequireLabel("org.opencontainers.image.source"), "", "true|https://example.org/app|"},
		{"a label of a value", RequireLabel("org.opencontainers.image.source=https://*/other"), "", "false|https://example.org/app|"},
		{"a label of that value", RequireLabel("org.opencontainers.image.source=https://*/*"), "", "true|"},
		{"* crosses slashes", RequireLabel("org.opencontainers.image.source=https://*"), "", "true|"},
		{"* crosses several", RequireLabel("org.opencontainers.image.source=h*app"), "", "true|"},
		{"a class of a slash", RequireLabel("org.opencontainers.image.source=https:[/][^x]*"), "", "true|"},
		{"another end", RequireLabel("org.opencontainers.image.source=https://*/ap"), "", "false|"},
		{"no label", RequireLabel("maintainer"), "", "false|missing|add LABEL maintainer=…"},
		{"an empty label", RequireLabel("empty"), "", "false|empty|"},
	} {
		check, err := Judge(demanding(), Options{Scope: c.scope, Limits: []Limit{{Bound: c.bound}}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := check.Thresholds[0]
		want := append(strings.SplitN(c.want, "|", 3), "", "")
		if (want[0] == "true") != got.Passed || !strings.HasPrefix(got.Figure, want[1]) || !strings.Contains(got.Reason, want[2]) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
		if !got.Passed && strings.Contains(c.want, "line 4") && (len(got.Contributions) == 0 || got.Contributions[0].Location.Line != 4) {
			t.Errorf("%s: nobody is blamed: %+v", c.name, got.Contributions)
		}
	}
}

// TestRootByAnotherName says of a user that is root under another name that it is.
func TestRootByAnotherName(t *testing.T) {
	r := demanding()
	r.Config.User = "toor"
	check, err := Judge(r, Options{Limits: []Limit{{Bound: RequireUser("")}}})
	if err != nil || check.Thresholds[0].Passed || !strings.Contains(check.Thresholds[0].Reason, "the container runs as toor, which is root") {
		t.Errorf("%v: %+v", err, check.Thresholds)
	}
}

// TestDemandsThatCannotBeJudged: what is not known does not pass.
func TestDemandsThatCannotBeJudged(t *testing.T) {
	r := demanding()
	r.Tree, r.Config = nil, nil
	for _, b := range []Bound{DenyPaths("**/.env"), RequireUser(""), RequireLabel("maintainer")} {
		if _, err := Judge(r, Options{Limits: []Limit{{Bound: b}}}); err == nil {
			t.Errorf("%v is judged", b)
		}
	}
}

// TestPatternsOfOthers refuses what other programs mean by braces and exclamation marks: taken
// literally it would pass whatever is in the image.
func TestPatternsOfOthers(t *testing.T) {
	for pattern, good := range map[string]bool{
		"{app,x}/id_rsa": false, "{app": false, "x}/id_rsa": false, "a/{b}": false, "!app/id_rsa": false, "!**": false, "!": false,
		`\{app\}/id_rsa`: true, `\!app`: true, "a!b": true, "[!a]": true, "**/*.pem": true, `\\{a`: false,
	} {
		for _, name := range []string{NameDenyPaths, NameDenyPackages} {
			if _, err := ParseItem(name, pattern); (err == nil) != good {
				t.Errorf("%s %s: %v", name, pattern, err)
			}
		}
	}
}
