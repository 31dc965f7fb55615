package imagetest

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Provenance is what BuildKit attests of a build, mode=max: which lines of the
// Dockerfile each step comes from, and which layers a step's output has.
type Provenance struct {
	Dockerfile string
	Filename   string // of the Dockerfile; "" is Dockerfile
	Target     string
	Lines      map[string][]int      // by step, such as "step0"
	Layers     map[string][][]string // digests, by a step's output, such as "step0:0"
	Sources    map[string]string     // identifiers of what steps start from, by step
	Images     []Object              // the base images, as dependencies
	Arguments  map[string]string     // --build-arg
}

// Object is a JSON object.
type Object = map[string]any

// Statements is the build in both shapes that BuildKit has written, by the
// version of the SLSA predicate: "v0.2" and "v1".
func (p Provenance) Statements() map[string][]byte {
	metadata := Object{
		"source": Object{"locations": p.locations(), "infos": []any{Object{"filename": cmp.Or(p.Filename, "Dockerfile"), "language": "Dockerfile", "data": []byte(p.Dockerfile)}}},
		"layers": p.chains(),
	}
	ops := []any{}
	for step, identifier := range p.Sources {
		ops = append(ops, Object{"id": step, "op": Object{"Op": Object{"source": Object{"identifier": identifier}}}})
	}
	args := Object{"target": p.Target}
	for name, value := range p.Arguments {
		args["build-arg:"+name] = value
	}
	config, parameters := Object{"llbDefinition": ops}, Object{"args": args}
	out := map[string][]byte{}
	for version, predicate := range map[string]Object{
		"v0.2": {
			"materials": p.Images, "invocation": Object{"parameters": parameters}, "buildConfig": config,
			"metadata": Object{"https://mobyproject.org/buildkit@v1#metadata": metadata},
		},
		"v1": {
			"buildDefinition": Object{
				"resolvedDependencies": p.Images, "externalParameters": Object{"request": parameters},
				"internalParameters": Object{"buildConfig": config},
			},
			"runDetails": Object{"metadata": Object{"buildkit_metadata": metadata}},
		},
	} {
		doc, err := json.Marshal(Object{"predicateType": "https://slsa.dev/provenance/" + version, "predicate": predicate})
		if err != nil {
			panic(err) // maps of texts and numbers always marshal
		}
		out[version] = doc
	}
	return out
}

// locations says the lines of each step. BuildKit repeats itself, and leaves
// steps without lines empty.
func (p Provenance) locations() Object {
	locations := Object{}
	for step, lines := range p.Lines {
		all := []any{}
		for _, line := range lines {
			at := Object{"line": line}
			all = append(all, Object{"ranges": []any{Object{"start": at, "end": at}, Object{"start": at, "end": at}}})
		}
		locations[step] = Object{"locations": all}
		if len(lines) == 0 {
			locations[step] = Object{}
		}
	}
	return locations
}

// chains says the layers of each output; BuildKit repeats them, too.
func (p Provenance) chains() Object {
	layers := Object{}
	for output, chains := range p.Layers {
		all := []any{}
		for _, chain := range chains {
			var one []any
			for _, digest := range chain {
				one = append(one, Object{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest, "size": 1})
			}
			all = append(all, one, slices.Clone(one))
		}
		layers[output] = all
	}
	return layers
}
