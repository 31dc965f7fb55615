package tui

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tare-oci/tare/analyze/nearest"
	"github.com/tare-oci/tare/ui/tui/draw"
	"github.com/tare-oci/tare/ui/tui/keys"
	"github.com/tare-oci/tare/ui/yamlnode"
)

// Settings are a user's own: config.yaml in the directory for settings.
//
//	theme: dark
//	accessible: false
//	keys:
//	  next-match: [n, f3]
//	  quit: q
type Settings struct {
	Theme      string
	Keys       []keys.Rebind
	Accessible bool // plain lines instead of the interface
}

// maxSettings is how many bytes a settings file may have.
const maxSettings = 1 << 20

// ReadSettings reads a settings file. If file is "", or does not exist, the settings are empty.
// Errors name file and line, and what could stand there instead.
func ReadSettings(path string) (Settings, error) {
	if path == "" {
		return Settings{}, nil
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSettings+1))
	if err != nil {
		return Settings{}, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(data) > maxSettings {
		return Settings{}, fmt.Errorf("%s is larger than 1 MiB; is it a settings file?", path)
	}
	return parseSettings(path, data)
}

func parseSettings(path string, data []byte) (Settings, error) {
	var s Settings
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return s, fmt.Errorf("%s: %s; correct it or move it away", path, strings.Join(strings.Fields(err.Error()), " "))
	}
	if len(doc.Content) == 0 {
		return s, nil
	}
	top := doc.Content[0]
	if top.Kind != yaml.MappingNode {
		return s, fmt.Errorf("%s:%d: it takes theme, accessible and keys, such as theme: dark", path, top.Line)
	}
	for name, value := range yamlnode.Pairs(top) {
		where := fmt.Sprintf("%s:%d", path, name.Line)
		switch name.Value {
		case "theme":
			if value.Kind != yaml.ScalarNode || !slices.Contains(draw.Themes, value.Value) {
				return s, fmt.Errorf("%s: theme takes %s", where, strings.Join(draw.Themes, ", "))
			}
			s.Theme = value.Value
		case "accessible":
			if value.Kind != yaml.ScalarNode || value.Value != "true" && value.Value != "false" {
				return s, fmt.Errorf("%s: accessible takes true or false", where)
			}
			s.Accessible = value.Value == "true"
		case "keys":
			if value.Kind != yaml.MappingNode {
				return s, fmt.Errorf("%s: keys takes one action per line, such as next-match: [n, f3]", where)
			}
			if err := s.keys(path, value); err != nil {
				return s, err
			}
		default:
			return s, fmt.Errorf("%s: there is no setting %q%s", where, name.Value, nearestOf(name.Value, []string{"theme", "accessible", "keys"}))
		}
	}
	return s, keys.New(false).Rebind(s.Keys)
}

// keys reads the mapping of actions to keys.
func (s *Settings) keys(path string, node *yaml.Node) error {
	for name, value := range yamlnode.Pairs(node) {
		r := keys.Rebind{Action: name.Value, Where: fmt.Sprintf("%s:%d", path, name.Line)}
		if names := keys.Names(); !slices.Contains(names, r.Action) {
			return fmt.Errorf("%s: there is no action %q%s", r.Where, r.Action, nearestOf(r.Action, names))
		}
		if slices.ContainsFunc(s.Keys, func(other keys.Rebind) bool { return other.Action == r.Action }) {
			return fmt.Errorf("%s: %s is there twice; put all of its keys into one list", r.Where, r.Action)
		}
		for _, v := range yamlnode.Items(value) {
			if v.Kind != yaml.ScalarNode || v.Value == "" || len(v.Value) > 32 || strings.ContainsFunc(v.Value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return fmt.Errorf("%s:%d: %s takes keys such as n, f3 or ctrl+f", path, v.Line, r.Action)
			}
			r.Keys = append(r.Keys, v.Value)
		}
		s.Keys = append(s.Keys, r)
	}
	return nil
}

// nearestOf suggests the nearest of the possible names.
func nearestOf(name string, there []string) string {
	if near := nearest.Name(strings.ToLower(name), there); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; it takes " + strings.Join(there, ", ")
}
