package ports

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
)

// javaListens is where a program of Spring Boot listens, by the properties that its command gives
// it: -Dserver.port in front of -jar, or --server.port behind it. Options that Java gives the
// program with an agent may open further ports.
func javaListens(b *rules.Build, c *command) Listener {
	for _, name := range []string{"SERVER_PORT", "SERVER_ADDRESS", "SPRING_APPLICATION_JSON", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"} {
		if b.Getenv(name) != "" || isSetByPod(b, name) {
			return Listener{}
		}
	}
	if b.Pod != nil && len(b.Pod.Container.EnvFrom) > 0 {
		return Listener{}
	}
	set, jar, ok := javaProperties(c.words)
	if !ok {
		return Listener{}
	}
	for at := jar + 1; at < len(c.words); at++ {
		name, value, isSet := strings.Cut(strings.TrimPrefix(c.words[at], "--"), "=")
		if hasVariable(c.words[at]) && (!strings.HasPrefix(c.words[at], "--") || !isSet) {
			return Listener{}
		}
		if strings.HasPrefix(c.words[at], "--") && isSet {
			set[name] = property{value, at} // goes before that of -D
		}
	}
	return fromProperties(b, c, set)
}

// property is the value of one, and the word that has it.
type property struct {
	value string
	at    int
}

// javaProperties are those of -D, and where the words have the program: the archive of -jar. It
// reports false where an option is not known, or no -jar is there.
func javaProperties(words []string) (set map[string]property, jar int, ok bool) {
	set = make(map[string]property)
	for i := 1; i < len(words); i++ {
		w := words[i]
		name, value, _ := strings.Cut(strings.TrimPrefix(w, "-D"), "=")
		switch {
		case hasVariable(w) && !strings.HasPrefix(w, "-D"):
			return nil, 0, false
		case w == "-jar":
			return set, i + 1, i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") && !hasVariable(words[i+1])
		case strings.HasPrefix(w, "-D"):
			set[name] = property{value, i}
		case slices.Contains([]string{"--add-opens", "--add-exports", "--add-modules"}, w):
			i++
		case strings.HasPrefix(w, "-javaagent:"), strings.HasPrefix(w, "-agentlib:"), strings.HasPrefix(w, "-agentpath:"):
			set["agent"] = property{w, i}
		case strings.HasPrefix(w, "-X"), strings.HasPrefix(w, "--add-"), w == "-server", w == "--enable-preview", w == "-ea":
		default:
			return nil, 0, false
		}
	}
	return nil, 0, false
}

// fromProperties is where a program listens that has some properties.
func fromProperties(b *rules.Build, c *command, set map[string]property) Listener {
	l := Listener{Who: "java"}
	value := func(name string) (string, bool) {
		text := set[name].value
		if hasVariable(text) && c.shell && !c.unsettled {
			text = expand(b, text)
		}
		return text, text != "" && !hasVariable(text)
	}
	for name := range set {
		if name == "agent" || strings.HasPrefix(name, "com.sun.management.jmxremote") {
			l.More = true
		}
		if strings.HasPrefix(name, "management.") && strings.HasSuffix(name, "port") {
			text, _ := value(name)
			n, ok := portOf(text)
			if !ok {
				l.More = true
				continue
			}
			l.Also = append(l.Also, n)
		}
	}
	if _, there := set["server.port"]; there {
		text, _ := value("server.port")
		n, ok := portOf(text)
		if !ok {
			return Listener{}
		}
		l.Ports = []int64{n}
	}
	if host, ok := value("server.address"); ok {
		if l.Local = localOf([]string{host}); l.Local != "" {
			var s commandServer
			l.Words = s.opened(c.words, []int{set["server.address"].at}, false)
		}
	}
	if len(l.Ports) == 0 && l.Local == "" {
		return Listener{}
	}
	return l
}
