package language

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tare-oci/tare/analyze/redact"
)

// Limits of what is kept of one file.
const (
	maxRows     = 20_000
	maxWord     = 256     // bytes of a name or a version
	maxRequires = 500     // of one package
	maxFiles    = 8 << 20 // bytes of a package's list of files
)

// What keeps a file from telling all, as [Note.Kind] has it.
const (
	tooLarge = "too-large" // it is over the limit of its kind
	tooMany  = "too-many"  // it lists more packages than are kept
	longList = "long-list" // it lists more files of a package than are kept
	noList   = "no-list"   // nothing lists the files of a package
	odd      = "odd"       // some of what it says is not understood
	oddList  = "odd-list"  // some of a package's list of files is not understood
	longNeed = "long-need" // it lists more needs of a package than are kept

	manyLocks  = "many-locks"  // there are more files Gemfile.lock than are read
	manyCaches = "many-caches" // conda names more caches than are looked for
)

// limit cuts what a file says to what is kept of it, and notes that.
func (w *words) limit(f Found, ok bool) (Found, bool) {
	if !ok || f.Manager == "" {
		return Found{}, false
	}
	if len(f.Rows) > maxRows {
		f.Rows[0].Unknown = tooMany
	}
	f.Rows = first(f.Rows, maxRows)
	for i := range f.Rows {
		r := &f.Rows[i]
		r.Name, r.Version, r.Dir = w.word(r.Name), w.word(r.Version), onePath(r.Dir)
		if len(r.Requires) > maxRequires {
			r.Unknown = cmp.Or(r.Unknown, longNeed)
		}
		r.Requires = first(r.Requires, maxRequires)
		for j := range r.Requires {
			r.Requires[j] = w.word(r.Requires[j])
		}
		if r.Requires = slices.DeleteFunc(r.Requires, func(s string) bool { return s == "" }); len(r.Requires) == 0 {
			r.Requires = nil
		}
		if len(r.Files) > maxFiles {
			r.Files = r.Files[:strings.LastIndexByte(r.Files[:maxFiles], '\n')+1]
			r.Unknown = longList
		}
		r.Files = strings.Clone(pathsWithoutSecrets(r.Files))
	}
	return f, true
}

// first returns the first n items of a list at most, and does not keep the memory of the others.
func first[T any](list []T, n int) []T {
	if len(list) <= n {
		return slices.Clip(list)
	}
	return slices.Clone(list[:n])
}

// cutList is why the files of a package are not all known, "" where they are.
func cutList(r *Row) string {
	if r.Unknown == longList || r.Unknown == oddList {
		return r.Unknown
	}
	return ""
}

// words remembers names and versions that were looked at. A module is named by each one that needs
// it, and looking for secrets in its name takes longer than reading that.
type words struct{ known map[string]string }

// maxWords is how many are remembered at once.
const maxWords = 4096

// word returns a text that may be a name or a version, cut to a line of a bearable length.
func (w *words) word(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if len(s) > maxWord {
		s = s[:maxWord]
	}
	if word, ok := w.known[s]; ok {
		return word
	}
	if w.known == nil || len(w.known) >= maxWords {
		w.known = make(map[string]string)
	}
	s = strings.Clone(s)
	word := s
	if !utf8.ValidString(word) {
		word = strings.ToValidUTF8(word, "�")
	}
	word = withoutSecret(word)
	w.known[s] = word
	return word
}

// withoutSecret masks a secret in what a package calls itself or another: a version may be the
// address that it came from, with the login in it. Nothing keeps that, nor shows it. Short words are
// none.
func withoutSecret(text string) string {
	if len(text) < 12 {
		return text
	}
	return redact.Message(text)
}

// pathsWithoutSecrets does the same for a list of paths, of which some may be addresses.
func pathsWithoutSecrets(list string) string {
	if !strings.Contains(list, ":/") {
		return list
	}
	var b strings.Builder
	for line := range strings.Lines(list) {
		if strings.Contains(line, ":/") {
			line = redact.Message(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

// onePath returns a text that may be a path, "" for one that is none or too long to open.
func onePath(s string) string {
	if len(s) > 4096 || strings.ContainsAny(s, "\n\x00") {
		return ""
	}
	return strings.Clone(pathsWithoutSecrets(s))
}

// Memory estimates how many bytes of memory it takes.
func (f *Found) Memory() int64 {
	n := int64(64)
	for i := range f.Rows {
		r := &f.Rows[i]
		n += 160 + int64(len(r.Name)+len(r.Version)+len(r.Dir)+len(r.Files))
		for _, name := range r.Requires {
			n += 16 + int64(len(name))
		}
	}
	return n
}

// fields is how many texts a row takes beside those it requires.
const fields = 7

// Texts returns what was found as a list of texts, which [FromTexts] reads.
func (f *Found) Texts() []string {
	out := []string{f.Manager}
	for i := range f.Rows {
		r := &f.Rows[i]
		flags := ""
		if r.Asked {
			flags += "a"
		}
		if r.Dev {
			flags += "d"
		}
		out = append(out, r.Name, r.Version, r.Dir, flags, r.Files, strings.Join(r.Requires, "\n"), r.Unknown)
	}
	return out
}

// FromTexts reads what Texts returned. It reports false for another list.
func FromTexts(texts []string) (f Found, ok bool) {
	if len(texts) <= fields || len(texts)%fields != 1 || texts[0] == "" {
		return f, false
	}
	f.Manager = texts[0]
	for t := range slices.Chunk(texts[1:], fields) {
		r := Row{Name: t[0], Version: t[1], Dir: t[2], Files: t[4], Unknown: t[6]}
		switch t[3] {
		case "":
		case "a":
			r.Asked = true
		case "d":
			r.Dev = true
		case "ad":
			r.Asked, r.Dev = true, true
		default:
			return Found{}, false
		}
		if t[5] != "" {
			r.Requires = strings.Split(t[5], "\n")
		}
		f.Rows = append(f.Rows, r)
	}
	return f, true
}
