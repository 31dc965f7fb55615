package analyze

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// What a project's files say of containers that they start.
var (
	composeName = lazyregexp.New(`(?i)^(?:docker-)?compose(?:[._-].*)?\.ya?ml$`)
	callerName  = lazyregexp.New(`(?i)^(?:(?:gnu)?makefile|justfile|package\.json|.*\.mk|.*\.ya?ml|.*\.sh)$`)
	// dockerRun matches docker run or exec, and what stands behind it in its line.
	dockerRun = lazyregexp.New(`(?m)^[^#\n]*?\bdocker(?:-compose|\s+compose)?\s[^\n#]*?\b(?:run|exec)\s([^\n]*)$`)
	callsNode = lazyregexp.New(`\b(?:npm|npx|yarn|pnpm)\b`)
	installs  = lazyregexp.New(`(?m)^[^#\n]*\b(?:(?:apt-get|apt|aptitude)\b[^&;|\n#]*\binstall|rosdep\b[^&;|\n#]*\binstall)\b`)
)

// appendCaller adds what a file runs in containers, unless that is nothing.
func appendCaller(list []rules.Neighbour, name string, commands []string) []rules.Neighbour {
	text := strings.Join(commands, "\n")
	if strings.TrimSpace(text) == "" || len(list) == maxNeighbours {
		return list
	}
	return append(list, rules.Neighbour{Name: name, Runs: commands, RunsNode: callsNode.MatchString(text), Installs: installs.MatchString(text) && !strings.Contains(text, "update")})
}

// dockerRuns returns what the lines of a file run by docker run or exec, which may be in a container of the image:
// each word may be the program.
func dockerRuns(text []byte, image string) (commands []string) {
	for _, m := range dockerRun.FindAllSubmatch(text, -1) {
		line := string(m[0])
		if image != "" && !strings.Contains(line, image) && !strings.Contains(line, "compose") && !strings.ContainsAny(line, "$`") {
			continue // of another image
		}
		words := strings.Fields(strings.NewReplacer("\"", " ", "'", " ", ";", " ", "&", " ", "|", " ", "`", " ", "(", " ", ")", " ").Replace(string(m[1])))
		commands = append(commands, strings.Join(words, " "))
		for _, word := range words {
			if !strings.HasPrefix(word, "-") && !slices.Contains(commands, word) {
				commands = append(commands, word)
			}
		}
	}
	return commands
}

// scriptsAt returns the scripts at a path, or in the directory there, by their paths in the project: a container has
// them that mounts it. The scripts of the whole project are also for the machines of its people.
func scriptsAt(root, at string) (scripts []string) {
	below, err := filepath.Rel(root, at)
	if err != nil || below == "." || strings.HasPrefix(below, "..") {
		return nil
	}
	if real, err := filepath.EvalSymlinks(at); err != nil || real != at {
		return nil // a link may lead out of the project
	}
	names := []string{below}
	if entries, err := os.ReadDir(at); err == nil {
		names = nil
		for _, e := range entries {
			if e.Type().IsRegular() && len(names) < maxScripts {
				names = append(names, filepath.Join(below, e.Name()))
			}
		}
	}
	for _, name := range names {
		if ext := filepath.Ext(name); ext == ".sh" || ext == ".bash" {
			scripts = append(scripts, filepath.ToSlash(name))
		}
	}
	return scripts
}

// readNearby returns what a small file holds, nil for one that is large or cannot be read.
func readNearby(name string) []byte {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxNeighbourSize {
		return nil // a pipe would never end
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
