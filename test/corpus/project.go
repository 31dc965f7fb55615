package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/tare-oci/tare/analyze/replay"
)

// project is where a Dockerfile of a corpus lies in its repository. The zero value is that of one whose
// repository is not at hand.
type project struct {
	dir        string                 // the build context
	dockerfile string                 // below it, or beside it
	known      map[string]replay.File // the files of the context
}

// What is read of a repository: so many files, and the content of those that are no larger.
const (
	maxFiles   = 50_000
	maxContent = 256 << 10
)

// findProject finds a Dockerfile by its content in a repository, and the directory that it is built in: of its
// own and those above it, the one that has most of what it copies.
func findProject(root string, dockerfile []byte) (*project, error) {
	tree, err := os.OpenRoot(root)
	if errors.Is(err, fs.ErrNotExist) {
		return &project{}, nil // no repository of that name
	}
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	files := make(map[string]replay.File)
	at := ""
	err = fs.WalkDir(tree.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name == ".git" {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if len(files) == maxFiles {
			return errors.New("the repository has too many files")
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := replay.File{Size: info.Size()}
		if info.Mode()&0o111 != 0 {
			f.Mode = 0o755
		}
		if f.Size <= maxContent {
			if f.Body, err = fs.ReadFile(tree.FS(), name); err != nil {
				return err
			}
			f.Size = 0
			if bytes.Equal(f.Body, dockerfile) && (at == "" || strings.Count(name, "/") < strings.Count(at, "/")) {
				at = name
			}
		}
		files[name] = f
		return nil
	})
	if err != nil || at == "" {
		return &project{}, err
	}
	sources, err := copied(dockerfile)
	if err != nil {
		return nil, err
	}
	best, most := path.Dir(at), -1
	for dir := best; ; dir = path.Dir(dir) {
		found := 0
		for _, source := range sources {
			if holds(files, path.Join(dir, source)) {
				found++
			}
		}
		if found > most {
			best, most = dir, found
		}
		if dir == "." {
			break
		}
	}
	p := &project{dir: filepath.Join(root, filepath.FromSlash(best)), known: make(map[string]replay.File)}
	for name, f := range files {
		if below, ok := strings.CutPrefix(name, best+"/"); ok || best == "." {
			p.known[strings.TrimPrefix(below, "./")] = f
		}
	}
	if best == "." {
		for name, size := range map[string]int64{".git/HEAD": 23, ".git/config": 300, ".git/index": 20000, ".git/objects/pack/pack-aa.pack": 3 << 20} {
			p.known[name] = replay.File{Size: size}
		}
	}
	if p.dockerfile, err = filepath.Rel(filepath.FromSlash(best), filepath.FromSlash(at)); err != nil {
		return nil, err
	}
	return p, nil
}

// holds reports whether there is a file or a directory of a name, which may be a pattern.
func holds(files map[string]replay.File, name string) bool {
	for file := range files {
		for at := file; at != "."; at = path.Dir(at) {
			if ok, _ := path.Match(name, at); ok || at == name {
				return true
			}
		}
	}
	return false
}

// copied lists what COPY and ADD of a Dockerfile take from its build context.
func copied(dockerfile []byte) (sources []string, err error) {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return nil, err
	}
	for _, n := range parsed.AST.Children {
		keyword := strings.ToUpper(n.Value)
		if keyword != "COPY" && keyword != "ADD" {
			continue
		}
		from := false
		for _, flag := range n.Flags {
			from = from || strings.HasPrefix(flag, "--from")
		}
		for word := n.Next; word != nil && word.Next != nil && !from; word = word.Next {
			if !strings.Contains(word.Value, "://") && !strings.Contains(word.Value, "$") {
				sources = append(sources, strings.TrimPrefix(path.Clean("/"+word.Value), "/"))
			}
		}
	}
	return sources, nil
}
