package history

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// build is a provenance made in code, as BuildKit writes it.
type build = imagetest.Provenance

type object = imagetest.Object

// debian is what most of the builds here start from: two layers.
var debian = object{"uri": "pkg:docker/team/debian@slim?platform=linux%2Famd64", "digest": object{"sha256": "dd"}}

func TestLocateByProvenance(t *testing.T) {
	const text = "FROM team/debian:slim AS tools\nRUN same\n\nFROM team/debian:slim\nENV A=1\nRUN same\nCOPY --from=tools /t /t\nWORKDIR /a\nWORKDIR /b"
	items := []string{"ADD file:1234567890ab in / ", "RUN /bin/sh -c base # buildkit", "!ENV A=1", "RUN /bin/sh -c same # buildkit", "COPY /t /t # buildkit", "WORKDIR /a", "WORKDIR /b"}
	layers := []string{"b0", "b1", "same", "copy", "empty", "empty"}
	full := build{
		Dockerfile: text, Filename: "P",
		Arguments: map[string]string{"TOKEN": "pl4nted"},
		Images:    []object{{"uri": "pkg:docker/other@1", "digest": object{"sha256": "00"}}, debian},
		Sources:   map[string]string{"step0": "docker-image://docker.io/team/debian:slim@sha256:dd", "step9": "local://context"},
		// The same RUN in two stages is one step.
		Lines: map[string][]int{"step0": {1, 4}, "step1": {2, 6}, "step2": {7}, "step3": {8}, "step10": {9}, "step9": {}},
		Layers: map[string][][]string{
			"step0:0": {layers[:2]}, "step1:0": {layers[:3]}, "step2:0": {layers[:4]}, "step3:0": {layers[:5]}, "step10:0": {layers},
		},
	}
	all := "P:4-4 provenance,P:4-4 provenance,P:5-5 provenance,P:6-6 provenance,P:7-7 provenance,P:8-8 provenance,P:9-9 provenance"
	base := model.Base{Reference: model.Ptr("team/debian:slim"), Digest: model.Ptr("sha256:dd"), Layers: 2, How: model.BaseByProvenance}

	linked := full
	linked.Layers = map[string][][]string{"step0:0": {layers[:2]}, "step1:0": {layers[:3]}, "step2:0": {{"copy"}}, "step3:0": {{"empty"}}, "step10:0": {{"empty"}}}
	recompressed := full
	recompressed.Layers = map[string][][]string{"step0:0": {{"x", "y"}}, "step1:0": {{"x", "y", "z"}}}
	garbled := full
	garbled.Lines = map[string][]int{"step0": {0, -1, 4}, "step1": {1 << 40, 6}, "step2": {-7, 7}, "step3": {99}, "step10": {8, 9}, "other": {3}}
	nothing := recompressed
	nothing.Dockerfile = "FROM team/debian:slim\nRUN something else\n"
	target := full
	target.Dockerfile = strings.Replace(text, "slim\nENV", "slim AS final\nENV", 1) + "\nFROM final\nRUN more"
	target.Target = "final"
	scratch := full
	scratch.Dockerfile = strings.Replace(text, "\n\nFROM team/debian:slim", "\n\nFROM scratch", 1)

	tests := []struct {
		name  string
		build build
		file  string // what the user named
		want  string
		base  *model.Base
		note  string
	}{
		{"by digest", full, "", all, &base, ""},
		{"merged layers", linked, "", all, &base, ""},
		{"recompressed", recompressed, "", all, &base, "4 layers have a different digest"},
		{"lines out of range", garbled, "", strings.Replace(all, "9-9", "8-8", 1), &base, "1 layer has a different digest"},
		{"not the image's", nothing, "", "-,-,-,-,-,-,-", nil, `P:2: "RUN something else" does not match`},
		{"a target", target, "", all, &base, ""},
		{"scratch", scratch, "", "-,-,-,P:6-6 provenance,P:7-7 provenance,P:8-8 provenance,P:9-9 provenance", &model.Base{How: model.BaseNone}, ""},
		{"the same file named", full, strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(all, "P:", "D:"), &base, ""},
		{"the same file, recompressed", recompressed, text, strings.NewReplacer("P:", "D:", "provenance", "dockerfile").Replace(all), &base, "4 layers have a different digest"},
		{"another file named", full, "FROM a\n\n" + strings.SplitN(text, "\n", 5)[4],
			"D:1-1 dockerfile,D:1-1 dockerfile,D:3-3 dockerfile,D:4-4 dockerfile,D:5-5 dockerfile,D:6-6 dockerfile,D:7-7 dockerfile",
			&model.Base{Reference: model.Ptr("a"), Layers: 2, How: model.BaseByHistory}, "has a different Dockerfile than D"},
	}
	for _, tt := range tests {
		for version, doc := range tt.build.Statements() {
			t.Run(tt.name+" "+version, func(t *testing.T) {
				p, err := ParseProvenance(doc)
				if err != nil {
					t.Fatal(err)
				}
				s := Sources{Provenance: p}
				if tt.file != "" {
					s.Dockerfile = dockerfile(t, tt.file)
				}
				got, origin, notes, err := located(t, historyOf(items...), layers, s)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tt.want, strings.Join(got, ",")); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
				if diff := cmp.Diff(tt.base, origin.Base); diff != "" {
					t.Errorf("base -want +got:\n%s", diff)
				}
				if all := strings.Join(notes, "; "); !strings.Contains(all, tt.note) || tt.note == "" && all != "" {
					t.Errorf("notes %q, want %q", all, tt.note)
				}
				if strings.Contains(fmt.Sprintf("%+v", *p), "pl4nted") {
					t.Error("a build argument's value left the attestation")
				}
			})
		}
	}
}

func TestProvenanceErrors(t *testing.T) {
	const head = `{"predicateType":"https://slsa.dev/provenance/v1","predicate":{`
	tests := []struct{ name, doc, want string }{
		{"not JSON", "<", "not as BuildKit writes it"},
		{"empty", "{}", "does not know"},
		{"another predicate", `{"predicateType":"https://spdx.dev/Document"}`, "spdx"},
		{"a value of a wrong type", head + `"buildDefinition":{"externalParameters":{"request":{"args":{"target":{"x":"pl4nted"}}}}}}}`, "the wrong type"},
		{"a line of a wrong type", head + `"runDetails":{"metadata":{"buildkit_metadata":{"source":{"locations":{"step0":{"locations":[{"ranges":[{"start":{"line":1e99}}]}]}}}}}}}}`, "the wrong type"},
		{"data that is not base64", head + `"runDetails":{"metadata":{"buildkit_metadata":{"source":{"infos":[{"data":"*"}]}}}}}}`, "not as BuildKit"},
		{"no Dockerfile", head + `"runDetails":{"metadata":{"buildkit_metadata":{"source":{"infos":[{"data":"eA=="}]}}}}}}`, "Dockerfile"},
		{"too much", head + `"x":[` + strings.Repeat("{},", maxProvenance) + `{}]}}`, "more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseProvenance([]byte(tt.doc))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "pl4nted") || len(err.Error()) > 300 {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
	// With mode=min there is a build, but no word of lines.
	if p, err := ParseProvenance([]byte(head + `}}`)); err != nil || p.Dockerfile != nil {
		t.Errorf("mode=min: %v, %v", p, err)
	}
}

func TestReferences(t *testing.T) {
	for uri, want := range map[string]string{
		"pkg:docker/debian@bookworm-slim?platform=linux%2Famd64":   "debian:bookworm-slim",
		"pkg:docker/127.0.0.1:5055/tiny@1?platform=linux%2Famd64":  "127.0.0.1:5055/tiny:1",
		"pkg:docker/host%3A5000/a/b@1":                             "host:5000/a/b:1",
		"pkg:docker/a/b?digest=sha256%3Aab&platform=linux%2Famd64": "a/b@sha256:ab",
		"pkg:docker/a@1?digest=sha256:ab":                          "a:1",
		"pkg:docker/a":                                             "a",
		"pkg:docker/%zz@1":                                         "",
		"pkg:docker/a@%zz":                                         "",
		"https://github.com/moby/buildkit.git#refs/heads/master":   "",
		"pkg:oci/a@1": "",
	} {
		if got := (&dependency{URI: uri}).reference(); got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
}
