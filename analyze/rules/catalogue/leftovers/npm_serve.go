package leftovers

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// servers compile sources, or start programs from them, whenever they run: what they call for that
// (a TypeScript compiler, a plugin, a preset) stands among the packages for development, whichever
// list has the server itself.
var servers = strings.Fields("react-scripts react-app-rewired craco vite webpack webpack-dev-server webpack-cli vue-cli-service parcel nodemon ts-node ts-node-dev ts-node-esm tsx babel-node gulp grunt rollup snowpack esbuild tsc expo metro")

// serving are the subcommands with which other programs do the same.
var serving = map[string][]string{"next": {"dev"}, "nuxt": {"dev"}, "nuxi": {"dev"}, "ng": {"serve", "s"}, "gatsby": {"develop"}, "astro": {"dev"}, "remix": {"dev"}, "nest": {"start"}, "svelte-kit": {"dev"}}

// servesSources reports whether a command compiles or serves sources when it runs. The program may
// stand behind another one (node, npx, cross-env), by its path, or as a module that node loads.
func servesSources(c rewrite.Command) bool {
	for i, w := range c.Words {
		name := strings.TrimSuffix(path.Base(w.Text), ".js")
		if module, _, is := strings.Cut(w.Text, "/"); is && slices.Contains(servers, module) {
			name = module // ts-node/register
		}
		if slices.Contains(servers, name) {
			return true
		}
		next := ""
		if i+1 < len(c.Words) {
			next = c.Words[i+1].Text
		}
		if subcommands := serving[name]; subcommands != nil && (slices.Contains(subcommands, next) || next == "" && name == "next") {
			return true
		}
	}
	return false
}

// holdsFile reports whether the image shows a file.
func holdsFile(b *rules.Build, name string) bool {
	if b.Tree == nil {
		return false
	}
	node, ok := b.Tree.Lookup(name)
	if !ok {
		return false
	}
	_, visible := b.Tree.Visible(node)
	return visible
}
