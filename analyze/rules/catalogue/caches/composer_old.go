package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// refusesNoCache reports whether the image has a Composer that fails with --no-cache: an old one, or one with the
// plugin prestissimo, which makes the directory of its downloads below /dev/null then
// (https://github.com/hirak/prestissimo/blob/master/src/CopyRequest.php, createDir).
func refusesNoCache(b *rules.Build) bool {
	const plugin = "hirak/prestissimo"
	if slices.ContainsFunc(b.Libraries, func(p model.Package) bool { return p.Name == plugin }) {
		return true
	}
	in := b.Parsed()
	for i := range in.All {
		if strings.Contains(in.Text(i), plugin) {
			return true
		}
	}
	return hasOldComposer(b)
}

// hasOldComposer reports whether a Composer from before 1.9.0 is in the image, which ends at
// --no-cache (https://github.com/composer/composer/blob/main/CHANGELOG.md, 1.9.0): that of a
// system package, of Composer's own image, or one that the Dockerfile asks for. Which of several
// a RUN calls is not to be told from its text.
func hasOldComposer(b *rules.Build) bool {
	for i := range b.Packages {
		if p := &b.Packages[i]; p.Name == "composer" && oldComposer.MatchString(p.Version) {
			return true
		}
	}
	for i := range b.Parsed().All {
		if asksForOldComposer.MatchString(b.Parsed().Text(i)) {
			return true
		}
	}
	if b.Base.Reference == nil {
		return false
	}
	return oldComposerImage.MatchString(*b.Base.Reference) || oldComposerReleases.MatchString(*b.Base.Reference) && installsComposer(b)
}

var (
	// oldComposer matches the version of such a package, perhaps behind an epoch.
	oldComposer = lazyregexp.New(`^(?:\d+:)?(?:0\.|1\.[0-8](?:\D|$))`)
	// oldComposerImage matches the name of an image that brings one.
	oldComposerImage = lazyregexp.New(`(?:^|/)composer:1\.[0-8](?:\D|$)`)
	// asksForOldComposer matches what installs one: Composer's installer, a download, a COPY --from its image.
	asksForOldComposer = lazyregexp.New(`(?:--version|COMPOSER_VERSION|self-update)[= ]["']?1\.[0-8](?:\D|$)|/(?:composer/releases/)?download/1\.[0-8](?:\.\d+)?/composer\.phar|--from=\S*composer:1\.[0-8](?:\D|$)`)
	// oldComposerReleases matches images of the releases whose package is one.
	oldComposerReleases = lazyregexp.New(`(?i)(?:^|/)ubuntu:(?:1[0-8]\.|19\.04)|(?:^|/)debian:(?:[6-9]|10)(?:$|[.@-])|[:-](?:jessie|stretch|buster|xenial|yakkety|zesty|artful|bionic|cosmic|disco)(?:$|[@-])`)
)

// installsComposer reports whether an instruction installs Composer from the distribution.
func installsComposer(b *rules.Build) bool {
	for _, c := range b.Parsed().Calls() {
		if _, names, apt := c.Apt(); apt && slices.ContainsFunc(names, func(name string) bool {
			name, _, _ = strings.Cut(name, "=")
			return name == "composer"
		}) {
			return true
		}
	}
	return false
}
