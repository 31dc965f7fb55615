package replay

import (
	"fmt"
	"hash/fnv"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// archiveMark starts what a download prints into a pipe; the address follows.
const archiveMark = "@download "

// downloaded is the address that came through a pipe.
func downloaded(data []byte) (string, bool) {
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.CutPrefix(line, archiveMark)
}

// download is the file at an address: how large it is depends on what its name says.
func download(url string) *node {
	url, _, _ = strings.Cut(url, "?")
	size := int64(6 << 20)
	switch name := path.Base(url); {
	case regexp.MustCompile(`\.(asc|sig|sha256|sha512|md5|gpg|key|pub|list|repo|conf|txt|json|ya?ml|sh|py|md)$`).MatchString(name) || strings.Contains(strings.ToLower(name), "gpg"):
		size = 4 << 10
	case regexp.MustCompile(`\.(tar|tgz|txz|tbz2?|zip|gz|xz|bz2|deb|rpm|jar|war|whl)`).MatchString(name):
		size = int64(8+hash(url)%40) << 20
	}
	n := filler(url, size)
	return n
}

func hash(s string) uint32 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, s) // never fails
	return h.Sum32()
}

// urls are the addresses among the operands.
func urls(operands []string) []string {
	var found []string
	for _, o := range operands {
		if strings.Contains(o, "://") || strings.Contains(o, ".") && strings.Contains(o, "/") {
			found = append(found, o)
		}
	}
	return found
}

func fileName(url string) string {
	url, _, _ = strings.Cut(url, "?")
	return path.Base(url)
}

func curl(c *call) int {
	flags, operands := options(c.args[1:], "-o", "--output", "-H", "-A", "-X", "-d", "-u", "-b", "-e", "-m", "-c", "-w", "-x", "-T", "-F", "--header", "--retry", "--retry-delay", "--connect-timeout", "--max-time", "--cacert", "--user", "--data", "--url", "--proto", "--output-dir", "--retry-max-time")
	addresses := urls(append(operands, flags["--url"]))
	c.certificates(addresses)
	for _, url := range addresses {
		to := flags["-o"] + flags["--output"]
		switch {
		case to == "/dev/null" || has(flags, "-I", "--head"):
		case to != "" && to != "-":
			c.write(to, download(url))
		case has(flags, "-O", "--remote-name", "-J"):
			c.write(path.Join(flags["--output-dir"], fileName(url)), download(url))
		default:
			c.say("%s%s\n", archiveMark, url)
		}
	}
	return 0
}

func wget(c *call) int {
	flags, operands := options(c.args[1:], "-O", "-P", "-o", "-t", "-T", "-U", "--output-document", "--directory-prefix", "--header", "--tries", "--timeout", "--user-agent", "-d")
	addresses := urls(operands)
	c.certificates(addresses)
	for _, url := range addresses {
		to := flags["-O"] + flags["--output-document"]
		switch {
		case to == "-" || to == "/dev/stdout":
			c.say("%s%s\n", archiveMark, url)
		case to != "":
			c.write(to, download(url))
		default:
			c.write(path.Join(flags["-P"]+flags["--directory-prefix"], fileName(url)), download(url))
		}
	}
	return 0
}

// certificates notes a download by https in an image without certificates.
func (c *call) certificates(addresses []string) {
	for _, url := range addresses {
		if c.dpkg != nil && strings.HasPrefix(url, "https://") && !c.tree.exists("etc/ssl/certs/ca-certificates.crt") {
			c.problem("%s: there are no certificates for %s", path.Base(c.args[0]), url)
		}
	}
}

// git clones; other commands of it change nothing that counts.
func git(c *call) int {
	args := c.args[1:]
	for len(args) > 1 && (args[0] == "-C" || args[0] == "-c") {
		if args[0] == "-C" {
			in := *c
			in.dir = abs(c.dir, args[1])
			c = &in
		}
		args = args[2:]
	}
	if at := abs(c.dir, ".git"); c.tree.gone(at) && len(args) > 0 && args[0] != "clone" && args[0] != "init" {
		c.problem("git: there no longer is %s", at)
	}
	flags, operands := options(args, "-b", "--branch", "--depth", "-o", "-j", "-c", "--config", "-r", "--reference", "--filter")
	if len(operands) < 2 || operands[0] != "clone" && operands[0] != "checkout" && operands[0] != "co" && operands[0] != "export" || !strings.Contains(operands[1], "/") || operands[0] == "checkout" && path.Base(c.args[0]) == "git" {
		return 0
	}
	url := operands[1]
	c.certificates([]string{url})
	if strings.HasPrefix(url, "git@") || strings.HasPrefix(url, "ssh://") {
		if c.dpkg != nil && !c.dpkg.has("openssh-client") {
			c.problem("git: there is no ssh for %s", url)
		}
	}
	dir := strings.TrimSuffix(path.Base(url), ".git")
	if len(operands) > 2 {
		dir = operands[2]
	}
	if path.Base(c.args[0]) == "git" {
		pack := int64(2+hash(url)%20) << 20
		if has(flags, "--depth") {
			pack /= 4
		}
		c.fill(dir+"/.git/objects/pack/pack-"+fmt.Sprintf("%08x", hash(url))+".pack", pack)
		for _, name := range []string{"HEAD", "config", "index", "packed-refs", "refs/heads/main", "logs/HEAD"} {
			c.fill(dir+"/.git/"+name, 400)
		}
	}
	c.sources(dir, url)
	return 0
}

// sources are the files of a project, with what any kind of build looks for.
func (c *call) sources(dir, seed string) {
	for _, f := range []struct {
		name string
		size int64
	}{{"README.md", 4000}, {"LICENSE", 11000}, {"src/main.c", 60000}, {"src/util.c", 40000}, {"include/api.h", 8000}, {"Makefile", 3000}, {"CMakeLists.txt", 2000}, {"setup.py", 1500}, {"tests/test_main.py", 9000}, {"docs/index.md", 6000}} {
		c.write(dir+"/"+f.name, filler(seed+f.name, f.size))
	}
	c.write(dir+"/configure", program(seed+"configure", 200<<10))
	for _, name := range []string{"autogen.sh", "bootstrap.sh", "install.sh"} {
		c.write(dir+"/"+name, program(seed+name, 500))
	}
	c.write(dir+"/requirements.txt", text("numpy\nrequests\n"))
	c.write(dir+"/package.json", text(packageJSON))
}

var archiveEnd = lazyregexp.New(`(\.tar)?\.(gz|xz|bz2|tgz|txz|tbz2?|zip|tar|zst|lz)$`)

// gitHubArchive matches the address of an archive that GitHub makes of a repository, and
// versionTag a tag that it names the directory in there after without the v.
var (
	gitHubArchive = regexp.MustCompile(`github\.com/[^/]+/([^/]+)/(?:archive|tar\.gz|zip|tarball|zipball)/(?:refs/(?:tags|heads)/)?(.+)$`)
	versionTag    = regexp.MustCompile(`^v[0-9]`)
)

// topDirectory is the directory that an archive of this name holds, or that of this address.
func topDirectory(name string) string {
	if m := gitHubArchive.FindStringSubmatch(name); m != nil {
		tag := archiveEnd.ReplaceAllString(m[2], "")
		if versionTag.MatchString(tag) {
			tag = tag[1:]
		}
		return m[1] + "-" + strings.ReplaceAll(tag, "/", "-")
	}
	name = archiveEnd.ReplaceAllString(path.Base(name), "")
	name = archiveEnd.ReplaceAllString(name, "")
	if name == "" || name == "." || name == "/" {
		return "archive"
	}
	return name
}

// extract unpacks an archive of which only the address is known.
func (c *call) extract(dir, url string, size int64, strip int) {
	if strip == 0 && !flat.MatchString(url) {
		dir = path.Join(dir, topDirectory(url))
	}
	if strings.Contains(url, "go1.") {
		dir = strings.TrimSuffix(dir, "/"+topDirectory(url))
		c.bin(dir+"/go/bin/go", 13<<20)
		c.fill(dir+"/go/pkg/tool/linux_amd64/compile", 100<<20)
		c.fill(dir+"/go/src/runtime/proc.go", 60<<20)
		return
	}
	name := strings.ToLower(regexp.MustCompile(`^[A-Za-z]+`).FindString(topDirectory(url)))
	if name == "" {
		name = "tool"
	}
	switch name {
	case "node":
		c.fill(dir+"/lib/node_modules/npm/bin/npm-cli.js", 12<<20)
		c.write(dir+"/bin/npm", link("../lib/node_modules/npm/bin/npm-cli.js"))
		c.write(dir+"/bin/npx", link("../lib/node_modules/npm/bin/npm-cli.js"))
	case "jdk", "openjdk", "zulu":
		c.bin(dir+"/bin/java", 12000)
		c.bin(dir+"/bin/javac", 12000)
	case "apache":
		if strings.Contains(url, "maven") {
			name = "mvn"
		}
	}
	c.bin(dir+"/bin/"+name, size)
	c.fill(dir+"/lib/"+name+".dat", size*3/2)
	c.fill(dir+"/share/doc/"+name+"/README", 9000)
	c.sources(dir, url)
}

// flat are archives that hold a program without a directory around it.
var flat = lazyregexp.New(`(terraform|vault|consul|packer|ngrok|chromedriver|helm|hugo)_`)

// tarFlags reads the flags of tar, the first of which may have no dash.
func tarFlags(c *call) (flags map[string]string, operands []string) {
	args := c.args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		args = append([]string{"-" + args[0]}, args[1:]...)
	}
	return options(args, "-C", "-f", "--directory", "--file", "-I", "--exclude", "--strip-components", "--strip", "-X", "-T")
}

func tarTool(c *call) int {
	flags, operands := tarFlags(c)
	dir := abs(c.dir, flags["-C"]+flags["--directory"])
	if !has(flags, "-x", "--extract") {
		if f := flags["-f"]; has(flags, "-c", "--create") && f != "" && f != "-" {
			c.pack(f, operands, dir)
		}
		return 0
	}
	if !c.tree.isDir(dir) {
		c.problem("tar: there is no directory %s", dir)
	}
	strip := 0
	if n := flags["--strip-components"] + flags["--strip"]; n != "" && n != "0" {
		strip = 1
	}
	from := flags["-f"] + flags["--file"]
	url, size := "", int64(20<<20)
	if from == "" || from == "-" {
		data, _ := io.ReadAll(c.in)
		url, _ = downloaded(data)
	} else {
		_, n := c.tree.get(abs(c.dir, from), true)
		if n == nil {
			c.problem("tar: there is no %s", abs(c.dir, from))
			return 0
		}
		url, size = n.seed, n.length()
		if url == "" || !strings.Contains(url, "/") {
			url = from
		}
	}
	if len(operands) > 0 && strings.Contains(operands[0], "/") { // a member
		name := path.Base(operands[0])
		if strip == 0 {
			name = operands[0]
		}
		c.bin(path.Join(dir, name), size)
		return 0
	}
	c.extract(dir, url, size, strip)
	return 0
}

func unzip(c *call) int {
	flags, operands := options(c.args[1:], "-d", "-x", "-P")
	if len(operands) == 0 {
		return 0
	}
	_, n := c.tree.get(abs(c.dir, operands[0]), true)
	if n == nil {
		c.problem("unzip: there is no %s", abs(c.dir, operands[0]))
		return 0
	}
	url := n.seed
	if !strings.Contains(url, "/") {
		url = operands[0]
	}
	dir := abs(c.dir, flags["-d"])
	if flat.MatchString(url) {
		c.bin(path.Join(dir, strings.SplitN(fileName(url), "_", 2)[0]), 2*n.length())
		return 0
	}
	c.extract(dir, url, n.length(), 0)
	return 0
}

// gunzip replaces a compressed file by its content.
func gunzip(c *call) int {
	flags, operands := options(c.args[1:])
	if has(flags, "-c", "--stdout", "--to-stdout") {
		return 0
	}
	for _, o := range operands {
		at, n := c.tree.get(abs(c.dir, o), true)
		if n == nil {
			continue
		}
		if path.Base(c.args[0]) == "gzip" && !has(flags, "-d", "--decompress") {
			c.fill("/"+at+".gz", n.length()/3)
			c.tree.remove(at)
			continue
		}
		if plain := archiveEnd.ReplaceAllString(at, ""); plain != at {
			c.bin("/"+plain, 3*n.length())
			c.tree.remove(at)
		}
	}
	return 0
}
