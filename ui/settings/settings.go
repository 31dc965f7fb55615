// Package settings reads a project's settings for the gate, from a file next to its sources:
// .tare.yaml, or the .dive-ci of a project that comes from dive.
//
//	s, err := settings.Load(".tare.yaml", ruleIDs)
//
// The file is small, written by people, and often wrong. So every error names the file and the
// line, says what is wrong there, and says what would be right. A misspelled threshold that was
// silently ignored would leave the gate open.
package settings

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tare-oci/tare/ui/gate"
	"github.com/tare-oci/tare/ui/severity"
)

const (
	// Name is what the file is called.
	Name = ".tare.yaml"
	// DiveName is what dive's is called.
	DiveName = ".dive-ci"
	// maxSize is far more than anybody writes.
	maxSize = 1 << 20
)

// Settings are what one file says. What it does not say is empty.
type Settings struct {
	File string // as errors and reports name it
	Dive bool   // it is dive's

	Limits  []gate.Limit
	Risky   bool // deny is there and says that risks may pass: it is empty, or has none
	NewOnly bool // deny names new-risks: risks pass where there is no older image, or that has them
	Scope   string
	Ignores []gate.Ignore
	Floor   *gate.Floor // nil where the file says nothing
	Allowed []gate.Allowance

	Severity severity.Table // of findings, by rule or kind; nil where the file says nothing

	Base, Platform string
	Dockerfile     string // relative to the file's directory, unless absolute

	Notes []string // what a person should know once
}

// Load reads a file that the user named, or that Find found. Rules are the ids
// of the catalogue, which a file may name.
func Load(name string, rules []string) (*Settings, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("reading %s: it is longer than 1 MiB, so it cannot be a settings file; name another file with --config", name)
	}
	return Parse(name, text, rules)
}

// unreadable says in one line why a file cannot be read.
func unreadable(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the name is there already
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("reading %s: there is no such file; tare init IMAGE writes %s", name, Name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("reading %s: permission denied; check the file's permissions", name)
	}
	return fmt.Errorf("reading %s: %w; name a file with --config", name, err)
}

// Parse reads settings from the text of a file. Dive's are recognised by the
// file's name or, in a file that is called neither, by their key, rules.
func Parse(name string, text []byte, rules []string) (*Settings, error) {
	p := parser{file: name, rules: rules, out: &Settings{File: name}}
	top, err := p.document(text)
	if err != nil {
		return nil, err
	}
	if base := filepath.Base(name); base == DiveName || base != Name && p.looksLikeDive(top) {
		p.out.Dive = true
		err = p.dive(top)
	} else {
		err = p.tare(top)
	}
	if err != nil {
		return nil, err
	}
	return p.out, nil
}
