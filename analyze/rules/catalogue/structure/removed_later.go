package structure

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// RemovedLater finds files that a later layer deletes. It claims nothing by
// path: the engine gives it what was shadowed with the cause "deleted".
var RemovedLater = rules.Rule{
	ID:    "removed-later",
	Group: rules.Structure,
	Title: "files removed by a later instruction",
	Do:    "remove files in the RUN that makes them",
	Why: "Each instruction adds a layer on top of the ones before, and a layer cannot take bytes out of another. When a later instruction removes a file, " +
		"its layer only records that the file is gone; the file itself stays in the earlier layer, and is stored and pulled with the image forever. " +
		"Anyone who has the image can still read it there, so this does not get rid of a secret either. " +
		"Remove the file in the instruction that made it, or keep it out in the first place.",
	Confidence: model.Certain,
	Cause:      model.Deleted,
	Fix:        advice.Removed,
	Lesson: rules.Lesson{
		See:     "docker history IMAGE   # the RUN that removes has a size of nearly nothing, the one before keeps its own",
		Before:  "COPY . /src\nRUN make -C /src install\nRUN rm -rf /src",
		After:   "RUN --mount=type=bind,target=/src make -C /src install",
		WhenNot: "Where the file belongs to the base image and you cannot choose another: removing it hides it, but saves nothing.",
		Sources: []string{"https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts", "https://docs.docker.com/build/building/multi-stage/"},
	},
	Fixture: rules.Fixture{
		Hit: `
			RUN make
			+ src/a
			RUN rm /src/a
			+ !src/a`,
		Fixed: "RUN make \\\n    && rm /src/a",
		Miss: `
			RUN make
			+ src/a
			RUN rm /src/b
			+ src/c`,
	},
}
