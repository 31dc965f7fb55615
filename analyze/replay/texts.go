package replay

import (
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// lines are the lines of the operands, or of standard input.
func (c *call) lines(operands []string) []string {
	var all string
	if len(operands) == 0 {
		data, _ := io.ReadAll(c.in)
		all = string(data)
	}
	for _, o := range operands {
		if o == "-" {
			data, _ := io.ReadAll(c.in)
			all += string(data)
			continue
		}
		all += c.read(abs(c.dir, o))
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
	c.sayLines(c.lines(operands))
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

var sedS = regexp.MustCompile(`^s(.)(.*)$`)

func substitute(program string, lines []string) []string {
	m := sedS.FindStringSubmatch(program)
	if m == nil {
		return lines
	}
	parts := strings.Split(m[2], m[1])
	if len(parts) < 2 {
		return lines
	}
	re, err := regexp.Compile(strings.NewReplacer(`\(`, `(`, `\)`, `)`, `\+`, `+`, `\/`, `/`).Replace(parts[0]))
	if err != nil {
		return lines
	}
	to := regexp.MustCompile(`\\([0-9])`).ReplaceAllString(strings.ReplaceAll(parts[1], "$", "$$"), `$${$1}`)
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = re.ReplaceAllString(l, to)
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
	_, operands := options(c.args[1:], "-k", "-t")
	lines := c.lines(operands)
	slices.Sort(lines)
	c.sayLines(slices.Compact(lines))
	return 0
}

func head(c *call) int {
	flags, operands := options(c.args[1:], "-n", "-c")
	n, err := strconv.Atoi(flags["-n"])
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
