package nearest

import (
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	names := []string{"min-efficiency", "max-wasted", "max-size", "deny", "json"}
	for word, want := range map[string]string{
		"min-eficiency": "min-efficiency", "minefficiency": "min-efficiency", "max-waste": "max-wasted", "max-szie": "max-size",
		"dney": "deny", "jsno": "json", "yaml": "", "": "", "x": "", strings.Repeat("a", 1<<20): "", "deny": "deny",
	} {
		if got := Name(word, names); got != want {
			t.Errorf("%.20q: %q, want %q", word, got, want)
		}
	}
}

func TestLoosely(t *testing.T) {
	names := []string{"naive-apt", "chown-copy", "deleted-later", "node-app", "multi-stage"}
	for word, want := range map[string]string{
		"naive-atp": "naive-apt", "NODE": "node-app", "multistage": "multi-stage", "later": "deleted-later", "": "", "zzz": "",
		"chmod-cpy": "chown-copy", strings.Repeat("x", 1000): "", "qqqqqqqqqqqq": "",
	} {
		if got := Loosely(word, names); got != want {
			t.Errorf("%.20q: %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"ab", "ba", 1}, {"größe", "grösse", 2}, {"abc", "abc", 0}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != got {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
