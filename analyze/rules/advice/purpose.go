package advice

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
)

// GoRunners are the go command and programs that call it while a container runs: debuggers, and those
// that build anew when a file changes.
var GoRunners = []string{"go", "air", "dlv", "fresh", "reflex", "CompileDaemon", "gin", "realize", "modd", "wgo", "gow", "bee"}

// BuildsThings reports whether the purpose of an image is to build: it runs nothing
// by itself, or runs a compiler or an agent of a CI system, or waits for somebody who
// works in it; or it extends such an image and leaves the program to that.
func BuildsThings(b *rules.Build) bool {
	return !b.RunsService() || runsBuilder(b) || isWorkplace(b) || b.IsWorkplace() || extendsBuilder(b)
}

// builders are programs that build, or that run the builds of others.
var builders = []string{
	"gcc", "g++", "cc", "c++", "clang", "clang++", "cmake", "ninja", "ghc", "stack", "cabal", "swift", "zig", "dart", "kotlinc", "scalac", "sbt", "lein", "tsc", "bazel", "bazelisk", "buck2", "pants",
	"gradle", "mvn", "ant", "make", "meson", "tox", "nox", "conan", "vcpkg", "west", "idf.py", "platformio", "pio", "emcc", "flutter", "cross", "maturin", "cibuildwheel", "goreleaser", "xcaddy", "latexmk", "pdflatex", "xelatex",
	"dpkg-buildpackage", "debuild", "rpmbuild", "abuild", "makepkg", "buildkitd", "buildah", "kaniko", "distccd", "iceccd", "sccache",
	"jenkins-agent", "jenkins-slave", "gitlab-runner", "gitlab-ci-multi-runner", "actions-runner", "Runner.Listener", "act_runner", "buildkite-agent", "circleci-agent", "teamcity-agent", "bamboo-agent", "drone-agent",
	"woodpecker-agent", "concourse", "gocd-agent", "azp-agent", "code-server", "openvscode-server", "code-tunnel", "theia", "devcontainer", "jupyter-lab", "ttyd", "gotty",
}

// runsBuilder reports whether what starts in a container builds, behind whatever
// starts it.
func runsBuilder(b *rules.Build) bool {
	return slices.ContainsFunc(b.Started(), func(c rewrite.Command) bool {
		return slices.Contains(builders, c.Name()) || slices.Contains(builders, rules.StartedBy(c))
	})
}

// isWorkplace reports whether somebody works in the containers of an image: they do
// nothing but wait, or belong to the user or lie in the directory that development
// containers and CI systems have for it.
func isWorkplace(b *rules.Build) bool {
	if b.Waits() {
		return true
	}
	user, _, _ := strings.Cut(b.User, ":")
	return slices.Contains([]string{"vscode", "gitpod", "codespace", "circleci", "devcontainer"}, user) ||
		b.WorkingDir == "/workspaces" || strings.HasPrefix(b.WorkingDir, "/workspaces/") || b.Getenv("DEVCONTAINER") != ""
}

// builderImages are names of images that are there to build in; their last part may
// be the beginning of a name.
var builderImages = []string{
	"buildpack-deps", "gcc", "golang", "rust", "maven", "gradle", "haskell", "swift", "clojure", "elixir", "sbt", "dotnet/sdk", "devcontainers/", "vscode/devcontainers/",
	"jenkins/agent", "jenkins/inbound-agent", "jenkins/ssh-agent", "jenkins/jnlp-slave", "gitlab/gitlab-runner", "actions/actions-runner", "actions-runner", "cimg/", "circleci/",
	"gitpod/", "codercom/", "coder/", "buildkite/agent", "jetbrains/teamcity-agent", "emscripten/emsdk", "espressif/idf", "rustembedded/", "messense/", "dockcross/", "quay.io/pypa/", "pypa/",
}

// extendsBuilder reports whether an image is made of one to build in, and has no
// program of its own.
func extendsBuilder(b *rules.Build) bool {
	if b.Base.Reference == nil || len(b.Instructions) == 0 {
		return false
	}
	for i := range b.Instructions {
		if keyword := b.Parsed().Keyword(i); (keyword == "CMD" || keyword == "ENTRYPOINT") && !b.Instructions[i].Inherited {
			return false
		}
	}
	return IsBuilderImage(*b.Base.Reference)
}

// IsBuilderImage reports whether an image is there to build in, by its name.
func IsBuilderImage(reference string) bool {
	name, _, _ := strings.Cut(reference, "@")
	if at := strings.LastIndexByte(name, ':'); at > strings.LastIndexByte(name, '/') {
		name = name[:at]
	}
	return slices.ContainsFunc(builderImages, func(image string) bool {
		at := strings.LastIndex("/"+name, "/"+image)
		return at >= 0 && (strings.HasSuffix(image, "/") || at+len(image) == len(name))
	})
}
