package deb

import (
	"cmp"
	"slices"
	"strings"
)

// maxOptions bounds what hostile configuration can make us hold.
const maxOptions = 5_000

// Config is apt's configuration, as far as one can know it from an image: a tree
// of options whose names, joined with "::", compare without regard to case.
type Config struct{ root option }

type option struct {
	value    string
	children []*option
	named    map[string]*option // of children, by name in one case; the first of each
}

// ConfigFile is a file of /etc/apt/apt.conf.d, or /etc/apt/apt.conf itself.
type ConfigFile struct{ Name, Text string }

// ReadConfig reads the files of apt.conf.d that apt would read, in its order,
// and then main, which may be "". Where a file is malformed apt would stop; here
// reading goes on with the next file, and a note says so.
func ReadConfig(parts []ConfigFile, main string) (c *Config, notes []string) {
	c = &Config{}
	left := maxOptions
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b ConfigFile) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range append(slices.DeleteFunc(parts, ignoredPart), ConfigFile{"apt.conf", main}) {
		p := configParser{config: c, left: &left}
		if problem := p.read(f.Text); problem != "" {
			notes = append(notes, "apt configuration "+f.Name+": "+problem)
		}
	}
	return c, notes
}

// ignoredPart knows the names that apt passes over in a .d directory: those with
// another extension than .conf, and those with unusual characters.
func ignoredPart(f ConfigFile) bool {
	if i := strings.LastIndexByte(f.Name, '.'); i == 0 || i > 0 && f.Name[i:] != ".conf" {
		return true
	}
	return strings.ContainsFunc(f.Name, func(r rune) bool {
		return r > 'z' || !letter(byte(r)) && !digit(byte(r)) && !strings.ContainsRune("_-.:", r)
	})
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// set gives an option a value. An empty last part, "APT::Foo::", adds one more.
func (c *Config) set(path, value string) {
	at := &c.root
	for name := range strings.SplitSeq(path, "::") {
		at = at.child(name, true)
	}
	at.value = value
}

func (o *option) child(name string, create bool) *option {
	key := strings.ToLower(strings.ToUpper(name))
	if c := o.named[key]; c != nil && name != "" {
		return c
	}
	if !create {
		return nil
	}
	c := &option{}
	o.children = append(o.children, c)
	if name != "" {
		if o.named == nil {
			o.named = make(map[string]*option)
		}
		o.named[key] = c
	}
	return c
}

func (c *Config) find(path string) *option {
	at := &c.root
	for name := range strings.SplitSeq(path, "::") {
		if at = at.child(name, false); at == nil {
			return nil
		}
	}
	return at
}

func (c *Config) clear(path string) {
	if o := c.find(path); o != nil {
		o.value, o.children, o.named = "", nil, nil
	}
}

// list returns the values below an option, or its own, split at commas.
func (c *Config) list(path string) []string {
	o := c.find(path)
	if o == nil {
		return nil
	}
	if o.value != "" {
		return strings.Split(o.value, ",")
	}
	var values []string
	for _, child := range o.children {
		values = append(values, child.value)
	}
	return values
}

// bool returns a switch, or what it is when nobody set it.
func (c *Config) bool(path string, otherwise bool) bool {
	o := c.find(path)
	if o == nil || o.value == "" {
		return otherwise
	}
	switch strings.ToLower(o.value) {
	case "0", "no", "false", "without", "off", "disable":
		return false
	}
	return yes(o.value) || otherwise
}

func (c *Config) text(path, otherwise string) string {
	if o := c.find(path); o != nil && o.value != "" {
		return o.value
	}
	return otherwise
}
