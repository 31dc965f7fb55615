package analyze

import (
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// lineBuild is what a line of a script, a Makefile or a CI file builds by docker build.
type lineBuild struct {
	tags []string
	from string // the directory that it is built in, or the Dockerfile where that is named, from the project's root
}

// dockerBuild matches a line that builds an image, and what stands behind the word build.
var dockerBuild = lazyregexp.New(`(?m)^[^#\n]*\b(?:docker|podman|nerdctl)\b[^\n#]*?\bbuild\s([^\n#]*)$`)

// builtByLines reads the lines of a file in a directory.
func builtByLines(text []byte, dir string) (builds []lineBuild) {
	for _, m := range dockerBuild.FindAllSubmatch(text, -1) {
		words := strings.Fields(strings.NewReplacer(`"`, "", "'", "", ";", " ", "&&", " ", "--tag=", "-t ", "--file=", "-f ").Replace(string(m[1])))
		var b lineBuild
		file, context := "", ""
		for i, w := range words {
			switch {
			case i > 0 && (words[i-1] == "-t" || words[i-1] == "--tag"):
				b.tags = append(b.tags, w)
			case i > 0 && (words[i-1] == "-f" || words[i-1] == "--file"):
				file = w
			case !strings.HasPrefix(w, "-"):
				context = w
			}
		}
		switch {
		case file != "":
			b.from = path.Join(dir, file)
		case context != "":
			b.from = path.Join(dir, context)
		default:
			continue
		}
		builds = append(builds, b)
	}
	return builds
}
