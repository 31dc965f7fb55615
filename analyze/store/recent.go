package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/redact"
)

// Recent is an image that somebody has looked at.
type Recent struct {
	Reference string
	Size      int64
	At        time.Time
}

const (
	// maxRecent is how many images are remembered.
	maxRecent = 12
	// maxReference is how long a reference may be to be remembered, in bytes.
	maxReference = 512
	maxRecentDoc = 64 << 10
)

// Recent returns the images that were looked at, the latest first. What the file holds
// otherwise is left out.
func (s *Store) Recent() []Recent {
	if s == nil || trusted(s.dir) != nil {
		return nil
	}
	file, size, err := openRegular(s.recentFile())
	if err != nil {
		return nil
	}
	defer file.Close()
	if size > maxRecentDoc {
		return nil
	}
	var all []Recent
	if json.NewDecoder(file).Decode(&all) != nil {
		return nil
	}
	all = slices.DeleteFunc(all, func(r Recent) bool { return !memorable(r.Reference) })
	return all[:min(len(all), maxRecent)]
}

// Remember puts an image in front of those that were looked at, unless its reference
// holds what might be a secret. Two processes that do so at once may forget one.
func (s *Store) Remember(r Recent) {
	if s == nil || !memorable(r.Reference) {
		return
	}
	all := slices.DeleteFunc(s.Recent(), func(old Recent) bool { return old.Reference == r.Reference })
	all = append([]Recent{r}, all...)
	doc, err := json.Marshal(all[:min(len(all), maxRecent)])
	if err != nil || s.makeDirs(s.dir) != nil {
		return
	}
	_ = writeFile(s.recentFile(), func(to *os.File) error { _, err := to.Write(doc); return err }) // it is a convenience
}

// forget removes what was remembered.
func (s *Store) forget() {
	if trusted(s.dir) == nil {
		os.Remove(s.recentFile())
	}
}

func (s *Store) recentFile() string { return filepath.Join(s.dir, "recent.json") }

// digestPart matches the only use of @ in a reference that is no password's.
var digestPart = lazyregexp.New(`@sha256:[0-9a-f]{64}$`)

// memorable reports whether a reference may be kept: it is not too long, has no
// characters that a terminal obeys, and nothing in it looks like a secret.
func memorable(reference string) bool {
	name := digestPart.ReplaceAllString(reference, "")
	control := func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }
	return name != "" && name != "-" && len(reference) <= maxReference && !strings.Contains(name, "@") &&
		!strings.ContainsFunc(name, control) && redact.Message(name) == name
}
