package leftovers

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
)

// npmLoaded are packages that a program itself loads, and that nobody needs only to develop: servers
// and what belongs to them, settings and traces that are read where NODE_ENV is not production,
// and tools that a server runs for a page that is being worked at. Some stand under
// devDependencies all the same, and the program works as long as nobody leaves those out.
var npmLoaded = strings.Fields("dotenv dotenv-expand dotenv-flow dotenv-safe dotenv-defaults pino-pretty source-map-support module-alias tsconfig-paths reflect-metadata tslib " +
	"@babel/register @babel/polyfill babel-polyfill babel-register core-js regenerator-runtime webpack-dev-middleware webpack-hot-middleware vite livereload connect-livereload errorhandler " +
	"express koa fastify @hapi/hapi restify connect polka body-parser cors compression cookie-parser morgan helmet serve-static http-proxy http-proxy-middleware ejs pug " +
	"mongoose sequelize typeorm pg mysql mysql2 redis ioredis mongodb socket.io ws puppeteer puppeteer-core playwright playwright-core axios cheerio node-fetch got discord.js telegraf")

// mayLoadDev reports whether a program of Node.js that the container starts may load a package
// that its package.json lists under devDependencies.
// others are the packages that it lists under dependencies: who lists none did not part the two.
func (p *npmProject) mayLoadDev(b *rules.Build, direct, others map[string]string) bool {
	starts := false
	for _, c := range b.Program().Commands {
		starts = starts || slices.Contains([]string{"node", "nodejs", "npm"}, c.Name())
	}
	if !starts {
		return false
	}
	if len(others) == 0 && len(direct) > 0 {
		return true
	}
	loaded := p.loadedBySources(b)
	for name := range direct {
		if p.dev["node_modules/"+name] && (slices.Contains(npmLoaded, name) || loaded[name]) {
			return true
		}
	}
	return false
}

// toolConfigs match files that tools of the development load, not the program.
var toolConfigs = lazyregexp.New(`(?:^|/)(?:[\w.-]+\.(?:config|conf|test|spec|stories)\.[cm]?js|gulpfile\.[cm]?js|Gruntfile\.[cm]?js|\.[\w-]+rc\.[cm]?js|karma[\w.-]*\.js|jest[\w.-]*\.js|webpack[\w.-]*\.js|rollup[\w.-]*\.js|babel[\w.-]*\.js)$`)

// loadedBySources returns the packages that the files of a project load, but for those of tools: any of them
// may be what the container starts, or what that loads.
func (p *npmProject) loadedBySources(b *rules.Build) map[string]bool {
	loaded := make(map[string]bool)
	for name, text := range b.Captured {
		if rules.IsNodeSource(name) && strings.HasPrefix(name, p.root) && !toolConfigs.MatchString(name) {
			for _, module := range rules.NodeLoads(string(text)) {
				loaded[module] = true
			}
		}
	}
	return loaded
}
