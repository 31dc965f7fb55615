package engines

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/tare-oci/tare/model"
)

// buildAnew builds a Dockerfile without the builder's cache, pushes the image and returns
// its reference.
func buildAnew(t *testing.T, name, dockerfile string) string {
	t.Helper()
	reference := registry + "/tare-engines/" + name
	command(t, strings.NewReader(dockerfile), nil, "docker", "build", "-q", "--no-cache", "--network", "host", "-t", reference, "-")
	docker(t, "push", "-q", reference)
	return reference
}

// pulls is what tare compare says of what is pulled, in JSON.
type pulls struct {
	Totals struct {
		PullBytes        *int64 `json:"pullBytes"`
		PulledAgainBytes *int64 `json:"pulledAgainBytes"`
	} `json:"totals"`
	PulledAgain []struct {
		Kind            model.SameKind      `json:"kind"`
		New             int                 `json:"new"`
		Step            *model.Step         `json:"step"`
		CompressedBytes *int64              `json:"compressedBytes"`
		Causes          []model.PullCause   `json:"causes"`
		Files           []model.ChangedFile `json:"files"`
	} `json:"pulledAgain"`
}

func pullsOf(t *testing.T, from, to string) pulls {
	t.Helper()
	var p pulls
	if err := json.Unmarshal(command(t, nil, nil, tare, "compare", "-o", "json", "registry:"+from, "registry:"+to), &p); err != nil {
		t.Fatal(err)
	}
	if p.Totals.PullBytes == nil || p.Totals.PulledAgainBytes == nil {
		t.Fatal("a registry tells all sizes, and tare does not")
	}
	return p
}

// manifest is what the registry says of an image.
func manifest(t *testing.T, reference string) *v1.Manifest {
	t.Helper()
	m, err := remoteImage(t, reference).Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func remoteImage(t *testing.T, reference string) v1.Image {
	t.Helper()
	ref, err := name.ParseReference(reference, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	img, err := remote.Image(ref)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// missing adds up the layers of a manifest that another has not.
func missing(from, to *v1.Manifest) (bytes int64) {
	for _, l := range to.Layers {
		if !slices.ContainsFunc(from.Layers, func(old v1.Descriptor) bool { return old.Digest == l.Digest }) {
			bytes += l.Size
		}
	}
	return bytes
}

// TestPulledAgain builds one Dockerfile twice, with a cause planted in each instruction. The
// layers that hold the same are named with their cause and instruction, and weigh what the
// manifests say.
func TestPulledAgain(t *testing.T) {
	needEngine(t)
	const text = `FROM 127.0.0.1:5057/debian:slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-minimal && rm -rf /var/lib/apt/lists/* && find /var/log -type f -delete
RUN seq 1 200000 > /opt/numbers
RUN seq 1 200001 > /opt/more && date +%s%N > /var/log/build.log
RUN mkdir /m && seq 1 200002 > /m/data && echo 'x = 1' > /m/a.py && python3 -m py_compile /m/a.py
RUN seq 1 200003 > /opt/others && cat /proc/sys/kernel/random/uuid | tr -d - > /etc/machine-id
RUN seq 1 200004 > /opt/keys && mkdir /etc/ssh && date +%s%N > /etc/ssh/ssh_host_rsa_key
`
	from, to := buildAnew(t, "again:1", text), buildAnew(t, "again:2", text)
	old, now := manifest(t, from), manifest(t, to)
	p := pullsOf(t, from, to)
	if want := missing(old, now); *p.Totals.PullBytes != want {
		t.Errorf("%d bytes are to be pulled, by the manifests %d", *p.Totals.PullBytes, want)
	}
	wants := []struct{ text, kind, file, what string }{
		{"apt-get install", "stamped", "var/cache/ldconfig/aux-cache", "ldconfig's cache"},
		{"seq 1 200000", "same", "", ""},
		{"seq 1 200001", "stamped", "var/log/build.log", "log files"},
		{"seq 1 200002", "stamped", "m/__pycache__/a.cpython-311.pyc", "Python's bytecode, which holds the times of its sources"},
		{"seq 1 200003", "stamped", "etc/machine-id", "the machine's ID"},
		{"seq 1 200004", "mostly", "etc/ssh/ssh_host_rsa_key", "keys that an installation makes"},
	}
	sum := int64(0)
	for _, want := range wants {
		found := false
		for _, again := range p.PulledAgain {
			if again.Step == nil || !strings.Contains(again.Step.Text, want.text) {
				continue
			}
			found = true
			blob := now.Layers[again.New].Size
			if string(again.Kind) != want.kind || again.CompressedBytes == nil || *again.CompressedBytes > blob || *again.CompressedBytes < blob/2 {
				t.Errorf("%s: it is %s, of the blob's %d bytes %v are the same", want.text, again.Kind, blob, again.CompressedBytes)
				continue
			}
			if want.kind == "same" && (*again.CompressedBytes != blob || !slices.Equal(again.Causes, []model.PullCause{model.ByTimes})) {
				t.Errorf("%s: %d of %d bytes, because of %v", want.text, *again.CompressedBytes, blob, again.Causes)
			}
			if want.file != "" && !slices.ContainsFunc(again.Files, func(f model.ChangedFile) bool { return f.Path == want.file && f.What == want.what }) {
				t.Errorf("%s: %s (%s) is not among %+v", want.text, want.file, want.what, again.Files)
			}
			if again.Kind != model.MostlySame {
				sum += *again.CompressedBytes
			}
		}
		if !found {
			t.Errorf("nothing says that the layer of %s is pulled again", want.text)
		}
	}
	if len(p.PulledAgain) != len(wants) || sum != *p.Totals.PulledAgainBytes {
		t.Errorf("%d layers are pulled again, and %d bytes of them for nothing, want %d", len(p.PulledAgain), *p.Totals.PulledAgainBytes, sum)
	}
}

// TestNothingIsPulledAgain: with fixed times, and without what a build stamps, a build comes
// out as before. The engine's builder knows no rewrite-timestamp, so the RUN sets the times
// of all that it leaves.
func TestNothingIsPulledAgain(t *testing.T) {
	needEngine(t)
	const text = `FROM 127.0.0.1:5057/debian:slim
RUN mkdir /data && seq 1 200000 > /data/numbers && touch -d @0 /data /data/numbers
RUN seq 1 200001 > /data/more && touch -d @0 /data /data/more
`
	from, to := buildAnew(t, "pinned:1", text), buildAnew(t, "pinned:2", text)
	if want := missing(manifest(t, from), manifest(t, to)); want != 0 {
		t.Fatalf("the registry has %d bytes anew, so the times are not fixed", want)
	}
	if p := pullsOf(t, from, to); *p.Totals.PullBytes != 0 || len(p.PulledAgain) != 0 {
		t.Errorf("%+v", p)
	}
}

// TestCompressedOtherwise: the same image, its layers compressed at another level, is pulled
// as a whole for nothing.
func TestCompressedOtherwise(t *testing.T) {
	needEngine(t)
	from := buildAnew(t, "level:1", "FROM 127.0.0.1:5057/debian:slim\nRUN seq 1 200000 > /opt/numbers\n")
	to := registry + "/tare-engines/level:2"
	img := remoteImage(t, from)
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	again := empty.Image
	for _, l := range layers {
		other, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return l.Uncompressed() }, tarball.WithCompressionLevel(gzip.BestSpeed))
		if err != nil {
			t.Fatal(err)
		}
		if again, err = mutate.AppendLayers(again, other); err != nil {
			t.Fatal(err)
		}
	}
	config, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if again, err = mutate.ConfigFile(again, config); err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(to, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(ref, again); err != nil {
		t.Fatal(err)
	}
	p, want := pullsOf(t, from, to), missing(manifest(t, from), manifest(t, to))
	if len(p.PulledAgain) != len(layers) || *p.Totals.PullBytes != want || *p.Totals.PulledAgainBytes != want {
		t.Errorf("%d of %d layers, %d and %d bytes; want %d", len(p.PulledAgain), len(layers), *p.Totals.PullBytes, *p.Totals.PulledAgainBytes, want)
	}
	for _, again := range p.PulledAgain {
		if !slices.Equal(again.Causes, []model.PullCause{model.ByCompression}) {
			t.Errorf("layer %d because of %v", again.New, again.Causes)
		}
	}
}
