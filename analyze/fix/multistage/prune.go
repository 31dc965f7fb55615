package multistage

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// npmDev is the rule that finds npm packages which only serve to develop.
const npmDev = "npm-dev-dependencies"

// prune is how the build stage takes packages out of node_modules again, so that it is copied
// without them.
type prune struct {
	command string
	dropped map[model.RecordID]bool // files and links of the packages
}

// findPrune sees to packages that only serve to develop: the build needs them, and what runs
// does not. npm takes them out at the end of the build stage.
func (d *draft) findPrune() {
	root, dropped := "", make(map[model.RecordID]bool)
	for id := d.tree.Starts[d.ownLayer]; id < d.tree.Starts[d.lastLayer+1]; id++ {
		r := &d.tree.Records[id]
		f := int(r.Finding())
		if r.Kind != model.File || f >= len(d.in.Report.Findings) || d.in.Report.Findings[f].Rule != npmDev {
			continue
		}
		dir, _, _ := strings.Cut(d.tree.Path(r.Node), "node_modules/")
		if len(dropped) > 0 && dir != root {
			return // two projects
		}
		root = dir
		dropped[model.RecordID(id)] = true
	}
	d.addPackages(dropped)
	if len(dropped) == 0 || !d.isRootAt(d.boundary+1) || !d.installsWithNpm() || !copyable.MatchString("/"+root) {
		return
	}
	command := strings.Join(append([]string{"npm prune --omit=dev"}, d.npmFlags()...), " ")
	if dir := "/" + strings.TrimSuffix(root, "/"); dir != d.workDirAt(d.boundary+1) {
		command = "cd " + dir + " && " + command
	}
	d.prune = prune{command, dropped}
}

// addPackages adds all other files of the packages that some files are of: what their scripts made
// goes with them.
func (d *draft) addPackages(files map[model.RecordID]bool) {
	dirs := make(map[model.NodeID]bool)
	for id := range files {
		if n, ok := d.packageOf(d.tree.Records[id].Node); ok {
			dirs[n] = true
		}
	}
	for n := range dirs {
		d.eachFile(n, d.tree.Path(n), func(id model.RecordID, _ string) { files[id] = true })
	}
}

// packageOf returns the directory of the npm package that a file is of.
func (d *draft) packageOf(n model.NodeID) (model.NodeID, bool) {
	for ; n != model.Root; n = d.tree.Nodes[n].Parent {
		above := d.tree.Nodes[n].Parent
		if strings.HasPrefix(d.tree.Name(above), "@") {
			above = d.tree.Nodes[above].Parent
		}
		if d.tree.Name(above) == "node_modules" && !strings.HasPrefix(d.tree.Name(n), "@") && d.tree.Name(n) != ".bin" {
			return n, true
		}
	}
	return n, false
}

// installsWithNpm reports whether a RUN of the build stage calls npm.
func (d *draft) installsWithNpm() bool {
	return slices.ContainsFunc(d.buildStage(), func(in instruction) bool {
		return in.run != nil && slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool { return c.Name() == "npm" })
	})
}

// npmFlags are the options of the installs that say how dependencies are resolved.
func (d *draft) npmFlags() (flags []string) {
	for i := range d.buildStage() {
		run := d.instructions[i].run
		if run == nil {
			continue
		}
		for _, c := range run.Commands {
			for _, w := range c.Args() {
				if c.Name() == "npm" && slices.Contains([]string{"--legacy-peer-deps", "--force", "-f"}, w.Text) && !slices.Contains(flags, w.Text) {
					flags = append(flags, w.Text)
				}
			}
		}
	}
	return flags
}

// dropIdlePrune forgets what would be taken out of node_modules where none of it would be copied.
func (d *draft) dropIdlePrune() {
	for id := range d.prune.dropped {
		name := d.tree.Path(d.tree.Records[id].Node)
		if slices.ContainsFunc(d.copied, func(s copySource) bool { return s.directory && strings.HasPrefix(name, s.path+"/") }) {
			return
		}
	}
	d.prune = prune{}
}
