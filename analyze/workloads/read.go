package workloads

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/ctxio"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// Limits of what is read. A cluster with ten thousand pods prints about 100 MB.
const (
	maxFile      = 256 << 20 // bytes of one file
	maxTotal     = 1 << 30   // bytes of all
	maxFiles     = 50_000    // in directories, manifests or not
	maxWorkloads = 100_000
	maxProblems  = 1_000
)

// Read reads manifests: files, directories with all below them (*.yaml, *.yml, *.json), and
// Stdin. It fails where a name cannot be opened at all, and when ctx ends. What is wrong
// inside of files and directories is a Problem, one for each file or document.
//
// Hidden directories and what package managers install (node_modules, vendor) are left out, and
// so is the inside of a Helm chart, which is no manifest before helm template renders it.
func Read(ctx context.Context, stdin io.Reader, names ...string) (*Set, error) {
	all := &all{ctx: ctx, set: &Set{}, charts: map[string]string{}, told: map[string]bool{}}
	for _, name := range names {
		if err := all.name(stdin, name); err != nil {
			return nil, err
		}
	}
	return all.set, ctx.Err()
}

// all is the reading of several names.
type all struct {
	ctx   context.Context
	set   *Set
	files int
	bytes int64
	held  int  // bytes of Secrets and ConfigMaps
	full  bool // whether the limit on workloads was told

	charts map[string]string // the chart that a directory is in, or ""
	told   map[string]bool   // directories whose templates were complained of
}

// reader reads one file into the set.
type reader struct {
	*all
	file         string
	named        bool   // whether the user named it: it has to be a manifest
	source       string // as in Workload
	count        int    // objects so far
	seen         bool   // whether there was any object, or a problem
	unrendered   bool   // whether the file was told to be a template
	placeholders bool   // whether an image that is filled in later was complained of
}

// problem notes what is wrong in the file.
func (r *reader) problem(line int, what, next string) {
	r.seen = true
	r.all.problem(Problem{File: r.file, Line: line, What: what, Next: next})
}

func (a *all) problem(p Problem) {
	p.What = clip(p.What)
	switch len(a.set.Problems) {
	case maxProblems + 1:
		return
	case maxProblems:
		p = Problem{File: p.File, What: "there are more problems, here and in what follows, than are listed", Next: "solve those above first"}
	}
	a.set.Problems = append(a.set.Problems, p)
}

// clip shortens a text that is from a file.
func clip(text string) string {
	const most = 300
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// name reads what a user named.
func (a *all) name(stdin io.Reader, name string) error {
	if name == Stdin {
		return a.standardInput(stdin)
	}
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		err = a.directory(name)
	} else if err == nil {
		err = a.file(name, true)
	}
	if err == nil || a.ctx.Err() != nil {
		return a.ctx.Err()
	}
	return &usererror.OpError{Act: "reading manifests from " + name, Err: cause(err)}
}

// cause says in words why a file cannot be read.
func cause(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &usererror.Error{What: "there is no such file or directory", Next: "check the path", Cause: err}
	case errors.Is(err, fs.ErrPermission):
		return &usererror.Error{What: "you may not read it", Next: "check its permissions", Cause: err}
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (a *all) standardInput(stdin io.Reader) error {
	if stdin == nil {
		return nil
	}
	text, err := a.read(ctxio.NewReader(a.ctx, stdin))
	if err != nil {
		return &usererror.OpError{Act: "reading manifests from standard input", Err: err}
	}
	r := &reader{all: a, file: Stdin, named: true}
	r.text(text)
	return nil
}

// read reads a file to its end, or to the limit, which is an error.
func (a *all) read(from io.Reader) ([]byte, error) {
	most := min(maxFile, maxTotal-a.bytes)
	text, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, &usererror.Error{What: fmt.Sprintf("it has more than %d MB", most>>20), Next: "give fewer manifests at once"}
	}
	a.bytes += int64(len(text))
	return text, nil
}

// text reads the content of the file, and complains where a file that the user named holds
// nothing.
func (r *reader) text(text []byte) {
	for _, p := range split(decoded(text)) {
		if r.ctx.Err() != nil {
			return
		}
		r.document(p)
	}
	switch {
	case r.seen || !r.named:
	case len(bytes.TrimSpace(text)) == 0:
		r.problem(0, "it is empty", "give it Kubernetes manifests")
	default:
		r.problem(0, "there is no Kubernetes object in it", "give it manifests, which have apiVersion and kind")
	}
}

// file reads one file.
func (a *all) file(name string, named bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := a.read(ctxio.NewReader(a.ctx, f))
	if err != nil {
		return err
	}
	r := &reader{all: a, file: filepath.ToSlash(name), named: named}
	r.text(text)
	return nil
}

// directory reads all manifests below a directory, in the order of their names.
func (a *all) directory(top string) error {
	return filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		if a.files++; a.files > maxFiles {
			if a.files == maxFiles+1 {
				a.problem(Problem{File: filepath.ToSlash(top), What: fmt.Sprintf("there are more than %d files, so the rest is left out", maxFiles), Next: "name the directories of the manifests"})
			}
			return filepath.SkipAll
		}
		if err != nil {
			if path == top {
				return err
			}
			a.problem(Problem{File: filepath.ToSlash(path), What: cause(err).Error()})
			return nil
		}
		if entry.IsDir() {
			return a.enter(top, path)
		}
		if !manifestName(path) || !regular(path, entry) || a.chartPart(filepath.ToSlash(path)) {
			return nil
		}
		if err := a.file(path, false); err != nil && a.ctx.Err() == nil {
			a.problem(Problem{File: filepath.ToSlash(path), What: cause(err).Error()})
		}
		return a.ctx.Err()
	})
}

// enter decides whether to look into a directory.
func (a *all) enter(top, path string) error {
	name := filepath.Base(path)
	if path != top && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor") {
		return filepath.SkipDir
	}
	return nil
}

// manifestName reports whether a file can be a manifest by its name.
func manifestName(path string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
}

// regular reports whether a path is a file, or a link to one, as in a directory that a
// ConfigMap is mounted at.
func regular(path string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return entry.Type().IsRegular()
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
