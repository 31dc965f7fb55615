package analyze

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What is taken of a Compose file: so many services, and so many scripts of the directories that these mount.
const (
	maxServices = 64
	maxScripts  = 32
)

// usage is what the services of a Compose file do with an image.
type usage struct {
	commands []string // what they run in place of the image's command, as a shell reads it
	mounts   []string // files and directories of the project that they have, by their paths
	builds   []serviceBuild
}

// serviceBuild is an image that a service builds and gives a name.
type serviceBuild struct {
	image string // the last part of its name
	from  string // the directory that it is built in, or the Dockerfile, beside the Compose file
}

// readCompose reads what the services of a Compose file do that are built, or whose image is that of a name; ok is
// false where it is no such file. See the Compose specification, "services".
func readCompose(text []byte, dir, image string) (u usage, ok bool) {
	var file struct {
		Services map[string]struct {
			Build, Command, Entrypoint any
			Image                      string
			Volumes                    []any
		}
	}
	if yaml.Unmarshal(text, &file) != nil || len(file.Services) == 0 || len(file.Services) > maxServices {
		return u, false
	}
	for _, name := range slices.Sorted(maps.Keys(file.Services)) {
		s := file.Services[name]
		if from := builtFrom(s.Build); from != "" && s.Image != "" {
			u.builds = append(u.builds, serviceBuild{lastPart(s.Image), from})
		}
		if s.Build == nil && (image == "" || lastPart(s.Image) != image) {
			continue
		}
		for _, words := range []any{s.Entrypoint, s.Command} {
			if command := shellText(words); command != "" {
				u.commands = append(u.commands, command)
			}
		}
		for _, v := range s.Volumes {
			if source := hostPath(v); source != "" {
				u.mounts = append(u.mounts, filepath.Join(dir, filepath.FromSlash(source)))
			}
		}
	}
	return u, true
}

// builtFrom is where a service builds its image: a directory, or the Dockerfile where that is named; "" for none.
func builtFrom(build any) string {
	switch b := build.(type) {
	case string:
		return b
	case map[string]any:
		context, _ := b["context"].(string)
		dockerfile, _ := b["dockerfile"].(string)
		return path.Join(context, dockerfile)
	}
	return ""
}

// shellText is a command of a Compose file as a shell reads it, "" for none.
func shellText(command any) string {
	switch c := command.(type) {
	case string:
		return c
	case []any:
		words := make([]string, 0, len(c))
		for _, w := range c {
			if word, ok := w.(string); ok {
				words = append(words, word)
			}
		}
		if len(words) == 3 && strings.HasPrefix(words[1], "-") && strings.HasSuffix(words[1], "c") {
			return words[2] // sh -c
		}
		return strings.Join(words, " ")
	}
	return ""
}

// hostPath is what a volume of a Compose file mounts of the project, as a path beside that file; "" for what is none
// of it.
func hostPath(volume any) string {
	source := ""
	switch v := volume.(type) {
	case string:
		source, _, _ = strings.Cut(v, ":")
	case map[string]any:
		if v["type"] == "bind" {
			source, _ = v["source"].(string)
		}
	}
	for _, here := range []string{"${PWD}/", "$PWD/", "${PWD:-.}/"} {
		if rest, ok := strings.CutPrefix(source, here); ok {
			source = "./" + rest
		}
	}
	if source == "" || strings.ContainsAny(source, "$~") || strings.HasPrefix(source, "/") || !strings.Contains(source, "/") {
		return "" // named, or elsewhere
	}
	return source
}
