package redact

import (
	"os"
	"strings"
	"testing"
)

// BenchmarkText masks texts as they come: a Dockerfile's RUN, and one long word.
func BenchmarkText(b *testing.B) {
	data, err := os.ReadFile("testdata/forms.txt")
	if err != nil {
		b.Fatal(err)
	}
	run := "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl git \\\n    && rm -rf /var/lib/apt/lists/* && curl -fsSL https://example.org/v1.2.3/app-linux-amd64.tar.gz | tar -xz -C /usr/local\n"
	for name, text := range map[string]string{"forms": string(data), "run": strings.Repeat(run, 100), "word": "ENV X=" + strings.Repeat("y", 40000)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Mask{}.Text(text)
			}
		})
	}
}
