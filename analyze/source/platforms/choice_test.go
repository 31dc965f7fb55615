package platforms

import (
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func parsed(t *testing.T, text string) v1.Platform {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestCheck: an image for the platform asked for passes, one that engines take in
// its place with a note, any other is refused with what there is.
func TestCheck(t *testing.T) {
	for _, c := range []struct{ have, asked, note, err string }{
		{"linux/amd64", "", "", ""},
		{"linux/amd64", "linux/amd64", "", ""},
		{"linux/amd64", "linux/x86_64", "", ""},
		{"linux/arm64", "linux/arm64/v8", "", ""},
		{"linux/386", "linux/amd64", "there is no image for linux/amd64; this is the one for linux/386", ""},
		{"linux/arm/v6", "linux/arm/v7", "this is the one for linux/arm/v6", ""},
		{"linux/arm", "linux/arm/v6", "you asked for linux/arm/v6, and the image says linux/arm without a variant", ""},
		{"linux/amd64", "linux/arm64", "", "no image for linux/arm64, only for linux/amd64; leave out --platform, or write --platform linux/amd64"},
		{"linux/amd64", "a/b/c/d", "", "is not os/arch"},
	} {
		note, err := Check(parsed(t, c.have), c.asked)
		if (note == "") != (c.note == "") || !strings.Contains(note, c.note) {
			t.Errorf("%s for %s: the note is %q", c.have, c.asked, note)
		}
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s for %s: the error is %v", c.have, c.asked, err)
		}
	}
	if note, err := Check(v1.Platform{}, "linux/amd64"); note != "" || err != nil {
		t.Errorf("a config that names no platform: %q, %v", note, err)
	}
}

// TestMissing: whoever asks for a platform in vain is told which there are.
func TestMissing(t *testing.T) {
	want := parsed(t, "linux/s390x")
	digests := []string{"sha256:1", "sha256:2"}
	for text, err := range map[string]error{
		"no image for linux/s390x, only for linux/amd64; leave out --platform, or write --platform linux/amd64":              Missing(want, []string{"linux/amd64"}, nil),
		"no image for linux/s390x, only for linux/amd64, linux/arm64; choose one with --platform":                            Missing(want, []string{"linux/amd64", "linux/arm64"}, nil),
		"no image for linux/s390x, only for linux/amd64 and for platforms that it does not name; choose one with --platform": Missing(want, []string{"linux/amd64"}, digests),
		"there are 2 images, and none says which platform it is for; choose one by its digest, as in @sha256:1":              Missing(want, nil, digests),
	} {
		if err.Error() != text {
			t.Errorf("%v\nwant %s", err, text)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b v1.Platform
		same bool
	}{
		{v1.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}, v1.Platform{OS: "Linux", Architecture: "aarch64"}, true},
		{v1.Platform{OS: "linux", Architecture: "i686"}, v1.Platform{OS: "linux", Architecture: "386"}, true},
		{v1.Platform{OS: "linux", Architecture: "armel"}, v1.Platform{OS: "linux", Architecture: "arm", Variant: "6"}, true},
		{v1.Platform{OS: "linux", Architecture: "arm", Variant: "v7"}, v1.Platform{OS: "linux", Architecture: "arm", Variant: "v6"}, false},
		{v1.Platform{OS: "linux", Architecture: "amd64"}, v1.Platform{OS: "windows", Architecture: "amd64"}, false},
	} {
		if Same(c.a, c.b) != c.same {
			t.Errorf("%v and %v: %v", c.a, c.b, !c.same)
		}
	}
}
