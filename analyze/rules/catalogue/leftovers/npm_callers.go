package leftovers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// calledByHand reports whether somebody may call the programs that a project's packages
// for development bring: nothing says what the container runs, it runs a program of
// node_modules/.bin or one that is not in the image, or tools are installed that no RUN
// and no container calls, or another file of the project calls npm in a container.
func calledByHand(b *rules.Build) bool {
	if !b.ChoosesProgram() || !b.RunsService() || slices.ContainsFunc(b.Neighbours, func(n rules.Neighbour) bool { return n.RunsNode }) {
		return true
	}
	program := b.Program()
	for _, c := range program.Commands[:len(program.Commands)-len(program.Scripts)] {
		if slices.Contains(npmBuiltins, c.Name()) || c.Name() == "" {
			continue
		}
		if file, known := b.FindProgram(c.Words[0].Text); known && (file == "" || strings.Contains(file, "node_modules/.bin/")) {
			return true
		}
		if strings.Contains(c.Words[0].Text, "node_modules/.bin/") {
			return true
		}
	}
	return len(idleTools(b)) > 0
}

// npmBuiltins are commands of the shell in front of a program, and the programs of Node.js.
var npmBuiltins = strings.Fields("exec cd export set test [ true : echo wait trap umask ulimit sh bash ash dash node nodejs npm")

// npmTools are the programs of packages that have another name.
var npmTools = map[string]string{"@angular/cli": "ng", "@vue/cli": "vue", "@nestjs/cli": "nest", "typescript": "tsc", "@quasar/cli": "quasar", "react-native": "react-native", "create-react-app": "create-react-app"}

// npmManagers are packages that npm install -g brings for what npm does itself, or for
// what starts programs.
var npmManagers = strings.Fields("npm yarn pnpm corepack node-gyp node-pre-gyp node-gyp-build n pm2 forever nodemon serve http-server")

// idleTools returns the programs that npm install -g brings and nothing calls.
func idleTools(b *rules.Build) (idle []string) {
	in := b.Parsed()
	var tools []string
	called := make(map[string]bool)
	for _, c := range b.Program().Commands {
		called[c.Name()] = true
	}
	for i, c := range in.Calls() {
		if !in.All[i].Inherited {
			called[c.Name()] = true
			tools = append(tools, globalTools(c)...)
		}
	}
	for _, tool := range tools {
		if !called[tool] && !called[strings.TrimSuffix(tool, "-cli")] {
			idle = append(idle, tool)
		}
	}
	return idle
}

// globalTools returns the programs that a command installs for everybody.
func globalTools(c rewrite.Command) (tools []string) {
	args := c.Args()
	isGlobal := func(w rewrite.Word) bool { return w.Text == "-g" || w.Text == "--global" }
	if c.Name() != "npm" || !slices.ContainsFunc(args, isGlobal) || !slices.ContainsFunc(args, func(w rewrite.Word) bool { return w.Text == "install" || w.Text == "i" || w.Text == "add" }) {
		return nil
	}
	for _, w := range args {
		name := w.Text
		if strings.HasPrefix(name, "-") || name == "install" || name == "i" || name == "add" {
			continue
		}
		if at := strings.LastIndexByte(name, '@'); at > 0 {
			name = name[:at]
		}
		if tool, ok := npmTools[name]; ok {
			name = tool
		}
		if !slices.Contains(npmManagers, name) && w.Literal {
			tools = append(tools, name)
		}
	}
	return tools
}

// oldNode are the names of the releases of Node.js that come with npm 6 or older.
var oldNode = strings.Fields("argon boron carbon dubnium erbium fermium")

// nodeArchive matches an archive of Node.js by NodeSource, which has one for each release.
var nodeArchive = lazyregexp.New(`\bdeb\.nodesource\.com/(?:setup_|node_)(\d+)\.x`)

// archiveOfNode returns the release of Node.js whose archive a RUN adds, "" for none.
func archiveOfNode(b *rules.Build) string {
	in := b.Parsed()
	for i := range in.All {
		if m := nodeArchive.FindStringSubmatch(in.Text(i)); m != nil {
			return m[1]
		}
	}
	return ""
}

// knowsOmit reports whether npm knows --omit: npm 7 and later do, which come with
// Node.js 15 (npm's and Node.js' change logs). An image that installs another npm has
// that one.
func knowsOmit(b *rules.Build) bool {
	for _, c := range b.Parsed().Calls() {
		if c.Name() == "npm" && slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return w.Text == "npm" || strings.HasPrefix(w.Text, "npm@") }) {
			return true
		}
	}
	version := b.Getenv("NODE_VERSION")
	if version == "" {
		version = archiveOfNode(b)
	}
	if version == "" && b.Base.Reference != nil {
		name, _, _ := strings.Cut(*b.Base.Reference, "@")
		image, tag, tagged := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
		if !tagged || image != "node" && image != "alpine-node" {
			return true
		}
		version, _, _ = strings.Cut(tag, "-")
	}
	major, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(strings.TrimPrefix(major, "v"))
	return !slices.Contains(oldNode, version) && (err != nil || n == 0 || n >= 15)
}
