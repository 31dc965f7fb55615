package registry

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

func repositoryOf(t *testing.T, text string) name.Repository {
	t.Helper()
	repo, err := name.NewRepository(text, name.WeakValidation)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// auths are entries of a file, each for a user of the key's own name.
func auths(keys ...string) map[string]any {
	entries := make(map[string]any)
	for _, key := range keys {
		entries[key] = map[string]string{"auth": sourcetest.Encoded(key, "secret")}
	}
	return map[string]any{"auths": entries}
}

// TestTheLongestKeyCounts: of several entries for one registry the longest one
// that fits is taken, however often one asks.
func TestTheLongestKeyCounts(t *testing.T) {
	for _, test := range []struct {
		keys []string
		repo string
		want string
	}{
		{[]string{"r.example"}, "r.example/team/app", "r.example"},
		{[]string{"r.example", "r.example/team"}, "r.example/team/app", "r.example/team"},
		{[]string{"r.example", "r.example/team", "r.example/team/app"}, "r.example/team/app", "r.example/team/app"},
		{[]string{"r.example/other", "r.example/team", "r.example/third"}, "r.example/team/app", "r.example/team"},
		{[]string{"r.example/team/app"}, "r.example/team/apple", ""},
		{[]string{"r.example/team/ap"}, "r.example/team/app", ""},
		{[]string{"r.example/team"}, "r.example/app", ""},
		{[]string{"r.example:5000"}, "r.example/app", ""},
		{[]string{"r.example:5000", "r.example"}, "r.example:5000/app", "r.example:5000"},
		{[]string{"https://r.example/v1/"}, "r.example/app", "https://r.example/v1/"},
		{[]string{"http://r.example", "https://r.example", "r.example"}, "r.example/app", "r.example"},
		{[]string{"http://r.example/v2/", "https://r.example/v1/"}, "r.example/app", "https://r.example/v1/"},
		{[]string{"https://index.docker.io/v1/"}, "debian", "https://index.docker.io/v1/"},
		{[]string{"docker.io"}, "debian", "docker.io"},
		{[]string{"index.docker.io"}, "debian", "index.docker.io"},
		{[]string{"docker.io", "docker.io/library"}, "debian", "docker.io/library"},
		{[]string{"docker.io", "docker.io/team/app", "https://index.docker.io/v1/"}, "team/app", "docker.io/team/app"},
		{[]string{"docker.io/team"}, "debian", ""},
	} {
		for range 8 { // maps have another order each time
			sourcetest.AuthFilesOf(t, map[string]any{"docker": auths(test.keys...)})
			c, err := findCredential(t.Context(), repositoryOf(t, test.repo), time.Second)
			if err != nil || c.user != test.want && !strings.Contains(test.want, ":") || strings.Contains(test.want, ":") && !strings.HasPrefix(test.want, c.user) {
				t.Errorf("%s among %v: %q, want %q (%v)", test.repo, test.keys, c.user, test.want, err)
				break
			}
		}
	}
}

// TestFilesOfCredentials: the first file with an entry for the repository counts,
// in the order of containers-auth.json(5).
func TestFilesOfCredentials(t *testing.T) {
	as := func(user string) map[string]any {
		return map[string]any{"auths": map[string]any{"r.example": map[string]string{"auth": sourcetest.Encoded(user, "secret")}}}
	}
	order := []string{"named", "runtime", "config", "dotconfig", "docker"}
	if runtime.GOOS != "linux" {
		order = []string{"named", "config", "dotconfig", "docker"}
	}
	files := map[string]any{"home": as("home")}
	for _, short := range order {
		files[short] = as(short)
	}
	for _, short := range order {
		sourcetest.AuthFilesOf(t, files)
		c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second)
		if err != nil || c.user != short || c.password != "secret" {
			t.Errorf("%s is next, but %q counts (%v)", short, c.user, err)
		}
		// One that says nothing of this registry is passed over.
		files[short] = []any{map[string]any{}, auths("other.example"), map[string]any{"auths": map[string]any{"r.example": map[string]any{}}}}[len(short)%3]
	}
	sourcetest.AuthFilesOf(t, files)
	if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second); err != nil || c != (credential{}) {
		t.Errorf("with DOCKER_CONFIG set, the home directory's file counts: %q (%v)", c.user, err)
	}
	t.Setenv(authVariable, `{"auths":{"r.example":{"auth":"`+sourcetest.Encoded("variable", "secret")+`"}},"credsStore":"none"}`)
	for _, below := range []string{"runtime", "docker"} {
		sourcetest.AuthFilesOf(t, map[string]any{below: as(below)})
		if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second); err != nil || c.user != "variable" {
			t.Errorf("DOCKER_AUTH_CONFIG and the file %s: %q (%v)", below, c.user, err)
		}
	}
	t.Setenv(authVariable, `{"auths":{`)
	if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second); err != nil || c.user != "docker" {
		t.Errorf("a broken DOCKER_AUTH_CONFIG: %q (%v)", c.user, err)
	}
	t.Setenv(authVariable, "")
	sourcetest.AuthFilesOf(t, map[string]any{"old": map[string]any{"https://r.example/v1/": map[string]string{"auth": sourcetest.Encoded("old", "secret")}}})
	if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second); err != nil || c.user != "old" {
		t.Errorf(".dockercfg: %q (%v)", c.user, err)
	}
}

// TestOddFilesOfCredentials: what cannot be read is told, without a word of it,
// and does not keep the next file from being read.
func TestOddFilesOfCredentials(t *testing.T) {
	for what, file := range map[string]string{
		"broken JSON":       `{"auths":{"r.example":{"auth":"c2VjcmV0`,
		"another shape":     `["c2VjcmV0"]`,
		"no base64":         `{"auths":{"r.example":{"auth":"s3cret!"}}}`,
		"no colon":          `{"auths":{"r.example":{"auth":"c2VjcmV0"}}}`,
		"too large":         `{"auths":{}}` + strings.Repeat(" ", maxAuthFile),
		"no name of helper": `{"credsStore":"../c2VjcmV0"}`,
	} {
		sourcetest.AuthFilesOf(t, map[string]any{"runtime": file, "named": file})
		_, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second)
		if err == nil || strings.Contains(err.Error(), "s3cret!") || what != "no name of helper" && strings.Contains(err.Error(), "c2VjcmV0") {
			t.Errorf("%s: %v", what, err)
		}
		sourcetest.AuthFilesOf(t, map[string]any{"named": file, "docker": auths("r.example")})
		if c, err := findCredential(t.Context(), repositoryOf(t, "r.example/app"), time.Second); err != nil || c.user != "r.example" {
			t.Errorf("%s before another file: %q (%v)", what, c.user, err)
		}
	}
	for auth, want := range map[string]credential{
		sourcetest.Encoded("ann", "a:b"):                               {user: "ann", password: "a:b"},
		strings.TrimRight(sourcetest.Encoded("ann", "secret1"), "="):   {user: "ann", password: "secret1"},
		sourcetest.Encoded("ann", "secret\x00"):                        {user: "ann", password: "secret"},
		sourcetest.Encoded("00000000-0000-0000-0000-000000000000", ""): {user: "00000000-0000-0000-0000-000000000000"},
	} {
		if got, ok := (authEntry{Auth: auth}).credential(); !ok || got != want {
			t.Errorf("%q: %+v", auth, got)
		}
	}
}
