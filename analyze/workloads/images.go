package workloads

import (
	"cmp"
	"slices"

	"github.com/tare-oci/tare/analyze/source/imagename"
)

// Image is an image that workloads use.
type Image struct {
	// Reference is as a manifest writes it. References that mean the same image, such as
	// nginx and docker.io/library/nginx:latest, are one, by the first of them.
	Reference string
	Uses      []Use
}

// Use is one place where a workload names an image.
type Use struct {
	Workload  *Workload
	Container *Container // for a volume of kind image: its name, its reference and the role Mounted
	Written   string     // the reference, as this place writes it
}

// Images returns every distinct image and who uses it, sorted by reference. What a
// controller made says what the controller says again, so its uses count only where they
// differ, as where a sidecar was put into the pod; and a ReplicaSet that its Deployment has
// scaled to zero is an older release, which runs nothing.
func (s *Set) Images() []Image {
	var images []Image
	at := map[string]int{} // index into images, by normal name
	for _, use := range s.uses() {
		key := imagename.Normal(use.Written)
		i, known := at[key]
		if !known {
			i = len(images)
			at[key] = i
			images = append(images, Image{Reference: use.Written})
		}
		images[i].Uses = append(images[i].Uses, use)
	}
	slices.SortFunc(images, func(a, b Image) int { return cmp.Compare(a.Reference, b.Reference) })
	return images
}

// Using returns the uses of a repository's images, whatever their tag or digest: of
// registry.example.org/shop/web for registry.example.org/shop/web:1.4.
func (s *Set) Using(reference string) []Use {
	want := imagename.Repository(reference)
	if want == "" {
		return nil
	}
	return slices.DeleteFunc(s.uses(), func(use Use) bool { return imagename.Repository(use.Written) != want })
}

// uses lists the uses of all images in the order of the manifests.
func (s *Set) uses() []Use {
	said := s.said()
	var uses []Use
	for i := range s.Workloads {
		w := &s.Workloads[i]
		if w.Owner != "" && w.Replicas != nil && *w.Replicas == 0 {
			continue
		}
		for j := range w.Containers {
			c := &w.Containers[j]
			if c.Image == "" || w.Owner != "" && said[saying{w.Namespace, w.Owner, c.Name, c.Image}] {
				continue
			}
			uses = append(uses, Use{Workload: w, Container: c, Written: c.Image})
		}
		for _, v := range w.Volumes {
			if v.Image != "" {
				c := &Container{Role: Mounted, Name: v.Name, Line: v.Line, Image: v.Image, ImageLine: v.ImageLine}
				uses = append(uses, Use{Workload: w, Container: c, Written: v.Image})
			}
		}
	}
	return uses
}

// saying is that an object's container has an image.
type saying struct{ namespace, object, container, image string }

func (s *Set) said() map[saying]bool {
	said := map[saying]bool{}
	for i := range s.Workloads {
		w := &s.Workloads[i]
		for _, c := range w.Containers {
			said[saying{w.Namespace, w.Kind + "/" + w.Name, c.Name, c.Image}] = true
		}
	}
	return said
}
