package scan_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/secrets"
)

// wholeSecret is what a scan finds in a file, looked for in all of its content at once.
func wholeSecret(f imagetest.File) (secrets.Found, bool) {
	size := int64(len(f.Body))
	switch {
	case size == 0 || size > secrets.MaxSize:
		return secrets.Found{}, false
	case secrets.Wants(f.Path, size), secrets.Resembles(f.Body[:min(size, secrets.HeadLen)]):
		return secrets.Look(f.Path, f.Body)
	case size < secrets.HeadLen || secrets.Aside(f.Path):
		return secrets.Found{}, false
	}
	return secrets.Search(f.Body)
}

// TestSecretsWhereverFilesLie compares what scans find in layers of files of all sizes, in place and
// in pieces, with what is in each content as a whole.
func TestSecretsWhereverFilesLie(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	token := "ghp_R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0"
	names := []string{"app/%d.py", "app/%d.json", "usr/lib/%d.py", "usr/lib/%d.json", "app/%d", "%d/.npmrc", "app/%d/.env", "srv/%d/id_rsa"}
	sizes := []int{20, 100, 600, 5000, 16 << 10, 20 << 10, secrets.MaxSize, secrets.MaxSize + 1000, 300 << 10}
	found := 0
	for range imagetest.Rounds(3, 5, 400) {
		var files []imagetest.File
		for i := range 60 {
			size := r.IntN(sizes[r.IntN(len(sizes))] + 1)
			body := bytes.Repeat([]byte("a line of it\n"), size/13+1)[:size]
			if at := r.IntN(size + 1); r.IntN(2) == 0 && size-at > len(token)+2 {
				copy(body[at:], " "+token+" ")
			}
			if size > 0 && r.IntN(3) == 0 {
				body[r.IntN(size)] = 0
			}
			if r.IntN(8) == 0 {
				copy(body, "-----BEGIN PRIVATE KEY-----\n"+strings.Repeat("MIIEvQIBADANBgkqhkiG9w0B", 4)+"\n-----END")
			}
			files = append(files, imagetest.File{Path: fmt.Sprintf(names[r.IntN(len(names))], i), Body: body})
		}
		var want []string
		for _, f := range files {
			if s, ok := wholeSecret(f); ok {
				want = append(want, fmt.Sprint(f.Path, s))
			}
		}
		found += len(want)
		for _, c := range imagetest.Compressions() {
			if r.IntN(3) > 0 && c != imagetest.None {
				continue
			}
			for _, verify := range []bool{false, true} {
				stored := imagetest.Layer{Files: files, Compression: c}
				blob := stored.Stored()
				captured := func(path string, _ int64) bool { return path[len(path)-1] != 'n' } // those pass even where a layer is read in place
				x, err := scan.Layer(t.Context(), layer(blob, imagetest.Digest(blob).String(), ""), scan.Options{Secrets: true, Libraries: true, Verify: verify, Capture: captured})
				if err != nil {
					t.Fatal(c, err)
				}
				var got []string
				for _, s := range x.Secrets {
					got = append(got, fmt.Sprint(x.Path(&x.Entries[s.Entry]), s.Found))
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s, verified %t: %q, want %q", c, verify, got, want)
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("%d secrets", found)
	}
}
