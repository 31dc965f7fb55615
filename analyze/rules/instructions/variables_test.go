package instructions

import "testing"

// TestExpand follows variables through ENV and ARG.
func TestExpand(t *testing.T) {
	l := list("ENV A=/a B=\"/b c\"", "ARG C", "ENV D ${A}/d", "ARG E=$D/e", "ARG SECRET", "ARG TWICE", "ENV A=/z", "ENV LOOP=$LOOP", "RUN x")
	l.Variables = []string{"C=/c", "TWICE=1", "TWICE=2", "OTHER=x"}
	at := len(l.All) - 1
	for text, want := range map[string]string{
		"$A": "/z", "${A}/x": "/z/x", "$B": "/b c", "$C/x": "/c/x", "$D": "/a/d", "$E": "/a/d/e", "plain": "plain",
		"$SECRET": "", "$TWICE": "", "$LOOP": "", "$NONE": "", "$OTHER": "", "${A:-x}": "", "$(x)": "", "`x`": "",
	} {
		if got, ok := l.Expand(text, at); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v, want %q", text, got, ok, want)
		}
	}
	if got, _ := l.Expand("$A", 3); got != "/a" {
		t.Errorf("before it is set anew A is %q", got)
	}
}

// TestDest finds where a COPY puts its files.
func TestDest(t *testing.T) {
	l := list("FROM x", "ENV DIR=/srv/app", "WORKDIR $DIR", "COPY a $DIR/b", "COPY a b/", "WORKDIR $NONE", "COPY a b", "COPY a /b", "RUN x")
	for at, want := range map[int]string{3: "/srv/app/b", 4: "/srv/app/b", 6: "", 7: "/b", 8: ""} {
		if got, ok := l.Dest(at); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v, want %q", l.Text(at), got, ok, want)
		}
	}
}
