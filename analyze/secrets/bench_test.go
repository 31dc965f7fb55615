package secrets_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/secrets"
)

// BenchmarkContents looks for secrets in texts and noise of a size that is looked into.
func BenchmarkContents(b *testing.B) {
	source, err := os.ReadFile("names.go")
	if err != nil {
		b.Fatal(err)
	}
	source = bytes.Repeat(source, secrets.MaxSize/len(source)+1)[:secrets.MaxSize]
	var json strings.Builder
	for i := 0; json.Len() < secrets.MaxSize-200; i++ {
		fmt.Fprintf(&json, "{\"name\": \"module-%d\", \"version\": \"1.%d.0\", \"resolved\": \"https://registry.example.org/module-%d.tgz\"},\n", i, i, i)
	}
	for _, c := range []struct {
		name    string
		content []byte
	}{{"program", source}, {"json", []byte(json.String())}, {"noise", imagetest.Noise("x", secrets.MaxSize)}, {"a short text", source[:100]}} {
		b.Run("Search "+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.content)))
			for b.Loop() {
				secrets.Search(c.content)
			}
		})
		b.Run("Look "+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.content)))
			for b.Loop() {
				secrets.Look("srv/a.json", c.content)
			}
		})
	}
	b.Run("Wants", func(b *testing.B) {
		for b.Loop() {
			secrets.Wants("srv/app/modules/main-module-12.py", 100)
		}
	})
}
