package workloads

import (
	"crypto/sha256"
	"encoding/json"
)

// Spec is a checksum of all that a workload says of how its containers run: its kind and its pod.
// Workloads with the same one differ only in their names, labels and numbers of replicas, and in
// where they stand, so what holds of a container of one of them holds of the same container of all.
func (w *Workload) Spec() [sha256.Size]byte {
	pod := w.Pod
	pod.Containers = make([]Container, len(w.Containers))
	copy(pod.Containers, w.Containers)
	for i := range pod.Containers {
		pod.Containers[i].PreStop = min(pod.Containers[i].PreStop, 1) // a line, of which only whether it is there counts
	}
	text, err := json.Marshal(struct { // without lines, which have no name there
		APIVersion, Kind string
		Pod              Pod
	}{w.APIVersion, w.Kind, pod})
	if err != nil {
		return sha256.Sum256([]byte(w.At(w.Line) + w.String())) // no type in it can fail; then the workload is like no other
	}
	return sha256.Sum256(text)
}
