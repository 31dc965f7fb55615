package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fleet"
	"github.com/tare-oci/tare/analyze/workloads"
)

// wanted is which images a fleet has.
type wanted struct {
	names []string    // as people write them
	run   []fleet.Ref // of manifests
	notes []string    // about these
}

// wants reads lists and manifests, and asks no registry.
func (own *fleetFlags) wants(ctx context.Context, args []string, t terminal) (*wanted, error) {
	names, err := own.names(args, t)
	if err != nil {
		return nil, err
	}
	run, notes, err := own.imagesOfWorkloads(ctx, t)
	if err != nil {
		return nil, err
	}
	return &wanted{names, run, notes}, nil
}

// asked names what registries are asked to list, "" for nothing.
func (w *wanted) asked() string {
	return strings.Join(slices.DeleteFunc(slices.Clone(w.names), func(name string) bool { return !fleet.IsPattern(name) }), ", ")
}

// find asks registries for the images that patterns stand for. The notes are for readers of the table.
func (w *wanted) find(ctx context.Context, own fleetFlags, f *flags, t terminal) (refs []fleet.Ref, notes []string, err error) {
	notes = slices.Clone(w.notes)
	opt := f.fleetOptions(t).Options
	opt.PassedOver = func(note string) { notes = append(notes, note) }
	refs, err = fleet.Expand(ctx, w.names, own.last, opt)
	return fleet.Join(refs, w.run...), notes, err
}

// names are the arguments and those of the lists.
func (own *fleetFlags) names(args []string, t terminal) ([]string, error) {
	names := args
	for _, list := range own.lists {
		more, err := readNames(list, t.std.In)
		if err != nil {
			return nil, err
		}
		names = append(names, more...)
	}
	if len(own.workloads) > 0 {
		return names, nil
	}
	if len(names) == 0 && len(own.lists) > 0 {
		return nil, fmt.Errorf("there is no image in %s", strings.Join(own.lists, ", "))
	}
	if len(names) == 0 {
		return nil, errors.New("name the images, a repository with a pattern of tags, a list with -f, or manifests with -k; see tare fleet --help")
	}
	return names, nil
}

// imagesOfWorkloads are the images that the manifests name, and what could not be read of
// them, a line each.
func (own *fleetFlags) imagesOfWorkloads(ctx context.Context, t terminal) (refs []fleet.Ref, notes []string, err error) {
	if len(own.workloads) == 0 {
		return nil, nil, nil
	}
	set, err := workloads.Read(ctx, t.std.In, own.workloads...)
	if err != nil {
		return nil, nil, noManifests(err, own.workloads)
	}
	for _, p := range set.Problems {
		notes = append(notes, p.String())
	}
	for _, img := range set.Images() {
		name, ok := ofManifest(img.Reference)
		if !ok {
			notes = append(notes, fmt.Sprintf("%s names %q, which is not an image in a registry", img.Uses[0].Workload, fleet.Shown(img.Reference)))
			continue
		}
		ref := fleet.Ref{Name: name, Runs: true}
		if own.by == fleet.ByNamespace {
			ref.Teams = []string{} // a repository's name is no namespace of a cluster
		}
		for _, use := range img.Uses {
			if team := own.teamOf(use.Workload); team != "" {
				ref.Teams = append(ref.Teams, team)
			}
		}
		refs = append(refs, ref)
	}
	if len(refs) == 0 && len(notes) > 0 {
		return nil, nil, noManifests(errors.New(notes[0]), own.workloads)
	}
	if len(refs) == 0 {
		return nil, nil, fmt.Errorf("no workload in %s names an image", strings.Join(own.workloads, ", "))
	}
	return refs, notes, nil
}

// ofManifest is how tare opens what a manifest names. A cluster pulls from registries, so no name
// of a manifest is a file, an archive or standard input here, whatever lies in this directory, and docker:dind
// and registry:2 are the images of these names. It reports false for what cannot be an image's name.
func ofManifest(reference string) (name string, ok bool) {
	transport, _, _ := strings.Cut(reference, ":")
	switch {
	case reference == "-", strings.Contains(reference, "://"), strings.ContainsAny(reference[:1], "/.~"):
		return "", false
	case slices.Contains([]string{"docker-archive", "oci-archive", "oci-dir", "dir"}, transport):
		return "", false
	case slices.Contains([]string{"docker", "podman", "registry"}, transport):
		return "registry:" + reference, true
	}
	if _, err := os.Lstat(reference); err == nil {
		return "registry:" + reference, true
	}
	return reference, true
}

// teamOf is whose a workload is, "" where the image has to tell.
func (own *fleetFlags) teamOf(w *workloads.Workload) string {
	switch key, label := strings.CutPrefix(own.by, fleet.ByLabel); {
	case label && w.Labels[key] != "":
		return w.Labels[key]
	case label:
		return w.Annotations[key]
	case own.by == fleet.ByNamespace:
		return w.Namespace
	}
	return ""
}

// readNames reads a list of images.
func readNames(list string, stdin io.Reader) ([]string, error) {
	in := stdin
	if list != "-" {
		file, err := os.Open(list)
		if err != nil {
			return nil, fmt.Errorf("reading the list of images: %w", err)
		}
		defer file.Close()
		in = file
	}
	names, err := fleet.ReadList(in)
	if err == nil {
		err = noList(names, list)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the list of images %s: %w", list, err)
	}
	return names, nil
}

// instructions are the words that a line of a Dockerfile begins with, and no list of images.
var instructions = []string{"FROM", "ARG", "RUN", "COPY", "ADD", "ENV", "LABEL", "WORKDIR", "CMD", "ENTRYPOINT", "USER", "EXPOSE"}

// noList says that a file which was to be a list of images is something else that people have beside
// it, and how that is read; nil for a list.
func noList(names []string, list string) error {
	for _, name := range names {
		word, rest, _ := strings.Cut(name, " ")
		switch {
		case rest != "" && slices.Contains(instructions, strings.ToUpper(word)):
			return errors.New("it is a Dockerfile, and -f takes names of images here, one a line; name the image that it builds")
		case strings.HasPrefix(name, "apiVersion:"), strings.HasPrefix(name, "- apiVersion:"), name == "---", name == "{", strings.HasPrefix(name, `{"`):
			return fmt.Errorf("it has Kubernetes manifests; read them with -k %s", list)
		}
	}
	return nil
}

// noManifests adds to the error about Kubernetes manifests what else the names may have meant.
func noManifests(err error, files []string) error {
	for _, file := range files {
		if file == workloads.Stdin {
			continue
		}
		info, missing := os.Stat(file)
		if missing != nil && (strings.ContainsAny(file, "/:*") || strings.HasPrefix(file, "-")) {
			return fmt.Errorf("%w; -k (--manifests) names files of Kubernetes manifests, and --no-layers reads no layer of images", err)
		}
		if missing != nil || !info.Mode().IsRegular() {
			continue
		}
		if names, failed := readNames(file, nil); failed == nil && len(names) > 0 && !strings.ContainsAny(names[0], " {}") {
			return fmt.Errorf("%w; a list of images is read with -f %s", err, file)
		}
	}
	return err
}
