package multistage

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// aVariable matches a variable that a shell puts in place as it is.
var aVariable = lazyregexp.New(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// isRepeatableAccount reports whether the runtime stage may repeat a command that changes the user
// database or makes directories, as it is written: its words are plain, or have variables that the
// Dockerfile sets, as both stages have them, and the RUN does not.
func (in *instruction) isRepeatableAccount(c rewrite.Command) bool {
	if !slices.Contains(accountCommands, c.Name()) || !isSystemProgram(c.Words[0].Text) {
		return false // or it is a script of the author's
	}
	if changesAccounts(c) {
		if slices.ContainsFunc(accountOptions(c), func(option string) bool { return slices.Contains([]string{"R", "root", "P", "prefix"}, option) }) {
			return false // it changes another tree
		}
		c.Dir, c.DirKnown = "", true // they take absolute paths only
	}
	if isPlain(c) {
		return true
	}
	if c.Name() == "mkdir" || c.Conditional || c.Subshell || c.Redirected {
		return false
	}
	for _, w := range c.Words {
		if w.Literal {
			if w.Glob || strings.ContainsAny(w.Text, "'\n\\") {
				return false
			}
			continue
		}
		bare := strings.Trim(w.Text, `"`)
		if w.Glob || bare == "" || strings.ContainsAny(aVariable.ReplaceAllString(bare, ""), " \t\n'\"$`\\;&|<>(){}*?[]#~!") {
			return false
		}
		for _, name := range aVariable.FindAllStringSubmatch(bare, -1) {
			for _, sets := range []string{name[1] + "=", name[1] + ":=", "read ", "for " + name[1] + " ", "unset " + name[1]} {
				if strings.Contains(in.text, sets) || name[1] == "PWD" || name[1] == "OLDPWD" {
					return false
				}
			}
		}
	}
	return true
}

// isSystemProgram reports whether a word names a program that the base image has, by its name or in a directory for
// such programs.
func isSystemProgram(word string) bool {
	dir := path.Dir(word)
	return !strings.Contains(word, "/") || slices.Contains([]string{"/bin", "/sbin", "/usr/bin", "/usr/sbin"}, dir)
}

// accountSource writes such a command as a shell reads it.
func accountSource(c rewrite.Command) string {
	words := make([]string, len(c.Words))
	for i, w := range c.Words {
		if words[i] = w.Text; w.Literal && (w.Text == "" || strings.ContainsAny(w.Text, " \t\"$`;&|<>(){}*?[]#~!")) {
			words[i] = "'" + w.Text + "'"
		}
	}
	return strings.Join(words, " ")
}

// valued are the short options that take a value: useradd(8), groupadd(8), and adduser and addgroup of
// BusyBox. Debian's have long ones.
var valued = map[string]string{"useradd": "bcdefgGkKpPRsuZ", "groupadd": "gKpPRU", "adduser": "hgsGuk", "addgroup": "g"}

// makesSystemAccount reports whether a command makes an account without saying which
// number it gets, from those that packages take theirs from.
func makesSystemAccount(command string) bool {
	for _, c := range rewrite.Script(command) {
		options := accountOptions(c)
		has := func(names ...string) bool {
			return slices.ContainsFunc(names, func(name string) bool {
				return slices.ContainsFunc(options, func(option string) bool {
					return option == name || len(option) > 1 && strings.HasPrefix(name, option) // getopt_long(3) takes the beginning of a name
				})
			})
		}
		switch c.Name() {
		case "useradd":
			return has("r", "system") && !has("u", "uid")
		case "adduser":
			return has("S", "system") && !has("u", "uid")
		case "groupadd", "addgroup":
			return has("r", "S", "system") && !has("g", "gid")
		}
	}
	return false
}

// accountOptions are the names of a command's options, without dashes and values. Letters may stand
// together, and the value of the last one behind it, or be the next word.
func accountOptions(c rewrite.Command) (names []string) {
	args := c.Args()
	for i := 0; i < len(args); i++ {
		word := args[i].Text
		if long, ok := strings.CutPrefix(word, "--"); ok {
			name, _, _ := strings.Cut(long, "=")
			names = append(names, name)
			continue
		}
		letters, ok := strings.CutPrefix(word, "-")
		if !ok {
			continue
		}
		if name, _, _ := strings.Cut(letters, "="); len(name) > 1 && strings.HasPrefix(c.Name(), "add") {
			names = append(names, name) // Debian's adduser takes long options with one dash, too
		}
		for k := range len(letters) {
			names = append(names, letters[k:k+1])
			if strings.IndexByte(valued[c.Name()], letters[k]) >= 0 {
				if k == len(letters)-1 {
					i++
				}
				break
			}
		}
	}
	return names
}

// countsFromTheEnd reports whether the accounts of an instruction have the numbers that useradd(8) and
// groupadd(8) give with -r whatever packages there are: the last one of the range for the system, 999, the one
// before for the next, and so on. They do so where those of packages begin at the other end, as adduser(8)
// counts, and leave no number out: else the first is the one before the lowest that is taken.
func (d *draft) countsFromTheEnd(in *instruction) bool {
	for _, command := range in.accounts {
		if name, _, _ := strings.Cut(command, " "); makesSystemAccount(command) && name != "useradd" && name != "groupadd" {
			return false // adduser counts with the packages
		}
	}
	for _, file := range []string{"etc/passwd", "etc/group"} {
		var own, others []int
		for line := range strings.Lines(string(d.in.Build.Captured[file])) {
			fields := strings.Split(line, ":")
			if len(fields) < 3 {
				return false
			}
			number, err := strconv.Atoi(fields[2])
			switch {
			case err != nil:
				return false
			case number < firstSystemAccount || number >= firstUser:
			case slices.ContainsFunc(d.instructions, func(in instruction) bool { return d.makes(&in, fields[0]) }):
				own = append(own, number)
			default:
				others = append(others, number)
			}
		}
		slices.Sort(own)
		slices.Sort(others)
		for i, number := range own {
			if number != firstUser-len(own)+i {
				return false
			}
		}
		for i, number := range others {
			if number != firstSystemAccount+i {
				return false
			}
		}
	}
	return true
}
