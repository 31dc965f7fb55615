// Package webpage has what all pages for a browser share: the head (head.html), the colours, light
// and dark, the type, headers and tables (base.css), and the policy that forbids a page to load
// anything.
//
// A page is whole: style and script stand in it, and the policy names their hashes, so that
// nothing else runs and nothing is fetched.
package webpage

import (
	"crypto/sha256"
	_ "embed" // for base.css and head.html
	"encoding/base64"
	"html/template"
	"io/fs"
)

// Base is the style sheet that comes before that of a page.
//
//go:embed base.css
var Base string

//go:embed head.html
var head string

// Page is a page as it is embedded in the program.
type Page struct {
	Template      *template.Template
	Style, Script string
}

// Load reads the files of a page: page.html, style.css, which comes behind [Base] and more, and
// script.js, where there is one. The template begins with {{template "head" .}}, which asks its
// data for Policy, Style and Tool, and it defines "title". Load panics where a file cannot be
// read, since it was there when tare was built.
func Load(files fs.FS, more string) Page {
	read := func(name string) string {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	p := Page{Template: template.Must(template.New("page").Parse(head + read("page.html"))), Style: Base + more + read("style.css")}
	if _, err := fs.Stat(files, "script.js"); err == nil {
		p.Script = read("script.js")
	}
	return p
}

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
