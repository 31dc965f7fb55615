package scripts

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/recipe"
	"github.com/tare-oci/tare/ui/forge/forgetest"
)

var discard = log.New(io.Discard, "", 0)

const terminate = syscall.SIGTERM

// mkimage SHAPE OUT RECIPE [EDIT…] makes an image in code (see analyze/imagetest/recipe)
// and saves it as a program would: legacy, docker25, containerd, kaniko, podman
// or oci. An OUT that ends in a slash is a directory. Edits break it: drop=FILE,
// flip=FILE (one bit), cut=FILE (half of it is left), put=FILE=LOCALFILE; and of
// the archive as a whole: short (the end is missing), gzip, xz.
func mkimage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: mkimage SHAPE OUT RECIPE [EDIT…]")
	}
	images, err := recipe.Parse(ts.ReadFile(args[2]))
	ts.Check(err)
	archive, err := recipe.Pack(args[0], images)
	ts.Check(err)
	var whole []string
	for _, edit := range args[3:] {
		verb, file, found := strings.Cut(edit, "=")
		if !found {
			whole = append(whole, verb)
			continue
		}
		file, local, _ := strings.Cut(file, "=")
		at := recipe.BlobName(file, images[0])
		switch verb {
		case "drop":
			archive = archive.Without(at)
		case "flip":
			archive = archive.Flip(at)
		case "cut":
			archive = archive.Truncate(at, len(archive.Body(at))/2)
		case "put":
			archive = archive.With(at, []byte(ts.ReadFile(local)))
		default:
			ts.Fatalf("there is no edit %q", edit)
		}
	}
	out := ts.MkAbs(args[1])
	if strings.HasSuffix(args[1], "/") {
		ts.Check(os.MkdirAll(out, 0o755))
		ts.Check(archive.WriteDir(out))
		return
	}
	packed := archive.Tar()
	for _, edit := range whole {
		switch edit {
		case "short":
			packed = packed[:len(packed)/2]
		case "gzip":
			packed = gzipped(ts, packed)
		case "xz":
			packed = imagetest.XZBlocks(packed, 0)
		default:
			ts.Fatalf("there is no edit %q", edit)
		}
	}
	ts.Check(os.WriteFile(out, packed, 0o644))
}

func gzipped(ts *testscript.TestScript, content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(content)
	ts.Check(err)
	ts.Check(z.Close())
	return b.Bytes()
}

// pushimage REFERENCE RECIPE pushes an image to the scripts' registry.
func pushimage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pushimage REFERENCE RECIPE")
	}
	images, err := recipe.Parse(ts.ReadFile(args[1]))
	ts.Check(err)
	ref, err := name.ParseReference(args[0])
	ts.Check(err)
	ts.Check(remote.Write(ref, images[0].V1()))
}

// comments FORGE N FILE writes the comments of the pull request at github or gitlab to
// a file, of which there have to be N.
func comments(at map[string]*forgetest.API) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 3 || at[args[0]] == nil {
			ts.Fatalf("usage: comments FORGE N FILE")
		}
		all := at[args[0]].Comments()
		var text strings.Builder
		for _, c := range all {
			text.WriteString(c.Body + "\n")
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text.String()), 0o644))
		if args[1] != strconv.Itoa(len(all)) {
			ts.Fatalf("%d comments:\n%s", len(all), text.String())
		}
	}
}

// refused COMMAND… runs a command that must fail the way tare fails: exit code
// 2, nothing on standard output, and on standard error one printable line that
// says what is wrong and, behind a semicolon, what to do next.
func refused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: refused COMMAND [ARG…]")
	}
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		ts.Fatalf("it ends with %v, not with exit code 2", err)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("it writes to standard output: %q", out)
	}
	line, rest, _ := strings.Cut(ts.ReadFile("stderr"), "\n")
	switch {
	case rest != "":
		ts.Fatalf("there is more than one line on standard error: %q", rest)
	case !strings.HasPrefix(line, "tare: "):
		ts.Fatalf("the line does not say who speaks: %q", line)
	case strings.HasSuffix(line, "."):
		ts.Fatalf("the line ends in a full stop: %q", line)
	case !strings.Contains(line, "; "):
		ts.Fatalf("the line names no next step: %q", line)
	case strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }):
		ts.Fatalf("the line holds what a terminal would obey: %q", line)
	}
}

// fails COMMAND… runs a command whose gate must fail, with exit code 1.
func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fails COMMAND [ARG…]")
	}
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		ts.Fatalf("it ends with %v, not with exit code 1", err)
	}
}

// oneline FILE checks that a file, or stdout or stderr, is one line.
func oneline(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: oneline FILE")
	}
	if text := ts.ReadFile(args[0]); strings.Count(text, "\n") != 1 || !strings.HasSuffix(text, "\n") {
		ts.Fatalf("%s is not one line: %q", args[0], text)
	}
}
