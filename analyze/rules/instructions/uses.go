package instructions

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// aptWord is a call of apt wherever it stands: behind xargs or timeout, in a
// variable, in the text of eval. A path such as /var/lib/apt does not match.
var aptWord = lazyregexp.New(`(?:^|[^\w./-])(?:apt-get|apt|aptitude|apt-fast|gdebi|mk-build-deps)(?:$|[^\w./-])`)

// MaxLater is how many later instructions are looked at for each finding: an image
// of ten thousand layers can have a finding in each.
const MaxLater = 1000

// CallsApt reports whether an instruction calls apt in any way.
func (l *List) CallsApt(i int) bool { return aptWord.MatchString(l.Text(i)) }

// InstallsNodeModules reports whether a RUN installs node_modules.
func (l *List) InstallsNodeModules() bool {
	for _, c := range l.Calls() {
		args := c.Args()
		switch {
		case !slices.Contains([]string{"npm", "yarn", "pnpm", "bun"}, c.Name()):
		case len(args) == 0 && c.Name() == "yarn", len(args) > 0 && slices.Contains([]string{"install", "ci", "i", "add"}, args[0].Text):
			return true
		}
	}
	return false
}

// AptCalls counts the calls of apt in an instruction, as far as its words tell. What stands in
// lines of comments is none.
func (l *List) AptCalls(i int) (calls int) {
	for line := range strings.Lines(l.Text(i)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			calls += len(aptWord.FindAllString(line, -1))
		}
	}
	return calls
}
