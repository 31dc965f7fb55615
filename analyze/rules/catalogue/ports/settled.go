package ports

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

var (
	// assigns finds a variable that a script sets.
	assigns = lazyregexp.New(`(?m)(?:^|[\s;&|({])[A-Za-z_][A-Za-z0-9_]*\+?=|\$\{[A-Za-z_][A-Za-z0-9_]*:?=`)
	// leads finds what gives a script's command another directory, other arguments or variables.
	leads = lazyregexp.New(`(?m)(?:^|[\s;&|({])(?:cd|pushd|source|\.|eval|read|for|getopts|shift|set\s+--|mapfile|readarray|env|sudo|export|unset|declare|local|typeset|printf\s+-v|if|case|while|until)(?:\s|$)`)
)

// unsettled reports whether something that runs before the program may give it other variables,
// another directory or other arguments than the image does.
func unsettled(p *rules.Process) bool {
	return p.Changed || slices.ContainsFunc(p.Texts, func(text string) bool { return assigns.MatchString(text) || leads.MatchString(text) })
}

// quiet are commands that write no configuration.
var quiet = strings.Fields("set echo printf test [ [[ exec : true false umask ulimit sleep mkdir chown chmod find sort read nginx openresty apache2 httpd entrypoint_log")

// officialSteps are the scripts that the official image of nginx runs before it starts: of them,
// only the one for templates writes a configuration that listens elsewhere.
var officialSteps = []string{"10-listen-on-ipv6-by-default.sh", "15-local-resolvers.envsh", "20-envsubst-on-templates.sh", "30-tune-worker-processes.sh"}

// mayConfigure reports whether a script that starts a server may write its configuration.
func mayConfigure(b *rules.Build, p *rules.Process) bool {
	for _, text := range p.Texts {
		if strings.Contains(text, "/docker-entrypoint.d/") {
			if runsOwnSteps(b) {
				return true
			}
			continue
		}
		if strings.Contains(text, "APACHE_CONFDIR") || strings.Contains(text, "httpd.pid") {
			continue // apache2-foreground and httpd-foreground of the official images
		}
		commands := rewrite.Script(text)
		if strings.Contains(text, ">") || len(commands) == 0 || slices.ContainsFunc(commands[:len(commands)-1], func(c rewrite.Command) bool { return !slices.Contains(quiet, c.Name()) }) {
			return true
		}
	}
	return false
}

// runsOwnSteps reports whether the image has other scripts than the official one's that run first.
func runsOwnSteps(b *rules.Build) bool {
	if isMounted(b, "/docker-entrypoint.d/x") {
		return true
	}
	if b.Tree == nil {
		return false
	}
	dir, there := b.Tree.Lookup("docker-entrypoint.d")
	if !there {
		return false
	}
	for child := range b.Tree.Children(dir) {
		if _, visible := b.Tree.Visible(child); visible && !slices.Contains(officialSteps, b.Tree.Name(child)) {
			return true
		}
	}
	return false
}
