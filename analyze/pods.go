package analyze

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/redact"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/source/imagename"
	"github.com/tare-oci/tare/analyze/source/usererror"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/model"
)

// maxPods is how many containers of different specs are judged. All rules ask about each of them.
const maxPods = 10_000

// pods finds the containers of the manifests that run the image: those whose image is of the
// same repository, whatever the tag. A name without a registry, as people give an image that
// they have just built, also stands for one repository that ends in it.
func (a *analysis) pods() ([]rules.Pod, error) {
	set := a.opt.Manifests
	if set == nil {
		return nil, nil
	}
	var names []string
	for _, name := range []string{a.img.Reference, a.img.Name} {
		if name != "" && imagename.Repository(name) != "" && !imagename.IsID(name) {
			names = append(names, name)
		}
	}
	var uses []workloads.Use
	for _, name := range names {
		if len(uses) == 0 {
			uses, a.podName = set.Using(name), name
		}
	}
	for _, name := range names {
		if len(uses) == 0 {
			uses, a.podName = endsIn(set, name), name
		}
	}
	pods := bySpec(uses)
	if len(pods) == 0 {
		return nil, &usererror.OpError{Act: "looking for " + a.img.Reference + " in the manifests", Err: noPod(set, names)}
	}
	return pods, nil
}

// bySpec are the containers of an image's uses, those with the same spec as one by the first.
func bySpec(uses []workloads.Use) (pods []rules.Pod) {
	type container struct {
		spec [32]byte
		name string // a pod's containers have different ones
		role workloads.Role
	}
	first := make(map[container]int)
	var of *workloads.Workload
	var spec [32]byte // of it
	for _, use := range uses {
		if use.Container.Role == workloads.Mounted {
			continue
		}
		if use.Workload != of {
			of, spec = use.Workload, use.Workload.Spec()
		}
		key := container{spec, use.Container.Name, use.Container.Role}
		at, known := first[key]
		if !known || pods[at].Workload == use.Workload {
			first[key] = len(pods)
			pods = append(pods, rules.Pod{Workload: use.Workload, Container: use.Container})
			continue
		}
		pods[at].Others++
		if len(pods[at].Also) < model.MaxOtherPlaces {
			place := model.OtherPlace{File: use.Workload.File, Line: use.Container.Line, Workload: use.Workload.String()}
			pods[at].Also = append(pods[at].Also, place)
		}
	}
	return pods
}

// addPods tells the rules of the pods that run the image.
func (a *analysis) addPods(build *Build) error {
	pods, err := a.pods()
	if err != nil {
		return err
	}
	if more := len(pods) - maxPods; more > 0 {
		pods = pods[:maxPods]
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("manifests: %d containers of different specs run the image, of which the first %d are judged; give fewer manifests at once", maxPods+more, maxPods))
	}
	build.Pods = pods
	if set := a.opt.Manifests; set != nil {
		build.PodSecrets, build.PodVariables = slices.Clone(set.Secrets), set.Variables()
		for _, text := range slices.Concat(set.Texts(), build.PodVariables) {
			for _, value := range (redact.Mask{}).Values(text) {
				build.PodSecrets = append(build.PodSecrets, "password="+value)
			}
		}
		for _, p := range set.Problems {
			a.report.Notes = append(a.report.Notes, "manifests: "+redact.Message(p.String()))
		}
	}
	return nil
}

// tellPods writes into the report which containers run the image, and what they settle.
func (a *analysis) tellPods(build *Build, claims *rules.Claims) {
	r := a.report
	for i := range build.Pods {
		p := &build.Pods[i]
		r.Pods = append(r.Pods, model.Pod{
			ManifestPlace: claims.ShownPlace(*p.Place(p.Container.ImageLine, "")), Role: string(p.Container.Role), Image: redact.Message(p.Container.Image),
			Differs: redact.Message(differs(r, a.podName, p.Container.Image)), Settles: claims.Settled(i), Findings: claims.Held(i),
		})
	}
}

// differs says how an image that a manifest names differs by its name from that of the report,
// which is called name; "" where it does not.
func differs(r *model.Report, name, written string) string {
	if imagename.Same(written, name) {
		return ""
	}
	at := strings.LastIndex(written, "@")
	if at >= 0 {
		digest := written[at+1:]
		if r.Image.Digest != nil && *r.Image.Digest == digest || r.Image.ID != nil && *r.Image.ID == digest {
			return ""
		}
		return "the manifest runs the digest " + digest[:min(len(digest), len("sha256:")+12)]
	}
	of := func(reference string) string {
		_, tag, tagged := strings.Cut(path.Base(reference), ":")
		if !tagged {
			return "latest"
		}
		return tag
	}
	if imagename.Repository(written) == imagename.Repository(name) || of(written) != of(name) {
		return "the manifest runs the tag " + of(written)
	}
	return "the manifest runs " + written
}
