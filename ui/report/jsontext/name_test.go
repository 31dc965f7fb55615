package jsontext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tare-oci/tare/ui/display"
)

// nameOf undoes ExactName, as a reader of the report would.
func nameOf(t *testing.T, exact string) string {
	var b []byte
	for i := 0; i < len(exact); i++ {
		if exact[i] != '\\' {
			b = append(b, exact[i])
			continue
		}
		i++
		if exact[i] == '\\' {
			b = append(b, '\\')
			continue
		}
		hex := func(c byte) byte { return byte(strings.IndexByte("0123456789abcdef", c)) }
		if exact[i] != 'x' {
			t.Fatalf("%q: a lone backslash", exact)
		}
		b = append(b, hex(exact[i+1])<<4|hex(exact[i+2]))
		i += 2
	}
	return string(b)
}

func FuzzNameInJSON(f *testing.F) {
	for _, seed := range []string{"a", `\xff`, "\xff", "\\", "\u2028\u202e\U000e0041", "<&>", "\x00\n", "\xed\xa0\x80", "\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		var out bytes.Buffer
		o := OpenObject(&out)
		o.Field("name", ExactName(name))
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		if raw := strings.ReplaceAll(out.String(), "\n", ""); strings.ContainsFunc(raw, func(r rune) bool { return !display.Printable(r) }) {
			t.Errorf("%q is written as %q", name, raw)
		}
		var got map[string]string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if back, err := RealName(got["name"]); err != nil || back != name {
			t.Errorf("%q came back as %q (%v) by way of %q", name, back, err, got["name"])
		}
		if back := nameOf(t, got["name"]); back != name {
			t.Errorf("%q came back as %q by way of %q", name, back, got["name"])
		}
	})
}

func TestRealNameRefusesWhatExactNameDoesNotWrite(t *testing.T) {
	for _, exact := range []string{"\\", "a\\", `\x`, `\x4`, `\x41`, `\xFF`, `\n`, `\u00ff`} {
		if name, err := RealName(exact); err == nil {
			t.Errorf("%q is taken for %q", exact, name)
		}
	}
	lists := [][]string{{"a", `b\\c`}, {`\xff`}}
	if err := RealNames(lists...); err != nil || lists[0][1] != `b\c` || lists[1][0] != "\xff" {
		t.Errorf("names %q, error %v", lists, err)
	}
	if err := RealNames([]string{"\\"}); err == nil {
		t.Error("a lone backslash is taken")
	}
}
