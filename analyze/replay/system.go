package replay

import (
	"io"
	"path"
	"slices"
	"strings"
)

// sudo runs the rest as root, and gosu and its kin as somebody else.
func sudo(c *call) int {
	_, rest := valuesBefore(c.args[1:])
	s := *c
	if path.Base(c.args[0]) == "sudo" {
		s.uid, s.gid = 0, 0
	}
	if n := path.Base(c.args[0]); (n == "gosu" || n == "su-exec" || n == "setuser") && len(rest) > 1 {
		s.uid, s.gid, _ = c.owner(rest[0])
		rest = rest[1:]
	}
	for len(rest) > 0 && strings.Contains(rest[0], "=") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return 0
	}
	return s.sub(rest...)
}

func su(c *call) int {
	flags, rest := options(c.args[1:], "-c", "--command", "-s", "--shell")
	s := *c
	for _, r := range rest {
		if uid, gid, ok := c.owner(r); ok && r != "-" {
			s.uid, s.gid = uid, gid
		}
	}
	if script := flags["-c"]; script != "" {
		return s.script(script)
	}
	return 0
}

func envTool(c *call) int {
	rest := c.args[1:]
	for len(rest) > 0 && (strings.Contains(rest[0], "=") || strings.HasPrefix(rest[0], "-")) {
		rest = rest[1:]
	}
	return c.sub(rest...)
}

// shellTool is sh and bash: it runs -c, a script of the tree, or standard input.
func shellTool(c *call) int {
	flags, operands := options(c.args[1:], "-o", "-O")
	for i, a := range c.args[1:] {
		if strings.HasPrefix(a, "-") && strings.HasSuffix(a, "c") && i+2 < len(c.args) {
			return c.script(c.args[i+2])
		}
	}
	if len(operands) > 0 && operands[0] != "-" && !has(flags, "-s") {
		c.args = c.args[slices.Index(c.args, operands[0]):] // with the script's own flags
		return runScript(c)
	}
	data, _ := io.ReadAll(c.in)
	if url, ok := downloaded(data); ok {
		return c.installer(url)
	}
	return c.script(string(data))
}

// script runs a script inside a program, in its own interpreter.
func (c *call) script(script string) int {
	if script == "" {
		return 0
	}
	return c.nested(script)
}

// runScript runs a script that lies in the tree; one whose text is invented does
// nothing but what its name says.
func runScript(c *call) int {
	at := abs(c.dir, c.args[0])
	_, n := c.tree.get(at, true)
	switch name := path.Base(at); {
	case n == nil && !c.tree.gone(at) && c.tree.isDir(path.Dir(at)):
		c.missing(at)
		return 0
	case n == nil:
		c.problem("%s: there is no such script", at)
		return 127
	case n.body != nil:
		return c.script(string(n.body))
	case strings.Contains(strings.ToLower(name), "conda") || strings.Contains(strings.ToLower(name), "forge"):
		prefix := "/opt/conda"
		for i, a := range c.args {
			if a == "-p" && i+1 < len(c.args) {
				prefix = abs(c.dir, c.args[i+1])
			}
		}
		c.condaBase(prefix)
	case strings.HasPrefix(name, "install") || strings.HasPrefix(name, "get-"):
		return c.installer(n.seed)
	default:
		c.unknown(name + ", whose text is made up,")
	}
	return 0
}

// installer does what a script from the network does that installs a program.
func (c *call) installer(url string) int {
	home := c.get("HOME")
	switch {
	case strings.Contains(url, "rustup"):
		dir := home + "/.cargo"
		if d := c.get("CARGO_HOME"); d != "" {
			dir = d
		}
		up := home + "/.rustup"
		if d := c.get("RUSTUP_HOME"); d != "" {
			up = d
		}
		c.bin(dir+"/bin/cargo", 20<<20)
		c.bin(dir+"/bin/rustc", 20<<20)
		c.fill(up+"/toolchains/stable-x86_64-unknown-linux-gnu/lib/librustc_driver.so", 500<<20)
	case strings.Contains(url, "nodesource"):
		c.tree.put("etc/apt/sources.list.d/nodesource.list", text("deb https://deb.example.org/node nodistro main\n"))
		c.tree.put("usr/share/keyrings/nodesource.gpg", filler("nodesource", 3000))
		if c.dpkg != nil {
			c.aptUpdate()
		}
	case strings.Contains(url, "composer"):
		c.bin("/usr/local/bin/composer", 3<<20)
	case strings.Contains(url, "pip"):
		c.bin("/usr/local/bin/pip", 1000)
	case strings.Contains(url, "poetry"):
		c.bin(home+"/.local/bin/poetry", 1000)
		c.fill(home+"/.local/share/pypoetry/venv/lib/python3.11/site-packages/poetry/__init__.py", 30<<20)
	case strings.Contains(url, "nvm"):
		c.fill(home+"/.nvm/nvm.sh", 140<<10)
	default:
		name := strings.TrimSuffix(path.Base(url), ".sh")
		c.unknown(path.Base(url) + ", a script from the network,")
		c.bin("/usr/local/bin/"+name, 15<<20)
	}
	return 0
}

func uname(c *call) int {
	switch {
	case len(c.args) > 1 && strings.Contains(c.args[1], "m"):
		c.say("x86_64\n")
	case len(c.args) > 1 && strings.Contains(c.args[1], "r"):
		c.say("6.1.0\n")
	default:
		c.say("Linux\n")
	}
	return 0
}

func lsbRelease(c *call) int {
	if len(c.args) > 1 && strings.Contains(c.args[1], "i") {
		c.say("Debian\n")
	} else {
		c.say("bookworm\n")
	}
	return 0
}

func id(c *call) int {
	_, operands := options(c.args[1:])
	if len(operands) > 0 {
		uid, _, ok := c.owner(operands[0])
		if !ok {
			return 1
		}
		c.say("%d\n", uid)
		return 0
	}
	c.say("%d\n", c.uid)
	return 0
}

func getent(c *call) int {
	if len(c.args) < 3 {
		return 0
	}
	if line := c.account("etc/"+c.args[1], c.args[2]); line != nil {
		c.say("%s\n", strings.Join(line, ":"))
		return 0
	}
	return 2
}

func localeGen(c *call) int {
	c.tree.put("usr/lib/locale/locale-archive", filler("locale", 3<<20))
	return 0
}

func updateCertificates(c *call) int {
	c.tree.put("etc/ssl/certs/ca-certificates.crt", filler("certificates+", 221<<10))
	return 0
}

func ldconfig(c *call) int {
	c.tree.put("etc/ld.so.cache", filler("ldconfig", 9000))
	c.tree.put("var/cache/ldconfig/aux-cache", filler("aux-cache", 9000))
	return 0
}

func systemctl(c *call) int {
	_, rest := options(c.args[1:])
	if len(rest) > 1 && rest[0] == "enable" {
		c.tree.put("etc/systemd/system/multi-user.target.wants/"+rest[1]+".service", link("/lib/systemd/system/"+rest[1]+".service"))
	}
	return 0
}

func a2en(c *call) int {
	dir := "etc/apache2/mods-"
	if c.args[0] == "a2ensite" {
		dir = "etc/apache2/sites-"
	}
	for _, name := range c.args[1:] {
		c.tree.put(dir+"enabled/"+name+".conf", link("../"+path.Base(dir)+"available/"+name+".conf"))
	}
	return 0
}

func alternatives(c *call) int {
	_, rest := options(c.args[1:], "--set")
	for i, a := range c.args {
		if a == "--install" && i+3 < len(c.args) {
			c.tree.put(c.args[i+1], link("/etc/alternatives/"+c.args[i+2]))
			c.tree.put("etc/alternatives/"+c.args[i+2], link(c.args[i+3]))
			c.grow("var/log/alternatives.log", 120)
			return 0
		}
	}
	_ = rest
	return 0
}

const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2ltdWxhdGVk\n-----END OPENSSH PRIVATE KEY-----\n"

func sshKeygen(c *call) int {
	flags, _ := options(c.args[1:], "-t", "-f", "-N", "-b", "-C", "-P", "-q")
	if f := flags["-f"]; f != "" {
		c.write(f, &node{kind: '0', mode: 0o600, body: []byte(key)})
		c.write(f+".pub", text("ssh-rsa AAAA root\n"))
	}
	return 0
}

func openssl(c *call) int {
	for i, a := range c.args {
		if (a == "-out" || a == "-keyout") && i+1 < len(c.args) {
			body := "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n"
			if a == "-keyout" || strings.Contains(c.args[i+1], "key") {
				body = strings.ReplaceAll(body, "CERTIFICATE", "PRIVATE KEY")
			}
			c.write(c.args[i+1], text(body))
		}
	}
	return 0
}

func fcCache(c *call) int {
	c.tree.put("var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-7", filler("fontconfig", 20<<10))
	return 0
}

// gpg leaves a key ring, and writes what --dearmor makes.
func gpg(c *call) int {
	flags, _ := options(c.args[1:], "-o", "--output", "--keyserver", "--homedir")
	if has(flags, "--dearmor", "--export") {
		if o := flags["-o"] + flags["--output"]; o != "" {
			c.fill(o, 2800)
		} else {
			c.say("%skey\n", archiveMark)
		}
	}
	home := c.get("GNUPGHOME")
	if home == "" {
		home = c.get("HOME") + "/.gnupg"
	}
	if has(flags, "--recv-keys", "--recv-key", "--import", "--batch") && !has(flags, "--dearmor") {
		c.fill(home+"/pubring.kbx", 3000)
		c.fill(home+"/trustdb.gpg", 1200)
	}
	return 0
}

func addRepository(c *call) int {
	_, rest := options(c.args[1:])
	name := "added"
	if len(rest) > 0 {
		name = strings.Map(func(r rune) rune {
			if strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-", r) {
				return r
			}
			return '_'
		}, rest[0])
	}
	if slices.Contains([]string{"main", "universe", "restricted", "multiverse"}, name) {
		return 0 // Ubuntu's images have them enabled, and nothing is fetched
	}
	c.tree.put("etc/apt/sources.list.d/"+name+".list", text("deb https://ppa.example.org/ bookworm main\n"))
	if c.dpkg != nil && !c.old && !slices.ContainsFunc(c.args, func(a string) bool { return a == "-n" || a == "--no-update" || a == "-r" || a == "--remove" }) {
		c.aptUpdate()
	}
	return 0
}

func gdebi(c *call) int {
	_, rest := options(c.args[1:])
	if c.dpkg == nil {
		return 127
	}
	return c.aptInstall(rest, false)
}

// imageCleanup is the script of webdevops' images that ends a RUN.
func imageCleanup(c *call) int {
	for _, dir := range []string{strings.TrimSuffix(lists, "/"), "var/cache/apt", "var/cache/apk"} {
		for _, p := range c.tree.under(dir) {
			if !c.tree.isDir(p) {
				c.tree.remove(p)
			}
		}
	}
	return 0
}
