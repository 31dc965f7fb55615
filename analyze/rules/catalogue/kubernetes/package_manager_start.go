package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// PackageManagerStart finds containers whose program a package manager starts.
var PackageManagerStart = rules.Rule{
	ID:    "package-manager-start",
	Group: rules.Kubernetes,
	Title: "a package manager starts the program",
	Do:    "start the program without the package manager",
	Why: "npm, yarn and pnpm start a shell, and the shell starts the program; all of them stay while it runs. npm 7 and later pass a signal to the shell, which ends at once: the container is gone within a second, but the program is killed in the middle of its work and the exit code is 1. " +
		"Behind a shell-form CMD the signal reaches none of them, and the kill comes after ten seconds. Each container also spends some 50 MB of memory on npm. pipenv run and poetry run do hand over to the program, but take a second or more at each start and have to be in the image; uv run may look for packages on the network.",
	Confidence: model.Possible,
	Observe:    observeRunner,
	InPod:      ByCommand,
	Lesson: rules.Lesson{
		See:     "docker top CONTAINER\ntime docker stop CONTAINER\ndocker run --rm --entrypoint cat IMAGE package.json",
		Before:  "CMD [\"npm\", \"start\"]",
		After:   "CMD [\"node\", \"server.js\"]",
		WhenNot: "Where the script in package.json does more than start one program, or the program reads the npm_package_ variables that npm sets.",
		Sources: []string{"https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd", "https://docs.npmjs.com/cli/commands/npm-run-script"},
	},
	Fixture: rules.Fixture{
		Hit: `
			WORKDIR /srv
			COPY . /srv
			+ srv/package.json {"scripts": {"start": "node server.js"}}
			+ srv/server.js
			CMD ["npm" "start"]
			config {"Cmd": ["npm", "start"], "WorkingDir": "/srv"}`,
		Fixed: "CMD [\"node\", \"server.js\"]",
		Miss: `
			WORKDIR /srv
			COPY . /srv
			+ srv/package.json {"scripts": {"start": "node server.js"}}
			+ srv/server.js
			CMD ["node" "server.js"]
			config {"Cmd": ["node", "server.js"], "WorkingDir": "/srv"}`,
	},
}

// makesWay are the package managers that become the program.
var makesWay = []string{"pipenv", "poetry"}

func observeRunner(b *rules.Build, _ *model.Tree) []rules.Observation {
	p := b.Process()
	r, ok := b.Runner(p.Words)
	if !ok || p.Init != "" && !slices.Contains(makesWay, r.Tool) {
		return nil
	}
	fix := runnerFix(b, &p, &r)
	if fix == nil {
		summary := fmt.Sprintf("Start in CMD what %s starts, so that the program is process 1.", r.Tool)
		switch {
		case r.Plain != nil && p.Keyword == "":
			summary = fmt.Sprintf("In /%s, start %s instead of %s.", p.Script, quoted(strings.Join(r.Plain, " ")), quoted(strings.Join(p.Words, " ")))
		case r.Script != "":
			summary = fmt.Sprintf("Start what %s runs (%s) in CMD, or in a script that ends with exec, so that the program is process 1.", quoted(strings.Join(p.Words, " ")), quoted(strings.Join(strings.Fields(r.Script), " ")))
		}
		fix = advice.Hint(model.Manual, summary)
	}
	o := AtProgram(b, "")
	if p.Keyword != "" {
		o = At(b, p.Keyword, "")
	}
	o.Fix = fix
	return []rules.Observation{o}
}

// runnerFix starts what a package manager starts, nil where that is not an edit.
func runnerFix(b *rules.Build, p *rules.Process, r *rules.Runner) *model.Fix {
	if r.Plain == nil {
		return nil
	}
	summary := fmt.Sprintf("Start the program itself instead of %s, so that it is process 1.", quoted(strings.Join(p.Words, " ")))
	risk := "A program that reads the npm_package_ variables, or calls programs of node_modules by name, no longer finds them."
	if slices.Contains(makesWay, r.Tool) || r.Tool == "uv" || r.Tool == "pdm" || r.Tool == "hatch" || r.Tool == "rye" {
		risk = "A program that calls others of its environment by name no longer finds them, unless PATH has the directory."
	}
	fix := StartWith(b, p, r.Plain, summary)
	if fix != nil {
		fix.Risk = risk
	}
	return fix
}
