package installs

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// container stands for what the image's config runs, in place of an instruction.
const container = -1

// call is a command that runs once the packages are installed.
type call struct {
	rewrite.Command
	at int // the instruction, or container
}

// calls are the commands that run behind an install, and what cannot be read of them.
type calls struct {
	im      *image
	list    []call
	texts   []text
	unknown []unknown
	scripts map[string]bool // that were read
}

// text is what an instruction says beside its commands.
type text struct {
	text string
	at   int
}

// unknown is a program that may call anything.
type unknown struct {
	what string
	at   int
}

// maxScripts is how many scripts are read for one install.
const maxScripts = 50

// readCalls reads what runs once the instruction has installed its packages.
func readCalls(im *image) *calls {
	c := &calls{im: im, scripts: make(map[string]bool)}
	in := im.Parsed()
	for i := im.made; i < len(in.All); i++ {
		switch in.Keyword(i) {
		case "RUN":
			c.readRun(i)
		case "LABEL", "MAINTAINER", "EXPOSE", "FROM", "STOPSIGNAL", "ARG":
		case "ONBUILD", "HEALTHCHECK":
			_, rest, _ := strings.Cut(in.Text(i), in.Keyword(i))
			if at := strings.Index(rest, "CMD "); in.Keyword(i) == "HEALTHCHECK" && at >= 0 {
				rest = "RUN " + rest[at+len("CMD "):]
			}
			if run, err := rewrite.ParseRun(strings.TrimSpace(rest)); err == nil {
				c.add(run.Commands, i)
			}
			c.texts = append(c.texts, text{in.Text(i), i})
		case "CMD", "ENTRYPOINT": // the config tells which of them count
		default:
			c.texts = append(c.texts, text{in.Text(i), i})
		}
	}
	program := im.Program()
	c.add(program.Commands, container)
	for _, word := range program.Words {
		c.texts = append(c.texts, text{word, container})
	}
	return c
}

func (c *calls) readRun(i int) {
	in := c.im.Parsed()
	c.texts = append(c.texts, text{in.Text(i), i})
	commands, ok := in.Commands(i)
	if !ok {
		c.unknown = append(c.unknown, unknown{"a RUN that is not a shell script", i})
		return
	}
	if i == c.im.made {
		commands = behindInstall(commands)
	}
	c.add(commands, i)
}

// behindInstall returns the commands from the first install on.
func behindInstall(commands []rewrite.Command) []rewrite.Command {
	return commands[max(slices.IndexFunc(commands, Installs), 0):]
}

// add takes commands in, with those of the scripts that they run.
func (c *calls) add(commands []rewrite.Command, at int) {
	for i, command := range commands {
		if _, _, apt := command.Apt(); apt {
			continue
		}
		command = withName(command)
		c.list = append(c.list, call{command, at})
		if i > 0 && isPiped(command) && rewrite.SetsUpArchive(commands[i-1].Source()) {
			continue // it installs with apt what it calls itself
		}
		c.follow(command, at)
	}
}

// isPiped reports whether a command is a shell that runs what it reads.
func isPiped(c rewrite.Command) bool {
	if !slices.Contains(shells, c.Name()) {
		return false
	}
	script, ok := scriptOf(c.Args())
	return ok && (script == "" || script == "-")
}

// shells run the script that they are given.
var shells = []string{"sh", "bash", "dash", "ash", "ksh", "zsh"}

// follow reads the script that a command runs, or notes that nobody can.
func (c *calls) follow(command rewrite.Command, at int) {
	name := command.Name()
	switch {
	case at == container && strings.HasPrefix(name, "-"): // an option of the entry point
	case name == "":
		if at != container || len(c.list) == 1 || strings.Contains(command.Words[0].Text, "/") {
			c.unknown = append(c.unknown, unknown{command.Words[0].Text, at})
		}
	case strings.Contains(command.Words[0].Text, "/"):
		c.script(command.Words[0].Text, command, at)
	case slices.Contains(shells, name):
		script, ok := scriptOf(command.Args())
		switch {
		case !ok:
		case script == "":
			if at != container && !c.isSelfSufficient(at) {
				c.unknown = append(c.unknown, unknown{"a script passed to " + name, at})
			}
		default:
			c.script(script, command, at)
		}
	default:
		if _, owned, _ := c.im.command(name); !owned && !c.search(name, at) && at == container && !isKnownTool(name) {
			c.unknown = append(c.unknown, unknown{name, at})
		}
	}
}

// knownTools are programs whose doings the table of pairs knows, wherever they lie, or
// that run what their arguments say.
var knownTools = strings.Fields(`pip* python* poetry uv pdm pipenv npm npx node yarn pnpm bun corepack gem bundle ruby php composer perl cpan cpanm java javac
	mvn mvnw gradle gradlew go cargo rustc rustup dotnet deno conda mamba R Rscript kubectl helm terraform aws tini gosu su-exec dumb-init cmake echo printf cd
	export set test [ true false : exit exec trap wait read shift local unset eval . source if umask ulimit ls cat mkdir chown chmod rm cp mv ln sleep env`)

func isKnownTool(name string) bool {
	return slices.ContainsFunc(knownTools, func(p string) bool { ok, _ := path.Match(p, name); return ok })
}

// withName gives a command whose path begins with a variable the name that the path ends with,
// where that is a known tool's: pip of "$HOME/.venv/bin/pip".
func withName(c rewrite.Command) rewrite.Command {
	word := strings.Trim(c.Words[0].Text, `"`)
	if c.Name() == "" && strings.Contains(word, "/") && isKnownTool(path.Base(word)) {
		c.Words = slices.Clone(c.Words)
		c.Words[0] = rewrite.Word{Text: path.Join("/", word), Literal: true}
	}
	return c
}

// scriptOf returns the file that a shell is given, "" for its standard input and for what another
// command prints; false for the text of -c, and for a login shell.
func scriptOf(args []rewrite.Word) (string, bool) {
	for i, a := range args {
		switch {
		case strings.HasPrefix(a.Text, "--"):
		case strings.HasPrefix(a.Text, "-") && strings.Contains(a.Text, "c"):
			return "", i+1 < len(args) && printed.MatchString(args[i+1].Text)
		case strings.HasPrefix(a.Text, "-") || strings.HasPrefix(a.Text, "+"):
		default:
			return a.Text, true
		}
	}
	return "", true
}

// printed matches a text that begins with what a command prints.
var printed = lazyregexp.New("^\"?(?:\\$\\(|`)")

// search reads the script that a program's name leads to; false where there is none.
func (c *calls) search(name string, at int) bool {
	for _, dir := range c.im.SearchPath() {
		if content, ok := c.im.Captured[path.Join(dir, name)[1:]]; ok {
			c.read(path.Join(dir, name), content, at)
			return true
		}
	}
	return false
}

// script reads the script at a path as a command names it, or notes that what is there
// is not known.
func (c *calls) script(name string, command rewrite.Command, at int) {
	full := name
	if !path.IsAbs(name) {
		dir := command.Dir
		if !path.IsAbs(dir) && at >= 0 {
			dir = path.Join(c.im.Parsed().WorkDir(at), dir)
		} else if at < 0 {
			dir = c.im.WorkingDir
		}
		full = path.Join("/", dir, name)
	}
	if content, ok := c.im.Captured[path.Clean(full)[1:]]; ok {
		c.read(full, content, at)
		return
	}
	if to, ok := c.im.Resolve(full); ok {
		if content, ok := c.im.Captured[to]; ok {
			c.read(full, content, at)
			return
		}
	}
	if _, owned := c.im.owner(full); owned || isKnownTool(path.Base(full)) || strings.HasSuffix(full, "/aws/install") { // it copies ready-made programs
		return
	}
	if there, _ := c.im.exists(full); systemDir(path.Dir(full)) && !(there && at == container && c.im.Tree.Packages != nil) {
		return // of a package, as far as anybody can tell
	}
	c.unknown = append(c.unknown, unknown{name, at})
}

// systemDir reports whether a directory holds the programs of packages.
func systemDir(dir string) bool {
	return slices.Contains([]string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/etc/init.d"}, dir)
}

// read takes in the commands of a script.
func (c *calls) read(name string, content []byte, at int) {
	if c.scripts[name] {
		return
	}
	first, _, _ := strings.Cut(string(content), "\n")
	commands := rewrite.Script(string(content))
	shell := !strings.HasPrefix(first, "#!") || strings.Contains(first, "sh")
	if !shell && isKnownTool(path.Base(name)) {
		return // such as /usr/local/bin/pip, which is a script of Python
	}
	if len(c.scripts) == maxScripts || !shell || len(commands) == 0 {
		c.unknown = append(c.unknown, unknown{name, at})
		return
	}
	c.scripts[name] = true
	c.texts = append(c.texts, text{string(content), at})
	c.add(commands, at)
}

// where says where something is, for a sentence that goes on "is called …".
func (c *calls) where(at int) string {
	switch {
	case at == container:
		return "when the container runs"
	case c.im.Instructions[at].Location != nil:
		return fmt.Sprintf("in line %d", c.im.Instructions[at].Location.Line)
	case at == c.im.made:
		return "in the same RUN"
	}
	return "in a later " + c.im.Parsed().Keyword(at)
}

// called returns where one of the programs is called first, "" where none is. A pattern
// with * stands for several.
func (c *calls) called(programs ...string) string {
	for i := range c.list {
		name := c.list[i].Name()
		if name != "" && slices.ContainsFunc(programs, func(p string) bool { ok, _ := path.Match(p, name); return ok }) {
			return name + " is called " + c.where(c.list[i].at)
		}
	}
	return ""
}

// says returns where a text stands that holds one of the parts, "" where none does.
func (c *calls) says(parts ...string) string {
	for _, t := range c.texts {
		for _, part := range parts {
			if strings.Contains(t.text, part) {
				return strings.TrimSpace(part) + " stands " + c.where(t.at)
			}
		}
	}
	return ""
}

// sshLogin is an address as scp has it. A branch may stand behind .git@, too, as in pip's git+https.
var sshLogin = lazyregexp.New(`(?:^|[^.\w-]|:-)git@|(?:^|[\s"'=-])[a-z_][\w.-]*@[\w.-]+:[~/\w]`)

// logsIn returns where a text stands that has an address of SSH, "" where none does.
func (c *calls) logsIn() string {
	for _, t := range c.texts {
		for _, found := range sshLogin.FindAllString(t.text, -1) {
			if strings.Contains(found, "@sha") || strings.Contains(found, "@npm:") { // of an image, of a package
				continue
			}
			return strings.Trim(found, " \t\n\"'=:-") + " stands " + c.where(t.at)
		}
	}
	return ""
}

// anything returns what may call anything while the image is built, "" where all can be
// told.
func (c *calls) anything() string {
	if why := c.unreadScript(); why != "" {
		return why
	}
	if why := c.drives(); why != "" {
		return why + " and" + callsAny
	}
	return ""
}

// unreadScript returns which script or program of the build cannot be read, "" where none
// is left. What make and its like call is not asked.
func (c *calls) unreadScript() string {
	for _, u := range c.unknown {
		if u.at != container {
			return cannotTell + u.what + " calls " + c.where(u.at)
		}
	}
	return ""
}

// firstUnread is the first instruction that may call anything, for all that is known.
func (c *calls) firstUnread() int {
	first := len(c.im.Parsed().All)
	for _, u := range c.unknown {
		if u.at != container {
			first = min(first, u.at)
		}
	}
	for i := range c.list {
		if c.list[i].at != container && matchesAny(buildDrivers, c.list[i].Name()) {
			first = min(first, c.list[i].at)
		}
	}
	return first
}

// drives returns where a program is called that runs what a description of a build says, ""
// where none is.
func (c *calls) drives() string {
	return c.called(strings.Fields(buildDrivers)...)
}

// drivers run what the description of a build says, which may be in a volume.
const drivers = "make gmake ninja scons waf bazel rake just"

// runDrivers are those and what compiles or tests when a container runs it.
const runDrivers = drivers + " opam dune cmake ctest cargo mvn gradle gradlew mvnw sbt stack cabal nox tox"

// buildDrivers are those and what only a build runs.
const buildDrivers = drivers + " meson autogen.sh autoreconf"

// drivenLater says that the container itself runs what a description of a build says, ""
// where it does not.
func (c *calls) drivenLater() string {
	for i := range c.list {
		if name := c.list[i].Name(); c.list[i].at == container && name != "" && matchesAny(runDrivers, name) {
			return "the container runs " + name + ", which" + callsAny
		}
	}
	return ""
}

// people says that the image is there to be used by people or to build upon, "" where it
// runs something by itself.
func (c *calls) people() string {
	if c.im.RunsService() {
		return ""
	}
	return startsNone
}

// runs returns a program of the container that nobody can look into, "" where all are
// known.
func (c *calls) runs() string {
	for _, u := range c.unknown {
		if u.at == container {
			return cannotTell + u.what + " calls when the container runs"
		}
	}
	return ""
}
