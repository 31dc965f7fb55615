package replay

import (
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// What comes through a pipe in bytes that nobody reads is a line that begins with
// bytesMark: how many there are, and what they depend on. endless is as many as anybody
// asks for.
const (
	bytesMark = "@bytes "
	endless   = int64(1) << 60
)

func bytesLine(n int64, seed string) string { return fmt.Sprintf("%s%d %s\n", bytesMark, n, seed) }

// piped is the content that a pipe or a redirection brings, as a file would hold it.
func piped(data []byte) *node {
	if url, ok := downloaded(data); ok {
		return download(url)
	}
	if n, seed, ok := countedBytes(data); ok && n < endless {
		return filler(seed, n)
	}
	return text(string(data))
}

func countedBytes(data []byte) (n int64, seed string, ok bool) {
	line, _, _ := strings.Cut(string(data), "\n")
	rest, ok := strings.CutPrefix(line, bytesMark)
	if !ok {
		return 0, "", false
	}
	number, seed, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(number, 10, 64)
	return n, seed, err == nil
}

// endlessFile reports whether a path is a device that gives bytes without end.
func endlessFile(p string) bool {
	return p == "/dev/zero" || p == "/dev/urandom" || p == "/dev/random" || p == "/dev/full"
}

// parseSize reads a size as the tools of coreutils take it: 10, 10k, 10K, 10M, 10MB, 10G.
func parseSize(s string) (int64, bool) {
	at := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	unit := ""
	if at >= 0 {
		s, unit = s[:at], s[at:]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	scale, known := sizeUnits[unit]
	if err != nil || !known || n > endless/scale {
		return 0, false
	}
	return n * scale, true
}

var sizeUnits = map[string]int64{
	"": 1, "c": 1, "w": 2, "b": 512, "k": 1 << 10, "K": 1 << 10, "KiB": 1 << 10, "kB": 1000, "KB": 1000,
	"M": 1 << 20, "m": 1 << 20, "MiB": 1 << 20, "MB": 1000_000, "G": 1 << 30, "g": 1 << 30, "GiB": 1 << 30, "GB": 1000_000_000, "T": 1 << 40, "TB": 1000_000_000_000,
}

// resized gives a file another size: what it held up to there, then zeros.
func (c *call) resized(o string, size int64) {
	p := abs(c.dir, o)
	at, old := c.tree.get(p, true)
	if old == nil {
		c.write(p, filler(fmt.Sprint("zeros ", size), size))
		return
	}
	c.tree.change(at, func(n *node) {
		if n.body != nil && size <= int64(len(n.body)) {
			n.body = n.body[:size:size]
			return
		}
		if n.body != nil {
			n.head, n.seed, n.body = n.body, "grown "+p, nil
		}
		n.size = size
	})
}

func truncate(c *call) int {
	flags, operands := options(c.args[1:], "-s", "--size", "-r", "--reference")
	spec := flags["-s"] + flags["--size"]
	sign := ""
	if spec != "" && strings.ContainsAny(spec[:1], "+-") {
		sign, spec = spec[:1], spec[1:]
	}
	size, ok := parseSize(spec)
	if !ok || len(operands) == 0 {
		c.unknown("truncate " + strings.Join(c.args[1:], " "))
		return 0
	}
	for _, o := range operands {
		now := int64(0)
		_, n := c.tree.get(abs(c.dir, o), true)
		if n != nil {
			now = n.length()
		}
		if n == nil && has(flags, "-c", "--no-create") {
			continue
		}
		switch sign {
		case "+":
			c.resized(o, now+size)
		case "-":
			c.resized(o, max(now-size, 0))
		default:
			c.resized(o, size)
		}
	}
	return 0
}

// fallocate gives a file bytes; punching holes leaves its size as it is, and zeros in it.
func fallocate(c *call) int {
	flags, operands := options(c.args[1:], "-l", "--length", "-o", "--offset")
	size, ok := parseSize(flags["-l"] + flags["--length"])
	if !ok || len(operands) != 1 || has(flags, "-c", "-d", "-p", "-z", "-i", "-n", "-o", "--offset", "--punch-hole", "--collapse-range") {
		c.unknown("fallocate " + strings.Join(c.args[1:], " "))
		return 0
	}
	if _, n := c.tree.get(abs(c.dir, operands[0]), true); n != nil {
		size = max(size, n.length())
	}
	c.resized(operands[0], size)
	return 0
}

// dd copies blocks from a file, a device or standard input.
func dd(c *call) int {
	v := map[string]string{"bs": "512"}
	for _, a := range c.args[1:] {
		name, value, _ := strings.Cut(a, "=")
		v[name] = value
	}
	block, ok := parseSize(v["bs"])
	count, counted := parseSize(v["count"])
	if !ok || v["count"] != "" && !counted || v["seek"] != "" || v["skip"] != "" || strings.Contains(v["conv"], "notrunc") || strings.Contains(v["oflag"], "append") || strings.Contains(v["iflag"], "count_bytes") {
		c.unknown("dd " + strings.Join(c.args[1:], " "))
		return 0
	}
	from := c.source(v["if"])
	if from == nil {
		c.problem("dd: there is no %s", abs(c.dir, v["if"]))
		return 1
	}
	if counted && block*count < from.length() {
		from = cutTo(from, block*count)
	}
	switch {
	case from.length() >= endless:
		c.problem("dd: without count it never ends")
	case v["of"] == "":
		c.pass(from)
	case !strings.HasPrefix(v["of"], "/dev/"):
		c.write(v["of"], from)
	}
	return 0
}

// source is what a program reads: a file, a device that never ends, or standard input
// where the name is "".
func (c *call) source(name string) *node {
	if name == "" {
		data, _ := io.ReadAll(c.in)
		if n, seed, ok := countedBytes(data); ok {
			return filler(seed, n)
		}
		return piped(data)
	}
	if endlessFile(name) {
		return filler(name, endless)
	}
	_, n := c.tree.get(abs(c.dir, name), true)
	return n
}

// cutTo is the beginning of a file.
func cutTo(n *node, size int64) *node {
	cut := *n
	if cut.body != nil {
		cut.body = cut.body[:min(size, int64(len(cut.body)))]
		return &cut
	}
	cut.size = min(size, cut.size)
	return &cut
}

// throughPipe is a file as it goes through a pipe.
func throughPipe(n *node) []byte {
	if n.body != nil {
		return n.body
	}
	return []byte(bytesLine(n.length(), n.seed))
}

// pass writes a file to the program's standard output.
func (c *call) pass(n *node) {
	_, _ = c.out.Write(throughPipe(n)) // never fails
}

// firstBytes is head -c.
func firstBytes(c *call, spec string, operands []string) int {
	size, ok := parseSize(spec)
	if !ok {
		c.unknown("head -c " + spec)
		return 0
	}
	if len(operands) == 0 {
		operands = []string{""}
	}
	for _, o := range operands {
		n := c.source(o)
		if n == nil {
			c.problem("head: there is no %s", abs(c.dir, o))
			return 1
		}
		c.pass(cutTo(n, size))
	}
	return 0
}

// packedMark begins the seed of an archive that tar made in the image.
const packedMark = "packed "

// pack is how large the tar of files is: a header a file, contents in blocks, and two
// empty blocks, filled up to ten thousand and some (tar's record).
func (c *call) pack(to string, operands []string, dir string) {
	const block, record = 512, 10240
	size := int64(2 * block)
	for _, o := range operands {
		at, n := c.tree.get(abs(dir, o), false)
		if n == nil {
			c.missing(path.Join(dir, o))
			continue
		}
		for _, p := range append([]string{at}, c.tree.under(at)...) {
			if n := c.tree.nodes[p]; n != nil {
				size += block
				if n.kind == '0' {
					size += (n.length() + block - 1) / block * block
				}
			}
		}
	}
	size = (size + record - 1) / record * record
	c.write(to, filler(fmt.Sprint(packedMark, to, size), size))
}
