package language

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// A jar that Maven built holds META-INF/maven/GROUP/ARTIFACT/pom.properties, which names the
// artifact; a jar into which others were merged holds theirs, too. Others have a version in
// META-INF/MANIFEST.MF, or only in their names. A war or an ear holds jars, as Spring Boot's do.

type jarFormat struct{}

func (jarFormat) wants(name string) bool {
	return name == "META-INF/MANIFEST.MF" || strings.HasPrefix(name, "META-INF/maven/") && path.Base(name) == "pom.properties"
}

func (jarFormat) nests(name string) bool { return isJar(name) }

func isJar(name string) bool {
	switch path.Ext(name) {
	case ".jar", ".war", ".ear", ".sar", ".par", ".kar", ".hpi", ".jpi":
		return true
	}
	return false
}

// jarName is the name that build tools give a jar: its artifact, and a version that begins with a
// digit.
var jarName = lazyregexp.New(`^(.+?)-(v?\d[0-9A-Za-z.+_~]*(?:-[0-9A-Za-z.+_~]+)*)$`)

// jarFound is what an archive of Java says of itself and of those in it, its own row first.
func jarFound(all []*archiveLevel, cut bool) (Found, bool) {
	f := Found{Manager: Maven}
	for i, l := range all {
		for _, row := range l.artifacts() {
			if i > 0 {
				row.Dir = l.name
			}
			f.Rows = append(f.Rows, row)
		}
	}
	if cut {
		f.Rows[0].Unknown = tooMany
	}
	return f, true
}

// artifacts are what one jar is made of, itself first.
func (l *archiveLevel) artifacts() []Row {
	base := strings.TrimSuffix(path.Base(l.name), path.Ext(l.name))
	own := Row{Name: base}
	if m := jarName.FindStringSubmatch(base); m != nil {
		own.Name, own.Version = m[1], m[2]
	}
	var poms []Row
	main, seen := -1, make(map[string]bool)
	for _, m := range l.members {
		if path.Base(m.name) != "pom.properties" {
			if own.Version == "" {
				own.Version = manifestVersion(string(m.content))
			}
			continue
		}
		group, artifact, version := pomProperties(m)
		if artifact == "" || seen[group+":"+artifact] {
			continue
		}
		seen[group+":"+artifact] = true
		longer := func() bool {
			_, before, _ := strings.Cut(poms[main].Name, ":")
			return len(artifact) > len(before)
		}
		if (base == artifact || strings.HasPrefix(base, artifact+"-")) && (main < 0 || longer()) {
			main = len(poms)
		}
		poms = append(poms, Row{Name: group + ":" + artifact, Version: version})
	}
	if main < 0 && len(poms) == 1 {
		main = 0
	}
	if main >= 0 {
		own = poms[main]
		poms = slices.Delete(poms, main, main+1)
	}
	return append([]Row{own}, poms...)
}

// pomProperties reads a pom.properties, whose path says the same but for the version.
func pomProperties(m readMember) (group, artifact, version string) {
	if parts := strings.Split(m.name, "/"); len(parts) == 5 {
		group, artifact = parts[2], parts[3]
	}
	for line := range strings.Lines(string(m.content)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "groupId":
			group = value
		case "artifactId":
			artifact = value
		case "version":
			version = value
		}
	}
	return group, artifact, version
}

var (
	manifestKeys = []string{"Implementation-Version", "Bundle-Version", "Specification-Version"}
)

// manifestVersion is the version in a manifest's main section.
func manifestVersion(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n ", "")
	text, _, _ = strings.Cut(text, "\n\n")
	for _, want := range manifestKeys {
		for line := range strings.Lines(text) {
			if key, value, _ := strings.Cut(line, ":"); strings.EqualFold(key, want) && !strings.Contains(value, "${") {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}

func listJava(all files, _ *Image) []Package { return inPrograms(Maven, all) }
