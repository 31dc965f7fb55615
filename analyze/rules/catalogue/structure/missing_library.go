package structure

import (
	"fmt"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// MissingLibrary finds programs that cannot start because a shared library, their
// dynamic loader or a script's interpreter is not in the image.
var MissingLibrary = rules.Rule{
	ID:    "missing-library",
	Group: rules.Structure,
	Title: "a program that cannot start",
	Why: "The program that the image runs is linked with a shared library, or needs a loader or an interpreter, that is not in the image. The container exits as soon as it starts: \"error while loading shared libraries\", or \"no such file or directory\" for a program that is there. " +
		"It is what a second stage most often gets wrong: COPY --from=build takes the program but not the libraries installed in the build stage, a program linked with glibc is copied to Alpine, or a library is copied to /usr/local/lib and nothing runs ldconfig. " +
		"tare looks only at what ENTRYPOINT and CMD name and what that loads; libraries that the host provides, such as graphics drivers, do not count.",
	Confidence: model.Certain,
	Risk:       true,
	Observe:    observeMissing,
	Lesson: rules.Lesson{
		See:     "docker run --rm --entrypoint ldd IMAGE /app/server",
		Before:  "FROM debian:stable-slim\nCOPY --from=build /app/server /app/server\nCMD [\"/app/server\"]",
		After:   "FROM debian:stable-slim\nRUN apt-get update && apt-get install -y --no-install-recommends libssl3 && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /app/server /app/server\nCMD [\"/app/server\"]",
		WhenNot: "Where the library is on a volume that every container mounts.",
		Sources: []string{"https://man7.org/linux/man-pages/man8/ld.so.8.html", "https://docs.docker.com/build/building/multi-stage/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY rootfs /
			+ lib64/ld-linux-x86-64.so.2 elf
			+ lib/libc.so.6 elf
			COPY server /app/
			+ app/server elf /lib64/ld-linux-x86-64.so.2 libcrypto.so.3 libc.so.6
			config {"Cmd": ["/app/server"]}`,
		Miss: `
			COPY rootfs /
			+ lib64/ld-linux-x86-64.so.2 elf
			+ lib/libc.so.6 elf
			+ usr/lib/x86_64-linux-gnu/libcrypto.so.3 elf
			COPY server /app/
			+ app/server elf /lib64/ld-linux-x86-64.so.2 libcrypto.so.3 libc.so.6
			config {"Cmd": ["/app/server"]}`,
	},
}

// maxStarted is how many commands of an image are looked at.
const maxStarted = 20

// observeMissing looks at the programs that the config names.
func observeMissing(b *rules.Build, t *model.Tree) (found []rules.Observation) {
	if len(b.Executables) == 0 {
		return nil
	}
	view := loader.New(t, int(model.StillThere)-1, b.Executables)
	in := b.Container()
	seen := make(map[string]bool)
	look := func(word string, direct bool) {
		a := in.Word(word)
		if a.File == "" || seen[a.File] {
			return
		}
		seen[a.File] = true
		f := view.Program(a.Record)
		switch script := direct && f != nil && f.IsScript(); {
		case !script:
			found = append(found, missingLibraries(b, t, view, a.Record, a.File, direct)...)
		case a.Needs != "":
			layer := int(t.Records[a.Record].Layer)
			found = append(found, rules.Observation{Layer: &layer, Paths: []string{a.File},
				Fix: advice.Hint(model.Manual, fmt.Sprintf("%s runs /%s and is not in the image, so the container cannot start: install it, or start the script with the shell that is there.", a.Needs, a.File))})
		default:
			interpreter, _, _ := strings.Cut(f.Script, " ")
			if id, real, ok := view.Resolve(interpreter); ok {
				found = append(found, missingLibraries(b, t, view, id, real, true)...)
			}
		}
	}
	if words := b.Program().Words; len(words) > 0 {
		look(words[0], true)
	}
	for i, c := range b.Program().Commands {
		if i < maxStarted && !c.Conditional && c.Words[0].Literal {
			look(c.Words[0].Text, false)
		}
	}
	return found
}

// missingLibraries observes what a program does not find. direct says that the kernel
// starts the program with the environment of the config: a script may set another one, so
// only what is nowhere in the image is missing then.
func missingLibraries(b *rules.Build, t *model.Tree, view *loader.View, id model.RecordID, name string, direct bool) (found []rules.Observation) {
	missing := view.Missing(name, b.Getenv("LD_LIBRARY_PATH"))
	var names, elsewhere []string
	by := ""
	for _, m := range missing {
		if m.Elsewhere != "" {
			if direct {
				elsewhere = append(elsewhere, m.Elsewhere)
			}
			continue
		}
		names = append(names, m.Name)
		if by == "" {
			by = m.By
		}
	}
	layer := int(t.Records[id].Layer)
	switch {
	case len(names) > 0 && path.IsAbs(names[0]):
		found = append(found, rules.Observation{Layer: &layer, Paths: []string{name},
			Fix: advice.Hint(model.Manual, fmt.Sprintf("%s, the loader of /%s, is not in the image, so the program cannot start: build it for this base image, link it statically, or start from the kind of image it was built in.", names[0], name))})
	case len(names) > 0:
		found = append(found, rules.Observation{Layer: &layer, Paths: []string{name},
			Fix: advice.Hint(model.Manual, fmt.Sprintf("%s %s needed by /%s and not in the image%s: install the %s that %s, or copy %s from the stage that has %s.",
				list(names), isOrAre(names), by, cannotStart(by, name), plural(names, "package", "packages"), plural(names, "holds it", "hold them"), plural(names, "it", "them"), plural(names, "it", "them")))})
	case len(elsewhere) > 0:
		found = append(found, rules.Observation{Layer: &layer, Paths: append([]string{name}, elsewhere...),
			Fix: advice.Hint(model.Manual, fmt.Sprintf("/%s needs /%s, which the loader does not find there (it cannot start): run ldconfig after the instruction that copies it, if a file in /etc/ld.so.conf.d names the directory, or set LD_LIBRARY_PATH.", name, elsewhere[0]))})
	}
	return found
}

// cannotStart says that a program does not start.
func cannotStart(by, name string) string {
	if by == name {
		return " (it cannot start)"
	}
	return fmt.Sprintf(" (/%s cannot start)", name)
}

func isOrAre(names []string) string { return plural(names, "is", "are") }

func plural(names []string, one, many string) string {
	if len(names) == 1 {
		return one
	}
	return many
}

// maxListed is how many libraries a sentence names.
const maxListed = 5

// list lists names for a sentence.
func list(names []string) string {
	if more := len(names) - maxListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), more)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}
