package redact

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// plainTokens is what Tokens finds, looked for at each byte of a text and at every mark.
func plainTokens(text string) (found []string) {
	for i := 0; i < len(text); {
		if !alphanumeric(text[i]) || i > 0 && alphanumeric(text[i-1]) {
			i++
			continue
		}
		end := i
		for end < len(text) && chunkByte(text[end]) {
			end++
		}
		n := markedAt(text[i:end])
		if n == 0 || i > 0 && (text[i-1] == '/' || text[i-1] == '+') {
			i++
			continue
		}
		if kind, known := maker(text[i : i+n]); known {
			found = append(found, kind+" "+text[i:end])
		}
		i = end
	}
	return found
}

// TestTokensAsPlain finds the same in texts made by lot of marks, words and what stands between them
// as the plain way does.
func TestTokensAsPlain(t *testing.T) {
	var all []string
	for mark := range marks {
		all = append(all, mark)
	}
	slices.Sort(all)
	r := rand.New(rand.NewPCG(1, 2))
	one := func(of string) string { i := r.IntN(len(of)); return of[i : i+1] }
	some, none := 0, 0
	for range quick.Rounds(300, 3000, 100_000) {
		var b strings.Builder
		for range 1 + r.IntN(40) {
			switch r.IntN(6) {
			case 0:
				b.WriteString(all[r.IntN(len(all))])
				fallthrough
			case 1:
				for range r.IntN(50) {
					b.WriteString(one("abcxyzABCXYZ0123456789_-.+=~"))
				}
			case 2:
				mark := all[r.IntN(len(all))]
				b.WriteString(mark)
				for range marks[mark] - 1 + r.IntN(3) {
					b.WriteString(one("bcdfghjkBCDFGHJK23456789"))
				}
			case 3:
				b.WriteString(one(" \n\"'/+,:=.\x00\x80\xc3"))
			case 4:
				b.WriteString(one("_-.+=~"))
			default:
				b.WriteString(fmt.Sprint(r.IntN(1000)))
			}
		}
		text := b.String()
		want := plainTokens(text)
		var got []string
		for kind, word := range Tokens([]byte(text)) {
			got = append(got, kind+" "+word)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
		if len(want) > 0 {
			some++
		} else {
			none++
		}
	}
	if some < none/10 || none < some/10 {
		t.Errorf("%d texts with tokens, %d without", some, none)
	}
}
