package redact

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// planted is a form of testdata/forms.txt with a secret in it.
type form struct {
	text string
	look bool // only a secret that looks like one is masked
	hex  bool // a hexadecimal number is, too: no digest stands there
}

func forms(t testing.TB) (all []form) {
	data, err := os.ReadFile("testdata/forms.txt")
	if err != nil {
		t.Fatal(err)
	}
	hex := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		hex = hex || strings.HasPrefix(line, "# W") && strings.Contains(line, "hexadecimal")
		if strings.HasPrefix(line, "# W") || !strings.Contains(line, "@@") {
			continue
		}
		rest, look := strings.CutPrefix(line, "? ")
		if strings.Contains(rest, "<<EOF") {
			rest = strings.ReplaceAll(rest, `\n`, "\n")
		}
		all = append(all, form{rest, look, hex || !look})
	}
	return all
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func randomSecret(r *rand.Rand, letters string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func TestForms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := forms(t)
	if len(all) < 200 {
		t.Fatalf("only %d forms", len(all))
	}
	for _, f := range all {
		secrets := []string{
			"Zq7hunterX9secretvalue07", randomSecret(r, letters, 24), randomSecret(r, letters, 32),
		}
		if f.hex {
			secrets = append(secrets, "7b1f"+randomSecret(r, "0123456789abcdef", 28), "0d4e51c2-8a3f-4c6b-9d7e-"+randomSecret(r, "0123456789abcdef", 12))
		}
		if !f.look {
			secrets = append(secrets, "hunter2", "correcthorse", "Tr0ub4dor%3", "s3cr3t!")
		}
		for _, secret := range secrets {
			text := strings.ReplaceAll(f.text, "@@", secret)
			got := Mask{}.Text(text)
			if strings.Contains(got, secret) || len(secret) > 6 && strings.Contains(got, secret[len(secret)-6:]) {
				t.Errorf("%s\nbecomes %s", text, got)
				break
			}
			if strings.Count(got, "\n") != strings.Count(text, "\n") {
				t.Errorf("%q\nbecomes %q, of another number of lines", text, got)
			}
		}
	}
}
