package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // one that ends in a slash is a directory
		here  string
		want  string
	}{
		{"none", nil, ".", ""},
		{"here, without a repository", []string{".tare.yaml"}, ".", ".tare.yaml"},
		{"above, without a repository", []string{".tare.yaml", "a/"}, "a", ""},
		{"above, in one", []string{".git/", ".tare.yaml", "a/b/"}, "a/b", "../../.tare.yaml"},
		{"above, in a worktree", []string{".git", ".tare.yaml", "a/"}, "a", "../.tare.yaml"},
		{"above the repository", []string{".tare.yaml", "a/.git/", "a/b/"}, "a/b", ""},
		{"the nearest", []string{".git/", ".tare.yaml", "a/.tare.yaml", "a/b/"}, "a/b", "../.tare.yaml"},
		{"dive's", []string{".git/", ".dive-ci", "a/"}, "a", "../.dive-ci"},
		{"both", []string{".git/", ".tare.yaml", ".dive-ci"}, ".", ".tare.yaml"},
		{"tare's is further away", []string{".git/", ".tare.yaml", "a/.dive-ci"}, "a", "../.tare.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			for _, name := range c.files {
				plant(t, filepath.Join(root, name), strings.HasSuffix(name, "/"))
			}
			got, err := find(filepath.Join(root, c.here), os.Geteuid())
			if err != nil || filepath.ToSlash(got) != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// plant makes a file or a directory, with the directories above it.
func plant(t *testing.T, name string, directory bool) {
	t.Helper()
	dir := name
	if !directory {
		dir = filepath.Dir(name)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if !directory {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFindRefuses holds that settings which are there but cannot be trusted or
// read are an error: to go on would be to pass by other limits.
func TestFindRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, file string)
		user int
		want string
	}{
		{"another user's", func(t *testing.T, file string) { plant(t, file, false) }, os.Geteuid() + 1, "belongs to another user, so tare does not read it unasked; name it with --config"},
		{"a directory", func(t *testing.T, file string) { plant(t, file, true) }, os.Geteuid(), "is not a regular file"},
		{"a link to nothing", func(t *testing.T, file string) { link(t, "nowhere", file) }, os.Geteuid(), "is a link that leads nowhere"},
		{"another user's link", func(t *testing.T, file string) {
			plant(t, file+".real", false)
			link(t, file+".real", file)
		}, os.Geteuid() + 1, "belongs to another user"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			c.make(t, filepath.Join(root, Name))
			if c.user != os.Geteuid() && os.Geteuid() < 0 {
				t.Skip("files have no owners by number here")
			}
			if got, err := find(root, c.user); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), Name) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// link makes a symbolic link, or skips the test where nobody may.
func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip(err)
	}
}
