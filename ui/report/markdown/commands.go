package markdown

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// A command that a sentence quotes is copied by its readers, so it is one code span from its name to
// its last word. What is missed is still safe: each of its words that is not plain is a span.

// programs are names that begin a command where an option follows.
var programs = strings.Fields("apk apt apt-get buildah bundle cargo chmod chown composer conda crane curl dnf docker docker-compose gem git gradle grep helm kubectl ln ls microdnf mkdir mvn npm pip pip3 pnpm podman poetry python python3 rm sed sh bash skopeo sudo tar tare uv wget xargs yarn yum zypper")

// wordPrograms are those that are words of a sentence as well: the option or path follows at once.
var wordPrograms = strings.Fields("cat cp env exec find go install make mv node set strip touch")

// linkWords end a command: they belong to the sentence around it.
var linkWords = strings.Fields("a after an and are as at because before but by can do does for from has have if in instead into is it its makes not of on only or says shows so than that the them then this to until when where which while with without writes")

// assignment is a variable that is set for one command.
var assignment = lazyregexp.New(`^\(?[A-Z_][A-Z0-9_]*=\S+$`)

// commandAt is how many words the command has that begins at word i; 0 for none.
func commandAt(words []string, i int) int {
	name := i
	for name < len(words) && assignment.MatchString(words[name]) && !endsPart(words[name]) {
		name++
	}
	if name == len(words) {
		return 0
	}
	program := words[name]
	if name == i {
		program = strings.TrimPrefix(program, "(")
	}
	english := slices.Contains(wordPrograms, program)
	if !english && !slices.Contains(programs, program) {
		return 0
	}
	last, option := lastOfCommand(words, name)
	switch {
	case last == name && name == i, !option && name == i:
		return 0
	case english && !strings.HasPrefix(words[name+1], "-") && !strings.HasPrefix(words[name+1], "/"):
		return 0
	}
	return last - i + 1
}

// lastOfCommand is the last word of the command that a program's name begins, and whether the command
// has an option.
func lastOfCommand(words []string, name int) (last int, option bool) {
	last = name
	for j := name + 1; j < len(words) && !endsPart(words[j-1]) && !strings.HasPrefix(words[j], "("); j++ {
		word := words[j]
		if isPlain(word) {
			first := word[0]
			if slices.Contains(linkWords, word) || first >= 'A' && first <= 'Z' && strings.ToUpper(word) != word {
				if word != "Dockerfile" || last != j-1 {
					break
				}
			}
			if last == j-1 && option && strings.HasPrefix(words[last], "-") && (len(word) == 1 || word == "Dockerfile" || strings.Contains(word, "-")) {
				last = j // the value of the option before it
			}
			continue
		}
		last, option = j, option || strings.HasPrefix(word, "-")
	}
	return last, option
}

// endsPart reports whether a mark of the sentence follows a word.
func endsPart(word string) bool {
	return strings.HasSuffix(word, ",") || strings.HasSuffix(word, ";") || strings.HasSuffix(word, ":") || strings.HasSuffix(word, ".") ||
		strings.HasSuffix(word, ")") && strings.Count(word, ")") > strings.Count(word, "(")
}

// isPlain reports whether a word stands in a sentence as it is.
func isPlain(word string) bool { return plainWord.MatchString(word) && !hash.MatchString(word) }
