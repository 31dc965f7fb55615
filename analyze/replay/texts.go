package replay

import (
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// lines are the lines of the operands, or of standard input.
func (c *call) lines(operands []string) []string {
	var all string
	if len(operands) == 0 {
		operands = []string{"-"}
	}
	for _, o := range operands {
		if o == "-" {
			data, _ := io.ReadAll(c.in)
			all += string(data)
			continue
		}
		if _, n := c.tree.get(abs(c.dir, o), true); n != nil && n.body == nil && n.size > 0 {
			c.unknown(c.args[0] + " on a file whose text is made up")
		}
		all += c.read(abs(c.dir, o))
	}
	if strings.HasPrefix(all, archiveMark) || strings.HasPrefix(all, bytesMark) {
		c.unknown(c.args[0] + " on a text that is made up")
	}
	return slices.DeleteFunc(strings.Split(all, "\n"), func(s string) bool { return s == "" })
}

func (c *call) sayLines(lines []string) {
	for _, l := range lines {
		c.say("%s\n", l)
	}
}

func cat(c *call) int {
	_, operands := options(c.args[1:])
	for _, o := range operands {
		if _, n := c.tree.get(abs(c.dir, o), true); n == nil && o != "-" && !strings.HasPrefix(o, "/proc") && !strings.HasPrefix(o, "/sys") && !strings.HasPrefix(o, "/dev") {
			c.problem("cat: there is no %s", abs(c.dir, o))
		}
	}
	if len(operands) == 0 {
		operands = []string{"-"}
	}
	var all []byte
	var sum int64
	made := "" // what the content depends on, where nobody reads it
	for _, o := range operands {
		if o == "-" {
			data, _ := io.ReadAll(c.in)
			all, sum = append(all, data...), sum+int64(len(data))
			continue
		}
		if _, n := c.tree.get(abs(c.dir, o), true); n != nil {
			if n.body == nil {
				made += n.seed
			}
			all, sum = append(all, n.body...), sum+n.length()
		}
	}
	if made != "" {
		all = []byte(bytesLine(sum, made))
	}
	_, _ = c.out.Write(all) // never fails
	return 0
}

// echo is the program, for xargs and env; in a script it is the shell's own.
func echo(c *call) int {
	c.say("%s\n", strings.Join(c.args[1:], " "))
	return 0
}

func tee(c *call) int {
	flags, operands := options(c.args[1:])
	data, _ := io.ReadAll(c.in)
	for _, o := range operands {
		body := string(data)
		if has(flags, "-a", "--append") {
			body = c.read(abs(c.dir, o)) + body
		}
		if len(body) == len(data) {
			c.write(o, piped(data))
			continue
		}
		c.write(o, text(body))
	}
	c.say("%s", data)
	return 0
}

// sed changes files in place, or passes lines on; it knows s and d roughly.
func sed(c *call) int {
	flags, operands := options(c.args[1:], "-e", "--expression", "-f")
	program := flags["-e"]
	if program == "" && len(operands) > 0 && !has(flags, "-e", "--expression", "-f") {
		program, operands = operands[0], operands[1:]
	}
	inPlace := slices.ContainsFunc(c.args[1:], func(a string) bool {
		return strings.HasPrefix(a, "-i") || strings.HasPrefix(a, "--in-place") || regexp.MustCompile(`^-[Ernsz]+i`).MatchString(a)
	})
	if inPlace {
		c.each(operands, false, func(p string) {
			c.tree.change(p, func(n *node) {
				if n.body == nil {
					n.seed += "+sed"
					return
				}
				n.body = []byte(strings.Join(substitute(program, strings.Split(string(n.body), "\n")), "\n"))
			})
		})
		return 0
	}
	c.sayLines(substitute(program, c.lines(operands)))
	return 0
}

var (
	sedS = lazyregexp.New(`^s(.)(.*)$`)
	sedD = lazyregexp.New(`^/(.*)/d$`)
)

// basic makes a pattern of Go's of one of sed's.
var basic = strings.NewReplacer(`\(`, `(`, `\)`, `)`, `\+`, `+`, `\/`, `/`)

// followed reports whether substitute does what sed does with a program: one substitution,
// or lines deleted, by a pattern that means the same in every kind of regular expression.
func followed(program string) bool {
	pattern := ""
	if m := sedD.FindStringSubmatch(program); m != nil {
		pattern = m[1]
	} else if m := sedS.FindStringSubmatch(program); m != nil {
		parts := strings.Split(m[2], m[1])
		if len(parts) != 3 || parts[2] != "" && parts[2] != "g" || strings.ContainsAny(parts[1], `\&`) {
			return false
		}
		pattern = parts[0]
	}
	_, err := regexp.Compile(pattern)
	return pattern != "" && err == nil && !strings.ContainsAny(pattern, `\(){}|+?`)
}

func substitute(program string, lines []string) []string {
	if m := sedD.FindStringSubmatch(program); m != nil {
		if re, err := regexp.Compile(basic.Replace(m[1])); err == nil {
			return slices.DeleteFunc(slices.Clone(lines), re.MatchString)
		}
		return lines
	}
	m := sedS.FindStringSubmatch(program)
	if m == nil {
		return lines
	}
	parts := strings.Split(m[2], m[1])
	if len(parts) < 2 {
		return lines
	}
	re, err := regexp.Compile(basic.Replace(parts[0]))
	if err != nil {
		return lines
	}
	to := regexp.MustCompile(`\\([0-9])`).ReplaceAllString(strings.ReplaceAll(parts[1], "$", "$$"), `$${$1}`)
	all := len(parts) < 3 || strings.Contains(parts[2], "g")
	out := make([]string, len(lines))
	for i, l := range lines {
		at := re.FindStringIndex(l)
		if all || at == nil {
			out[i] = re.ReplaceAllString(l, to)
			continue
		}
		out[i] = l[:at[0]] + re.ReplaceAllString(l[at[0]:at[1]], to) + l[at[1]:]
	}
	return out
}

func grep(c *call) int {
	flags, operands := options(c.args[1:], "-e", "-m", "-A", "-B", "-f")
	pattern, ok := flags["-e"]
	if !ok {
		if len(operands) == 0 {
			return 1
		}
		pattern, operands = operands[0], operands[1:]
	}
	if has(flags, "-i") {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile(strings.NewReplacer(`\(`, `(`, `\)`, `)`, `\+`, `+`, `\|`, `|`, `\K`, ``).Replace(pattern))
	if err != nil {
		return 0
	}
	status := 1
	lines := c.lines(operands)
	for _, l := range lines {
		if re.MatchString(l) == has(flags, "-v", "--invert-match") {
			continue
		}
		status = 0
		switch {
		case has(flags, "-q", "--quiet"):
		case has(flags, "-o"):
			c.sayLines(re.FindAllString(l, -1))
		default:
			c.say("%s\n", l)
		}
	}
	if len(lines) == 0 || strings.HasPrefix(lines[0], archiveMark) { // of what nobody knows, grep finds what it looks for
		if !has(flags, "-q") {
			c.say("1.0.0\n")
		}
		return 0
	}
	return status
}

func awk(c *call) int {
	_, operands := options(c.args[1:], "-F", "-v")
	if len(operands) == 0 {
		return 0
	}
	m := regexp.MustCompile(`print \$([0-9]+)`).FindStringSubmatch(operands[0])
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	for _, l := range c.lines(operands[1:]) {
		if fields := strings.Fields(l); n > 0 && n <= len(fields) {
			c.say("%s\n", fields[n-1])
		}
	}
	return 0
}

func cut(c *call) int {
	flags, operands := options(c.args[1:], "-d", "-f", "-c", "-b")
	n, _ := strconv.Atoi(strings.TrimRight(flags["-f"], "-"))
	for _, l := range c.lines(operands) {
		if d := flags["-d"]; d != "" && n > 0 {
			fields := strings.Split(l, d)
			l = fields[min(n, len(fields))-1]
		}
		c.say("%s\n", l)
	}
	return 0
}

func sortTool(c *call) int {
	flags, operands := options(c.args[1:], "-k", "-t")
	lines := c.lines(operands)
	if path.Base(c.args[0]) == "sort" {
		slices.Sort(lines)
	}
	if path.Base(c.args[0]) == "uniq" || has(flags, "-u", "--unique") {
		lines = slices.Compact(lines)
	}
	c.sayLines(lines)
	return 0
}

func head(c *call) int {
	flags, operands := options(c.args[1:], "-n", "-c", "--bytes", "--lines")
	if size := flags["-c"] + flags["--bytes"]; size != "" && path.Base(c.args[0]) == "head" {
		return firstBytes(c, size, operands)
	}
	n, err := strconv.Atoi(flags["-n"])
	if lines := flags["--lines"]; lines != "" {
		n, err = strconv.Atoi(lines)
	}
	for f := range flags {
		if k, e := strconv.Atoi(f[1:]); e == nil && k > 0 {
			n, err = k, nil
		}
	}
	if err != nil || n <= 0 {
		n = 10
	}
	lines := c.lines(operands)
	if c.args[0] == "tail" {
		c.sayLines(lines[max(0, len(lines)-n):])
		return 0
	}
	c.sayLines(lines[:min(n, len(lines))])
	return 0
}

func tr(c *call) int {
	flags, operands := options(c.args[1:])
	data, _ := io.ReadAll(c.in)
	body := string(data)
	unescape := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `[:space:]`, " \n")
	switch {
	case has(flags, "-d") && len(operands) > 0:
		set := unescape.Replace(operands[0])
		body = strings.Map(func(r rune) rune {
			if strings.ContainsRune(set, r) {
				return -1
			}
			return r
		}, body)
	case len(operands) == 2:
		from, to := unescape.Replace(operands[0]), unescape.Replace(operands[1])
		if len([]rune(from)) == 1 && len([]rune(to)) == 1 {
			body = strings.ReplaceAll(body, from, to)
		}
	}
	c.say("%s", body)
	return 0
}

// xargs runs a program with the words of standard input.
func xargs(c *call) int {
	flags, operands := valuesBefore(c.args[1:])
	data, _ := io.ReadAll(c.in)
	words := strings.Fields(strings.ReplaceAll(string(data), "\x00", " "))
	if len(operands) == 0 || len(words) == 0 && has(flags, "-r", "--no-run-if-empty") {
		return 0
	}
	if mark, ok := flags["-I"]; ok {
		for _, w := range words {
			args := slices.Clone(operands)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], mark, w)
			}
			c.sub(args...)
		}
		return 0
	}
	return c.sub(append(operands, words...)...)
}

// valuesBefore reads the flags in front of the program that xargs, sudo or nice
// start.
func valuesBefore(args []string) (map[string]string, []string) {
	flags := map[string]string{}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		f := args[0]
		args = args[1:]
		if slices.Contains([]string{"-I", "-n", "-P", "-L", "-u", "-g", "-d", "-a"}, f) && len(args) > 0 {
			flags[f] = args[0]
			args = args[1:]
			continue
		}
		if mark, ok := strings.CutPrefix(f, "-I"); ok { // -I{}
			flags["-I"] = mark
			continue
		}
		flags[f] = ""
	}
	return flags, args
}
