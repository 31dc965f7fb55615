package analyze

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// What a project's files say of containers that they start.
var (
	composeName = lazyregexp.New(`(?i)^(?:docker-)?compose(?:[._-].*)?\.ya?ml$`)
	// callsNode matches npm and its like in a Compose file, which calls what it names, unless in a comment.
	callsNode = lazyregexp.New(`(?m)^[^#\n]*\b(?:npm|npx|yarn|pnpm)\b`)
	// mountsDir matches a directory beside a Compose file that a container has.
	mountsDir = lazyregexp.New(`(?m)^\s*-\s*["']?(\./[^:"'\s$]+):/`)

	callerName = lazyregexp.New(`(?i)^(?:(?:gnu)?makefile|justfile|package\.json|.*\.mk|.*\.ya?ml|.*\.sh)$`)
	// runsNode matches npm and its like behind docker run or exec.
	runsNode = lazyregexp.New(`(?m)^[^#\n]*\bdocker(?:-compose|\s+compose)?\s[^\n#]*\b(?:run|exec)\b[^\n#]*\b(?:npm|npx|yarn|pnpm)\b`)

	// runsApt matches an install behind docker run or exec.
	runsApt = lazyregexp.New(`(?m)^[^#\n]*\bdocker(?:-compose|\s+compose)?\s[^\n#]*\b(?:run|exec)\b[^\n#]*\b(?:apt-get|apt)\b[^\n#]*\binstall\b.*$`)

	installsInScript = lazyregexp.New(`(?m)^[^#\n]*\b(?:(?:apt-get|apt|aptitude)\b[^&;|\n#]*\binstall|rosdep\b[^&;|\n#]*\binstall)\b.*$`)
)

// installer returns a script of a directory of the project that installs from package lists and fetches none, by
// its path in the project; "" for none. A container has it that mounts the directory.
func installer(root, dir string) string {
	below, err := filepath.Rel(root, dir)
	if err != nil || below == "." || strings.HasPrefix(below, "..") {
		return "" // the scripts of the whole project are also for the machines of its people
	}
	if real, err := filepath.EvalSymlinks(dir); err != nil || real != dir {
		return "" // a link may lead out of the project
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || filepath.Ext(e.Name()) != ".sh" && filepath.Ext(e.Name()) != ".bash" {
			continue
		}
		if text := readNearby(filepath.Join(dir, e.Name())); installsInScript.Match(text) && !bytes.Contains(text, []byte("update")) {
			return filepath.ToSlash(filepath.Join(below, e.Name()))
		}
	}
	return ""
}

// installsAlone reports whether a line that an expression matches installs, and fetches no package lists.
func installsAlone(text []byte, what *lazyregexp.Regexp) bool {
	return slices.ContainsFunc(what.FindAllSubmatch(text, -1), func(m [][]byte) bool { return !bytes.Contains(m[0], []byte("update")) })
}

// readNearby returns what a small file holds, nil for one that is large or cannot be read.
func readNearby(name string) []byte {
	info, err := os.Stat(name)
	if err != nil || info.Size() > maxNeighbourSize {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return text
}

// callsOf returns the first words of the commands that an instruction runs, in a build or a container.
func callsOf(step *history.Step) (calls []string) {
	if !slices.Contains([]string{"RUN", "CMD", "ENTRYPOINT"}, step.Keyword) {
		return nil
	}
	_, rest, _ := strings.Cut(step.Text, step.Keyword)
	var words []string
	if json.Unmarshal([]byte(strings.TrimSpace(rest)), &words) == nil && len(words) > 0 {
		words[0] = path.Base(words[0])
		return []string{strings.Join(words[:min(len(words), 3)], " ")}
	}
	run, err := rewrite.ParseRun("RUN" + rest)
	if err != nil {
		return nil
	}
	for _, c := range run.Commands {
		if c.Name() == "" {
			continue
		}
		call := c.Name()
		for _, w := range c.Args()[:min(len(c.Args()), 2)] {
			call += " " + w.Text
		}
		if !slices.Contains(calls, call) {
			calls = append(calls, call)
		}
	}
	return calls
}
