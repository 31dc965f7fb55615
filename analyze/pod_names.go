package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/usererror"
	"github.com/tare-oci/tare/analyze/workloads"
)

// hasHost reports whether the first element of a repository is a registry, as Docker tells it
// from a directory.
func hasHost(elements []string) bool {
	return len(elements) > 1 && strings.ContainsAny(elements[0], ".:")
}

// elementsOf are the parts of a name between slashes, without tag and digest. Podman puts
// localhost/ before what was built here.
func elementsOf(name string) []string {
	repository, _, _ := imagename.Split(strings.TrimPrefix(name, "localhost/"))
	return strings.Split(repository, "/")
}

// endsIn are the uses of the one repository that ends in a name without a registry, element by
// element.
func endsIn(set *workloads.Set, name string) (uses []workloads.Use) {
	want := elementsOf(name)
	if hasHost(want) {
		return nil
	}
	repository := ""
	for _, image := range set.Images() {
		full := imagename.Repository(image.Reference)
		if full == repository || sameEnd(want, elementsOf(full)) < len(want) {
			continue
		}
		if repository != "" {
			return nil
		}
		repository, uses = full, set.Using(image.Reference)
	}
	return uses
}

// sameEnd is how many elements at their ends two names share.
func sameEnd(a, b []string) (n int) {
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// noPod is the error of manifests that do not run the image of some names.
func noPod(set *workloads.Set, names []string) error {
	images := nearestFirst(set, names)
	broken := ""
	if len(set.Problems) > 0 {
		broken = set.Problems[0].String() // which may be the file that was meant
	}
	switch {
	case len(images) == 0 && broken != "":
		return &usererror.Error{What: "no workload in them runs any image", Next: broken}
	case len(images) == 0:
		return &usererror.Error{What: "no workload in them runs any image", Next: "check the path behind -k"}
	}
	const most = 4
	shown := images
	if len(images) > most {
		shown = append(images[:most:most], fmt.Sprintf("%d more", len(images)-most))
	}
	next := "name the image as the manifests do"
	if from, to := tagFor(images, names); to != "" {
		repository, _, _ := imagename.Split(to)
		next = "if it is " + repository + ", docker tag " + from + " " + to + ", and name that"
	}
	if broken != "" {
		next += "; " + broken
	}
	return &usererror.Error{What: "no workload in them runs it, they run " + strings.Join(shown, ", "), Next: next}
}

// nearestFirst are the names of the images that manifests run, those first that end as one of
// some names does.
func nearestFirst(set *workloads.Set, names []string) (images []string) {
	for _, image := range set.Images() {
		images = append(images, image.Reference)
	}
	slices.SortStableFunc(images, func(a, b string) int { return likeness(b, names) - likeness(a, names) })
	return images
}

// likeness is how many elements at its end an image's name shares with one of some names.
func likeness(image string, names []string) (most int) {
	for _, name := range names {
		most = max(most, sameEnd(elementsOf(image), elementsOf(name)))
	}
	return most
}

// tagFor says under which name the manifests know an image of some names: from is the one that it
// was given, to the nearest with the same tag; both are "" where there is no nearest, or several.
func tagFor(images, names []string) (from, to string) {
	like := likeness(images[0], names)
	if like == 0 {
		return "", ""
	}
	repository, tag, _ := imagename.Split(images[0])
	for _, image := range images[1:] {
		if other, _, _ := imagename.Split(image); likeness(image, names) == like && other != repository {
			return "", ""
		}
	}
	for _, name := range names {
		if sameEnd(elementsOf(images[0]), elementsOf(name)) == like {
			if _, own, _ := imagename.Split(name); strings.Contains(name, ":"+own) {
				tag = own
			}
			return name, repository + ":" + tag
		}
	}
	return "", ""
}
