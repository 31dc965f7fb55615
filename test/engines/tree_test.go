package engines

import (
	"archive/tar"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tare-oci/tare/model"
)

// node is what stands at a path. The attributes of an implied directory are
// unknown: no layer has them.
type node struct {
	Type    string
	Size    int64
	Target  string
	Mode    int64
	UID     int64
	GID     int64
	unknown bool
}

// TestMergedTreeIsTheEngines compares, path by path, what tare says is visible
// with the filesystem of a container that was just made.
func TestMergedTreeIsTheEngines(t *testing.T) {
	needEngine(t)
	for _, name := range images {
		t.Run(name, func(t *testing.T) {
			reference := image(t, name)
			want := exported(t, reference)
			got := visible(t, analyze(t, nil, nil, "docker:"+reference))
			files := 0
			for _, n := range want {
				if n.Type == "file" {
					files++
				}
			}
			if files < 1000 {
				t.Fatalf("the container has %d files: that is no Debian", files)
			}
			problems := differences(want, got)
			for _, p := range problems[:min(len(problems), 20)] {
				t.Error(p)
			}
			if len(problems) > 20 {
				t.Errorf("and %d more", len(problems)-20)
			}
		})
	}
}

// TestDifferencesAreSeen shows that the comparison above can fail, without an
// engine.
func TestDifferencesAreSeen(t *testing.T) {
	file := node{Type: "file", Size: 1, Mode: 0o644}
	cases := []struct {
		name      string
		want, got map[string]node
		problems  int
	}{
		{"the same", map[string]node{"a": file}, map[string]node{"a": file}, 0},
		{"missing", map[string]node{"a": file}, nil, 1},
		{"too many", nil, map[string]node{"a": file}, 1},
		{"mode", map[string]node{"a": {Type: "file", Size: 1, Mode: 0o4755}}, map[string]node{"a": file}, 1},
		{"owner", map[string]node{"a": {Type: "file", Size: 1, Mode: 0o644, UID: 33}}, map[string]node{"a": file}, 1},
		{"implied directory", map[string]node{"a": {Type: "directory", Mode: 0o755}}, map[string]node{"a": {Type: "directory", unknown: true}}, 0},
		{"implied file", map[string]node{"a": file}, map[string]node{"a": {Type: "file", Size: 1, Mode: 0o644, unknown: true}}, 1},
		{"target", map[string]node{"a": {Type: "symlink", Target: "b"}}, map[string]node{"a": {Type: "symlink", Target: "c"}}, 1},
	}
	for _, c := range cases {
		if got := differences(c.want, c.got); len(got) != c.problems {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	for in, want := range map[string]string{`a\\b`: `a\b`, `\xffa`: "\xffa", `caf\xe9/é`: "caf\xe9/é", "plain": "plain"} {
		if got := realName(t, in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func differences(want, got map[string]node) []string {
	var problems []string
	for _, p := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[p]
		w := want[p]
		if g.unknown && g.Type == "directory" && w.Type == "directory" {
			continue
		}
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("%q is in the container and not visible here: %+v", p, w))
		case g != w:
			problems = append(problems, fmt.Sprintf("%q is %+v here and %+v in the container", p, g, w))
		}
	}
	for _, p := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[p]; !ok {
			problems = append(problems, fmt.Sprintf("%q is visible here and not in the container: %+v", p, got[p]))
		}
	}
	return problems
}

// engines reports whether a path is the engine's own rather than the image's: it
// mounts there, or writes a file for each container.
func engines(p string) bool {
	switch p {
	case "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", ".dockerenv":
		return true
	}
	top, _, _ := strings.Cut(p, "/")
	return top == "dev" || top == "proc" || top == "sys"
}

var tarTypes = map[byte]string{
	tar.TypeReg: "file", tar.TypeDir: "directory", tar.TypeSymlink: "symlink",
	tar.TypeChar: "char", tar.TypeBlock: "block", tar.TypeFifo: "fifo",
}

// exported reads the filesystem of a fresh container, which never runs.
func exported(t *testing.T, reference string) map[string]node {
	t.Helper()
	container := docker(t, "create", "--network", "host", reference)
	defer docker(t, "rm", container)
	export := exec.Command("docker", "export", container)
	export.Stderr = os.Stderr
	stream, err := export.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := export.Start(); err != nil {
		t.Fatal(err)
	}
	nodes := map[string]node{}
	r := tar.NewReader(stream)
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		p := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		if p == "" {
			continue
		}
		if h.Typeflag == tar.TypeLink {
			target, ok := nodes[strings.TrimPrefix(path.Clean("/"+h.Linkname), "/")]
			if !ok {
				t.Fatalf("%s is a hard link to %s, which comes later", p, h.Linkname)
			}
			nodes[p] = target
			continue
		}
		n := node{Type: tarTypes[h.Typeflag], Mode: h.Mode & 0o7777, UID: int64(h.Uid), GID: int64(h.Gid)}
		switch n.Type {
		case "file":
			n.Size = h.Size
		case "symlink":
			n.Target = h.Linkname
		case "":
			t.Fatalf("%s is of type %q", p, h.Typeflag)
		}
		nodes[p] = n
	}
	io.Copy(io.Discard, stream)
	if err := export.Wait(); err != nil {
		t.Fatalf("docker export: %v", err)
	}
	maps.DeleteFunc(nodes, func(p string, _ node) bool { return engines(p) })
	return nodes
}

// visible is what the report says is visible.
func visible(t *testing.T, d document) map[string]node {
	t.Helper()
	nodes := map[string]node{}
	add := func(p string, n node, mode *string, uid, gid *int64) {
		p = realName(t, p)
		if engines(p) {
			return
		}
		if mode == nil || uid == nil || gid == nil {
			n.unknown = true
		} else {
			bits, err := strconv.ParseInt(*mode, 8, 64)
			if err != nil {
				t.Errorf("%q has the mode %q", p, *mode)
			}
			n.Mode, n.UID, n.GID = bits, *uid, *gid
		}
		if _, ok := nodes[p]; ok {
			t.Errorf("%q is listed twice", p)
		}
		nodes[p] = n
	}
	for _, f := range d.Files {
		if f.Verdict == model.Shadowed {
			continue
		}
		for _, p := range append([]string{f.Path}, f.Links...) {
			add(p, node{Type: "file", Size: f.Size}, &f.Mode, f.UID, f.GID)
		}
	}
	for _, e := range d.Entries {
		n := node{Type: e.Type}
		if e.Target != nil {
			n.Target = realName(t, *e.Target)
		}
		add(e.Path, n, e.Mode, e.UID, e.GID)
	}
	return nodes
}

// realName undoes what JSON reports write for names that are not UTF-8: \xNN
// for a byte, \\ for a backslash.
func realName(t *testing.T, name string) string {
	t.Helper()
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		rest := name[i:]
		switch {
		case strings.HasPrefix(rest, `\\`):
			out.WriteByte('\\')
			i++
		case strings.HasPrefix(rest, `\x`) && len(rest) >= 4:
			b, err := strconv.ParseUint(rest[2:4], 16, 8)
			if err != nil {
				t.Errorf("name %q", name)
			}
			out.WriteByte(byte(b))
			i += 3
		case rest[0] == '\\':
			t.Errorf("name %q has a lone backslash", name)
			return name
		default:
			out.WriteByte(rest[0])
		}
	}
	return out.String()
}
