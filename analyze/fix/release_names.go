package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/history"
	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules/installs"
)

var (
	// releaseName matches a package whose name holds the version of what is in it, so that
	// another release of the distribution calls it otherwise: python3.11, libstdc++-12-dev,
	// libicu72, libmagickcore-6.q16-6-extra.
	releaseName = lazyregexp.New(`[0-9]\.[0-9]|-[0-9]+(?:-|$)|^lib[a-z+-]+[0-9]{2,}`)
	// release matches the tag of an image that stays with one release of a distribution.
	release = lazyregexp.New(`(?i)(?:jessie|stretch|buster|bullseye|bookworm|trixie|forky|trusty|xenial|bionic|focal|jammy|noble|plucky|questing|@sha256:)`)
	// versioned matches a tag that says which version of something an image is.
	versioned = lazyregexp.New(`^v?[0-9]+(?:\.[0-9]+)*`)
)

// moving are Docker's official images whose tags count versions of what they hold, and move on
// to the next Debian by themselves.
var moving = strings.Fields("python node ruby golang php perl gcc rust openjdk eclipse-temurin buildpack-deps mysql postgres mariadb redis nginx httpd tomcat maven gradle julia r-base haskell erlang elixir swift")

// otherRelease says that an edit would name a package by a name that the next release of the
// distribution does not know, though the image follows the releases. An author who names such
// packages does the same.
func (p *plan) otherRelease(rule string, e *edit) string {
	at := slices.IndexFunc(e.keeps, releaseName.MatchString)
	if rule != "apt-recommends" || at < 0 || p.file == nil || p.at[e.from] == nil || p.staysInRelease(p.stageOf(p.at[e.from].line)) {
		return ""
	}
	for _, c := range commandsOf(e.before) {
		if _, names, ok := c.Apt(); ok && installs.Installs(c) && slices.ContainsFunc(names, releaseName.MatchString) {
			return ""
		}
	}
	return "it would have to name " + e.keeps[at] + ", which other releases call otherwise, and FROM does not say which release it is"
}

// stageOf returns the stage that a line belongs to.
func (p *plan) stageOf(line int) int {
	at := slices.IndexFunc(p.file.Stages, func(s history.Stage) bool { return s.From.Line > line }) - 1
	if at < 0 {
		return len(p.file.Stages) - 1
	}
	return at
}

// staysInRelease reports whether the image that a stage starts from is of one release of its
// distribution, as far as its name tells.
func (p *plan) staysInRelease(stage int) bool {
	for p.file.Stages[stage].Parent >= 0 {
		stage = p.file.Stages[stage].Parent
	}
	ref := p.file.Stages[stage].Base
	if release.MatchString(ref) {
		return true
	}
	repo, tag, _ := strings.Cut(path.Base(ref), ":")
	if strings.Contains(tag, "$") || strings.Contains(repo, "$") || !versioned.MatchString(tag) {
		return false
	}
	return strings.Contains(ref, "/") || !slices.Contains(moving, repo)
}
