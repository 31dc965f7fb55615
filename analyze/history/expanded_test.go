package history

import (
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func TestExpanded(t *testing.T) {
	expanded := Expanded(&v1.ConfigFile{History: []v1.History{
		{CreatedBy: "ARG RELEASE=2026-beta", EmptyLayer: true, Comment: "buildkit.dockerfile.v0"},
		{CreatedBy: "ARG N=7", EmptyLayer: true, Comment: "buildkit.dockerfile.v0"},
	}})
	for _, test := range []struct{ key, text, want string }{
		{"", "/srv/2026-beta/www", "/srv/${RELEASE}/www"},
		{"RELEASE", "2026-beta", "${RELEASE}"},
		{"N", "7", "${N}"},
		{"", "7", "7"}, // too common to be told from what was written
		{"", "plain", "plain"},
	} {
		if got := expanded(test.key, test.text); got != test.want {
			t.Errorf("%s=%s shows as %q, want %q", test.key, test.text, got, test.want)
		}
	}
	if got := Expanded(nil)("A", "b"); got != "b" {
		t.Errorf("without a config: %q", got)
	}
}
