package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// copiesInto lists the COPYs that fill a directory before an instruction, in
// order; false where anything else may have put files there.
func (b *Build) copiesInto(target string, before int) (at []int, alone bool) {
	for i := range before {
		if b.Instructions[i].Inherited {
			continue
		}
		dir := b.workdir(i)
		switch b.keyword(i) {
		case "COPY", "ADD":
			in, ok := b.copyOf(i)
			if !ok {
				return nil, false
			}
			dest, ok := in.Target(dir)
			switch {
			case !ok || dest != target && (dest == "/" || under(target, dest)):
				return nil, false
			case dest == target || under(dest, target):
				at = append(at, i)
			}
		case "RUN":
			if dir == "" || strings.Contains(b.text(i), target) || (dir == target || under(dir, target)) && !b.leavesFolder(i) {
				return nil, false
			}
		case "VOLUME":
			return nil, false
		}
	}
	return at, true
}

// leavesFolder reports whether a RUN writes nothing into the directory that it stands in:
// it installs packages, or makes groups and users.
func (b *Build) leavesFolder(i int) bool {
	commands, ok := b.commands(i)
	return ok && !strings.Contains(b.text(i), ">") && !slices.ContainsFunc(commands, func(c rewrite.Command) bool {
		switch c.Name() {
		case "apt-get", "apt", "apk", "dnf", "dnf5", "microdnf", "yum", "zypper":
			at := slices.IndexFunc(c.Args(), func(w rewrite.Word) bool { return !strings.HasPrefix(w.Text, "-") })
			elsewhere := slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { // apk --root, dnf --installroot, apt -o RootDir
				return !w.Literal || strings.Contains(strings.ToLower(w.Text), "root") || strings.Contains(w.Text, "Dir")
			})
			return elsewhere || at < 0 || !slices.Contains(installing, c.Args()[at].Text)
		case "useradd", "groupadd", "addgroup", "rm", "set", "true", ":", "ldconfig", "update-ca-certificates":
			return false
		}
		return true
	})
}

// installing are the subcommands of package managers that write where packages
// belong alone; download and source write into the directory that they stand in.
var installing = strings.Fields("update install upgrade dist-upgrade full-upgrade remove purge autoremove clean autoclean makecache add del")

// standardFolders exist in most base images. FHS 3.0, chapters 3 to 5.
var standardFolders = strings.Fields(`/ /bin /boot /dev /etc /home /lib /media /mnt /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin
	/usr/local/lib /usr/sbin /usr/share /usr/src /usr/src/app /var /var/cache /var/lib /var/log /var/opt /var/tmp /var/www /var/www/html /usr/share/nginx/html /etc/nginx`)

// mayExist reports whether a directory may be there before the COPYs fill it: then
// they do not set its own owner.
func (b *Build) mayExist(folder string, before int) bool {
	if slices.Contains(standardFolders, folder) || path.Dir(folder) == "/home" {
		return true
	}
	for i := range before + 1 {
		if b.keyword(i) == "WORKDIR" {
			dir := b.workdir(i + 1)
			if dir == "" || dir == folder || under(dir, folder) {
				return true
			}
		}
	}
	return false
}
