package instructions

import (
	"fmt"
	"strings"
	"testing"
)

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

// TestExpandIsBounded: values that name the one before twice do not fill the memory.
func TestExpandIsBounded(t *testing.T) {
	texts := []string{"ENV V0=" + strings.Repeat("x", 1000)}
	for i := range 8 {
		texts = append(texts, fmt.Sprintf("ENV V%d=%s", i+1, strings.Repeat(fmt.Sprintf("$V%d", i), 20)))
	}
	l := list(append(texts, "RUN x")...)
	if got, ok := l.Expand("$V7", len(l.All)-1); ok || len(got) > 1<<21 {
		t.Errorf("%d bytes, %v", len(got), ok)
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
