package analyze

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// mountless are the builders that refuse RUN --mount=type=cache, by files of a project that show that they
// build it.
var mountless = []struct {
	file    *lazyregexp.Regexp // the path of the file, from the project's root
	has     string             // in its text, which is quicker to see than
	shows   *lazyregexp.Regexp // this
	unless  *lazyregexp.Regexp // in its text; nil for nothing
	builder string
	names   way
}{
	// Heroku's container stack builds with the classic builder.
	// https://devcenter.heroku.com/articles/build-docker-images-heroku-yml
	{file: lazyregexp.New(`(?:^|/)heroku\.ya?ml$`), has: "docker:", shows: lazyregexp.New(`(?m)^\s+docker:`), builder: "Heroku", names: byPath},
	// Railway takes only mounts with an id that has the service's own in it.
	// https://docs.railway.com/guides/dockerfiles, Cache mounts
	{file: lazyregexp.New(`(?:^|/)railway\.(?:json|toml)$`), shows: lazyregexp.New(`(?i)["']?builder["']?\s*[:=]\s*["']dockerfile["']`), builder: "Railway", names: beside},
	// Skaffold 1 used BuildKit on request only. https://skaffold.dev/docs/references/yaml/, build.local.useBuildkit
	{file: lazyregexp.New(`(?:^|/)skaffold(?:[.-](?:dev|prod|ci|local|test))?\.ya?ml$`), has: "skaffold/v1", shows: lazyregexp.New(`(?m)^apiVersion:\s*["']?skaffold/v1`), unless: lazyregexp.New(`(?i)useBuildkit:\s*true|kaniko|bazel:|jib:|buildpacks:`), builder: "Skaffold 1", names: beside},
	// Before version 23, docker build used the classic builder unless DOCKER_BUILDKIT said otherwise.
	// https://docs.docker.com/engine/release-notes/23.0/
	{file: lazyregexp.New(`(?:^|/)\.circleci/config\.ya?ml$`), has: "setup_remote_docker", shows: lazyregexp.New(`(?m)^[^#\n]*setup_remote_docker:\s*\n(?:\s+\w+:.*\n)*?\s+version:\s*["']?(?:docker)?(?:1[789]|20)\.`), unless: buildsWithBuildKit, builder: "CircleCI, with an engine before 23", names: byBuild},
	{file: lazyregexp.New(`(?:^|/)\.circleci/config\.ya?ml$`), has: "docker", shows: lazyregexp.New(`(?m)^[^#\n]*image:\s*["']?docker:(?:1[789]|20)\.`), unless: buildsWithBuildKit, builder: "CircleCI, with a client before 23", names: byBuild},
	{file: lazyregexp.New(`(?:^|/)\.travis\.ya?ml$`), has: "docker", shows: dockerBuild, unless: buildsWithBuildKit, builder: "Travis CI", names: byBuild},
	// What docker --version printed when the project was last tried.
	{file: lazyregexp.New(`(?i)(?:^|/)README(?:\.\w+)?$`), has: "ocker", shows: lazyregexp.New(`(?i)\b(?:docker version:? |docker-engine )(?:1\.\d{1,2}\b|1[789]\.\d\d\b)`), unless: lazyregexp.New(`(?i)buildkit|buildx|docker (?:version )?v?2[0-9]\.`), builder: "an engine before 23", names: below},
	// This module builds through the engine's API, which has no BuildKit.
	// https://docs.ansible.com/ansible/2.9/modules/docker_compose_module.html
	{file: lazyregexp.New(`\.ya?ml$`), has: "docker_compose:", shows: lazyregexp.New(`(?m)^\s*(?:-\s+)?(?:community\.docker\.)?docker_compose:\s*\n(?:\s+[\w.]+:.*\n)*?\s+build:\s*["']?(?i:yes|true)`), builder: "Ansible", names: anywhere},
}

// way is how a file shows that it is about a Dockerfile.
type way uint8

const (
	byPath   way = iota // a value is its path
	byBuild             // a line builds it
	beside              // they lie in one directory
	below               // it lies at or below the file's directory
	anywhere            // by lying in the project
)

// builderName matches the names of the files of mountless that are no YAML.
var builderName = lazyregexp.New(`(?i)^(?:railway\.(?:json|toml)|README(?:\.\w+)?)$`)

var buildsWithBuildKit = lazyregexp.New(`(?i)DOCKER_BUILDKIT["']?\s*[=:]\s*["']?(?:1|true|yes|on)\b|\bbuildx\b`)

// mountlessBuilder returns the builder of mountless that a file of a project shows to build a Dockerfile, both by
// their paths from the project's root; "" for none.
func mountlessBuilder(name string, text []byte, dockerfile string) string {
	for _, m := range mountless {
		if m.file.MatchString(name) && bytes.Contains(text, []byte(m.has)) && m.shows.Match(text) && (m.unless == nil || !m.unless.Match(text)) && m.names.isAbout(name, text, dockerfile) {
			return m.builder
		}
	}
	return ""
}

// isAbout reports whether a file is about a Dockerfile.
func (w way) isAbout(name string, text []byte, dockerfile string) bool {
	dir, at := path.Dir(name), path.Dir(dockerfile)
	if path.Base(dir) == ".circleci" {
		dir = path.Dir(dir)
	}
	switch w {
	case byPath:
		for line := range strings.Lines(string(text)) {
			if _, value, ok := strings.Cut(line, ":"); ok && path.Join(dir, strings.Trim(strings.TrimSpace(value), `"'`)) == dockerfile {
				return true
			}
		}
		return false
	case byBuild:
		return slices.ContainsFunc(builtByLines(text, dir), func(b lineBuild) bool {
			return b.from == dockerfile || b.from == at && strings.EqualFold(path.Base(dockerfile), "dockerfile")
		})
	case beside:
		return at == dir
	case below:
		return dir == "." || at == dir || strings.HasPrefix(at, dir+"/")
	}
	return true
}
