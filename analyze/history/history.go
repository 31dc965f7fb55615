// Package history turns an image config's history into the Dockerfile
// instructions a person wrote, and ties them to the layers they made.
//
// The OCI image spec (config.md, "history") says little: one item a build step,
// the oldest first, with created_by, comment, author and empty_layer. What
// stands in created_by is each builder's own habit:
//
//	/bin/sh -c #(nop)  CMD ["bash"]                   Docker's classic builder, settings
//	|1 A=x /bin/sh -c make                            the same, a RUN with build arguments
//	RUN |1 A=x /bin/sh -c make # buildkit             BuildKit
//	/bin/sh -c #(nop) ENV A="b c"                     Podman and Buildah: as written
//	RUN make                                          kaniko: as written
//	bazel build ..., ko build ko://…, # debian.sh …   tools without a Dockerfile
//
// Each item becomes exactly one instruction, so index i of the instructions is
// item i of the history. Two things are lost for good and not made up: where
// COPY and ADD of the classic builder took their files from, which shows as the
// content's short digest (COPY file:61f4faee8d35 /x), and flags like --from and
// --mount, which BuildKit does not record.
//
// Both are in the Dockerfile: one that the user names, or the one that BuildKit
// put into the image's provenance. Locate gives the instructions its words and
// lines: by the layers' digests where provenance tells which lines made a layer,
// else by comparing history and Dockerfile from the end backwards.
//
// Values of build arguments never leave this package: see arguments.go.
package history

import (
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/model"
)

// Instructions returns the config's history as instructions, one an item and in
// its order, and for each of the image's layers the index of the instruction
// that made it, or -1. The indexes in layerStep only rise. What does not add up
// is told in notes, one sentence each. Size, WastedBytes and Inherited are left
// to the caller. A nil config counts as one without history.
func Instructions(config *v1.ConfigFile, layers int) (steps []model.Instruction, layerStep []int, notes []string) {
	layers = max(layers, 0)
	if config == nil || len(config.History) == 0 {
		layerStep, _ = assignLayers(nil, layers)
		return nil, layerStep, []string{"the image has no history, so nobody can say which instructions made its layers"}
	}

	items := parseHistory(config.History)
	arguments := collectArguments(items)
	settings := settingsOf(&config.Config)
	hidden := 0
	steps = make([]model.Instruction, len(items))
	for i := range items {
		text, ok := instruction(&items[i], arguments, settings)
		if !ok {
			hidden++
		}
		steps[i] = model.Instruction{
			Index:   i,
			Keyword: items[i].keyword,
			Text:    text,
			Created: created(config.History[i].Created),
			How:     model.FromHistory,
		}
	}
	noteValues(steps, items, arguments)
	if hidden > 0 {
		notes = append(notes, "the history mixes build arguments' values with commands, so some RUN instructions are shown as \""+unknownRun+"\"")
	}

	layerStep, more := assignLayers(items, layers)
	notes = append(notes, more...)
	for layer, step := range layerStep {
		if step >= 0 {
			steps[step].Layer = &layer
		}
	}
	return steps, layerStep, notes
}

// instruction writes an item as a person would. It reports false where the
// command could not be told from a build argument's value.
func instruction(it *item, a *arguments, known settings) (text string, ok bool) {
	body := it.body
	switch it.keyword {
	case "":
		return a.redact("", body, it.index), true
	case "RUN":
		return runText(it, a)
	case "CMD", "ENTRYPOINT":
		body = commandText(body, it.shell)
	case "ARG":
		body = argumentNames(body)
	case "ONBUILD":
		if rest, found := strings.CutPrefix(body, "ARG "); found {
			body = "ARG " + argumentNames(rest)
		}
	case "COPY", "ADD":
		body = a.redact("", copyText(body, it.form), it.index)
	case "ENV":
		body = pairsText(it, known.env, a)
	case "LABEL":
		body = pairsText(it, known.labels, a)
	case "HEALTHCHECK":
		body = healthcheckText(body)
	case "SHELL":
		body = execJSON(shellWords(body))
	case "EXPOSE", "VOLUME":
		body = a.redact("", listText(body), it.index)
	default: // USER, WORKDIR, STOPSIGNAL, MAINTAINER, FROM
		body = a.redact("", body, it.index)
	}
	return strings.TrimSpace(it.keyword + " " + body), true
}

// created is nil for the zero time, which builders that make reproducible
// images write for "not recorded".
func created(t v1.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}
