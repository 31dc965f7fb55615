package settings

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/gate"
)

// maxIgnores is how many entries ignore may have. Each is held against every file
// that a finding names.
const maxIgnores = 256

// maxPatterns is how many bytes the paths of all entries may have together.
const maxPatterns = 64 << 10

// Keys are all keys of a .tare.yaml.
var Keys = slices.Concat(gate.SingleNames, gate.ListNames, []string{gate.NameDeny, gate.NameRequireUser, gate.NameFloor, "scope", "base", "platform", "dockerfile", "ignore", "allow-growth", "severity"})

var ignoreKeys = []string{"rule", "path", "package", "reason", "expires"}

// tare reads a .tare.yaml.
func (p *parser) tare(top *yaml.Node) error {
	return p.mapping(top, "the file", func(key, value *yaml.Node) error {
		if slices.Contains(gate.SingleNames, key.Value) {
			return p.limit(key, value)
		}
		if slices.Contains(gate.ListNames, key.Value) {
			return p.list(key, value)
		}
		switch key.Value {
		case gate.NameRequireUser:
			return p.user(key, value)
		case gate.NameFloor:
			return p.floor(value)
		case "severity":
			return p.severity(value)
		case "allow-growth":
			return p.allowances(value)
		case gate.NameDeny:
			return p.deny(key, value)
		case "scope":
			return p.scope(value)
		case "base":
			return p.base(value)
		case "platform":
			return p.plain(key.Value, &p.out.Platform, value, "a platform such as linux/amd64")
		case "dockerfile":
			return p.dockerfile(value)
		case "ignore":
			return p.ignores(value)
		}
		return p.unknown(key.Line, "key", key.Value, Keys)
	})
}

func (p *parser) limit(key, value *yaml.Node) error {
	text, err := p.text(key.Value, value, gate.Takes(key.Value))
	if err != nil {
		return err
	}
	bound, err := gate.Parse(key.Value, text)
	if err != nil {
		return p.at(value.Line, "%s: %q is not valid; %w", key.Value, text, err)
	}
	p.out.Limits = append(p.out.Limits, gate.Limit{Bound: bound, From: p.where(key.Line)})
	return nil
}

func (p *parser) deny(key, value *yaml.Node) (err error) {
	items, err := p.words(key.Value, value, gate.Takes(gate.NameDeny))
	if err != nil {
		return err
	}
	p.out.Risky = len(items) == 0
	denied := map[string]bool{}
	defer func() {
		switch {
		case err != nil:
		case p.out.Risky && denied[string(gate.DenyRisks)]:
			err = p.at(key.Line, "deny has both risks and none, which lets risks pass; keep one of them")
		case p.out.NewOnly && (p.out.Risky || denied[string(gate.DenyRisks)]):
			err = p.at(key.Line, "deny has new-risks, which lets the risks of the older image pass, beside risks or none; keep one of them")
		}
	}()
	for _, item := range items {
		id := string(gate.DenyRisks)
		switch item.Value {
		case gate.DenyNone:
			p.out.Risky = true
			continue
		case gate.DenyNew:
			p.out.NewOnly = true
			continue
		}
		if item.Value != id {
			if id, err = p.rule(item); err != nil {
				return err
			}
		}
		if denied[id] {
			continue
		}
		denied[id] = true
		p.out.Limits = append(p.out.Limits, gate.Limit{Bound: gate.Deny(id), From: p.where(item.Line)})
	}
	return nil
}

func (p *parser) plain(key string, to *string, value *yaml.Node, takes string, also ...string) error {
	text, err := p.word(key, value, takes, also...)
	*to = text
	return err
}

func (p *parser) scope(value *yaml.Node) error {
	const takes = "own or all"
	if err := p.plain("scope", &p.out.Scope, value, takes); err != nil {
		return err
	}
	if s := p.out.Scope; s != model.ScopeOwn && s != model.ScopeAll {
		return p.at(value.Line, "scope: %q is not valid; it takes %s", s, takes)
	}
	return nil
}

// base reads a reference or a number of layers. A reference to a file is
// relative to the settings' directory.
func (p *parser) base(value *yaml.Node) error {
	const takes = "a reference or a number of layers, 1 or more"
	if err := p.plain("base", &p.out.Base, value, takes, "!!int", "!!float"); err != nil {
		return err
	}
	if n, err := strconv.Atoi(p.out.Base); err == nil && n < 1 || err != nil && value.ShortTag() != "!!str" {
		return p.at(value.Line, "base: %q is not valid; it takes %s", p.out.Base, takes)
	}
	if b := p.out.Base; strings.HasPrefix(b, "./") || strings.HasPrefix(b, "../") {
		if p.out.Base = p.beside(b); !strings.HasPrefix(p.out.Base, ".") && !filepath.IsAbs(p.out.Base) {
			p.out.Base = "./" + p.out.Base // else it would be a name for a registry
		}
	}
	return nil
}

func (p *parser) dockerfile(value *yaml.Node) error {
	if err := p.plain("dockerfile", &p.out.Dockerfile, value, "the path of a Dockerfile"); err != nil {
		return err
	}
	p.out.Dockerfile = p.beside(p.out.Dockerfile)
	return nil
}

// beside is a path that the file says, as seen from the current directory.
func (p *parser) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(p.file), filepath.FromSlash(name))
}

func (p *parser) ignores(list *yaml.Node) error {
	if list.Kind != yaml.SequenceNode {
		return p.at(list.Line, "ignore is %s; it takes a list, each entry with a rule, path or package and a reason", what(list))
	}
	for _, entry := range list.Content {
		if entry.Kind != yaml.MappingNode {
			return p.at(entry.Line, "this entry is %s; write a rule, path or package and a reason", what(entry))
		}
		if err := p.ignore(entry); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) ignore(entry *yaml.Node) error {
	g := gate.Ignore{Where: p.where(entry.Line)}
	fields := map[string]*string{"rule": &g.Rule, "path": &g.Path, "package": &g.Package, "reason": &g.Reason, "expires": &g.Expires}
	takes := map[string]string{
		"rule": "a rule such as apt-lists", "path": "a pattern of paths such as var/cache/**", "package": "a package's name",
		"reason": "a sentence for whoever asks later", "expires": "the last day it applies, such as 2030-01-31",
	}
	err := p.mapping(entry, "this entry", func(key, value *yaml.Node) error {
		field := fields[key.Value]
		if field == nil {
			return p.unknown(key.Line, "key of an ignore", key.Value, ignoreKeys)
		}
		if err := p.plain(key.Value, field, value, takes[key.Value]); err != nil {
			return err
		}
		switch key.Value {
		case "rule":
			_, err := p.rule(value)
			return err
		case "path":
			if _, err := gate.ParseGlob(g.Path); err != nil {
				return p.at(value.Line, "path: %q is not valid; %w", g.Path, err)
			}
		case "expires":
			if _, err := time.Parse(time.DateOnly, g.Expires); err != nil {
				return p.at(value.Line, "expires: %q is not a date; it takes %s", g.Expires, takes["expires"])
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case g.Rule == "" && g.Path == "" && g.Package == "":
		return p.at(entry.Line, "this entry ignores nothing; give it a rule, a path or a package")
	case g.Reason == "":
		return p.at(entry.Line, "this entry gives no reason; add reason: and a sentence for whoever asks later")
	}
	if len(p.out.Ignores) == maxIgnores {
		return p.at(entry.Line, "there are too many entries; tare takes at most %d", maxIgnores)
	}
	patterns := len(g.Path)
	for i := range p.out.Ignores {
		patterns += len(p.out.Ignores[i].Path)
	}
	if patterns > maxPatterns {
		return p.at(entry.Line, "the paths of all entries are longer than %d KiB together; shorten them", maxPatterns>>10)
	}
	p.out.Ignores = append(p.out.Ignores, g)
	return nil
}
