package rewrite

import "testing"

func TestWorkDir(t *testing.T) {
	for _, test := range []struct {
		name, start string
		texts       []string
		want        string
	}{
		{"none", "/", []string{"FROM a", "RUN cd /x"}, "/"},
		{"none, base unknown", "", []string{"FROM a", "RUN cd /x"}, ""},
		{"absolute", "", []string{"WORKDIR /srv/app/"}, "/srv/app"},
		{"nested", "", []string{"WORKDIR /srv", "RUN true", "WORKDIR app", "workdir ./bin/../lib"}, "/srv/app/lib"},
		{"below the root", "/", []string{"WORKDIR app"}, "/app"},
		{"below the unknown", "", []string{"WORKDIR app"}, ""},
		{"a tab, blanks", "/", []string{"WORKDIR\t  /a b  "}, "/a b"},
		{"quotes", "/", []string{`WORKDIR "/a b"`, `WORKDIR 'c'`}, "/a b/c"},
		{"quotes inside", "/", []string{`WORKDIR /a"b"`}, ""},
		{"continued", "/", []string{"WORKDIR \\\n  # why\n  /app"}, "/app"},
		{"variable", "/", []string{"WORKDIR /srv", "WORKDIR $HOME", "WORKDIR app"}, ""},
		{"variable, then absolute", "/", []string{"WORKDIR ${HOME}/x", "WORKDIR /app"}, "/app"},
		{"backslash", "/", []string{`WORKDIR /my\ app`, "WORKDIR bin"}, ""},
		{"backslash, then absolute", "/", []string{`WORKDIR C:\app`, "WORKDIR /app"}, "/app"},
		{"nothing", "/", []string{"WORKDIR"}, ""},
		{"unreadable", "/", []string{"WORKDIR /a\x00"}, ""},
		{"no instruction", "/", []string{"", "# WORKDIR /x"}, "/"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := test.start
			for _, text := range test.texts {
				dir = WorkDir(dir, text)
			}
			if dir != test.want {
				t.Errorf("got %q, want %q", dir, test.want)
			}
		})
	}
}
