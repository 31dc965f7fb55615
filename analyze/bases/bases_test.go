package bases_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/bases"
	"github.com/tare-oci/tare/model"
)

// TestSiblings: other variants of the same version, and of the same thing.
func TestSiblings(t *testing.T) {
	python := "latest slim alpine bookworm 3 3.13 3.13.2 3.13-slim 3.13-alpine 3.13-alpine3.22 3.13-slim-bookworm 3.13-bookworm 3.13-windowsservercore 3.12 3.12-slim 3.13.0b1-slim sha256-aaaa.sig"
	debian := "latest bookworm bookworm-slim bookworm-backports bookworm-20260803 bookworm-20260803-slim 12 12-slim trixie trixie-slim stable stable-slim"
	distroless := "latest nonroot debug debug-nonroot latest-amd64 nonroot-amd64"
	php := "8.3 8.3-cli 8.3-fpm 8.3-fpm-alpine 8.3-fpm-bookworm 8.3-apache 8.3-alpine"
	temurin := "21 21-jdk 21-jre 21-jre-alpine 21-jdk-alpine 21-jre-ubi9-minimal 17-jre 21-jdk-windowsservercore"
	for _, test := range []struct{ tag, all, want string }{
		{"3.13", python, "3.13-slim 3.13-alpine 3.13-bookworm 3.13-alpine3.22 3.13-slim-bookworm"},
		{"3.13-slim", python, "3.13 3.13-alpine 3.13-bookworm 3.13-alpine3.22 3.13-slim-bookworm"},
		{"3.13.2", python, "3.13 3.13-slim 3.13-alpine 3.13-bookworm 3.13-alpine3.22 3.13-slim-bookworm"},
		{"latest", python, "slim alpine"},
		{"3.14", python, "3"},
		{"4", python, ""},
		{"bookworm", debian, "bookworm-slim"},
		{"bookworm-20260803", debian, "bookworm-20260803-slim"},
		{"12", debian, "12-slim"},
		{"nonroot", distroless, "debug latest debug-nonroot"},
		{"8.3-fpm", php, "8.3-fpm-alpine 8.3-fpm-bookworm"},
		{"8.3", php, "8.3-alpine"},
		{"21", temurin, "21-jdk 21-jre 21-jdk-alpine 21-jre-alpine 21-jre-ubi9-minimal"},
		{"", "", ""},
	} {
		got, more := bases.Siblings(test.tag, strings.Fields(test.all))
		if text := strings.Join(got, " "); text != test.want || more != 0 {
			t.Errorf("%s: %q, want %q (%d more)", test.tag, text, test.want, more)
		}
	}
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("1-alpine3.%d", i))
	}
	if got, more := bases.Siblings("1", many); len(got) != bases.MaxSiblings || more != 40-bases.MaxSiblings {
		t.Errorf("%d siblings, and %d more", len(got), more)
	}
}

// TestCompare: tags of one digest are one variant, and what is not known comes last.
func TestCompare(t *testing.T) {
	table := bases.Compare("debian", []bases.Weight{
		{Tag: "12", Digest: "sha256:a", Platform: "linux/amd64", Size: 48, Layers: 1},
		{Tag: "12-slim", Digest: "sha256:b", Platform: "linux/amd64", Size: 28, Layers: 1},
		{Tag: "12-broken", Error: "no such image"},
		{Tag: "12.15-slim", Digest: "sha256:b", Platform: "linux/amd64", Size: 28, Layers: 1},
		{Tag: "12.15", Digest: "sha256:a", Platform: "linux/amd64", Size: 48, Layers: 1},
		{Tag: "12-full", Digest: "sha256:c", Size: 100, Layers: 2},
	}, 3)
	p := model.Ptr[int64]
	want := &model.Bases{
		SchemaVersion: 1, Notes: []string{}, Repository: "debian", More: 3,
		InUse: model.Variant{Tags: []string{"12", "12.15"}, Digest: model.Ptr("sha256:a"), Platform: model.Ptr("linux/amd64"), CompressedSize: p(48), Layers: 1},
		Variants: []model.Variant{
			{Tags: []string{"12-slim", "12.15-slim"}, Digest: model.Ptr("sha256:b"), Platform: model.Ptr("linux/amd64"), CompressedSize: p(28), Layers: 1, Saves: p(20)},
			{Tags: []string{"12-full"}, Digest: model.Ptr("sha256:c"), CompressedSize: p(100), Layers: 2, Saves: p(-52)},
			{Tags: []string{"12-broken"}, Error: "no such image"},
		},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Error(diff)
	}
}
