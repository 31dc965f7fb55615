package platforms

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func TestParsePlatform(t *testing.T) {
	for text, want := range map[string]string{
		"linux/amd64": "linux/amd64", "Linux/ARM/7": "linux/arm/v7", "linux/x86_64": "linux/amd64", "linux/arm64/v8": "linux/arm64",
		"arm64": "linux/arm64", "aarch64": "linux/arm64", "armhf": "linux/arm/v7", "arm/v6": "linux/arm/v6", "s390x": "linux/s390x",
		"linux": Name(Machine()), "amd64/v3": "linux/amd64/v3", "windows/amd64": "windows/amd64", "linux/new": "linux/new",
	} {
		if p, err := Parse(text); err != nil || Name(p) != want {
			t.Errorf("%s is %s (%v), want %s", text, Name(p), err, want)
		}
	}
	for _, text := range []string{"", "linux/", "a/b/c/d", "/amd64", "vax", "linux//v7"} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%q is taken for the platform %s", text, Name(p))
		}
	}
}

// TestFit has for each request what it is, best first, and after "not" what it
// is not: containerd's rules.
func TestFit(t *testing.T) {
	for want, order := range map[string]string{
		"linux/arm":       "linux/arm/v7 linux/arm/v6 linux/arm/v5 linux/arm/v8 not linux/arm64 linux/386 linux/amd64",
		"linux/arm/v7":    "linux/arm linux/arm/v6 linux/arm/v5 not linux/arm/v8 linux/arm64",
		"linux/arm/v6":    "linux/arm/v6 linux/arm/v5 linux/arm not linux/arm/v7",
		"linux/arm64":     "linux/arm64/v8 linux/arm64/v9 linux/arm/v8 linux/arm/v7 linux/arm/v5 not linux/amd64",
		"linux/arm64/v9":  "linux/arm64/v9 linux/arm64/v8.5 linux/arm64 linux/arm/v7 not linux/amd64 linux/arm64/v9.1",
		"linux/amd64":     "linux/x86_64 linux/amd64/v3 linux/386 not linux/arm64 freebsd/amd64",
		"linux/amd64/v3":  "linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386 not linux/amd64/v4",
		"linux/386":       "linux/i386 not linux/amd64",
		"linux/riscv64":   "linux/riscv64 not linux/amd64",
		"linux/arm/v9999": "linux/arm/v9999 linux/arm/v8 linux/arm/v5 not linux/arm64",
	} {
		asked, err := Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		yes, no, _ := strings.Cut(order, " not ")
		last := -1
		for text := range strings.FieldsSeq(yes) {
			p, err := v1.ParsePlatform(text)
			if err != nil {
				t.Fatal(err)
			}
			rank := Fit(*p, asked)
			if rank <= last || rank >= NoFit {
				t.Errorf("%s for %s: rank %d after %d", text, want, rank, last)
			}
			last = rank
		}
		for text := range strings.FieldsSeq(no) {
			if p, _ := v1.ParsePlatform(text); Fit(*p, asked) < NoFit {
				t.Errorf("%s is taken for %s", text, want)
			}
		}
	}
}

// TestPlatformMatches: a saved report is asked for by any spelling of its platform.
func TestPlatformMatches(t *testing.T) {
	for _, c := range []struct {
		have, asked string
		want        bool
	}{
		{"linux/arm64", "arm64", true}, {"linux/arm64/v8", "linux/arm64", true}, {"linux/arm/v7", "arm", true}, {"linux/amd64", "amd64", true},
		{"linux/amd64", "linux/arm64", false}, {"", "linux/amd64", false}, {"linux/amd64", "nonsense", false},
	} {
		if got := Matches(c.have, c.asked); got != c.want {
			t.Errorf("%q for %q: %v", c.have, c.asked, got)
		}
	}
}
