package caches_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/rules/catalogue/caches"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
	"github.com/tare-oci/tare/model"
)

// TestFlagThatAnOldComposerLacks: a Composer from before 1.9 ends at --no-cache.
func TestFlagThatAnOldComposerLacks(t *testing.T) {
	for version, strategy := range map[string]model.Strategy{
		"1.0.0~beta2-1": model.SameRunCleanup, "1.2.2-1": model.SameRunCleanup, "1.8.4-1+deb10u3": model.SameRunCleanup,
		"1.10.1-1": model.Flag, "1.9.0-2": model.Flag, "2.0.9-2+deb11u3": model.Flag,
	} {
		found := rulestest.Parse(t, `
			COPY app /
			+ app
			RUN apt-get install -y composer
			+ var/lib/dpkg/status text Package: composer|Status: install ok installed|Version: `+version+`|Architecture: all||
			RUN composer install
			+ root/.composer/cache/files/a.zip
			config {"Cmd": ["/app"]}`).Findings(t, "composer-cache")
		if len(found) != 1 || found[0].Fix.Strategy != strategy {
			t.Errorf("%q: %+v", version, found[0].Fix)
		}
	}
}

// TestOldComposerByName: where no package tells the version, the base image or what the
// Dockerfile asks for does.
func TestOldComposerByName(t *testing.T) {
	const own, other = "RUN apt-get update && apt-get install -y composer", "RUN apt-get update && apt-get install -y curl"
	for _, test := range []struct {
		base, first string
		want        model.Strategy
	}{
		{"ubuntu:16.04", own, model.SameRunCleanup},
		{"ubuntu:bionic-20200403", own, model.SameRunCleanup},
		{"debian:10-slim", own, model.SameRunCleanup},
		{"php:7.2-cli-stretch", own, model.SameRunCleanup},
		{"composer:1.8", "LABEL a=b", model.SameRunCleanup},
		{"docker.io/library/composer:1.6.5", "LABEL a=b", model.SameRunCleanup},
		{"php:7.3", "COPY --from=composer:1.7 /usr/bin/composer /usr/bin/composer", model.SameRunCleanup},
		{"php:7.1", "RUN php composer-setup.php --version=1.5.2 --install-dir=/usr/bin", model.SameRunCleanup},
		{"php:7.1", "RUN curl -o /usr/bin/composer https://getcomposer.org/download/1.8.6/composer.phar", model.SameRunCleanup},

		{"php:7.1", "ENV COMPOSER_VERSION 1.6.2", model.SameRunCleanup},
		{"php:7.1", "RUN composer self-update 1.8.0", model.SameRunCleanup},

		{"php:7.4", "RUN composer global require hirak/prestissimo:^0.3", model.SameRunCleanup}, // a plugin that fails with the flag

		{"ubuntu:20.04", own, model.Flag},
		{"debian:bullseye", own, model.Flag},
		{"debian", own, model.Flag},
		{"", own, model.Flag},
		{"ubuntu:16.04", other, model.Flag}, // it gets one from elsewhere
		{"composer:1", "LABEL a=b", model.Flag},
		{"composer:1.10", "LABEL a=b", model.Flag},
		{"composer:2", "LABEL a=b", model.Flag},
		{"php:7.3", "COPY --from=composer:1.10 /usr/bin/composer /usr/bin/composer", model.Flag},
		{"php:7.3", "COPY --from=composer /usr/bin/composer /usr/bin/composer", model.Flag},
		{"php:8", "ENV COMPOSER_VERSION=2.5.1", model.Flag},
		{"php:8", "RUN php composer-setup.php --version=2.1.8", model.Flag},
		{"php:8", "RUN php composer-setup.php --version=1.10.26", model.Flag},
		{"example.org/bionic:1", own, model.Flag},
	} {
		b := rulestest.Build(test.first, "RUN composer install")
		if test.base != "" {
			b.Base.Reference = &test.base
		}
		if fix := caches.ComposerCache.Fix(rulestest.Leftover(1, "root/.composer/cache/files/a.zip"), b); fix.Strategy != test.want {
			t.Errorf("%s, %s: %s (%s)", test.base, test.first, fix.Strategy, fix.Summary)
		}
	}
}

// TestFlagThatAnOldApkLacks: an apk from before Alpine 3.3 ends at --no-cache.
func TestFlagThatAnOldApkLacks(t *testing.T) {
	for base, want := range map[string]model.Strategy{
		"alpine:3.1": model.SameRunCleanup, "docker.io/library/alpine:2.7": model.SameRunCleanup, "alpine:3.2@sha256:0": model.SameRunCleanup,
		"alpine:3.3": model.Flag, "alpine:3.20": model.Flag, "alpine": model.Flag, "node:20-alpine3.19": model.Flag, "node:20-alpine": model.Flag,
	} {
		b := rulestest.Build("RUN apk add curl")
		b.Base.Reference = &base
		if fix := caches.ApkCache.Fix(rulestest.Leftover(0, "var/cache/apk/APKINDEX.1.tar.gz"), b); fix.Strategy != want {
			t.Errorf("%s: %s (%s)", base, fix.Strategy, fix.Summary)
		}
	}
}
