package packages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/model"
)

// UnusedTools follows the table of tools in package installs.
var UnusedTools = rules.Rule{
	ID:    "unused-tools",
	Group: rules.Packages,
	Title: "tools that nothing uses",
	Do:    "leave out tools that nothing uses",
	Why: "Editors, pagers and debuggers are for people, and git, curl or gpg for the build: once the image is built, hardly any container uses them. git and its dependencies take 100 MB, vim 40 MB, gdb 90 MB, and each is one more tool ready for an intruder to use. " +
		"tare reports a tool if no later instruction and no script in the image uses it, nor the container's own command. If only the RUN that installs it uses it, the same RUN can remove it at its end.",
	Confidence:  model.Possible,
	VisibleOnly: true,
	Owns: func(b *rules.Build) func(*model.Package) bool {
		if advice.BuildsThings(b) {
			return func(*model.Package) bool { return false }
		}
		goes := make(map[*model.Package]bool)
		for _, idle := range installs.FindIdle(b) {
			for _, i := range idle.Goes {
				goes[&b.Packages[i]] = true
			}
		}
		return func(p *model.Package) bool { return goes[p] }
	},
	Fix: fixUnusedTools,
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s --auto-remove purge git vim\ndocker run --rm --entrypoint grep IMAGE -rlE '\\b(git|curl)\\b' /app",
		Before:  "RUN apt-get update && apt-get install -y --no-install-recommends curl vim tini && curl -fsSL https://example.com/app.tgz | tar -xzC /opt",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends curl tini && curl -fsSL https://example.com/app.tgz | tar -xzC /opt \\\n    && apt-get purge -y --auto-remove curl",
		WhenNot: "Where the program itself starts git or curl, which only its code shows; where the orchestrator's health check calls curl inside the container; where people debug inside it.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages", "apt-get(8), purge, --auto-remove"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update && apt-get install -y nginx vim
			+ usr/sbin/nginx
			+ opt/nginx
			+ opt/vim
			+ opt/vim-runtime
			+ dpkg nginx manual
			+ dpkg vim manual Depends: vim-runtime
			+ dpkg vim-runtime auto
			config {"Cmd": ["/usr/sbin/nginx"]}`,
		Fixed: "RUN apt-get update && apt-get install -y nginx",
		Miss: `
			RUN apt-get update && apt-get install -y nginx vim
			+ usr/sbin/nginx
			+ opt/nginx
			+ opt/vim
			+ dpkg nginx manual
			+ dpkg vim manual
			ENV EDITOR=vim
			config {"Cmd": ["/usr/sbin/nginx"]}`,
	},
}

// fixUnusedTools takes tools out of the install, or removes them where they were used.
func fixUnusedTools(f *model.Finding, b *rules.Build) *model.Fix {
	made, ok := advice.Maker(f, b)
	all := installs.FindIdle(b)
	at := slices.IndexFunc(all, func(idle installs.Idle) bool { return idle.Made == made })
	if !ok || at < 0 {
		return advice.Hint(model.Manual, "Take out of the install what neither the build nor the container uses.")
	}
	idle := &all[at]
	summary := idleSummary(idle)
	if after, ok := withoutIdle(b, idle); ok {
		fix := advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, summary)
		fix.Risk = "A program that calls one of them will fail, and so will an external health check that does."
		return fix
	}
	return advice.Hint(model.Manual, summary)
}

// withoutIdle writes the RUN without the tools.
func withoutIdle(b *rules.Build, idle *installs.Idle) (string, bool) {
	in := b.Parsed()
	after, cleanup, ok := idle.Drop(in.Text(idle.Made))
	if !ok || !in.PosixShell(idle.Made) {
		return "", false
	}
	if cleanup == "" {
		return after, true
	}
	return advice.CleanedUp(b, idle.Made, after, cleanup)
}

// idleSummary says what goes and why.
func idleSummary(idle *installs.Idle) string {
	var parts []string
	if len(idle.Never) > 0 {
		parts = append(parts, fmt.Sprintf("leave out %s, since nothing in the image appears to use %s", list(idle.Never), pronounOf(idle.Never)))
	}
	if len(idle.Spent) > 0 {
		parts = append(parts, fmt.Sprintf("remove %s at the end of the RUN, since only that RUN uses %s", list(idle.Spent), pronounOf(idle.Spent)))
	}
	text := strings.Join(parts, "; ")
	text = strings.ToUpper(text[:1]) + text[1:]
	if len(idle.Kept) > 0 {
		text += fmt.Sprintf("; keep %s: %s", nameOr(idle.Kept, ""), idle.Kept[0].Why)
	}
	return text + "."
}

// list names packages for a sentence.
func list(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func pronounOf(names []string) string {
	if len(names) == 1 {
		return "it"
	}
	return "them"
}
