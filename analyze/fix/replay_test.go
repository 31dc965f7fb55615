package fix_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// builder builds Dockerfiles without an engine: it knows what a few commands do to files. A
// file is its size; what a command needs and does not find is an error, as in a build.
type builder struct {
	dir   string // the working directory
	files map[string]content
	image imagetest.Image
}

// content is a file: what it holds and whose it is.
type content struct {
	seed string
	size int64
	uid  int
}

const (
	aptList    = "/var/lib/apt/lists/deb.example.org_debian_dists_bookworm_main_binary-amd64_Packages"
	aptRelease = "/var/lib/apt/lists/deb.example.org_debian_dists_bookworm_InRelease"
	aptLog     = "/var/log/dpkg.log"
)

// replay builds a Dockerfile with one stage.
func replay(dockerfile string) (*builder, error) {
	b := &builder{dir: "/", files: map[string]content{"/bin/sh": {"sh", 4000, 0}, "/etc/passwd": {"passwd", 200, 0}}}
	b.image.Tag = "app:1"
	b.layer("/bin/sh -c #(nop) ADD file:"+strings.Repeat("ab", 32)+" in / ", nil)
	parsed, err := parser.Parse(strings.NewReader(dockerfile))
	if err != nil {
		return nil, err
	}
	for _, node := range parsed.AST.Children {
		before := maps.Clone(b.files)
		switch keyword := strings.ToUpper(node.Value); keyword {
		case "FROM":
		case "RUN":
			script := node.Next.Value
			if len(node.Heredocs) > 0 {
				script = node.Heredocs[0].Content
			}
			if err := b.run(node.Original, strings.Split(dockerfile, "\n")[node.StartLine-1:node.EndLine]); err != nil {
				return nil, fmt.Errorf("line %d: %w", node.StartLine, err)
			}
			b.layer("RUN /bin/sh -c "+script+" # buildkit", before)
		case "COPY":
			b.copy(node)
			b.layer(node.Original+" # buildkit", before)
		default:
			b.image.Layers = append(b.image.Layers, imagetest.Layer{CreatedBy: node.Original, Comment: "buildkit.dockerfile.v0", Empty: true})
		}
	}
	b.image.Config.Cmd = []string{"/bin/sh"}
	return b, nil
}

// layer adds what changed since before.
func (b *builder) layer(by string, before map[string]content) {
	l := imagetest.Layer{CreatedBy: by, Comment: "buildkit.dockerfile.v0", Compression: imagetest.None}
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		if f := b.files[name]; f != before[name] {
			l.Files = append(l.Files, imagetest.Same(name[1:], f.seed, f.size).Chown(f.uid, f.uid))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, stays := b.files[name]; !stays {
			l.Files = append(l.Files, imagetest.Whiteout(name[1:]))
		}
	}
	b.image.Layers = append(b.image.Layers, l)
}

// copy brings a file of 300 kB for each source, and two for a directory.
func (b *builder) copy(node *parser.Node) {
	var words []string
	for n := node.Next; n != nil; n = n.Next {
		words = append(words, n.Value)
	}
	uid := 0
	for _, flag := range node.Flags {
		if owner, ok := strings.CutPrefix(flag, "--chown="); ok {
			_, _ = fmt.Sscan(owner, &uid)
		}
	}
	for _, source := range words[:len(words)-1] {
		dest := words[len(words)-1]
		b.files[path.Join(dest, source)] = content{source, 300_000, uid}
	}
}

// run runs the commands of a RUN, one after the other.
func (b *builder) run(_ string, lines []string) error {
	r, err := rewrite.ParseRun(strings.Join(lines, "\n"))
	if err != nil {
		return err
	}
	for _, c := range r.Commands {
		if err := b.command(c); err != nil {
			return fmt.Errorf("%s: %w", c.Source(), err)
		}
	}
	return nil
}

func (b *builder) command(c rewrite.Command) error {
	args := make([]string, len(c.Args()))
	var operands []string
	for i, w := range c.Args() {
		if args[i] = w.Text; !strings.HasPrefix(w.Text, "-") {
			operands = append(operands, w.Text)
		}
	}
	switch c.Name() {
	case "apt-get":
		return b.apt(operands)
	case "pip":
		if _, there := b.files["/usr/lib/python3/"+operands[1]]; there {
			return nil
		}
		b.files["/usr/lib/python3/"+operands[1]] = content{operands[1], 400_000, 0}
		if !slices.Contains(args, "--no-cache-dir") {
			b.files["/root/.cache/pip/http/"+operands[1]] = content{"cache" + operands[1], 250_000, 0}
		}
	case "fetch":
		b.files[operands[0]] = content{"fetched" + path.Base(operands[0]), 500_000, 0}
	case "unpack":
		if _, there := b.files[operands[0]]; !there {
			return fmt.Errorf("%s is not there", operands[0])
		}
		b.files["/opt/"+path.Base(operands[0])+".d"] = content{"unpacked", 700_000, 0}
	case "chown":
		for name, f := range b.files {
			if strings.HasPrefix(name, operands[1]+"/") {
				f.uid = 1
				b.files[name] = f
			}
		}
	case "rm":
		return b.remove(c, strings.Contains(args[0], "f"))
	case "true", "set", "cd", "useradd", "echo":
	default:
		return fmt.Errorf("%s is not known", c.Name())
	}
	return nil
}

// apt is apt-get: update finds lists that are there still good, install needs them and writes
// the database and the log again.
func (b *builder) apt(operands []string) error {
	switch operands[0] {
	case "update":
		if _, there := b.files[aptList]; !there {
			b.files[aptList] = content{"lists", 2_000_000, 0}
		}
		b.files[aptRelease] = content{fmt.Sprint("release", len(b.image.Layers)), 3_000, 0}
	case "install":
		if _, there := b.files[aptList]; !there {
			return fmt.Errorf("no lists")
		}
		for _, name := range operands[1:] {
			if _, there := b.files["/usr/bin/"+name]; there {
				continue
			}
			b.files["/usr/bin/"+name] = content{name, 600_000, 0}
			b.files["/var/cache/apt/archives/"+name+".deb"] = content{name + ".deb", 200_000, 0}
		}
		log := b.files[aptLog]
		b.files[aptLog] = content{log.seed + "+", log.size + 500, 0}
	case "clean":
		for name := range b.files {
			if strings.HasPrefix(name, "/var/cache/apt/archives/") {
				delete(b.files, name)
			}
		}
	}
	return nil
}

func (b *builder) remove(c rewrite.Command, force bool) error {
	gone, _ := c.Removal(b.dir)
	removed := 0
	for name := range b.files {
		if gone.Covers(name) {
			delete(b.files, name)
			removed++
		}
	}
	if removed == 0 && !force {
		return fmt.Errorf("no such file")
	}
	return nil
}

// size returns the bytes of all layers.
func (b *builder) size() (n int64) {
	for _, l := range b.image.Layers {
		for _, f := range l.Files {
			n += int64(len(f.Body))
		}
	}
	return n
}

// analyse analyses the image with its Dockerfile.
func (b *builder) analyse(t *testing.T, dockerfile string) *analyze.Result {
	t.Helper()
	dir := t.TempDir()
	archive, file := filepath.Join(dir, "app.tar"), filepath.Join(dir, "Dockerfile")
	if err := os.WriteFile(archive, b.image.Docker25().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := analyze.Analyze(t.Context(), "docker-archive:"+archive, analyze.Options{Dockerfile: file, NeedBuild: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, dockerfile)
	}
	return result
}
