package kubernetes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestSecrets finds secrets in the config, in instructions and among the files.
func TestSecrets(t *testing.T) {
	s := rulestest.NewTree()
	s.Add("app/.env", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	s.Add("root/.aws/credentials", model.Record{Kind: model.File, Size: model.SizeOf(10), Verdict: model.Shadowed, Cause: model.Deleted, HiddenBy: 1})
	s.Add("root/.netrc", model.Record{Kind: model.File})
	s.Add("usr/lib/python3/test/id_rsa", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	b := rulestest.Build("ENV TOKEN=abcdef", "RUN make")
	b.Env = []string{"TOKEN=abcdef", "PASSWORD=hunter2"}
	found := kubernetes.BakedInSecret.Observe(b, s.Tree)
	if len(found) != 4 || found[0].Instruction == nil || *found[0].Instruction != 0 {
		t.Fatalf("%+v", found)
	}
	if diff := cmp.Diff([]string{"root/.aws/credentials", "app/.env"}, slices.Concat(found[2].Paths, found[3].Paths)); diff != "" {
		t.Errorf("files, removed ones too, the surest first (-want +got):\n%s", diff)
	}
	if found[2].Title != "AWS keys in the image" || found[3].Title != "settings that may hold secrets in the image" || found[2].Part == found[3].Part {
		t.Errorf("each kind has its own name: %+v, %+v", found[2], found[3])
	}
	if found[2].Layer == nil || *found[2].Layer != 0 {
		t.Errorf("the files' layer: %+v", found[2])
	}
	if !strings.Contains(found[1].Fix.Summary, "PASSWORD") || strings.Contains(found[1].Fix.Summary, "TOKEN") {
		t.Errorf("a variable that no instruction sets is named: %s", found[1].Fix.Summary)
	}
	// No text of a finding may hold a secret.
	b = rulestest.Build("RUN PASSWORD=hunter22 pip install a")
	b.Env = []string{"PASSWORD=hunter22"}
	s = rulestest.NewTree()
	s.Add("root/.cache/pip/a", model.Record{Kind: model.File, Size: model.SizeOf(10)})
	for _, f := range rules.Claim(s.Tree, b, catalogue.Rules).Findings(nil) {
		for _, text := range []*string{&f.Fix.Summary, f.Fix.Before, f.Fix.After} {
			if text != nil && strings.Contains(*text, "hunter22") {
				t.Errorf("%s tells the secret: %s", f.ID, *text)
			}
		}
	}
}

// TestSecretArguments: an ARG is told without its value, but the value stands in the
// history of the image, for everybody who pulls it.
func TestSecretArguments(t *testing.T) {
	for _, c := range []struct {
		name, variable string
		want           model.Confidence // "" for no finding
	}{
		{"a token", "NPM_TOKEN=npm_w0rkshopw0rkshopw0rkshopw0rkshop1234", model.Likely},
		{"a plain word", "DB_PASSWORD=postgres", model.Possible},
		{"a version", "NPM_TOKEN_VERSION=1.2.3", ""},
		{"of another stage", "OTHER_TOKEN=npm_w0rkshopw0rkshopw0rkshopw0rkshop1234", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := rulestest.Build("ARG NPM_TOKEN DB_PASSWORD NPM_TOKEN_VERSION", "RUN make")
			b.Variables = []string{c.variable}
			var got model.Confidence
			for _, f := range kubernetes.BakedInSecret.Observe(b, rulestest.NewTree().Tree) {
				got = f.Confidence
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestHowSureASecretIs: what came from outside is certain, what the build makes itself or
// everybody knows is only possible.
func TestHowSureASecretIs(t *testing.T) {
	for _, c := range []struct {
		step, file string
		want       model.Confidence
	}{
		{"COPY id_rsa /root/.ssh/", "root/.ssh/id_rsa", model.Certain},
		{"COPY . /app", "app/.env", model.Possible},
		{"RUN echo $KEY > /root/.ssh/id_rsa", "root/.ssh/id_rsa", model.Certain},
		{"RUN apt-get install -y postgresql", "etc/ssl/private/ssl-cert-snakeoil.key", model.Possible},
		{"RUN apt-get install -y openssh-server", "etc/ssh/ssh_host_rsa_key", model.Possible},
		{"COPY tls /etc/ssl/private", "etc/ssl/private/web.key", model.Certain},
		{"ENV API_TOKEN=ghp_0123456789abcdefABCDEF0123456789abcd", "", model.Likely},
		{"ENV POSTGRES_PASSWORD=postgres", "", model.Possible},
	} {
		paths := []string{"app/x"}
		if c.file != "" {
			paths = []string{c.file}
		}
		r := rulestest.Image{Config: v1.Config{Cmd: []string{"/app"}}, Steps: []rulestest.Step{rulestest.Does(t, c.step, paths...)}}.Report(t)
		found := false
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Rule == "baked-in-secret" {
				found = true
				if f.Confidence != c.want {
					t.Errorf("%s: %s, want %s", c.step, f.Confidence, c.want)
				}
			}
		}
		if !found {
			t.Errorf("%s: nothing is found", c.step)
		}
	}
}

// TestSecretsHaveAnInstruction wants each file that holds a secret at the instruction
// that brought it, whatever a later one did.
func TestSecretsHaveAnInstruction(t *testing.T) {
	img := rulestest.Image{Config: v1.Config{Cmd: []string{"/app"}}, Steps: []rulestest.Step{
		rulestest.Does(t, "COPY id_rsa /root/.ssh/", "root/.ssh/id_rsa"), rulestest.Does(t, "RUN make", "app/.env", "root/.ssh/id_rsa")}}
	r := img.Report(t)
	var got []string
	for _, f := range r.Findings {
		if f.Rule != "baked-in-secret" {
			continue
		}
		if f.Layer == nil || f.Instruction == nil || f.Verdict != nil || f.Bytes != 0 {
			t.Fatalf("%+v", f)
		}
		in := r.Instructions[*f.Instruction]
		got = append(got, fmt.Sprint(f.ID, " ", in.Text, " ", f.Paths, " ", *in.Layer == *f.Layer))
	}
	want := []string{"baked-in-secret@0 COPY id_rsa /root/.ssh/ [root/.ssh/id_rsa] true", "baked-in-secret@1 RUN make [app/.env] true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
