package fix

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// TestPathsAsTheAuthorWritesThem: the paths that an edit removes are written with the author's
// variables, and without versions that the rule of a cache claims, too.
func TestPathsAsTheAuthorWritesThem(t *testing.T) {
	for _, test := range []struct {
		name, run, target, want string
	}{
		{"a directory below", `RUN git clone x "/home/${user}/pure" && git x`, "/home/coder/pure/.git", `"/home/${user}/pure/.git"`},
		{"without quotes", "RUN git clone x ${DIR}/pure", "/opt/src/pure/.git", "${DIR}/pure/.git"},
		{"the longest", "RUN mkdir -p $DIR && git clone x $DIR/a", "/opt/src/a/.git", "$DIR/a/.git"},
		{"with a pattern", `RUN make -C "${DIR}/a"`, "/opt/src/a/*.o", `"${DIR}/a"/*.o`},
		{"a version of a cache", "RUN gem install x", "/var/lib/gems/3.1.0/cache/*.gem", "/var/lib/gems/*/cache/*.gem"},
		{"a version of a cache in a home directory", "RUN pnpm install", "/root/.local/share/pnpm/store/v3/files", "/root/.local/share/pnpm/store/*/files"},

		{"no variable", "RUN git clone x /opt/src/pure", "/opt/src/pure/.git", "/opt/src/pure/.git"},
		{"another directory", "RUN git clone x $DIR/pure", "/opt/source/.git", "/opt/source/.git"},
		{"a name that begins alike", "RUN git clone x $DIR/pure", "/opt/src/purest/.git", "/opt/src/purest/.git"},
		{"a variable that the RUN sets", "RUN DIR=/opt/src && git clone x $DIR/pure", "/opt/src/pure/.git", "/opt/src/pure/.git"},
		{"a variable of a loop", "RUN for DIR in a b; do git clone x $DIR; done", "/opt/src/.git", "/opt/src/.git"},
		{"a variable that nobody knows", "RUN git clone x $OTHER/pure", "/opt/src/pure/.git", "/opt/src/pure/.git"},
		{"what a command prints", "RUN git clone x $(pwd)/pure", "/opt/src/pure/.git", "/opt/src/pure/.git"},
		{"a version that is no cache's", "RUN make", "/srv/3.1.0/cache/x", "/srv/3.1.0/cache/x"},
		{"a name that is no version", "RUN gem install x", "/var/lib/gems/current/cache/*.gem", "/var/lib/gems/current/cache/*.gem"},
	} {
		texts := []string{"ENV user=coder", "ENV DIR=/opt/src", test.run}
		build := &rules.Build{}
		p := &plan{build: build}
		for i, text := range texts {
			build.Instructions = append(build.Instructions, model.Instruction{Index: i, Text: text, Keyword: text[:3]})
			p.at = append(p.at, &piece{text: text})
		}
		got := anyVersion(build, test.target)
		if got == test.target {
			got = p.byVariable(2, test.target)
		}
		if got != test.want {
			t.Errorf("%s: %s is written %s, want %s", test.name, test.target, got, test.want)
		}
	}
}

// TestPathsInTheHomeOfAUser: where a variable says who the user is, it names the home, too.
func TestPathsInTheHomeOfAUser(t *testing.T) {
	for _, test := range []struct{ user, run, target, want string }{
		{`USER "$WHO"`, "RUN bundle install", "/home/coder/.bundle/cache", "/home/$WHO/.bundle/cache"},
		{"USER ${WHO}", "RUN bundle install", "/home/coder/.bundle/cache", "/home/${WHO}/.bundle/cache"},
		{"USER coder", "RUN bundle install", "/home/coder/.bundle/cache", "/home/coder/.bundle/cache"},
		{"USER $WHO", "RUN bundle install", "/home/coders/.bundle/cache", "/home/coders/.bundle/cache"},
		{"USER $WHO:$WHO", "RUN bundle install", "/home/coder/.bundle/cache", "/home/coder/.bundle/cache"},
		{"USER $WHO", "RUN WHO=x && bundle install", "/home/coder/.bundle/cache", "/home/coder/.bundle/cache"},
	} {
		build := &rules.Build{}
		p := &plan{build: build}
		for i, text := range []string{"ENV WHO=coder", test.user, test.run} {
			build.Instructions = append(build.Instructions, model.Instruction{Index: i, Text: text, Keyword: strings.Fields(text)[0]})
			p.at = append(p.at, &piece{text: text})
		}
		if got := p.byVariable(2, test.target); got != test.want {
			t.Errorf("%s, %s: %s is written %s, want %s", test.user, test.run, test.target, got, test.want)
		}
	}
}

// TestRespell: a path is replaced only where it stands as a whole word.
func TestRespell(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"RUN x && rm -rf /a/b", "RUN x && rm -rf $A"},
		{"RUN x && rm -rf /a/b /c", "RUN x && rm -rf $A /c"},
		{"RUN x && rm -rf /a/b \\\n  /a/b; y", "RUN x && rm -rf $A \\\n  $A; y"},
		{"RUN x --to=/a/b && rm -rf /a/b/c", "RUN x --to=/a/b && rm -rf /a/b/c"},
		{"RUN x /z/a/b", "RUN x /z/a/b"},
	} {
		if got := respell(test.text, "/a/b", "$A"); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.text, got, test.want)
		}
	}
}
