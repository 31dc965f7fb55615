package rewrite

import (
	"slices"
	"strings"
)

// StartWords reads a CMD or ENTRYPOINT: its words where it is in JSON form, else the text
// that a shell runs.
func StartWords(text string) (words []string, shell string, ok bool) {
	in, err := split(text)
	if err != nil || !in.is("CMD") && !in.is("ENTRYPOINT") || in.body == "" || len(in.flags) > 0 || strings.TrimSpace(in.rest) != "" {
		return nil, "", false
	}
	if words, ok := in.list(); ok {
		return words, "", true
	}
	return nil, in.body, true
}

// WithStartWords writes other words into a CMD or ENTRYPOINT, in JSON form. It reports false
// where a comment stands inside the instruction.
func WithStartWords(text string, words []string) (string, bool) {
	in, err := split(text)
	if err != nil || !in.is("CMD") && !in.is("ENTRYPOINT") || in.body == "" || len(Comments(text)) > 0 || strings.TrimSpace(in.rest) != "" {
		return "", false
	}
	list, err := marshalWords(words)
	return in.head() + list, err == nil
}

// WithUser writes another user into a USER. It reports false where the instruction names
// another one than was, or a variable.
func WithUser(text, was, user string) (string, bool) {
	in, err := split(text)
	if err != nil || !in.is("USER") || len(Comments(text)) > 0 || strings.TrimSpace(in.body) != was || strings.ContainsAny(was, "$\\\"'") {
		return "", false
	}
	return in.head() + user, true
}

// ExecLast puts exec in front of the last command of a shell's script, so that the shell
// becomes the program, and returns the script. It reports false where the script ends with no
// plain command, or minds its children.
func ExecLast(script string) (string, bool) {
	h, ok := ReadHandOver(script)
	if !ok || h.Exec || h.Words == nil || !h.Plain || h.Minds || len(h.Background) > 0 {
		return "", false
	}
	if at := h.At; at < len(script) && !strings.HasPrefix(script[at:], "exec ") {
		edited := script[:at] + "exec " + script[at:]
		after, ok := ReadHandOver(edited)
		return edited, ok && after.Exec && slices.EqualFunc(after.Words, h.Words, func(a, b Word) bool { return a.Text == b.Text })
	}
	return "", false
}

// WithExec puts exec in front of the last command of a CMD or ENTRYPOINT in shell form. It
// reports false where ExecLast does.
func WithExec(text string) (string, bool) {
	in, err := split(text)
	if err != nil || !in.is("CMD") && !in.is("ENTRYPOINT") || len(in.flags) > 0 || len(Comments(text)) > 0 || strings.TrimSpace(in.rest) != "" {
		return "", false
	}
	if _, ok := in.list(); ok {
		return "", false
	}
	h, ok := ReadHandOver(in.body)
	if _, edits := ExecLast(in.body); !ok || !edits {
		return "", false
	}
	at := in.at[h.At]
	return in.src[:at] + "exec " + in.src[at:], true
}
