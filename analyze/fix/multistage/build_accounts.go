package multistage

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// A RUN that builds and makes accounts besides (make install && useradd app) is parted: the runtime stage makes
// the accounts again, and copies the rest. That holds only where the commands are plain, cannot fail and say all
// that the RUN does to accounts, which the text and the layer's /etc/passwd and /etc/group have to show.

// touchesAccounts matches what else changes accounts, or what the commands that make them read.
var touchesAccounts = lazyregexp.New(`\b(?:chpasswd|passwd|gpasswd|chgpasswd|chsh|chfn|chage|userdel|groupdel|deluser|delgroup|groupmod|groupmems|newusers|newuidmap|vipw|vigr|pwck|grpck|pwconv|systemd-sysusers|login\.defs|adduser\.conf|subuid|subgid|shadow)\b|/etc/(?:default|skel|passwd|group)`)

// mayGoOn matches what lets a command fail, or depend on another; quoted, what a shell takes as it is.
var (
	mayGoOn = lazyregexp.New(`\|\||[;!]|<<|\b(?:if|for|while|until|case)\b`)
	quoted  = lazyregexp.New(`'[^']*'|"[^"$\x60\\]*"`)
)

// repeatable are the options of account commands that mean the same in another stage.
var repeatable = strings.Fields("r system m create-home M no-create-home u uid g gid G groups a append s shell d home-dir home c comment N no-user-group U user-group disabled-password disabled-login gecos ingroup group")

// mayAlsoAdd reports whether the text of a RUN that builds lets its accounts be made again elsewhere.
func (in *instruction) mayAlsoAdd() bool {
	if len(in.run.Flags) > 0 || touchesAccounts.MatchString(in.text) || mayGoOn.MatchString(quoted.ReplaceAllString(in.text, "x")) {
		return false
	}
	found := false
	for _, c := range in.run.Commands {
		if !changesAccounts(c) {
			continue
		}
		c.Dir, c.DirKnown = "", true // they take absolute paths only
		if !isPlain(c) || strings.Contains(c.Words[0].Text, "/") || slices.ContainsFunc(accountOptions(c), func(option string) bool { return !slices.Contains(repeatable, option) }) {
			return false
		}
		found = true
	}
	return found
}

// changesAccounts reports whether a command is one of those that change the user database.
func changesAccounts(c rewrite.Command) bool {
	return c.Name() != "mkdir" && slices.Contains(accountCommands, c.Name())
}

// makesAccount reports whether an account command changes the user database: the others make
// directories.
func makesAccount(command string) bool { return !strings.HasPrefix(command, "mkdir ") }

// verifyAccounts asks the layers whether the commands of a RUN that builds, too, are all that it does to accounts.
func (d *draft) verifyAccounts() {
	for i := range d.instructions {
		if in := &d.instructions[i]; in.alsoAdds && (d.changesDefaults() || !d.onlyMakes(i)) {
			in.alsoAdds = false
		}
	}
}

// changesDefaults reports whether a layer above the base image changes what commands that make accounts read.
func (d *draft) changesDefaults() bool {
	for layer := d.ownLayer; layer < len(d.maker); layer++ {
		for id, r := range d.tree.Layer(layer) {
			if name := d.tree.Path(r.Node); r.Kind != model.Directory && r.Kind != model.Implied && isBelow(name, []string{"etc/login.defs", "etc/adduser.conf", "etc/default/useradd", "etc/skel"}) && (d.owner(id) < 0 || d.isInBase(r.Node)) {
				return true
			}
		}
	}
	return false
}

// onlyMakes reports whether the accounts that are new in the layers of an instruction are those that its
// commands name, and no other line of the user database has changed but for members of groups.
func (d *draft) onlyMakes(i int) bool {
	in := &d.instructions[i]
	for _, file := range []string{"etc/passwd", "etc/group"} {
		n, ok := d.tree.Lookup(file)
		if !ok {
			return false
		}
		for id := d.tree.Nodes[n].Last; id != model.NoRecord; id = d.tree.Below(id) {
			r := &d.tree.Records[id]
			if int(r.Layer) < d.ownLayer || d.maker[r.Layer] != i {
				continue
			}
			after, known := d.accountsAt(id)
			before, knownBefore := d.accountsAt(d.tree.Below(id))
			if !known || !knownBefore {
				return false
			}
			for name, line := range before {
				now := after[name]
				if file == "etc/group" && now != "" {
					now, line = withoutMembers(now), withoutMembers(line)
				}
				if now != line {
					return false
				}
			}
			for name := range after {
				if _, old := before[name]; !old && !d.makes(in, name) {
					return false
				}
			}
		}
	}
	return true
}

// accountsAt returns the lines of a version of /etc/passwd or /etc/group by the names of their accounts; false
// where the content is not known.
func (d *draft) accountsAt(id model.RecordID) (map[string]string, bool) {
	if id == model.NoRecord {
		return nil, false
	}
	content, ok := d.in.Build.Contents[d.tree.Content(id)]
	if !ok {
		return nil, false
	}
	accounts := make(map[string]string)
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			name, _, _ := strings.Cut(line, ":")
			accounts[name] = line
		}
	}
	return accounts, true
}

// withoutMembers is a line of /etc/group without the list of who is in the group.
func withoutMembers(line string) string { return line[:strings.LastIndexByte(line, ':')+1] }

// isOfAccounts reports whether a record in the layer of a RUN that builds and makes accounts is of the accounts: the
// user database, and a new home with what the base image's /etc/skel puts there, unless the RUN names homes: then all
// that is there is copied, with owners and modes.
func (d *draft) isOfAccounts(id model.RecordID) bool {
	r := &d.tree.Records[id]
	if int(r.Layer) < d.ownLayer || !d.instructions[d.maker[r.Layer]].alsoAdds {
		return false
	}
	name := d.tree.Path(r.Node)
	switch {
	case slices.Contains(accountFiles, name) || name == "etc/.pwd.lock" || name == "var/log/lastlog" || name == "var/log/faillog":
		return true
	case isBelow(name, []string{"var/mail", "var/spool/mail"}):
		return !d.isDirectory(id) && r.Size.Bytes() == 0
	case d.instructions[d.maker[r.Layer]].namesHomes() || !strings.HasPrefix(name, "home/"):
		return false
	case d.isDirectory(id):
		return path.Dir(name) == "home" && d.tree.Below(id) == model.NoRecord && d.tree.Attributes(r).UID > 0
	}
	if path.Dir(path.Dir(name)) != "home" || d.tree.Below(id) != model.NoRecord || r.Kind != model.File {
		return false
	}
	skeleton, ok := d.tree.Lookup("etc/skel/" + path.Base(name))
	if !ok {
		return false
	}
	at, ok := d.tree.At(skeleton, d.lastLayer)
	return ok && d.tree.Records[d.tree.Content(at)].Size.Bytes() == r.Size.Bytes()
}

// mayHaveChanged reports whether a record is of a RUN that makes accounts and speaks of their homes.
func (d *draft) mayHaveChanged(id model.RecordID) bool {
	r := &d.tree.Records[id]
	if int(r.Layer) < d.ownLayer {
		return false
	}
	in := &d.instructions[d.maker[r.Layer]]
	return in.alsoAdds && in.namesHomes()
}

// namesHomes reports whether a RUN speaks of homes beside the commands that make accounts, or may.
func (in *instruction) namesHomes() bool {
	rest := in.text
	for _, c := range in.run.Commands {
		if changesAccounts(c) {
			rest = strings.Replace(rest, c.Source(), "", 1)
		}
	}
	return strings.ContainsAny(rest, "~$") || strings.Contains(strings.ToLower(rest), "home") || slices.Contains(strings.Fields(rest), ".")
}

// checkGroups reports an error where the runtime stage may not have a group that an account command names: a
// package that it drops made it.
func (d *draft) checkGroups() error {
	for i := range d.instructions {
		in := &d.instructions[i]
		for _, command := range in.accounts {
			for _, group := range groupsOf(command) {
				if slices.ContainsFunc(d.instructions, func(in instruction) bool { return d.makes(&in, group) }) {
					continue
				}
				if layer, ok := d.madeBy(group); ok && d.instructions[d.maker[layer]].isInstall() && d.dropsFrom(layer) {
					return lineError(in, "names the group %s, which a package from line %d makes that the new stage may not have", group, d.instructions[d.maker[layer]].writtenAt())
				}
			}
		}
	}
	return nil
}

// madeBy returns the first layer above the base image in which a group is there; false where it is there before,
// or the layers do not tell.
func (d *draft) madeBy(group string) (layer int, ok bool) {
	n, found := d.tree.Lookup("etc/group")
	if !found {
		return 0, false
	}
	for id := d.tree.Nodes[n].Last; id != model.NoRecord; id = d.tree.Below(id) {
		groups, known := d.accountsAt(id)
		if _, there := groups[group]; known && there {
			layer, ok = int(d.tree.Records[id].Layer), true
		}
	}
	return layer, ok && layer >= d.ownLayer
}

// groupsOf returns the names of the groups that an account command puts an account into.
func groupsOf(command string) (groups []string) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return nil
	}
	var operands []string
	for i := 1; i < len(words); i++ {
		option, value, given := strings.Cut(words[i], "=")
		switch {
		case !strings.HasPrefix(option, "-"):
			operands = append(operands, words[i])
			continue
		case slices.Contains([]string{"--gid", "--groups", "--ingroup"}, option):
		case !strings.HasPrefix(option, "--") && strings.ContainsAny(option, "gG") && (words[0] == "useradd" || words[0] == "usermod"):
			at := strings.IndexAny(option, "gG")
			if rest := option[at+1:]; rest != "" {
				value, given = rest, true
			}
		default:
			continue
		}
		if !given && i+1 < len(words) {
			i++
			value = words[i]
		}
		for name := range strings.SplitSeq(value, ",") {
			if _, err := strconv.Atoi(name); err != nil && name != "" {
				groups = append(groups, strings.Trim(name, `"'`))
			}
		}
	}
	if words[0] == "adduser" && len(operands) == 2 {
		groups = append(groups, operands[1])
	}
	return groups
}
