package lesson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/model"
)

// BuildFails is the id of the check that comes first in every lesson: whether the Dockerfile
// builds.
const BuildFails = "builds"

// Check is one condition that the image of a solved lesson meets, and the sentence that the
// learner reads while it is not met.
type Check struct {
	ID   string
	Else string // one sentence that says why, and where to look
	test func(*made) bool
}

// made is the image that a learner's files produce.
type made struct {
	report *model.Report
	image  figures
	again  func(path string) (int64, bool)
}

// kinds are the checks that a lesson may have, by the key of lesson.yaml that asks for
// them. To add one, add it here.
var kinds = map[string]func(n *yaml.Node) (func(*made) bool, error){
	// gone: no finding of the rule is left.
	"gone": func(n *yaml.Node) (func(*made) bool, error) {
		var rules []string
		err := texts(&rules)(n)
		return func(m *made) bool {
			return !slices.ContainsFunc(m.report.Findings, func(f model.Finding) bool {
				return !f.Inherited && slices.Contains(rules, f.Rule) && (f.Bytes == 0 || f.Bytes >= worthALesson)
			})
		}, err
	},
	// has: a container sees a file or directory there.
	"has": func(n *yaml.Node) (func(*made) bool, error) {
		var paths []string
		err := texts(&paths)(n)
		return func(m *made) bool {
			return !slices.ContainsFunc(paths, func(p string) bool { return !m.visible(p) })
		}, err
	},
	// hasnt: no layer contains this path, not even as a deleted file.
	"hasnt": func(n *yaml.Node) (func(*made) bool, error) {
		var paths []string
		err := texts(&paths)(n)
		return func(m *made) bool { return !slices.ContainsFunc(paths, m.anywhere) }, err
	},
	// installed: these packages of Debian are in the image.
	"installed": func(n *yaml.Node) (func(*made) bool, error) {
		var packages []string
		err := texts(&packages)(n)
		return func(m *made) bool {
			return !slices.ContainsFunc(packages, func(p string) bool { return !m.installed(p) })
		}, err
	},
	// absent: none of these packages is in the image.
	"absent": func(n *yaml.Node) (func(*made) bool, error) {
		var packages []string
		err := texts(&packages)(n)
		return func(m *made) bool { return !slices.ContainsFunc(packages, m.installed) }, err
	},
	// owner: the user and group of a path, as numbers.
	"owner": func(n *yaml.Node) (func(*made) bool, error) {
		if len(n.Content) != 4 || n.Content[0].Value != "path" || n.Content[2].Value != "user" {
			return nil, bad(n, "owner has a path, and the number of a user: {path: /srv/app, user: 33}")
		}
		user, err := strconv.ParseInt(n.Content[3].Value, 10, 64)
		if err != nil {
			return nil, bad(n.Content[3], "%q is not the number of a user", n.Content[3].Value)
		}
		return func(m *made) bool {
			a, ok := m.attributes(n.Content[1].Value)
			return ok && a.UID == user
		}, nil
	},
	// executable: whether a file can be run.
	"executable": func(n *yaml.Node) (func(*made) bool, error) {
		var path string
		err := text1(&path)(n)
		return func(m *made) bool {
			a, ok := m.attributes(path)
			return ok && a.Mode&0o111 != 0
		}, err
	},
	// size: how many bytes all layers may have together.
	"size": func(n *yaml.Node) (func(*made) bool, error) {
		var most int64
		err := bytes1(&most)(n)
		return func(m *made) bool { return m.image.Size <= most }, err
	},
	// wasted: how many bytes may remain that no container can use and a fix would remove.
	"wasted": func(n *yaml.Node) (func(*made) bool, error) {
		var most int64
		err := bytes1(&most)(n)
		return func(m *made) bool { return m.image.Avoidable <= most }, err
	},
	// again: how many bytes may be built and pulled again after this file has changed.
	"again": func(n *yaml.Node) (func(*made) bool, error) {
		if len(n.Content) != 4 || n.Content[0].Value != "file" || n.Content[2].Value != "most" {
			return nil, bad(n, "again has a file of the build context, and most: {file: app.py, most: 1MB}")
		}
		var most int64
		err := bytes1(&most)(n.Content[3])
		return func(m *made) bool {
			bytes, copied := m.again(n.Content[1].Value)
			return copied && bytes <= most
		}, err
	},
	// runs: the command that the container starts, as a list of words.
	"runs": func(n *yaml.Node) (func(*made) bool, error) {
		var words []string
		err := texts(&words)(n)
		return func(m *made) bool {
			c := m.report.Config
			return c != nil && slices.Equal(append(slices.Clone(c.Entrypoint), c.Cmd...), words)
		}, err
	},
}

// worthALesson is how many bytes a finding must have before a learner has to deal with it.
const worthALesson = 100_000

func (l *Lesson) readCheck(n *yaml.Node) error {
	var c Check
	keys := []key{{"id", true, text1(&c.ID)}, {"else", true, text1(&c.Else)}}
	for name, kind := range kinds {
		keys = append(keys, key{name, false, func(v *yaml.Node) error {
			if c.test != nil {
				return bad(v, "a check asks one thing; make two of it")
			}
			var err error
			c.test, err = kind(v)
			return err
		}})
	}
	slices.SortStableFunc(keys[2:], func(a, b key) int { return strings.Compare(a.name, b.name) })
	if err := l.mapping(n, "a check", keys); err != nil {
		return err
	}
	switch {
	case c.test == nil:
		return bad(n, "check %q asks nothing; it needs one of %s", c.ID, names(keys[2:]))
	case c.ID == BuildFails || slices.ContainsFunc(l.Checks, func(o Check) bool { return o.ID == c.ID }):
		return bad(n, "there are two checks %q", c.ID)
	}
	l.where[fmt.Sprintf("check %s", c.ID)] = n.Line
	l.Checks = append(l.Checks, c)
	return nil
}
