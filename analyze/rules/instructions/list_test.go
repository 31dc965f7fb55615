package instructions

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// list makes a list of instructions, the base image's above "--".
func list(texts ...string) *List {
	var all []model.Instruction
	for _, text := range texts {
		if text == "--" {
			for i := range all {
				all[i].Inherited = true
			}
			continue
		}
		all = append(all, model.Instruction{Index: len(all), Keyword: rewrite.Keyword(text), Text: text})
	}
	return New(all, "", nil)
}

// TestWorkDir follows the working directory through the instructions.
func TestWorkDir(t *testing.T) {
	l := list("FROM a", "WORKDIR /app", "RUN make", "workdir src", "RUN make")
	var got []string
	for i := range len(l.All) + 1 {
		got = append(got, l.WorkDir(i))
	}
	if diff := cmp.Diff([]string{"/", "/", "/app", "/app", "/app/src", "/app/src"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := New(list("RUN make").All, "/set/by/a/base", nil).WorkDir(0); got != "" {
		t.Errorf("a directory that no instruction sets is %q, want unknown", got)
	}
	if got := list().WorkDir(0); got != "" {
		t.Errorf("without instructions: %q", got)
	}
}

// TestListKeepsWhatItRead shares what was read with a list of other instructions, and
// reads an instruction anew whose text changes.
func TestListKeepsWhatItRead(t *testing.T) {
	first := list("RUN make", "COPY a b", "RUN if")
	if commands, ok := first.Commands(0); !ok || len(commands) != 1 || commands[0].Name() != "make" {
		t.Errorf("RUN make: %v, %v", commands, ok)
	}
	if in, ok := first.Copy(1); !ok || in.Sources[0] != "a" {
		t.Errorf("COPY a b: %v, %v", in, ok)
	}
	for range 2 { // read, and remembered
		if _, ok := first.Commands(2); ok {
			t.Error("RUN if was read")
		}
		if _, ok := first.Copy(0); ok {
			t.Error("RUN make was read as a COPY")
		}
	}
	second := New(list("RUN make").All, "", first.ParseCache())
	if second.Same(first.All) || !second.Same(second.All) || !New(nil, "", nil).Same(nil) {
		t.Error("Same does not tell lists apart")
	}
	again, _ := second.Commands(0)
	before, _ := first.Commands(0)
	if &again[0] != &before[0] {
		t.Error("RUN make was read twice")
	}
	second.All[0].Text = "RUN ls"
	if commands, _ := second.Commands(0); commands[0].Name() != "ls" {
		t.Errorf("after an edit: %v", commands)
	}
}

// TestListQuestions tries what is asked of single instructions.
func TestListQuestions(t *testing.T) {
	l := list("RUN --mount=type=cache,target=/c true", "--", "RUN a", "LABEL x=y", "run b", `SHELL ["/bin/bash", "-ec"]`, "RUN c")
	if got := l.CountRuns(1, 5); got != 3 {
		t.Errorf("%d RUNs, want 3", got)
	}
	if got := strings.Join(l.Texts(1, 2), "|"); got != "RUN a|LABEL x=y" {
		t.Errorf("texts: %q", got)
	}
	if !l.PosixShell(3) || l.PosixShell(5) {
		t.Error("bash -ec stops at the first error, so an edit must leave it alone; before it the shell is sh")
	}
	if l.NeedsBuildKit() {
		t.Error("what the base image's builder knew does not matter")
	}
	if !list("RUN --mount=type=cache,target=/c true").NeedsBuildKit() {
		t.Error("a mount needs BuildKit")
	}
}

// TestCalls: the commands of RUNs alone, each with its RUN, all of them or those of a part.
func TestCalls(t *testing.T) {
	l := list("RUN a && b", "COPY x y", "RUN if", "RUN c; d")
	names := func(calls iter.Seq2[int, rewrite.Command]) (all string) {
		for i, c := range calls {
			all += fmt.Sprintf("%d%s ", i, c.Name())
		}
		return all
	}
	if got := names(l.Calls()); got != "0a 0b 3c 3d " {
		t.Errorf("all: %q", got)
	}
	for part, want := range map[[2]int]string{{1, 4}: "3c 3d ", {0, 3}: "0a 0b ", {2, 2}: "", {3, 1}: ""} {
		if got := names(l.CallsIn(part[0], part[1])); got != want {
			t.Errorf("%v: %q, want %q", part, got, want)
		}
	}
	for _, c := range l.Calls() {
		if c.Name() != "a" {
			t.Errorf("it went on to %s", c.Name())
		}
		break
	}
}
