package fix

import "testing"

// TestUnwritten: comments and blank lines of somebody else stay when an edit of ours is taken out of
// a Dockerfile; what changes an instruction makes that impossible.
func TestUnwritten(t *testing.T) {
	const (
		old  = "FROM debian\nRUN apt-get update\nRUN apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\nCMD curl\n"
		held = "FROM debian\nRUN apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/*\nCMD curl\n"
	)
	for name, c := range map[string]struct{ now, want string }{
		"as it was":        {held, old},
		"a comment above":  {"# mine\n\n" + held, "# mine\n\n" + old},
		"at the edit":      {"FROM debian\n# all of apt\n" + held[len("FROM debian\n"):], "FROM debian\n# all of apt\n" + old[len("FROM debian\n"):]},
		"below it":         {held[:len(held)-len("CMD curl\n")] + "\n# run\nCMD curl\n# end", old[:len(old)-len("CMD curl\n")] + "\n# run\nCMD curl\n# end"},
		"an instruction":   {held + "RUN gcc\n", ""},
		"a word":           {"FROM debian:12" + held[len("FROM debian"):], ""},
		"in our own lines": {"FROM debian\nRUN apt-get update \\\n    && apt-get install -y curl wget \\\n    && rm -rf /var/lib/apt/lists/*\nCMD curl\n", ""},
		"a directive":      {"# syntax=docker/dockerfile:1\n" + held, ""},
		"another escape":   {"# escape=`\n" + held, ""},
		"no Dockerfile":    {"\x00", ""},
		"empty":            {"", ""},
	} {
		if got := Unwritten([]byte(old), []byte(held), []byte(c.now)); string(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
