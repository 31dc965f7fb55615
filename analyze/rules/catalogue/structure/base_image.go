package structure

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// BaseImage finds images on a full base that comes in a small variant as well.
var BaseImage = rules.Rule{
	ID:    "base-image",
	Group: rules.Structure,
	Title: "a base image that has a smaller variant",
	Why: "Everything that FROM names is pulled with the image, whether the program uses it or not. The official language images come in a full variant for building, with half a gigabyte of compilers and headers, " +
		"and in a slim one for running. Base layers that several images on a machine share are pulled once, so agreeing on one base saves more than letting each image choose its own.",
	Confidence: model.Possible,
	Observe:    observeBaseImage,
	Lesson: rules.Lesson{
		See:     "docker history IMAGE\ntare bases python:3.13",
		Before:  "FROM python:3.13",
		After:   "FROM python:3.13-slim",
		WhenNot: "In build stages; where pip, gem or npm compile native extensions in the final image; and where most of your images share the full variant already.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image"},
	},
	Fixture: rules.Fixture{
		Hit: `
			COPY rootfs /
			+ usr/bin/gcc
			CMD ["node"]
			COPY app /
			+ app
			config {"Cmd": ["/app"], "Env": ["NODE_VERSION=22"]}`,
		Miss: `
			COPY rootfs /
			+ usr/bin/node
			CMD ["node"]
			COPY app /
			+ app
			config {"Cmd": ["/app"], "Env": ["NODE_VERSION=22"]}`,
	},
}

// variants are official images with a variant made to run in. Their config names
// the version of the language; see the Dockerfiles of docker-library.
var variants = []struct{ image, variable, full, slim string }{
	{"node", "NODE_VERSION", "usr/bin/gcc", "-slim"},
	{"python", "PYTHON_VERSION", "usr/bin/gcc", "-slim"},
	{"ruby", "RUBY_VERSION", "usr/bin/gcc", "-slim"},
	{"perl", "PERL_VERSION", "usr/bin/gcc", "-slim"},
	{"rust", "RUST_VERSION", "usr/bin/gcc", "-slim"},
	{"eclipse-temurin", "JAVA_VERSION", "opt/java/openjdk/bin/javac", "-jre"},
	{"openjdk", "JAVA_VERSION", "usr/local/openjdk-17/bin/javac", "-slim"},
}

func observeBaseImage(b *rules.Build, _ *model.Tree) []rules.Observation {
	if !b.RunsService() {
		return nil
	}
	name := ""
	if b.Base.Reference != nil {
		name = *b.Base.Reference
		short, _, _ := strings.Cut(name, "@")
		repository, tag, _ := strings.Cut(short[strings.LastIndex(short, "/")+1:], ":")
		if repository == "debian" && !strings.Contains(tag, "slim") {
			return baseFinding(fmt.Sprintf("Start from %s-slim, which leaves out documentation and translations.", short))
		}
	}
	if advice.BuildsThings(b) {
		return nil // it needs the compiler
	}
	for _, v := range variants {
		r, ok := b.Visible(v.full)
		if b.Getenv(v.variable) == "" || !ok || int(r.Layer) >= len(b.Layers) || !b.Layers[r.Layer].Inherited || name != "" && !strings.Contains(name, v.image) {
			continue
		}
		return baseFinding(fmt.Sprintf("Start from the %s variant of the %s image; build anything that needs a compiler in a separate stage.", v.slim, v.image))
	}
	return nil
}

func baseFinding(summary string) []rules.Observation {
	return []rules.Observation{{Fix: advice.Hint(model.ChangeBase, summary)}}
}
