package history

import (
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// settings are the image's final environment and labels. The history of Docker
// and BuildKit prints pairs without quotes; knowing a value tells where it ends.
type settings struct{ env, labels map[string]string }

func settingsOf(config *v1.Config) settings {
	env := make(map[string]string, len(config.Env))
	for _, pair := range config.Env {
		if key, value, ok := strings.Cut(pair, "="); ok {
			env[key] = value
		}
	}
	return settings{env: env, labels: config.Labels}
}

// nextPair is where the next pair may start in a list whose quotes are lost.
var nextPair = lazyregexp.New(`\s[A-Za-z_][A-Za-z0-9_.\-/]*=`)

// pairsText writes the body of ENV or LABEL, with quotes where a value needs
// them and build arguments' values as the references they were expanded from.
func pairsText(it *item, known map[string]string, a *arguments) string {
	body := it.body
	first := strings.IndexAny(body, "= \t\"'")
	if it.form == written || first < 0 || body[first] != '=' {
		return a.redact("", body, it.index) // as written, or the old "ENV key value"
	}
	var out []string
	for body != "" {
		key, rest, ok := strings.Cut(body, "=")
		if !ok {
			break
		}
		end := len(rest)
		if value, found := known[key]; found && strings.HasPrefix(rest, value) && (len(rest) == len(value) || rest[len(value)] == ' ') {
			end = len(value)
		} else if next := nextPair.FindStringIndex(rest); next != nil {
			end = next[0]
		}
		value := a.redact(key, rest[:end], it.index)
		if strings.ContainsAny(key, " \t") {
			key = `"` + key + `"`
		}
		out = append(out, key+"="+quoteValue(value, a))
		body = strings.TrimPrefix(rest[end:], " ")
	}
	return strings.Join(out, " ")
}

// quoteValue puts a value in double quotes where it needs them. References that
// hide put in stay references.
func quoteValue(value string, a *arguments) string {
	if value == "" || !strings.ContainsAny(value, " \t\r\n\"'\\$#<>") {
		return value
	}
	var out strings.Builder
	out.WriteByte('"')
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"' || c == '\\' || c == '$' && !a.referenceAt(value[i:]):
			out.WriteByte('\\')
			out.WriteByte(c)
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	if quoted := out.String(); quoted != `"`+value+`"` || strings.ContainsAny(value, " \t\r\n'#<>") {
		return quoted
	}
	return value
}

// listText writes lists as Go's %v prints them, [80/tcp 443/tcp] and the older
// map[80/tcp:{}], as words. Written lists stay as they are.
func listText(body string) string {
	if inner, ok := strings.CutPrefix(body, "map["); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "]"), ":{}", "")
	}
	if words, ok := quotedList(body); ok {
		return execJSON(words)
	}
	if inner, ok := strings.CutPrefix(body, "["); ok {
		return strings.TrimSuffix(inner, "]")
	}
	return body
}

var (
	// Docker prints the parsed settings with %q, where the retries come out as
	// a rune: &{["CMD-SHELL" "curl -f x"] "5s" "0s" "0s" '\x03'}. Docker 25 has
	// one duration more, the start interval.
	classicHealth = lazyregexp.New(`(?s)^&\{(\[.*\]) "(\w[^ ]*)" "(\w[^ ]*)" "(\w[^ ]*)"(?: "(\w[^ ]*)")? '(.+)'\}$`)
	// BuildKit prints them with %+v.
	buildkitHealth = lazyregexp.New(`(?s)^\{Test:\[(.*)\] Interval:(\S+) Timeout:(\S+) StartPeriod:(\S+)(?: StartInterval:(\S+))? Retries:(\d+)\}$`)
)

// healthcheckText writes the body of HEALTHCHECK.
func healthcheckText(body string) string {
	var test []string
	var retries string
	found := classicHealth.FindStringSubmatch(body)
	if found != nil {
		test, _ = quotedList(found[1])
		if r, _, _, err := strconv.UnquoteChar(found[6], '\''); err == nil {
			retries = strconv.Itoa(int(r))
		}
	} else if found = buildkitHealth.FindStringSubmatch(body); found != nil {
		kind, rest, _ := strings.Cut(found[1], " ")
		if test = []string{kind, rest}; kind == "CMD" {
			test = append([]string{kind}, strings.Fields(rest)...)
		}
		retries = found[6]
	}
	if len(test) == 0 {
		return body
	}
	var out []string
	for i, flag := range []string{"--interval=", "--timeout=", "--start-period=", "--start-interval="} {
		if value := found[i+2]; value != "" && value != "0s" {
			out = append(out, flag+value)
		}
	}
	if retries != "" && retries != "0" {
		out = append(out, "--retries="+retries)
	}
	switch test[0] {
	case "NONE":
		return "NONE"
	case "CMD-SHELL":
		out = append(out, "CMD", collapse(strings.Join(test[1:], " ")))
	case "CMD":
		out = append(out, "CMD", execJSON(test[1:]))
	default:
		return body
	}
	return strings.Join(out, " ")
}
