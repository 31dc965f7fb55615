package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChallenges(t *testing.T) {
	for line, want := range map[string][]challenge{
		"":      nil,
		"Basic": {{"basic", map[string]string{}}},
		`Bearer realm="https://a.example/token",service="a b",scope="repository:x/y:pull,push"`: {{"bearer", map[string]string{
			"realm": "https://a.example/token", "service": "a b", "scope": "repository:x/y:pull,push"}}},
		`Negotiate, Basic realm=r , bearer Realm = "a\"b"`: {
			{"negotiate", map[string]string{}}, {"basic", map[string]string{"realm": "r"}}, {"bearer", map[string]string{"realm": `a"b`}}},
		`Bearer realm="one",realm="two"`: {{"bearer", map[string]string{"realm": "one"}}},
		`Bearer realm="no end`:           {{"bearer", map[string]string{"realm": "no end"}}},
		`Bearer realm="no end\`:          {{"bearer", map[string]string{"realm": "no end"}}},
		`realm="of nothing"`:             nil,
		`=,=`:                            nil,
	} {
		if diff := cmp.Diff(want, parseChallenges(line), cmp.AllowUnexported(challenge{})); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}
