package multistage

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/model"
)

// ownerNames are the user and the group of a file for a command of the runtime stage: the
// names that the author gave to accounts which both stages make, else the numbers.
func (d *draft) ownerNames(uid, gid int64) (user, group string) {
	return d.accountName("etc/passwd", uid), d.accountName("etc/group", gid)
}

// accountName looks a number up in a file of accounts: the base image's, by a name that the author
// writes, too, or the image's.
func (d *draft) accountName(file string, id int64) string {
	number := strconv.FormatInt(id, 10)
	if first := slices.IndexFunc(d.in.Report.Instructions, func(in model.Instruction) bool { return !in.Inherited }); first >= 0 && d.in.Build.Tree != nil {
		name := d.in.Build.Needs().UserName(first, id)
		if file == "etc/group" {
			name = d.in.Build.Needs().GroupName(first, id)
		}
		if name != "" && name != "root" && d.isWrittenOwner(name) {
			return name
		}
	}
	for line := range strings.Lines(string(d.in.Build.Captured[file])) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) > 2 && fields[2] == number && d.isAuthorsAccount(fields[0]) {
			return fields[0]
		}
	}
	return number
}

// isAuthorsAccount reports whether a command of the build stage that makes accounts ends in
// a name, so that the runtime stage has the account before it copies.
func (d *draft) isAuthorsAccount(name string) bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return (in.role == addsAccounts || in.alsoAdds) && d.makes(&in, name)
	})
}

// makes reports whether an account command of an instruction ends in a name.
func (d *draft) makes(in *instruction, name string) bool {
	return slices.ContainsFunc(in.accounts, func(command string) bool {
		words := strings.Fields(command)
		last := words[len(words)-1]
		if m := aVariable.FindStringSubmatch(last); m != nil && m[0] == strings.Trim(last, `"`) {
			last = d.in.Build.Getenv(m[1])
		}
		return words[0] != "mkdir" && last == name
	})
}

// isWrittenOwner reports whether an instruction gives files to somebody of a name.
func (d *draft) isWrittenOwner(name string) bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return strings.Contains(in.source, "ch") && slices.Contains(strings.FieldsFunc(in.source, func(r rune) bool { return strings.ContainsRune(" \t\r\n:;&|=\"'", r) }), name)
	})
}

// isEmpty reports whether a directory holds nothing when the build stage ends.
func (d *draft) isEmpty(n model.NodeID) bool {
	for c := range d.tree.Children(n) {
		if _, ok := d.tree.At(c, d.lastLayer); ok {
			return false
		}
	}
	return true
}
