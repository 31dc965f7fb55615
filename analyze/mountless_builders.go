package analyze

import (
	"bytes"
	"path"
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
	builder string             // for the middle of a sentence
	all     bool               // it is about all Dockerfiles at and below its directory, and has to name none
}{
	// Heroku's container stack builds with the classic builder.
	// https://devcenter.heroku.com/articles/build-docker-images-heroku-yml
	{file: lazyregexp.New(`(?:^|/)heroku\.ya?ml$`), has: "docker:", shows: lazyregexp.New(`(?m)^\s+docker:`), builder: "Heroku"},
	// Railway takes only mounts with an id that has the service's own in it.
	// https://docs.railway.com/guides/dockerfiles, Cache mounts
	{file: lazyregexp.New(`(?:^|/)railway\.(?:json|toml)$`), shows: lazyregexp.New(`(?i)dockerfile`), builder: "Railway"},
	// Skaffold 1 used BuildKit on request only. https://skaffold.dev/docs/references/yaml/, build.local.useBuildkit
	{file: lazyregexp.New(`(?:^|/)skaffold[^/]*\.ya?ml$`), has: "skaffold/v1", shows: lazyregexp.New(`(?m)^apiVersion:\s*["']?skaffold/v1`), unless: lazyregexp.New(`(?i)useBuildkit:\s*true|kaniko|bazel:|jib:|buildpacks:`), builder: "Skaffold 1"},
	// Before version 23, docker build used the classic builder unless DOCKER_BUILDKIT said otherwise.
	// https://docs.docker.com/engine/release-notes/23.0/
	{file: lazyregexp.New(`(?:^|/)\.circleci/config\.ya?ml$`), has: "setup_remote_docker", shows: lazyregexp.New(`setup_remote_docker:\s*\n(?:\s+\w+:.*\n)*?\s+version:\s*["']?(?:1[789]|20)\.`), unless: buildsWithBuildKit, builder: "CircleCI, with an engine before 23,"},
	{file: lazyregexp.New(`(?:^|/)\.travis\.ya?ml$`), has: "docker", shows: lazyregexp.New(`\bdocker(?:-compose)?\s+build\b|\bdocker-compose\b.*\bup\b`), unless: buildsWithBuildKit, builder: "Travis CI"},
	{file: lazyregexp.New(`(?:^|/)\.circleci/config\.ya?ml$`), has: "docker", shows: lazyregexp.New(`image:\s*["']?(?:docker:(?:1[789]|20)\.|circleci/)`), unless: buildsWithBuildKit, builder: "CircleCI, with an old client,"},
	// A project that was last tried with an engine from before 23 builds with what that has by default.
	{file: lazyregexp.New(`(?i)(?:^|/)(?:README|INSTALL)(?:\.\w+)?$`), has: "ocker", shows: lazyregexp.New(`(?i)\bdocker(?:[- ](?:engine|ce))?[\s:(*]*(?:version[\s:]*)?(?:>=?\s*|≥\s*|\bv)?\s*(?:1\.\d+(?:\.\d+)?|1[789]\.\d\d(?:\.\d+)?|20\.10(?:\.\d+)?)(?:-ce)?\b`), unless: buildsWithBuildKit, builder: "an engine before 23", all: true},
	// These modules build through the engine's API, which has no BuildKit.
	// https://docs.ansible.com/ansible/latest/collections/community/docker/docker_image_module.html
	{file: lazyregexp.New(`\.ya?ml$`), has: "docker_", shows: lazyregexp.New(`(?m)^\s*(?:-\s+)?(?:community\.docker\.)?docker_(?:compose:\s*\n(?:\s+[\w.]+:.*\n)*?\s+build:\s*["']?(?i:yes|true)|image:\s*\n(?:\s+[\w.]+:.*\n)*?\s+source:\s*["']?build)`), builder: "Ansible"},
}

// builderName matches the names of the files of mountless that are no YAML.
var builderName = lazyregexp.New(`(?i)^(?:railway\.(?:json|toml)|(?:README|INSTALL)(?:\.\w+)?)$`)

var buildsWithBuildKit = lazyregexp.New(`(?i)DOCKER_BUILDKIT["']?\s*[=:]\s*["']?1|\bbuildx\b`)

// mountlessBuilder returns the builder of mountless that a file of a project shows to build a Dockerfile, both by
// their paths from the project's root; "" for none. A file that stands above the Dockerfile has to name it, or its
// directory.
func mountlessBuilder(name string, text []byte, dockerfile string) string {
	dir, at := path.Dir(name), path.Dir(dockerfile)
	if base := path.Base(dir); base == ".circleci" || base == ".github" {
		dir = path.Dir(dir)
	}
	if at != dir && dir != "." && !strings.HasPrefix(at+"/", dir+"/") {
		return ""
	}
	isNamed := at == dir || bytes.Contains(text, []byte(strings.TrimPrefix(at, dir+"/")))
	for _, m := range mountless {
		if (m.all || isNamed) && m.file.MatchString(name) && bytes.Contains(text, []byte(m.has)) && m.shows.Match(text) && (m.unless == nil || !m.unless.Match(text)) {
			return m.builder
		}
	}
	return ""
}
