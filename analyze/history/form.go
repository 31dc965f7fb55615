package history

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// form is the habit an item of the history was written in.
type form int

const (
	// foreign: no Dockerfile instruction stands behind the item.
	foreign form = iota
	// classic: Docker's builder before BuildKit. Settings are expanded and
	// printed from parsed data, so quotes are gone.
	classic
	// buildkit: the same, with the keyword in front.
	buildkit
	// written: as it stands in the Dockerfile (Podman, Buildah, kaniko).
	written
)

// item is one item of the history, taken apart.
type item struct {
	index   int
	form    form
	keyword string   // "" where foreign
	body    string   // what follows the keyword; of a RUN, as recorded
	shell   []string // prefixes that a command in shell form may have here, the likeliest first
	empty   bool     // the history says it made no layer
}

var (
	// nop is how the classic builder, Podman and Buildah mark what runs nothing.
	nop = lazyregexp.New(`^\S+(?: \S+){0,12}? #\(nop\)( +)([A-Za-z]+)(?: +|$)`)
	// keyworded is an instruction with its keyword in front.
	keyworded = lazyregexp.New(`^([A-Za-z]+)(?:\s+|$)`)
	// withArguments is a RUN of the classic builder, Podman or Buildah that saw build arguments.
	withArguments = lazyregexp.New(`^\|\d+ `)
	// tools write their own name, or their command line, where a builder writes an instruction.
	tools = lazyregexp.New(`^(?:apko|bazel|buildah|BusyBox|crane|docker|jib[-:]?\S*|kaniko|KIWI|ko|mkosi|nerdctl|nix\S*|oc|ostree|pack|podman|regctl|rpm-ostree|skopeo|umoci)(?:\s|$)`)
)

var keywords = map[string]bool{
	"ADD": true, "ARG": true, "CMD": true, "COPY": true, "ENTRYPOINT": true, "ENV": true,
	"EXPOSE": true, "FROM": true, "HEALTHCHECK": true, "LABEL": true, "MAINTAINER": true,
	"ONBUILD": true, "RUN": true, "SHELL": true, "STOPSIGNAL": true, "USER": true,
	"VOLUME": true, "WORKDIR": true,
}

// parseHistory takes every item apart. A SHELL item changes how those after it are read.
func parseHistory(history []v1.History) []item {
	items := make([]item, len(history))
	shell := defaultShells
	dockerfile := false // an item of a builder that runs Dockerfiles came before
	for i, h := range history {
		it := &items[i]
		*it = item{index: i, shell: shell, empty: h.EmptyLayer}
		text := strings.TrimLeft(h.CreatedBy, " \t\r\n")
		switch {
		case it.nop(text), it.command(text), it.plain(text, h):
		case dockerfile && execRun(text, h):
			it.form, it.keyword, it.body = classic, "RUN", text
		default:
			it.body = foreignText(h)
		}
		dockerfile = it.form != foreign
		if it.keyword == "SHELL" {
			if words := shellWords(it.body); len(words) > 0 {
				shell = append([]string{strings.Join(words, " ")}, defaultShells...)
			}
		}
	}
	return items
}

// nop reads "/bin/sh -c #(nop)  CMD …". Docker puts two blanks before a setting
// and keeps its parsed form; Podman puts one and keeps the text. Docker before
// 1.10 put one, too: where nothing in the text needed quotes, both read the same.
func (it *item) nop(text string) bool {
	// The mark stands behind the shell; a long command need not be searched for it.
	mark := strings.Index(text[:min(len(text), 4096)], " #(nop) ")
	if mark < 0 {
		return false
	}
	found := nop.FindStringSubmatchIndex(text)
	if found == nil {
		return false
	}
	keyword := strings.ToUpper(text[found[4]:found[5]])
	if !keywords[keyword] {
		return false
	}
	it.form, it.keyword, it.body = written, keyword, strings.TrimRight(text[found[1]:], " ")
	raw := !strings.ContainsAny(it.body, "\"'\\$")
	if found[3]-found[2] > 1 || keyword == "COPY" || keyword == "ADD" || raw {
		it.form = classic
	}
	return true
}

// command reads the RUN of the classic builder, Podman or Buildah.
func (it *item) command(text string) bool {
	_, shell := cutShell(text, it.shell)
	if !shell && !withArguments.MatchString(text) {
		return false
	}
	it.form, it.keyword, it.body = classic, "RUN", text
	return true
}

// plain reads an instruction with its keyword in front: BuildKit's or kaniko's.
func (it *item) plain(text string, h v1.History) bool {
	found := keyworded.FindStringSubmatchIndex(text)
	if found == nil {
		return false
	}
	word := text[found[2]:found[3]]
	keyword := strings.ToUpper(word)
	if !keywords[keyword] || word != keyword && h.Author != "kaniko" {
		return false
	}
	it.form, it.keyword, it.body = written, keyword, text[found[1]:]
	if body, ok := strings.CutSuffix(it.body, " # buildkit"); ok || strings.HasPrefix(h.Comment, "buildkit.") {
		it.form, it.body = buildkit, body
	}
	return true
}

// execRun tells a RUN in exec form, of which the classic builder keeps the bare
// words, from what docker commit and other tools leave behind.
func execRun(text string, h v1.History) bool {
	if h.Comment != "" && !strings.HasPrefix(h.Comment, "FROM ") || tools.MatchString(text) {
		return false
	}
	// A shell alone is the command of the container that somebody committed.
	return strings.ContainsRune(text, ' ') && !strings.HasPrefix(text, "#")
}

// maxComment keeps out comments that are data: crane flatten puts the whole old
// history there, build arguments and all.
const maxComment = 120

// foreignText says in one line what is known of a step without an instruction.
func foreignText(h v1.History) string {
	text := strings.TrimSpace(h.CreatedBy)
	comment := strings.TrimSpace(h.Comment)
	if len(comment) > maxComment || strings.HasPrefix(comment, "[") || strings.HasPrefix(comment, "{") ||
		strings.HasPrefix(comment, "FROM ") || strings.HasPrefix(comment, "buildkit.") {
		comment = ""
	}
	switch {
	case text != "" && comment != "":
		return text + " (" + comment + ")"
	case text != "" || comment != "":
		return text + comment
	case h.Author != "":
		return "made by " + strings.TrimSpace(h.Author)
	}
	return "not recorded"
}
