package advice

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// provided says why a cache is no by-product of its RUN: a command of it is there to
// download what it holds, and nothing tells that the container does without. It is ""
// where the cache may go.
func (c *Cleanup) provided(f *model.Finding, b *rules.Build, made int) string {
	if c.Provides == nil || Until(f, b) > 0 || b.KnowsProgram() {
		return ""
	}
	commands, _ := b.Parsed().Commands(made)
	at := slices.IndexFunc(commands, c.Provides)
	if at < 0 || c.Fetches != nil && slices.ContainsFunc(commands, func(call rewrite.Command) bool {
		return slices.Contains(c.Users, call.Name()) && !c.Provides(call) && !c.Fetches(wordsOf(call))
	}) {
		return "" // the RUN builds with it what runs
	}
	return fmt.Sprintf("%s downloads it, and nothing shows that the container can do without it", commands[at].Source())
}

// FetchesMaven reports whether a command downloads a project's dependencies of the JVM
// so that they are there: mvn dependency:go-offline, lein deps. Leiningen and the
// Clojure CLI run projects from the repository, and only their uberjars do without.
func FetchesMaven(c rewrite.Command) bool {
	args := c.Args()
	switch c.Name() {
	case "mvn", "mvnw", "mvnd":
		return slices.ContainsFunc(args, func(w rewrite.Word) bool {
			_, goal, plugin := cutLast(w.Text, ":")
			return plugin && (goal == "go-offline" || goal == "get" || strings.HasPrefix(goal, "resolve") || strings.HasPrefix(w.Text, "exec:"))
		})
	case "lein", "clojure", "clj", "boot":
		return !slices.ContainsFunc(args, func(w rewrite.Word) bool { return strings.Contains(w.Text, "uber") || strings.Contains(w.Text, "jar") })
	case "sbt":
		return slices.ContainsFunc(args, func(w rewrite.Word) bool {
			return slices.Contains([]string{"update", "compile", "run", "test:compile"}, w.Text)
		})
	}
	return false
}

// FetchesGradle is FetchesMaven of Gradle, whose wrapper downloads Gradle itself where
// it is asked for nothing else.
func FetchesGradle(c rewrite.Command) bool {
	name := c.Name()
	if name != "gradle" && name != "gradlew" {
		return false
	}
	tasks := 0
	for _, w := range c.Args() {
		task := strings.ToLower(path.Base(strings.ReplaceAll(w.Text, ":", "/")))
		switch {
		case strings.HasPrefix(w.Text, "-"), w.Text == "tasks", w.Text == "help", w.Text == "wrapper":
		case strings.Contains(task, "dependenc"), strings.HasPrefix(task, "resolve"), strings.HasPrefix(task, "download"):
			return true
		default:
			tasks++
		}
	}
	return tasks == 0
}

// FetchesGo reports whether a command of Go downloads modules and builds nothing that
// runs without them.
func FetchesGo(c rewrite.Command) bool {
	args := operandsOf(c)
	if c.Name() != "go" || len(args) == 0 {
		return false
	}
	switch args[0] {
	case "get":
		return true
	case "mod":
		return len(args) > 1 && (args[1] == "download" || args[1] == "vendor" || args[1] == "tidy")
	}
	return false
}

// FetchesCargo reports whether a command of Cargo downloads crates and builds no
// program.
func FetchesCargo(c rewrite.Command) bool {
	args := operandsOf(c)
	if c.Name() != "cargo" || len(args) == 0 {
		return false
	}
	return args[0] == "fetch" || args[0] == "vendor" || args[0] == "update" || args[0] == "generate-lockfile" || args[0] == "chef" && len(args) > 1 && args[1] == "cook"
}

// FetchesNuget reports whether a command downloads the packages of a .NET project alone.
func FetchesNuget(c rewrite.Command) bool {
	args := operandsOf(c)
	return (c.Name() == "dotnet" || c.Name() == "nuget") && len(args) > 0 && args[0] == "restore"
}

// operandsOf returns the words behind a command's name that are no options.
func operandsOf(c rewrite.Command) (words []string) {
	for _, w := range c.Args() {
		if !strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "+") {
			words = append(words, w.Text)
		}
	}
	return words
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}
