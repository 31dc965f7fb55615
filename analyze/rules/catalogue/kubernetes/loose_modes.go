package kubernetes

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// WorldWritable finds programs and settings that every user may change.
var WorldWritable = rules.Rule{
	ID:    "world-writable",
	Group: rules.Kubernetes,
	Title: "programs that any user can change",
	Why: "After chmod 777, every process in the container may change the program, whichever user it runs as: an intruder who manages to write a file through a flaw in the program can replace its code. chmod -R also stores each file again in a new layer. " +
		"A program needs to be read and run, not to be changed; what it writes belongs in a directory of its own that its user owns. For clusters that give the container an arbitrary user number (OpenShift), make the directory's group 0 and give the group the same rights as the owner.",
	Confidence: model.Possible,
	Observe: func(b *rules.Build, t *model.Tree) []rules.Observation {
		return observeModes(b, t, isLoose, "Let only the owner write these files, for instance with COPY --chmod=755, and let the user own the directories that the program writes to.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm --user 0 --entrypoint find IMAGE / -xdev -type f -perm -0002",
		Before:  "RUN chmod -R 777 /app",
		After:   "RUN install -d -o 10001 /app/data",
		WhenNot: "Where the file is data that several users of the container share.",
		Sources: []string{"https://docs.redhat.com/en/documentation/openshift_container_platform/4.16/html/images/creating-images", "https://man7.org/linux/man-pages/man1/chmod.1.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY app.py /app/
			+ app/app.py mode 0777
			config {"Cmd": ["/app/app.py"]}`,
		Miss: `
			COPY app.py /app/
			+ app/app.py mode 0755
			config {"Cmd": ["/app/app.py"]}`,
	},
}

// SetuidProgram finds programs with the set-user-ID bit that no package brought.
var SetuidProgram = rules.Rule{
	ID:    "setuid-program",
	Group: rules.Kubernetes,
	Title: "a setuid program",
	Why: "A program with the set-user-ID bit runs with the rights of the file's owner, root as a rule, whoever starts it. That is how a process that runs as an ordinary user becomes root again, and one of the first things an intruder looks for. A pod with allowPrivilegeEscalation: false, which the restricted Pod Security Standard asks for, disables the bit, so a program that needs it fails there. " +
		"tare reports only those that no system package owns: programs that somebody copied in or marked with chmod u+s.",
	Confidence: model.Possible,
	Observe: func(b *rules.Build, t *model.Tree) []rules.Observation {
		return observeModes(b, t, isSetuid, "Remove the bit (chmod u-s) and run the program as an ordinary user, or start it as the user that it needs.")
	},
	Lesson: rules.Lesson{
		See:     "docker run --rm --user 0 --entrypoint find IMAGE / -xdev -type f -perm -4000",
		Before:  "RUN chmod u+s /usr/local/bin/helper",
		After:   "RUN setcap cap_net_raw+ep /usr/local/bin/helper",
		WhenNot: "Where the program is a sandbox that needs the bit to drop rights, such as Chrome's.",
		Sources: []string{"https://kubernetes.io/docs/concepts/security/pod-security-standards/", "https://man7.org/linux/man-pages/man2/execve.2.html"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY helper /usr/local/bin/
			+ usr/local/bin/helper mode 4755
			+ app
			config {"Cmd": ["/app"]}`,
		Miss: `
			COPY helper /usr/local/bin/
			+ usr/local/bin/helper mode 2755
			+ app
			config {"Cmd": ["/app"]}`,
	},
}

// code are the ends of names of what runs, beside programs and scripts that say so themselves.
var code = strings.Fields(".sh .bash .py .pyc .js .mjs .cjs .php .rb .pl .jar .war .so .dll .exe")

// isLoose reports whether everybody may change a file that runs, or that says what runs.
func isLoose(b *rules.Build, id model.RecordID, name string, mode uint16) bool {
	if mode&0o002 == 0 || strings.HasPrefix(name, "tmp/") || strings.HasPrefix(name, "var/tmp/") {
		return false
	}
	program := b.Executables[id]
	return program != nil || slices.Contains(code, path.Ext(name)) || strings.HasPrefix(name, "etc/")
}

// isSetuid reports whether a program runs as its owner.
func isSetuid(b *rules.Build, _ model.RecordID, name string, mode uint16) bool {
	return mode&0o4000 != 0 && mode&0o111 != 0 && !strings.Contains(path.Base(name), "sandbox") &&
		(len(b.Packages) > 0 || !slices.Contains(systemPrograms, path.Base(name)))
}

// systemPrograms have the bit in every system; where there is no database of packages,
// nobody else says whose they are.
var systemPrograms = strings.Fields("su sudo mount umount passwd chsh chfn gpasswd newgrp ping ping6 chage expiry unix_chkpwd pkexec fusermount fusermount3 newuidmap newgidmap busybox bbsuid crontab at ssh-keysign dbus-daemon-launch-helper")

// observeModes lists the visible files of the image's own layers that no package owns and
// that a test picks: one observation a layer, the lowest first.
func observeModes(b *rules.Build, t *model.Tree, picks func(*rules.Build, model.RecordID, string, uint16) bool, summary string) (found []rules.Observation) {
	paths := make(map[int][]string)
	for i := range t.Records {
		r := &t.Records[i]
		layer := int(r.Layer)
		if r.Kind != model.File || r.Gone != model.StillThere || layer >= len(b.Layers) || b.Layers[layer].Inherited || len(paths[layer]) >= model.MaxFindingPaths {
			continue
		}
		id := model.RecordID(i)
		mode := t.Attributes(r).Mode
		if mode&0o4002 == 0 || t.Packages != nil && t.Packages[i] >= 0 {
			continue
		}
		name := t.Path(r.Node)
		if picks(b, id, name, mode) {
			paths[layer] = append(paths[layer], name)
		}
	}
	for _, layer := range slices.Sorted(maps.Keys(paths)) {
		slices.Sort(paths[layer])
		text := summary
		if n := len(paths[layer]); n > 1 {
			text = fmt.Sprintf("/%s and %d more: %s", paths[layer][0], n-1, strings.ToLower(summary[:1])+summary[1:])
		}
		found = append(found, rules.Observation{Layer: model.Ptr(layer), Paths: paths[layer], Fix: advice.Hint(model.Manual, text)})
	}
	return found
}
