package analyze

import (
	"bytes"
	"cmp"
	"encoding/json"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/packages"
	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/model"
)

// maskWork is what looking for secrets in a byte takes of budget.Decoded, beside decompressing it.
const maskWork = 256

// loadsWork is the same for looking for what a file of JavaScript loads.
const loadsWork = 16

// maskSecrets masks the secrets in what the scan kept, before anything is made of it or put into
// a cache, perhaps one that others read, too: what a script runs and where it writes is all that
// rules ask of it.
func maskSecrets(x *scan.Index, b *budget.Budget) error {
	if len(x.Captured) == 0 {
		return nil
	}
	for i := range x.Entries {
		e := &x.Entries[i]
		if e.Kind != model.File || e.Link == 0 {
			continue
		}
		// The name may be any of a script's names, such as that of an object of ostree.
		name, content := x.Path(e), x.Captured[e.Link-1]
		mask := maskOfCaptured(name, content)
		if mask == nil {
			continue
		}
		work := int64(maskWork)
		if rules.IsNodeSource(name) {
			work = loadsWork
		}
		if err := b.Take(budget.Decoded, work*int64(len(content))); err != nil {
			return err
		}
		if masked := mask(string(content)); masked != string(content) {
			x.Captured[e.Link-1] = []byte(masked)
		}
	}
	return nil
}

// maskOfCaptured returns what masks the secrets of a file by its name and content, nil for a file
// that is kept as it is, as the databases of package managers are.
func maskOfCaptured(name string, content []byte) func(string) string {
	switch {
	case packages.Wants(name):
		return nil
	case strings.HasSuffix(name, "package-lock.json"):
		return withoutLogins
	case path.Ext(name) == ".json":
		return maskJSON
	case rules.IsNodeSource(name):
		return loadsOnly
	case rules.IsScript(name), rules.IsServerConfig(name), rules.IsDaemonConfig(name), bytes.HasPrefix(content, []byte("#!")):
		return redact.Mask{}.Text
	case strings.Contains(name, "ostree/repo/objects/") && bytes.IndexByte(content, 0) < 0:
		return redact.Message // perhaps a list of a package's files
	}
	return nil
}

// loadsOnly keeps of a file of JavaScript what rules ask of it: which packages it loads.
func loadsOnly(text string) string {
	var out strings.Builder
	for _, module := range rules.NodeLoads(text) {
		out.WriteString("require('" + module + "')\n")
	}
	return out.String()
}

// maskJSON masks the secrets in the texts of JSON, which stays JSON. What is none is masked as any
// text is.
func maskJSON(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return redact.Mask{}.Text(text)
	}
	masked, changed := maskValue("", "", value)
	if !changed {
		return text
	}
	out, err := json.Marshal(masked)
	if err != nil {
		return "{}"
	}
	return string(out)
}

// maskValue masks the secrets in a value that has a name in an object of another name, and
// reports whether there were any. Names of packages and scripts mean nothing by themselves.
func maskValue(object, name string, value any) (masked any, changed bool) {
	switch v := value.(type) {
	case string:
		text := redact.Mask{}.Text(v)
		if object != "scripts" && !strings.HasSuffix(strings.ToLower(object), "dependencies") {
			text, _ = redact.Mask{}.Value(name, v)
		}
		return text, text != v
	case map[string]any:
		for key, item := range v {
			next, is := maskValue(name, key, item)
			v[key], changed = next, changed || is
			if text := withoutLogins(key); text != key { // what is needed may be named by an address
				delete(v, key)
				v[text], changed = next, true
			}
		}
	case []any:
		for i, item := range v {
			next, is := maskValue(object, cmp.Or(name, object), item)
			v[i], changed = next, changed || is
		}
	}
	return value, changed
}

// maxAddress is how many bytes of an address are looked at for a login.
const maxAddress = 1 << 10

// withoutLogins masks the secrets in the lines of a text that hold an address with a login or a
// query. The record that npm leaves of a thousand modules has an address for each, and nearly none of
// those has one.
func withoutLogins(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		rest, login := line, false
		for !login {
			_, after, ok := strings.Cut(rest, "://")
			if !ok {
				break
			}
			near := after[:min(len(after), maxAddress)]
			host, _, _ := strings.Cut(near, "/")
			address, _, _ := strings.Cut(near, `"`)
			login = strings.Contains(host, "@") || strings.Contains(address, "?")
			rest = after
		}
		if login {
			line = redact.Message(line)
		}
		out.WriteString(line)
	}
	return out.String()
}
