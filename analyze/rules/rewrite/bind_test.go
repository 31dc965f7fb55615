package rewrite

import (
	"slices"
	"testing"
)

// TestUnpacks names the archives of commands that unpack.
func TestUnpacks(t *testing.T) {
	for text, want := range map[string][]string{
		"tar xzf /a.tgz -C /b":             {"/a.tgz"},
		"tar -xzf a.tgz":                   {"a.tgz"},
		"tar -x -C /b -f a.tar":            {"a.tar"},
		"tar -C /b --extract --file=a.tar": {"a.tar"},
		"tar --extract --file a.tar":       {"a.tar"},
		"unzip -q a.zip -d /b":             {"a.zip"},
		"dpkg -i a.deb b.deb":              {"a.deb", "b.deb"},
		"apt-get install -y ./a.deb curl":  {"./a.deb"},
		"rpm -Uvh a.rpm":                   {"a.rpm"},
		"7z x a.7z":                        {"a.7z"},
		"tar czf /a.tgz /b":                nil,
		"tar xz -C /b":                     nil,
		"tar xf -":                         nil,
		"dpkg -l a":                        nil,
		"apt-get install -y curl":          nil,
		"cp a.tgz /b":                      nil,
		"tar tzf a.tgz":                    nil,
		"unzip":                            nil,
	} {
		run, err := ParseRun("RUN " + text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range run.Commands[0].Unpacks() {
			got = append(got, w.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestAddBind mounts a file of the context.
func TestAddBind(t *testing.T) {
	for run, want := range map[string]string{
		"RUN tar xf /tmp/a": "RUN --mount=type=bind,source=a,target=/tmp/a tar xf /tmp/a",
		"RUN --mount=type=cache,target=/c tar xf /tmp/a": "RUN --mount=type=bind,source=a,target=/tmp/a --mount=type=cache,target=/c tar xf /tmp/a",
		"RUN --mount=type=tmpfs,target=/tmp tar xf x":    "",
		"COPY a b": "",
	} {
		got, ok := AddBind(run, "a", "/tmp/a")
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q, %v, want %q", run, got, ok, want)
		}
	}
}
