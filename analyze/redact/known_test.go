package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// One pass finds what looking for each value by itself finds: at each place the
// longest.
func TestKnownIsWhatLookingForEachFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab1"[r.IntN(3)] // so that values begin alike, and hold each other
		}
		return string(b)
	}
	for range 300 {
		values := make([]string, 1+r.IntN(40))
		for i := range values {
			values[i] = word(minKnown + r.IntN(8))
		}
		var text strings.Builder
		for range 30 {
			text.WriteString(word(r.IntN(12)) + []string{"", " ", "\n", values[r.IntN(len(values))]}[r.IntN(4)])
		}
		var want []span
		for at := 0; at < text.Len(); at++ {
			longest := 0
			for _, v := range values {
				if strings.HasPrefix(text.String()[at:], v) {
					longest = max(longest, len(v))
				}
			}
			if longest > 0 {
				want = append(want, span{at, at + longest, true})
				at += longest - 1
			}
		}
		if got := newKnown(append([]string{}, values...)).find(text.String(), nil); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q in %q\n got %v\nwant %v", values, text.String(), got, want)
		}
	}
}

// The value of a variable that is a secret by its name is masked in all texts, a
// long one to its end; one that is a common word is not.
func TestRepeatedValues(t *testing.T) {
	long := "k1" + strings.Repeat("abc-def ", 100) + "end-of-it"
	mask := New([]string{"API_TOKEN=tiny-1-secret", "POSTGRES_PASSWORD=postgres", "SHORT_TOKEN=ab1"}, []string{"BUILD_SECRET=" + long})
	for text, want := range map[string]string{
		"RUN make X=tiny-1-secret":            "RUN make X=***",
		"RUN a-tiny-1-secret-b":               "RUN a-***-b",
		"RUN apt-get install postgres ab1":    "RUN apt-get install postgres ab1",
		"COPY postgres /x":                    "COPY postgres /x",
		"RUN printf '" + long + "' > f && ls": "RUN printf '***' > f && ls",
	} {
		if got := mask.Text(text); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}
