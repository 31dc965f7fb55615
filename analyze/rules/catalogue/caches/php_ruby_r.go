package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// The caches of PHP's, Ruby's and R's package managers.

// ComposerCache follows Composer's documentation, "COMPOSER_CACHE_DIR" and "--no-cache".
var ComposerCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "composer-cache",
		Title: "Composer cache",
		Why: "Composer keeps each archive it downloads, and the metadata of the repositories, in its cache directory: ~/.composer/cache, ~/.cache/composer, or /tmp/cache in Composer's own image. The packages are already unpacked " +
			"in vendor, so the cache is the same code a second time, kept for an install that never happens.",
		Confidence: model.Certain,
		Paths: []string{"~/.composer/cache/**", "~/.cache/composer/**", "tmp/cache/files/**", "tmp/cache/repo/**", "tmp/cache/vcs/**",
			"$COMPOSER_CACHE_DIR/**", "$COMPOSER_HOME/cache/**"},
		Mounts:  []string{"/root/.cache/composer"},
		Empties: []string{"composer clear-cache", "composer clearcache", "composer cc"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.composer/cache /root/.cache/composer /tmp/cache",
			Before:  "RUN composer install --no-dev",
			After:   "RUN composer install --no-cache --no-dev",
			WhenNot: "Under a cache mount on that directory, which --no-cache would leave empty.",
			Sources: []string{"https://getcomposer.org/doc/03-cli.md#global-options"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN composer install --no-dev
				+ tmp/cache/files/a.zip
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN composer install --no-cache --no-dev",
			Miss: `
				COPY app /
				+ app
				RUN composer install
				+ app/vendor/a.php
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Composer's cache", Flag: "--no-cache",
	After: func(c rewrite.Command) int {
		return advice.AfterSubcommand(c, []string{"composer", "composer.phar"}, []string{"install", "update", "require", "create-project"}, "--no-cache")
	},
	TooOld: refusesNoCache,
})

// GemCache follows gem(1), "gem environment"; Bundler's "bundle config", cache_path.
var GemCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "gem-cache",
		Title: "downloaded Ruby gems",
		Why: "RubyGems and Bundler keep the .gem archive of each gem they install in a directory named cache beside the gems, and the whole history of gems that come from git. Ruby loads the unpacked files, never " +
			"the archives, so every gem is there twice. A project's vendor/cache is different: bundle install --local reads it, so tare leaves it alone.",
		Confidence: model.Certain,
		Paths: []string{"usr/local/bundle/cache/*.gem", "usr/local/bundle/cache/bundler/**", "**/ruby/*/cache/*.gem", "**/ruby/*/cache/bundler/**", "**/ruby/gems/*/cache/*.gem",
			"var/lib/gems/*/cache/*.gem", "~/.bundle/cache/**", "~/.gem/specs/**", "$BUNDLE_PATH/cache/*.gem", "$GEM_HOME/cache/*.gem",
			"$GEM_HOME/cache/bundler/**"},
		Mounts: []string{"/root/.gem", "/root/.bundle/cache"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'ls -lh $(gem environment home)/cache'",
			Before:  "RUN bundle install",
			After:   "RUN bundle install \\\n    && rm -rf /usr/local/bundle/cache/*.gem",
			WhenNot: "Where containers install gems themselves without a network. gem pristine reads the archives too.",
			Sources: []string{"https://bundler.io/man/bundle-config.1.html", "gem help cleanup"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN bundle install
				+ usr/local/bundle/cache/a.gem
				+ usr/local/bundle/cache/b.gem
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN bundle install \\\n    && rm -rf /usr/local/bundle/cache/*.gem",
			Miss: `
				COPY app /
				+ app
				RUN bundle install
				+ app/vendor/cache/a.gem
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "the downloaded gems",
})

// RCache follows R's documentation of install.packages (destdir) and tempdir. renv keeps
// the packages themselves in the same directory.
var RCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "r-cache",
		Title: "R package downloads",
		Why: "install2.r and the other scripts of littler download packages into /tmp/downloaded_packages and leave them there. R and Rscript download into /tmp/Rtmp*, which they remove when they end, unless they are killed; " +
			"pak and pkgcache keep archives and the index of CRAN in ~/.cache/R. R loads the installed library, so the archives only add weight. renv's cache in the same directory is the library itself, and tare leaves it alone.",
		Confidence: model.Likely,
		Paths:      []string{"tmp/downloaded_packages/**", "tmp/Rtmp*/**", "~/.cache/R/**", "!~/.cache/R/renv/**", "$R_PKG_CACHE_DIR/**"},
		Mounts:     []string{"/root/.cache/R"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /tmp/Rtmp* /tmp/downloaded_packages /root/.cache/R'",
			Before:  "RUN install2.r shiny",
			After:   "RUN install2.r shiny \\\n    && rm -rf /tmp/downloaded_packages",
			WhenNot: "Where a package keeps data it needs in ~/.cache/R (tools::R_user_dir), such as a model that it downloaded for offline use.",
			Sources: []string{"https://cran.r-project.org/manuals.html (R Installation and Administration, 6.3)", "https://stat.ethz.ch/R-manual/R-devel/library/utils/html/install.packages.html (destdir)", "https://rstudio.github.io/renv/articles/package-install.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN install2.r a
				+ tmp/downloaded_packages/a.tar.gz
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN install2.r a \\\n    && rm -rf /tmp/downloaded_packages",
			Miss: `
				COPY app /
				+ app
				RUN Rscript -e x
				+ usr/lib/R/library/a/a.rds
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "R's downloads",
})
