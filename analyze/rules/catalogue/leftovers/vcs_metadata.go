package leftovers

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// VCSMetadata follows gitrepository-layout(5); the working copies of Mercurial,
// Subversion and Bazaar.
var VCSMetadata = unlessRun(advice.Leftover(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "vcs-metadata",
		Title: "version control history",
		Why: "A .git directory holds every version of every file the project ever had, usually far more than the project itself. COPY . . copies it in unless .dockerignore says otherwise, and git clone makes one. " +
			"The program never looks at its own history, but anyone who pulls the image can, and will find every secret that was ever committed, even if it was removed again.",
		Confidence: model.Likely,
		Paths:      []string{"**/.git/**", "**/.hg/**", "**/.svn/**", "**/.bzr/**"},
		Tools:      []string{"git", "hg", "svn", "gitea", "gitlab-runner"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint find IMAGE / -xdev -type d -name .git",
			Before:  "RUN git clone https://github.com/org/app /app",
			After:   "RUN git clone --depth 1 https://github.com/org/app /app \\\n    && rm -rf /app/.git",
			WhenNot: "Where a later step or the program asks git for its version (setuptools-scm, git describe), or the container works with the repository.",
			Sources: []string{"https://docs.docker.com/build/concepts/context/#dockerignore-files", "gitrepository-layout(5)"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN git clone x /src
				+ src/.git/objects/a
				+ src/.git/HEAD
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN git clone x /src \\\n    && rm -rf /src/.git",
			Miss: `
				COPY app /
				+ app
				RUN make
				+ src/.gitignore
				+ src/.github/x
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "version control directories", Searched: true, Users: []string{"git", "hg", "svn", "bzr"},
}))
