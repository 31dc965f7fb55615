package fleet

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
	"github.com/tare-oci/tare/ui/display"
)

func driftDeed(f *model.Fleet, v *model.FleetDrift) Deed {
	d := Deed{Pull: true, Text: "build on the newest " + Short(f, v.Name), Where: "in " + display.Plural(v.Images, "image"), Images: v.Stale()}
	if v.ExtraBytes != nil {
		d.Bytes = *v.ExtraBytes
	}
	d.Note = "on an older one now: " + someOf(f, d.Images)
	return d
}

// maxStale is how many images on old builds of a base a sentence names.
const maxStale = 5

// someOf names images, the first few of many.
func someOf(f *model.Fleet, images []int) string {
	var names []string
	for _, i := range images[:min(len(images), maxStale)] {
		names = append(names, Short(f, f.Images[i].References[0]))
	}
	if more := len(images) - len(names); more > 0 {
		names = append(names, display.Count(more)+" more")
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// drift says that a name of a base means several builds, and which images stand on an old one. Names are not escaped.
func drift(f *model.Fleet, d *model.FleetDrift) string {
	stand := " are built"
	if d.Images == 1 {
		stand = " is built"
	}
	return "stands for " + display.Count(len(d.Versions)) + " different builds here; " + someOf(f, d.Stale()) + stand + " on an old one."
}

// isOld reports whether a base is an old build of what goes by its name.
func isOld(f *model.Fleet, base int) bool {
	return slices.ContainsFunc(f.OutOfStep, func(d model.FleetDrift) bool {
		return d.Name == f.Bases[base].Title && slices.ContainsFunc(d.Versions[min(1, len(d.Versions)):], func(v model.FleetDriftVersion) bool { return v.Base == base })
	})
}

// BaseName is the short name of a base, which tells an old build from the newest one.
func BaseName(f *model.Fleet, base int) string { return Short(f, fullName(f, base)) }

// fullName is BaseName with what the names of all images begin with.
func fullName(f *model.Fleet, base int) string {
	if isOld(f, base) {
		return older + f.Bases[base].Title
	}
	return f.Bases[base].Title
}

// older stands before the name of an old build.
const older = "older "
