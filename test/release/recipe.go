package release

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// recipe is the Dockerfile of tare's own image. It copies files into nothing and says
// what runs, so that no engine is needed to do what it says.
type recipe struct {
	instructions []instructions.Command
	lines        []string // as they stand in the file, without comments
}

func readRecipe(file string) (recipe, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return recipe{}, err
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return recipe{}, fmt.Errorf("reading %s: %w", file, err)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return recipe{}, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(stages) != 1 || stages[0].BaseName != "scratch" {
		return recipe{}, fmt.Errorf("%s has to be one stage from scratch", file)
	}
	r := recipe{instructions: stages[0].Commands}
	for _, node := range parsed.AST.Children[1:] {
		r.lines = append(r.lines, node.Original)
	}
	return r, nil
}

// image builds the image for a platform; open opens a file of the build context, and made
// is the time that all of it bears.
func (r recipe) image(platform v1.Platform, made time.Time, open func(name string) (io.ReadCloser, error)) (v1.Image, error) {
	image := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
	at := v1.Time{Time: made}
	config := &v1.ConfigFile{OS: platform.OS, Architecture: platform.Architecture, Variant: platform.Variant, Created: at, RootFS: v1.RootFS{Type: "layers"}}
	image, err := mutate.ConfigFile(image, config)
	if err != nil {
		return nil, err
	}
	for i, instruction := range r.instructions {
		step := mutate.Addendum{History: v1.History{Created: at, CreatedBy: r.lines[i], EmptyLayer: true}}
		switch in := instruction.(type) {
		case *instructions.CopyCommand:
			content, err := copied(in, made, open)
			if err != nil {
				return nil, err
			}
			step.History.EmptyLayer = false
			step.Layer, err = tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
				tarball.WithMediaType(types.OCILayer), tarball.WithCompressionLevel(9))
			if err != nil {
				return nil, err
			}
		case *instructions.UserCommand:
			config.Config.User = in.User
		case *instructions.EntrypointCommand:
			config.Config.Entrypoint = in.CmdLine
		case *instructions.CmdCommand:
			config.Config.Cmd = in.CmdLine
		default:
			return nil, fmt.Errorf("the image cannot be made without an engine: %s", r.lines[i])
		}
		if image, err = mutate.Append(image, step); err != nil {
			return nil, err
		}
	}
	return mutate.Config(image, config.Config)
}

// copied is the layer of a COPY of one file: its directories, and the file.
func copied(in *instructions.CopyCommand, made time.Time, open func(name string) (io.ReadCloser, error)) ([]byte, error) {
	if len(in.SourcePaths) != 1 || in.Chown != "" || in.Chmod != "" || in.From != "" {
		return nil, fmt.Errorf("the image takes COPY of one file as it is, not %s", in)
	}
	source := in.SourcePaths[0]
	target := strings.TrimPrefix(in.DestPath, "/")
	if target == "" || strings.HasSuffix(target, "/") {
		target += path.Base(source)
	}
	file, err := open(source)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for at := strings.IndexByte(target, '/'); at >= 0; {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: target[:at+1], Mode: 0o755, ModTime: made}); err != nil {
			return nil, err
		}
		next := strings.IndexByte(target[at+1:], '/')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	mode := int64(0o644)
	if path.Ext(source) == "" { // the program; the certificates have an extension
		mode = 0o755
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: target, Mode: mode, Size: int64(len(content)), ModTime: made}); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	return out.Bytes(), w.Close()
}
