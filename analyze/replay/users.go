package replay

import (
	"archive/tar"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// account is a user to be added.
type account struct {
	name, home, shell string
	uid, gid          int // 0 is the next free one
	system            bool
	create            bool // the home directory
	busybox           bool // keeps no copies of the files
}

// next is the next free number in a file of accounts.
func (m *machine) next(at string, system bool) int {
	n := 1000
	if system {
		n = 100
	}
	taken := map[int]bool{}
	for line := range strings.Lines(m.read(at)) {
		if fields := strings.Split(line, ":"); len(fields) > 2 {
			id, _ := strconv.Atoi(fields[2])
			taken[id] = true
		}
	}
	for taken[n] {
		n++
	}
	return n
}

// appendTo adds a line to a file of accounts, with the copy that the tools keep.
func (m *machine) appendTo(at, line string, mode int64, busybox bool) {
	_, old := m.tree.get(at, true)
	body := ""
	if old != nil {
		body = string(old.body)
		if !busybox {
			m.tree.put(at+"-", &node{kind: tar.TypeReg, mode: mode, body: old.body})
		}
	}
	m.tree.put(at, &node{kind: tar.TypeReg, mode: mode, body: []byte(body + line)})
}

func (m *machine) addGroup(name string, gid int, system, busybox bool) int {
	if fields := m.account("etc/group", name); fields != nil {
		n, _ := strconv.Atoi(fields[2])
		return n
	}
	if gid == 0 {
		gid = m.next("etc/group", system)
	}
	m.appendTo("etc/group", fmt.Sprintf("%s:x:%d:\n", name, gid), 0o644, busybox)
	m.appendTo("etc/gshadow", name+":!::\n", 0o640, busybox)
	return gid
}

func (m *machine) addAccount(a account) {
	if m.account("etc/passwd", a.name) != nil {
		return
	}
	if a.uid == 0 {
		a.uid = m.next("etc/passwd", a.system)
	}
	if a.gid == 0 {
		a.gid = m.addGroup(a.name, a.uid, a.system, a.busybox)
	}
	if a.home == "" {
		a.home = "/home/" + a.name
	}
	if a.shell == "" {
		a.shell = "/bin/sh"
	}
	m.appendTo("etc/passwd", fmt.Sprintf("%s:x:%d:%d::%s:%s\n", a.name, a.uid, a.gid, a.home, a.shell), 0o644, a.busybox)
	m.appendTo("etc/shadow", a.name+":!:19700::::::\n", 0o640, a.busybox)
	if !a.busybox && !a.system {
		m.appendTo("etc/subuid", fmt.Sprintf("%s:100000:65536\n", a.name), 0o644, false)
		m.appendTo("etc/subgid", fmt.Sprintf("%s:100000:65536\n", a.name), 0o644, false)
	}
	if a.create && !m.tree.exists(a.home) {
		m.tree.mkdir(path.Dir(a.home), 0, 0)
		m.tree.mkdir(a.home, a.uid, a.gid)
		if !a.busybox {
			for _, f := range []struct {
				name string
				size int64
			}{{".bashrc", 3526}, {".profile", 807}, {".bash_logout", 220}} {
				n := filler("skel"+f.name, f.size)
				n.uid, n.gid = a.uid, a.gid
				m.tree.put(path.Join(a.home, f.name), n)
			}
		}
	}
}

// useradd is useradd and adduser, of Debian and of busybox.
func useradd(c *call) int {
	flags, operands := options(c.args[1:], "-u", "-g", "-G", "-d", "-s", "-h", "-b", "-c", "-p", "-k", "-K", "-e", "--uid", "--gid", "--home", "--home-dir", "--shell", "--ingroup", "--gecos", "--groups", "--comment", "--password")
	if len(operands) == 0 {
		return 0
	}
	if len(operands) > 1 { // adduser USER GROUP
		return 0
	}
	isAdduser := path.Base(c.args[0]) == "adduser"
	a := account{name: operands[0], busybox: c.apk != nil, system: has(flags, "-r", "--system", "-S")}
	first := func(names ...string) string {
		for _, n := range names {
			if v := flags[n]; v != "" {
				return v
			}
		}
		return ""
	}
	a.uid, _ = strconv.Atoi(first("-u", "--uid"))
	a.home, a.shell = first("-d", "--home", "--home-dir"), first("-s", "--shell")
	group := first("-g", "--gid", "--ingroup")
	if c.apk != nil {
		a.home, group = first("-h"), first("-G")
	}
	if group != "" {
		gid, ok := c.group(group)
		if !ok {
			c.problem("%s: there is no group %s", c.args[0], group)
		}
		a.gid = gid
	}
	a.create = has(flags, "-m", "--create-home") || isAdduser && !has(flags, "-H", "--no-create-home")
	if a.system && !isAdduser && !has(flags, "-m", "--create-home") {
		a.create = false
	}
	c.addAccount(a)
	return 0
}

func groupadd(c *call) int {
	flags, operands := options(c.args[1:], "-g", "--gid", "-K")
	if len(operands) == 0 {
		return 0
	}
	gid, _ := strconv.Atoi(flags["-g"] + flags["--gid"])
	c.addGroup(operands[0], gid, has(flags, "-r", "--system", "-S"), c.apk != nil)
	return 0
}

func usermod(c *call) int {
	flags, operands := options(c.args[1:], "-u", "-g", "-G", "-d", "-s", "-aG", "-c", "-l")
	if len(operands) == 0 {
		return 0
	}
	body := c.read("etc/passwd")
	if uid := flags["-u"]; uid != "" {
		if f := c.account("etc/passwd", operands[0]); len(f) > 2 {
			body = strings.ReplaceAll(body, operands[0]+":x:"+f[2]+":", operands[0]+":x:"+uid+":")
		}
	}
	_, old := c.tree.get("etc/passwd", true)
	if old != nil {
		c.tree.put("etc/passwd-", &node{kind: tar.TypeReg, mode: 0o644, body: old.body})
	}
	c.tree.put("etc/passwd", text(body))
	return 0
}

// chpasswd changes the file of passwords.
func chpasswd(c *call) int {
	_, _ = io.ReadAll(c.in)
	_, old := c.tree.get("etc/shadow", true)
	if old == nil {
		return 0
	}
	c.tree.put("etc/shadow-", &node{kind: tar.TypeReg, mode: 0o640, body: old.body})
	c.tree.put("etc/shadow", &node{kind: tar.TypeReg, mode: 0o640, body: append([]byte("# changed\n"), old.body...)})
	return 0
}
