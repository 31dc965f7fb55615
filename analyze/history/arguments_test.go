package history

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

func texts(history []v1.History) []string {
	steps, _, _ := Instructions(&v1.ConfigFile{History: history}, 0)
	got := make([]string, len(steps))
	for i, s := range steps {
		got[i] = s.Text
	}
	return got
}

func TestArguments(t *testing.T) {
	nop := func(s string) v1.History { return by("/bin/sh -c #(nop)  " + s) }
	bk := func(s string) v1.History { return v1.History{CreatedBy: s, Comment: "buildkit.dockerfile.v0"} }
	tests := []struct {
		name    string
		history []v1.History
		want    []string
	}{
		{"the number tells where names end",
			[]v1.History{nop("ARG A"), by("|1 A=x y /bin/sh -c FOO=1 BAR=2 make")},
			[]string{"ARG A", "RUN FOO=1 BAR=2 make"}},
		{"a shell in the command, the default used",
			[]v1.History{nop("ARG A=3"), by("|1 A=3 /bin/sh -c su app -s /bin/sh -c 'id'")},
			[]string{"ARG A", "RUN su app -s /bin/sh -c 'id'"}},
		{"a shell in the command, the value known from a neighbour",
			[]v1.History{nop("ARG A"), by("|1 A=3 /bin/sh -c id"), by("|1 A=3 /bin/sh -c su app -s /bin/sh -c 'id'")},
			[]string{"ARG A", "RUN id", "RUN su app -s /bin/sh -c 'id'"}},
		{"a shell in the value or the command: too much is cut",
			[]v1.History{nop("ARG A"), by("|1 A=3 /bin/sh -c pl4nted /bin/sh -c id")},
			[]string{"ARG A", "RUN id"}},
		{"exec form, the value unknown",
			[]v1.History{nop("ARG A"), by("|1 A=3 4 ls -l")},
			[]string{"ARG A", unknownRun}},
		{"exec form, the value known from a neighbour",
			[]v1.History{nop("ARG A"), by("|1 A=3 4 ls -l"), by("|1 A=3 4 /bin/sh -c ls")},
			[]string{"ARG A", `RUN ["ls", "-l"]`, "RUN ls"}},
		{"a neighbour of another stage does not count",
			[]v1.History{nop("ARG A"), by("|1 A=3 /bin/sh -c ls"), nop("ARG A"), by("|1 A=3 4 ls -l")},
			[]string{"ARG A", "RUN ls", "ARG A", unknownRun}},
		{"BuildKit tells the value",
			[]v1.History{bk("ARG A=3 /bin/sh -c x"), bk("RUN |1 A=3 /bin/sh -c x su -s /bin/sh -c id # buildkit"), bk("RUN |1 A=3 /bin/sh -c x ls # buildkit")},
			[]string{"ARG A", `RUN ["su", "-s", "/bin/sh", "-c", "id"]`, `RUN ["ls"]`}},
		{"names taken out by some tool",
			[]v1.History{bk("RUN |2 /bin/bash -c pip install x # buildkit")},
			[]string{"RUN pip install x"}},
		{"expanded values become references",
			[]v1.History{bk("ARG VERSION=1.25.3"), bk("ARG ONE=1"), bk("ENV VERSION=1.25.3 N=1"), bk("ENV ONE=1"),
				bk("COPY app-1.25.3.tgz /opt # buildkit"), bk("LABEL v=is 1.25.3!")},
			[]string{"ARG VERSION", "ARG ONE", "ENV VERSION=${VERSION} N=1", "ENV ONE=${ONE}",
				"COPY app-${VERSION}.tgz /opt", `LABEL v="is ${VERSION}!"`}},
		{"what came before the argument stays",
			[]v1.History{bk("ENV LANG=C.UTF-8"), bk("ARG LOCALE=C.UTF-8"), bk("ENV LC_ALL=C.UTF-8")},
			[]string{"ENV LANG=C.UTF-8", "ARG LOCALE", "ENV LC_ALL=${LOCALE}"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(tt.history)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Whatever a build argument's value looks like, nothing of it shows.
func TestValuesNeverShow(t *testing.T) {
	const planted = "pl4nted"
	values := []string{
		planted, planted + " two  words", "a " + planted, "a /bin/sh -c " + planted, planted + " /bin/sh -c",
		"x B=" + planted, "x A=" + planted, "\"" + planted + " '", "a\n" + planted + "\nb", "x # buildkit " + planted, "",
		"=" + planted, planted + "=1", "$" + planted, "|1 C=" + planted + " /bin/bash -c y",
	}
	commands := []string{"/bin/sh -c make", "/bin/sh -c su x -s /bin/sh -c id", "/bin/sh -c B=1 A=2 make", "ls -l"}
	shown := 0
	check := func(form string, history []v1.History) {
		t.Helper()
		steps, _, notes := Instructions(&v1.ConfigFile{History: history}, 2)
		out, err := json.Marshal(struct{ Steps, Notes any }{steps, notes})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out), planted) {
			in, _ := json.Marshal(history)
			t.Errorf("%s: %s\nfrom %s", form, out, in)
		}
		for _, s := range steps {
			if s.Keyword == "RUN" && s.Text != unknownRun {
				shown++
			}
		}
	}
	for _, a := range values {
		for _, b := range values {
			for _, command := range commands {
				prefix := fmt.Sprintf("A=%s B=%s %s", a, b, command)
				check("BuildKit", []v1.History{
					{CreatedBy: "ARG A=" + a, Comment: "buildkit.dockerfile.v0"},
					{CreatedBy: "ARG B=" + b, Comment: "buildkit.dockerfile.v0"},
					{CreatedBy: "RUN |2 " + prefix + " # buildkit", Comment: "buildkit.dockerfile.v0"},
					{CreatedBy: "ENV X=" + a + " Y=" + b, Comment: "buildkit.dockerfile.v0"},
				})
				check("BuildKit, one ARG", []v1.History{
					{CreatedBy: "ARG A=" + a + " B=" + b, Comment: "buildkit.dockerfile.v0"},
					{CreatedBy: "RUN |2 " + prefix + " # buildkit", Comment: "buildkit.dockerfile.v0"},
				})
				if command[0] != '/' && strings.Contains(b, " -c ") {
					continue // reads exactly like a command in shell form
				}
				check("classic", []v1.History{
					by("/bin/sh -c #(nop)  ARG A"), by("/bin/sh -c #(nop)  ARG B=default"),
					by("|2 " + prefix),
				})
				if strings.HasPrefix(command, "/") {
					check("undeclared", []v1.History{by("|2 " + prefix)})
					check("Podman", []v1.History{
						by("/bin/sh -c #(nop) ARG A"), by("/bin/sh -c #(nop) ARG A B"),
						by("|7 " + prefix),
					})
				}
			}
		}
	}
	if shown == 0 {
		t.Error("no command was shown at all")
	}
}

// A history made to be slow to read takes time in proportion to its size. This
// one takes well under a second; a step that looked at everything for each item
// would take hours, so the limit can be far off and hold on a busy machine.
func TestHostileHistory(t *testing.T) {
	n := imagetest.Rounds(1_000, 1_000, 4_000)
	var history []v1.History
	for i := range n {
		history = append(history, by(fmt.Sprintf("ARG A=%d B=%d", i, i)), by(fmt.Sprintf("|2 A=%d x B=%d y /bin/sh -c a /bin/sh -c b", i, i)))
	}
	var distinct strings.Builder
	for i := range 50 * n {
		fmt.Fprintf(&distinct, "A%d=1 ", i)
	}
	history = append(history,
		by("|999999999 "+distinct.String()),
		by("|999999999 "+strings.Repeat("A=", n)+strings.Repeat(" B=", 50*n)),
		by("|9 A="+strings.Repeat(" /bin/sh -c ", 50*n)),
		by("ENV "+strings.Repeat("X=12345678 Y=12345679 ", 50*n)),
		by("RUN /bin/sh -c "+strings.Repeat("EOF\nEOF_\n", 50*n)),
		by("RUN "+strings.Repeat(`"$(`, 50*n)),
	)
	start := time.Now()
	if got := texts(history); len(got) != len(history) {
		t.Errorf("%d instructions of %d items", len(got), len(history))
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %s", took)
	}
}
