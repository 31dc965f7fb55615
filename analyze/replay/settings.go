package replay

import (
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// quotedList is a list of arguments as BuildKit's history has it.
func quotedList(list []string) string { return fmt.Sprintf("%q", list) }

// raw are the operands of an instruction as written.
func raw(n *parser.Node) []string {
	words := []string{}
	for w := n.Next; w != nil; w = w.Next {
		words = append(words, w.Value)
	}
	return words
}

// pairs are the names and values of ENV and LABEL.
func (b *build) pairs(n *parser.Node) [][2]string {
	var list [][2]string
	for w := n.Next; w != nil && w.Next != nil; w = w.Next.Next {
		list = append(list, [2]string{b.expand(w.Value), b.expand(w.Next.Value)})
		if w.Next.Next != nil { // buildkit writes the separator as a third word
			w = w.Next
		}
	}
	return list
}

// setting is an instruction that changes the config alone.
func (b *build) setting(n *parser.Node, keyword string) {
	m := b.now
	words := b.words(n)
	switch keyword {
	case "ENV":
		text := ""
		for _, p := range b.pairs(n) {
			m.setEnv(p[0], p[1])
			text += " " + p[0] + "=" + p[1]
		}
		m.step("ENV" + text)
		return
	case "LABEL":
		if m.config.Labels == nil {
			m.config.Labels = map[string]string{}
		}
		text := ""
		for _, p := range b.pairs(n) {
			m.config.Labels[p[0]] = p[1]
			text += " " + p[0] + "=" + p[1]
		}
		m.step("LABEL" + text)
		return
	case "USER":
		m.config.User = words[0]
		if _, _, ok := m.owner(words[0]); !ok && !strings.Contains(words[0], "$") {
			m.problem("USER: there is no user %s", words[0])
		}
	case "CMD", "ENTRYPOINT":
		if !n.Attributes["json"] {
			words = append(append([]string{}, m.shell...), strings.Join(raw(n), " "))
		} else {
			words = raw(n)
		}
		if keyword == "CMD" {
			m.config.Cmd = words
		} else {
			m.config.Entrypoint, m.config.Cmd = words, nil
		}
		m.step(keyword + " " + quotedList(words))
		return
	case "EXPOSE":
		if m.config.ExposedPorts == nil {
			m.config.ExposedPorts = map[string]struct{}{}
		}
		for i, w := range words {
			if !strings.Contains(w, "/") {
				words[i] = w + "/tcp"
			}
			m.config.ExposedPorts[words[i]] = struct{}{}
		}
		m.step("EXPOSE map[" + strings.Join(words, ":{} ") + ":{}]")
		return
	case "VOLUME":
		if m.config.Volumes == nil {
			m.config.Volumes = map[string]struct{}{}
		}
		for _, w := range words {
			m.config.Volumes[w] = struct{}{}
		}
		m.step("VOLUME [" + strings.Join(words, " ") + "]")
		return
	case "HEALTHCHECK":
		m.step(strings.TrimSpace(n.Original))
		return
	case "STOPSIGNAL":
		m.config.StopSignal = words[0]
	}
	m.step(keyword + " " + strings.Join(words, " "))
}
