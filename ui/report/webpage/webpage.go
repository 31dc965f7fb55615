// Package webpage has what all pages for a browser share: the colours, light and dark, the type,
// headers and tables (base.css), and the policy that forbids a page to load anything.
//
// A page is whole: style and script stand in it, and the policy names their hashes, so that
// nothing else runs and nothing is fetched.
package webpage

import (
	"crypto/sha256"
	_ "embed" // for base.css
	"encoding/base64"
)

// Base is the style sheet that comes before that of a page.
//
//go:embed base.css
var Base string

// Policy is the content security policy of a page with one style sheet and one script.
func Policy(style, script string) string {
	return "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; base-uri 'none'; form-action 'none'"
}

// hash names an inline block in a security policy (CSP 3, 2.3.1): the page may have this one
// and no other.
func hash(block string) string {
	sum := sha256.Sum256([]byte(block))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
