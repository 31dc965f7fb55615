// Package workloads reads Kubernetes manifests: what runs which image, as whom, with which command,
// probes, ports and volumes.
//
//	set, err := workloads.Read(ctx, os.Stdin, "deploy/", "-")
//	for _, image := range set.Images() { … image.Reference, image.Uses … }
//
// A workload is an object with a pod in it: a Pod, a Deployment, a CronJob, and any custom resource
// that holds a list of containers with images, such as an Argo Rollout, a Knative Service, an Argo
// Workflow or a Tekton Task. What it comes from may be a file or a directory of YAML or JSON,
// documents of one stream (as helm template and kustomize print them), or the lists of
// kubectl get -o yaml or json.
//
// Manifests are read as nodes, not decoded into the types of Kubernetes, so every setting has its
// line, unknown kinds are no obstacle, and nothing of k8s.io is needed. A broken file or document is
// a Problem, and the others are read all the same.
//
// Files come from anywhere. The sizes of files, objects and directories are bounded, aliases are
// followed only as often as the size of a document justifies, and the work grows with the bytes read.
// Nothing here writes, and several calls may run at once.
package workloads

import (
	"fmt"
	"strings"
)

// Set is what a number of manifests say.
type Set struct {
	Workloads []Workload // in the order in which they were read
	Problems  []Problem
	// Secrets are what objects of the kind Secret hold, and Settings what ConfigMaps do, as
	// NAME=value. They are there so that no value of them is shown wherever else it stands.
	Secrets, Settings []string
}

// Problem is a file, or a part of one, that could not be read or understood.
type Problem struct {
	File string // as it was named or found; "-" is standard input
	Line int    // from 1; 0 where it is about the whole file or directory
	What string // what is wrong
	Next string // what to do
}

// String is the problem in one line. Names in it are not escaped.
func (p Problem) String() string {
	where := display(p.File)
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", where, p.Line)
	}
	if p.Next == "" {
		return where + ": " + p.What
	}
	return where + ": " + p.What + "; " + p.Next
}

// Stdin is the name of standard input among the names to read.
const Stdin = "-"

func display(file string) string {
	if file == Stdin {
		return "standard input"
	}
	return file
}

// Workload is an object with a pod in it. An object that holds several, as an Argo
// Workflow does, is as many workloads, which differ in Path.
type Workload struct {
	File     string // as in Problem
	Source   string // the chart's file, from the comment that helm template writes; else ""
	Document int    // which object of the file, from 1
	Line     int    // where the object starts

	APIVersion, Kind string
	Namespace, Name  string            // Name is generateName where there is no name
	Labels           map[string]string // the object's own, and the pod's where the object has none of that name
	Annotations      map[string]string // the object's own
	Owner            string            // the object that made this one, such as ReplicaSet/web-5d4f; else ""
	Replicas         *int64            // nil where it does not say

	Path string // where in the object the pod is, such as spec.template.spec
	Pod
}

// String names the workload as kubectl does: Deployment shop/web.
func (w *Workload) String() string {
	name := w.Name
	if name == "" {
		name = "(no name)"
	}
	if w.Namespace != "" {
		name = w.Namespace + "/" + name
	}
	return w.Kind + " " + name
}

// At is the file and a line of it, such as deploy/web.yaml:12.
func (w *Workload) At(line int) string { return fmt.Sprintf("%s:%d", display(w.File), line) }

// teamKeys are the labels and annotations that name the people a workload belongs to,
// without a prefix such as example.org/. The first that is there counts.
var teamKeys = []string{"team", "squad", "owner", "owned-by", "owned_by", "teamName", "team-name", "tribe", "department"}

// Team is whom the workload belongs to by its labels, or else its annotations, and
// the key that says so. Both are "" where nothing does.
func (w *Workload) Team() (team, key string) {
	for _, from := range []map[string]string{w.Labels, w.Annotations} {
		for _, want := range teamKeys {
			if value := from[want]; value != "" {
				return value, want
			}
			best := "" // of several prefixes the first in the alphabet, to be the same every time
			for k, value := range from {
				if strings.HasSuffix(k, "/"+want) && value != "" && (best == "" || k < best) {
					best = k
				}
			}
			if best != "" {
				return from[best], best
			}
		}
	}
	return "", ""
}

// Pod is what a workload runs. A setting that the manifest leaves out is nil, and its
// line 0.
type Pod struct {
	Line           int      `json:"-"` // lines are no part of a Spec
	Security       Security // of the pod; a container's own goes before it
	Containers     []Container
	Volumes        []Volume
	ServiceAccount string
	ShareProcesses bool // shareProcessNamespace
	HostNetwork    bool
}

// Setting is a value and the line that sets it.
type Setting[T any] struct {
	Value T
	Line  int `json:"-"`
}

// Security is a securityContext, of a pod or of a container.
type Security struct {
	Line         int `json:"-"`
	RunAsUser    *Setting[int64]
	RunAsGroup   *Setting[int64]
	FSGroup      *Setting[int64]
	RunAsNonRoot *Setting[bool]
	ReadOnlyRoot *Setting[bool] // readOnlyRootFilesystem
	Privileged   *Setting[bool]
	Escalation   *Setting[bool] // allowPrivilegeEscalation
	Add, Drop    []string       // capabilities
}

// Role is when a container of a pod runs.
type Role string

// The roles. A sidecar is an init container that keeps running (restartPolicy: Always);
// a step is one of a Tekton task or an Argo script, which run one after the other; a
// volume is no container, but an image whose files are mounted.
const (
	Main      Role = "container"
	Init      Role = "init container"
	Sidecar   Role = "sidecar"
	Ephemeral Role = "ephemeral container"
	Step      Role = "step"
	Mounted   Role = "volume"
)

// Container is one container of a pod.
type Container struct {
	Role      Role
	Name      string
	Line      int    `json:"-"`
	Image     string // as it is written; "" in a patch, which names the container only
	ImageLine int    `json:"-"`

	// Command goes before the image's entry point, and Args before its CMD. nil where
	// the manifest leaves them out or gives an empty list, which Kubernetes takes the same.
	Command, Args         []string
	CommandLine, ArgsLine int `json:"-"`
	WorkingDir            string

	Ports                        []Port
	Liveness, Readiness, Startup *Probe
	PreStop                      int // the line of lifecycle.preStop
	Security                     Security
	Env                          []Env
	EnvFrom                      []string // the names of ConfigMaps and Secrets
	Mounts                       []Mount
}

// Port is an entry of a container's ports.
type Port struct {
	Name     string
	Number   int64 // containerPort
	Protocol string
	Line     int `json:"-"`
}

// Probe is how Kubernetes asks whether a container works.
type Probe struct {
	Kind    string // httpGet, tcpSocket, grpc or exec; "" where it has none of them
	Port    string // a number or the name of a port; "" for exec
	Path    string // of httpGet
	Command []string
	Line    int `json:"-"`
}

// Env is a variable that the manifest sets. Value may be a secret: it is there to be
// looked at, not to be shown.
type Env struct {
	Name, Value string
	Line        int `json:"-"`
}

// Mount is a volume at a path of a container.
type Mount struct {
	Volume, Path, SubPath string
	ReadOnly              bool
	Line                  int `json:"-"`
}

// Volume is a volume of a pod: its name and its kind, such as emptyDir or configMap.
type Volume struct {
	Name, Kind string
	Image      string // the reference of a volume of kind image
	ImageLine  int    `json:"-"`
	Line       int    `json:"-"`
}
