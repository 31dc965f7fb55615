package terminal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// story is a small image in which a file of every kind meets every fate.
var story = imagetest.Image{
	Config: v1.Config{Cmd: []string{"/bin/tool"}, User: "10001"},
	Layers: []imagetest.Layer{
		{CreatedBy: "COPY base / # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{
			imagetest.Dir("app"),
			imagetest.Text("app/config.txt", "first line\nsecond line\nthird line\n"),
			imagetest.Fill("app/old.log", 300_000),
			imagetest.Dir("bin"),
			{Path: "bin/tool", Body: []byte("\x7fELF\x00\x01\x02\x03 tool \xff\xfe"), Mode: 0o755},
			imagetest.Dir("wide"),
			imagetest.Text("wide/日本語のファイル.txt", "wide\n"),
			imagetest.Text("wide/🦀 crab 👩‍💻.txt", "wide\n"),
			imagetest.Text("wide/e\u0301tude.txt", "wide\n"),
		}},
		{CreatedBy: "RUN edit --the=config with a long command line that will not fit into its row && touch /app/it\\'s # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{
			imagetest.Text("app/config.txt", "first line\n2nd line\nthird line\n"),
			imagetest.Text("app/it's new.txt", "new\n"),
		}},
		{CreatedBy: "RUN rm /app/old.log # buildkit", Comment: "buildkit.dockerfile.v0", Files: []imagetest.File{
			imagetest.Whiteout("app/old.log"),
		}},
	},
}

// saveImage writes an image as an archive that the test's tare can open.
func saveImage(t *testing.T, name string, image imagetest.Image) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, image.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openStory opens the story and goes to a file of one of its layers.
func openStory(t *testing.T, s setting, layer, file string) *terminal {
	t.Helper()
	s.args = append(s.args, "oci-archive:"+saveImage(t, "story.tar", story))
	term := open(t, s)
	term.wait("wasted", "? help")
	if layer != "" {
		term.command("layer " + layer)
		term.see("2", "by size", "app/")
	}
	if file != "" {
		term.command("goto " + file)
		name := []rune(file[strings.LastIndexByte(file, '/')+1:])
		term.wait(string(name[max(len(name)-5, 0):])) // a narrow terminal cuts it in the middle
	}
	return term
}

// command gives the interface a command by its name.
func (term *terminal) command(text string) {
	term.t.Helper()
	term.press(":")
	term.text(text)
	typed := []rune(text)
	term.wait(string(typed[max(len(typed)-4, 0):])) // a narrow terminal shows no more
	term.press("Enter")
	term.wait("? help")
}
