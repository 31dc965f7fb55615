package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// DocsAndLocales follows FHS 3.0, section 4.11, /usr/share; dpkg.cfg.d(5), path-exclude.
var DocsAndLocales = advice.Optional(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "docs-and-locales",
		Title: "documentation and translations",
		Why: "Packages bring manuals, info pages, changelogs, and their messages in dozens of languages. Nobody reads a manual page in a container, and most containers run in one language. Package managers can be told not to unpack them " +
			"(path-exclude for dpkg, --nodocs for dnf, --no-docs for R), which saves the space for every package from then on. Copyright notices have to stay where a licence requires them.",
		Confidence: model.Possible,
		Paths: []string{"usr/share/doc/**", "!usr/share/doc/*/copyright", "usr/share/man/**", "usr/share/info/**", "usr/share/locale/**", "usr/share/help/**",
			"usr/share/gtk-doc/**", "usr/share/lintian/**", "usr/share/i18n/**", "usr/local/share/doc/**", "usr/local/share/man/**", "usr/local/man/**"},
		Tools: []string{"man"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /usr/share/doc /usr/share/man /usr/share/locale",
			Before:  "RUN dnf install -y nginx",
			After:   "RUN dnf install -y --nodocs nginx",
			WhenNot: "Where the program shows messages in the user's language, and where licences require their notice: keep /usr/share/doc/*/copyright.",
			Sources: []string{"dpkg(1), --path-exclude", "dnf(8), --nodocs", "https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch04s11.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/share/man/man1/a.gz
				config {"Cmd": ["/app"]}`,
			Miss: `
				COPY app /
				+ app
				RUN apt-get install a
				+ usr/share/doc/a/copyright
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "documentation and translations",
}, "Keep the package manager from unpacking documentation and translations (path-exclude for dpkg, --nodocs for dnf), or remove them in the RUN that installs them.")
