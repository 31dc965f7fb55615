package replay

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestBelow: a Dockerfile in a directory of its repository has no history in its context.
func TestBelow(t *testing.T) {
	for _, below := range []bool{false, true} {
		img, err := Replay([]byte("FROM debian:bookworm-slim\nCOPY . /s/\n"), Options{Below: below})
		if err != nil {
			t.Fatal(err)
		}
		if all := paths(img); slices.Contains(all, "s/.git/HEAD") == below || !slices.Contains(all, "s/README.md") {
			t.Errorf("below %v: %q", below, all)
		}
	}
}

// TestGivenContext: COPY takes the files of a context that is given, all of them known,
// and a .dockerignore narrows it.
func TestGivenContext(t *testing.T) {
	context := map[string]File{
		"app/main.py": {Body: []byte("print(1)\n")}, "app/data/big.bin": {Size: 5000}, ".git/HEAD": {Size: 23}, "run.sh": {Body: []byte("#!/bin/sh\n"), Mode: 0o755},
	}
	ignored := maps.Clone(context)
	ignored[".dockerignore"] = File{Body: []byte("# history\n.git\n**/*.bin\n")}
	for _, c := range []struct {
		name, file string
		context    map[string]File
		left       []string // paths of the last layer
		problem    string
	}{
		{"everything", "COPY . /s/", context, []string{"s/.git/HEAD", "s/app/data/big.bin", "s/app/main.py", "s/run.sh"}, ""},
		{"what is not ignored", "COPY . /s/", ignored, []string{"s/.dockerignore", "s/app/main.py", "s/run.sh"}, ""},
		{"a directory", "COPY app /s/", context, []string{"s/data/big.bin", "s/main.py"}, ""},
		{"a pattern", "COPY *.sh /s/", context, []string{"s/run.sh"}, ""},
		{"not there", "COPY none /s/", context, nil, "the build context has no none"},
		{"ignored, so not there", "COPY .git /s/", ignored, nil, "the build context has no .git"},
		{"removed by nobody", "RUN rm /s/none", context, nil, "rm: there is no /s/none"},
		{"no directory", "RUN cd /none && touch a", context, nil, "cd: there is no /none"},
		{"a secret is in no layer", "RUN --mount=type=secret,id=a,target=/root/.npmrc true", context, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := Replay([]byte("FROM debian:bookworm-slim\n"+c.file+"\n"), Options{Context: c.context})
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, p := range paths(img) {
				if strings.Count(p, "/") > 0 && !slices.Contains([]string{"s/.git", "s/app", "s/app/data", "s/data"}, p) {
					left = append(left, p)
				}
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("the layer has %q, want %q", left, c.left)
			}
			said := strings.Join(img.Problems, "\n")
			if c.problem == "" && said != "" || !strings.Contains(said, c.problem) {
				t.Errorf("problems: %q, want %q", said, c.problem)
			}
		})
	}
}

// TestTook: a layer knows which files of the context it and those below it hold, through
// stages, too.
func TestTook(t *testing.T) {
	img, err := Replay([]byte("FROM debian AS b\nCOPY a /x\nFROM debian\nRUN true\nCOPY --from=b /x /y\nCOPY c /z\n"), Options{Context: map[string]File{"a": {Size: 1}, "c": {Size: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	var took []string
	for _, l := range img.Layers[img.BaseLayers:] {
		took = append(took, strings.Join(slices.Sorted(maps.Keys(l.Took)), "+"))
	}
	if want := []string{"", "a", "a+c"}; !slices.Equal(took, want) {
		t.Errorf("took %q, want %q", took, want)
	}
}

// TestArchive: layers in an archive for counting are told by what they are made of.
func TestArchive(t *testing.T) {
	archive := func(file string) string {
		img, err := Replay([]byte(file), Options{Context: map[string]File{"a": {Size: 3 << 20}, "b": {Size: 3 << 20}}})
		if err != nil {
			t.Fatal(err)
		}
		r, err := img.Archive()
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, r.Size())
		if _, err := r.ReadAt(b, 0); err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a, again, b := archive("FROM scratch\nCOPY a /\n"), archive("FROM scratch\nCOPY a /\n"), archive("FROM scratch\nCOPY b /\n")
	if a == b || a != again {
		t.Error("layers are not told by what they are made of")
	}
}
