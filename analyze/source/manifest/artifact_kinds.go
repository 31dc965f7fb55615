package manifest

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// artifactKinds names artifacts by a part of a media type in lower case.
var artifactKinds = []struct{ part, is string }{
	{"nydus", "a Nydus image"},
	{"squashfs", "a squashfs image"},
	{"erofs", "an EROFS image"},
	{"overlaybd", "an overlaybd image"},
	{"sylabs.sif", "a Singularity image (SIF)"},

	{"cosign.simplesigning", "a cosign signature"},
	{"cosign.artifact.sig", "a cosign signature"},
	{"dev.sigstore.bundle", "a Sigstore bundle (a signature or an attestation)"},
	{"cncf.notary", "a Notation signature"},
	{"application/jose", "a Notation signature"},
	{"application/cose", "a Notation signature"},
	{"spdx", "an SBOM (SPDX)"},
	{"cyclonedx", "an SBOM (CycloneDX)"},
	{"syft", "an SBOM (Syft)"},
	{"sbom", "an SBOM"},
	{"dsse", "an attestation (DSSE)"},
	{"in-toto", "an attestation (in-toto)"},
	{"attestation", "an attestation"},
	{"sarif", "a scanner's report (SARIF)"},
	{"vuln", "a vulnerability report"},

	{"cncf.helm", "a Helm chart"},
	{"fermyon.spin", "a Spin application (WebAssembly)"},
	{"wasm", "a WebAssembly module"},
	{"docker.ai", "an AI model (Docker Model Runner)"},
	{"cncf.model", "an AI model (ModelPack)"},
	{"kitops", "an AI model (KitOps)"},
	{"ollama", "an AI model (Ollama)"},
	{"gguf", "an AI model"},
	{"safetensors", "an AI model"},
	{"onnx", "an AI model"},

	{"buildkit.cacheconfig", "a build cache of BuildKit"},
	{"docker.plugin", "a Docker plugin"},
	{"docker.compose", "a Compose project"},
	{"vnd.cnab", "a CNAB bundle"},
	{"cncf.flux", "a Flux artifact"},
	{"openpolicyagent", "an Open Policy Agent bundle"},
	{"aquasec.trivy", "a Trivy database"},
	{"cncf.falco", "a Falco artifact"},
	{"devcontainers", "a dev container feature"},
	{"amazon.soci", "a SOCI index"},
	{"opentofu", "an OpenTofu package"},
	{"cirruslabs.tart", "a Tart virtual machine"},
}

// fileSystems are how many of the kinds at the table's start are images whose
// layers are file systems of another format.
const fileSystems = 5

// kindOfArtifact is what a media type says that something is, "" if tare does
// not know it.
func kindOfArtifact(mediaType string) string {
	mediaType = strings.ToLower(mediaType)
	for _, k := range artifactKinds {
		if strings.Contains(mediaType, k.part) {
			return k.is
		}
	}
	return ""
}

// foreignFormat is the format of a layer that is a file system of its own, ""
// for a tar. A converter may keep a tar's media type and say so in annotations.
func foreignFormat(d v1.Descriptor) string {
	said := string(d.MediaType)
	for key := range d.Annotations {
		if strings.HasPrefix(key, "containerd.io/snapshot/nydus-") || strings.HasPrefix(key, "containerd.io/snapshot/overlaybd/") {
			said += " " + key
		}
	}
	said = strings.ToLower(said)
	for _, k := range artifactKinds[:fileSystems] {
		if strings.Contains(said, k.part) {
			return k.is
		}
	}
	return ""
}

// isDocument reports whether a layer of this media type is text, and so no file
// system.
func isDocument(mediaType string) bool {
	for _, end := range []string{"+json", "/json", "+xml", "/xml", "+yaml", "/yaml"} {
		if strings.HasSuffix(mediaType, end) {
			return true
		}
	}
	return strings.HasPrefix(mediaType, "text/")
}

// describeType is what a media type says, in words.
func describeType(mediaType string) string {
	if kind := kindOfArtifact(mediaType); kind != "" {
		return kind
	}
	return "an artifact of type " + mediaType
}

// isImageConfig tells images from other artifacts. A config without a media
// type is taken for an image's: some old tools leave it out.
func isImageConfig(m types.MediaType) bool { return m == "" || m.IsConfig() }
