package rules

import (
	"fmt"
	"strings"

	"github.com/tare-oci/tare/model"
)

// baseImage finds images on a full base that comes in a small variant as well.
var baseImage = Rule{
	ID:    "base-image",
	Group: Structure,
	Title: "a base image that comes in a smaller variant",
	Why: "Everything that FROM names is pulled with the image, whether the program uses it or not. The official images of languages exist in a full variant, made to build in, with compilers and headers of half a gigabyte, " +
		"and in a slim one, made to run in. Layers of a base that other images on the same machine share are pulled once, so agreeing on one base saves more than each image choosing its own.",
	Confidence: model.Possible,
	Observe:    observeBaseImage,
	Lesson: Lesson{
		See:     "docker history IMAGE",
		Before:  "FROM python:3.13",
		After:   "FROM python:3.13-slim",
		WhenNot: "In build stages; where pip, gem or npm compile native extensions in the final image; and where most of your images share the full variant already.",
		Sources: []string{"https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image"},
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

func observeBaseImage(b *Build, _ *model.Tree) []Observation {
	if !b.service() {
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
	for _, v := range variants {
		r, ok := b.visible(v.full)
		if b.env(v.variable) == "" || !ok || int(r.Layer) >= len(b.Layers) || !b.Layers[r.Layer].Inherited || name != "" && !strings.Contains(name, v.image) {
			continue
		}
		return baseFinding(fmt.Sprintf("Start from the %s variant of the %s image; build what needs a compiler in a stage of its own.", v.slim, v.image))
	}
	return nil
}

func baseFinding(summary string) []Observation {
	return []Observation{{Fix: hint(model.ChangeBase, summary)}}
}
