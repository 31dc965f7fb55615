package packages

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/installs"
	"github.com/tare-oci/tare/model"
)

// SmallerVariant follows the table of variants in package installs.
var SmallerVariant = rules.Rule{
	ID:    "smaller-variant",
	Group: rules.Packages,
	Title: "packages that only a full variant needs",
	Do:    "install the smaller variant of a package",
	Why: "Some packages come in two sizes: openjdk-17-jre brings 300 MB of desktop libraries, while openjdk-17-jre-headless runs the same servers; ansible brings every collection there is, ansible-core just the program; " +
		"docker.io brings an engine, docker-cli the command that talks to one. The bytes are those of the packages that only the full variant needs; nothing in the Dockerfile, its scripts or the image uses them, as far as tare can see.",
	Confidence:  model.Possible,
	VisibleOnly: true,
	Owns: func(b *rules.Build) func(*model.Package) bool {
		goes := make(map[*model.Package]bool)
		for _, s := range installs.FindSmaller(b) {
			for _, i := range s.Goes {
				goes[&b.Packages[i]] = true
			}
		}
		return func(p *model.Package) bool { return goes[p] }
	},
	Fix: fixSmallerVariant,
	Lesson: rules.Lesson{
		See:     "docker run --rm IMAGE apt-get -s remove openjdk-17-jre\ndocker run --rm IMAGE apt-cache depends openjdk-17-jre openjdk-17-jre-headless",
		Before:  "RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre",
		After:   "RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless",
		WhenNot: "Where the program opens windows (under Xvfb, for instance) or plays sound; where playbooks use modules from a collection; where the container starts the server itself.",
		Sources: []string{"https://packages.debian.org/bookworm/openjdk-17-jre-headless", "https://docs.ansible.com/ansible/latest/installation_guide/installation_distros.html", "https://packages.debian.org/trixie/docker-cli"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN apt-get update && apt-get install -y openjdk-17-jre
			+ opt/openjdk-17-jre
			+ opt/openjdk-17-jre-headless
			+ opt/libgtk2.0-0
			+ dpkg openjdk-17-jre manual Depends: openjdk-17-jre-headless, libgtk2.0-0
			+ dpkg openjdk-17-jre-headless auto
			+ dpkg libgtk2.0-0 auto
			config {"Cmd": ["java", "-jar", "/app.jar"]}`,
		Fixed: "RUN apt-get update && apt-get install -y openjdk-17-jre-headless",
		Miss: `
			RUN apt-get update && apt-get install -y openjdk-17-jre xvfb
			+ opt/openjdk-17-jre
			+ opt/openjdk-17-jre-headless
			+ opt/libgtk2.0-0
			+ dpkg openjdk-17-jre manual Depends: openjdk-17-jre-headless, libgtk2.0-0
			+ dpkg openjdk-17-jre-headless auto
			+ dpkg libgtk2.0-0 auto
			config {"Cmd": ["xvfb-run", "java", "-jar", "/app.jar"]}`,
	},
}

// fixSmallerVariant names the smaller packages in the install.
func fixSmallerVariant(f *model.Finding, b *rules.Build) *model.Fix {
	made, ok := advice.Maker(f, b)
	here := smallerIn(b, made)
	if !ok || len(here) == 0 {
		return advice.Hint(model.Manual, "Install the smaller variant of the package if it is enough for the program.")
	}
	var swaps []string
	for _, s := range here {
		swaps = append(swaps, fmt.Sprintf("%s instead of %s: %s", s.To, s.From, s.Why))
	}
	summary := "Install " + strings.Join(swaps, "; ") + "."
	if after, ok := installs.Replace(b.Parsed().Text(made), here); ok && b.Parsed().PosixShell(made) {
		fix := advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, summary)
		fix.Risk = "Anything that needs the full package will fail at run time: test the image before you keep this."
		return fix
	}
	return advice.Hint(model.Manual, summary)
}

// smallerIn are the packages with a smaller variant in one install.
func smallerIn(b *rules.Build, made int) (here []installs.Smaller) {
	for _, s := range installs.FindSmaller(b) {
		if s.Made == made {
			here = append(here, s)
		}
	}
	return here
}
