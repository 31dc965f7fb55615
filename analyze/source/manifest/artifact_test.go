package manifest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// artifactShape is a manifest as a tool pushes it.
type artifactShape struct {
	artifactType, config string
	layers               []string
	annotations          map[string]string // of the last layer
	subject              *v1.Descriptor
}

const imageConfig = "application/vnd.oci.image.config.v1+json"

// store returns the documents of an artifact, and the descriptor of its
// manifest.
func (s artifactShape) store(t *testing.T) (imagetest.Archive, v1.Descriptor) {
	t.Helper()
	var archive imagetest.Archive
	put := func(body, media string) v1.Descriptor {
		h := imagetest.Digest([]byte(body))
		archive = archive.With(imagetest.Blob(h), []byte(body))
		return v1.Descriptor{MediaType: types.MediaType(media), Digest: h, Size: int64(len(body))}
	}
	config := put(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}`, s.config)
	layers := []v1.Descriptor{}
	for _, media := range s.layers {
		layers = append(layers, put("content of "+media, media))
	}
	if len(layers) > 0 {
		layers[len(layers)-1].Annotations = s.annotations
	}
	doc, err := json.Marshal(struct {
		SchemaVersion int             `json:"schemaVersion"`
		MediaType     types.MediaType `json:"mediaType"`
		ArtifactType  string          `json:"artifactType,omitempty"`
		Config        v1.Descriptor   `json:"config"`
		Layers        []v1.Descriptor `json:"layers"`
		Subject       *v1.Descriptor  `json:"subject,omitempty"`
	}{2, types.OCIManifestSchema1, s.artifactType, config, layers, s.subject})
	if err != nil {
		t.Fatal(err)
	}
	return archive, put(string(doc), string(types.OCIManifestSchema1))
}

var shapesOfArtifacts = map[string]struct {
	artifactShape
	says string
}{
	"cosign signature":   {artifactShape{config: imageConfig, layers: []string{"application/vnd.dev.cosign.simplesigning.v1+json"}}, "this is a cosign signature, not a container image; name the image that it belongs to"},
	"cosign attestation": {artifactShape{config: imageConfig, layers: []string{"application/vnd.dsse.envelope.v1+json"}}, "an attestation (DSSE)"},
	"cosign SBOM":        {artifactShape{config: imageConfig, layers: []string{"text/spdx+json"}}, "an SBOM (SPDX)"},
	"sigstore bundle":    {artifactShape{artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json", config: "application/vnd.oci.empty.v1+json", layers: []string{"application/vnd.dev.sigstore.bundle.v0.3+json"}}, "a Sigstore bundle"},
	"notation":           {artifactShape{config: "application/vnd.cncf.notary.signature", layers: []string{"application/jose+json"}}, "a Notation signature"},
	"in-toto":            {artifactShape{config: imageConfig, layers: []string{"application/vnd.in-toto+json"}}, "an attestation (in-toto)"},
	"CycloneDX":          {artifactShape{artifactType: "application/vnd.cyclonedx+json", config: "application/vnd.oci.empty.v1+json", layers: []string{"application/vnd.cyclonedx+json"}}, "an SBOM (CycloneDX)"},
	"Helm":               {artifactShape{config: "application/vnd.cncf.helm.config.v1+json", layers: []string{"application/vnd.cncf.helm.chart.content.v1.tar+gzip"}}, "this is a Helm chart, not a container image"},
	"WASM":               {artifactShape{config: "application/vnd.wasm.config.v0+json", layers: []string{"application/wasm"}}, "a WebAssembly module"},
	"WASM, image config": {artifactShape{config: imageConfig, layers: []string{"application/vnd.wasm.content.layer.v1+wasm"}}, "a WebAssembly module"},
	"Docker model":       {artifactShape{config: "application/vnd.docker.ai.model.config.v0.1+json", layers: []string{"application/vnd.docker.ai.gguf.v3", "application/vnd.docker.ai.license"}}, "an AI model (Docker Model Runner)"},
	"Ollama":             {artifactShape{config: "application/vnd.docker.container.image.v1+json", layers: []string{"application/vnd.ollama.image.model", "application/vnd.ollama.image.license"}}, "an AI model (Ollama)"},
	"KitOps":             {artifactShape{config: "application/vnd.kitops.modelkit.config.v1+json", layers: []string{"application/vnd.kitops.modelkit.model.v1.tar+gzip"}}, "an AI model (KitOps)"},
	"ModelPack":          {artifactShape{artifactType: "application/vnd.cncf.model.manifest.v1+json", config: "application/vnd.cncf.model.config.v1+json", layers: []string{"application/vnd.cncf.model.weight.v1.tar"}}, "an AI model (ModelPack)"},
	"squashfs":           {artifactShape{config: imageConfig, layers: []string{"application/vnd.stacker.image.layer.squashfs+zstd+verity"}}, "a squashfs image, whose layers are not tar archives"},
	"EROFS":              {artifactShape{config: imageConfig, layers: []string{"application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.erofs.layer.v1"}}, "an EROFS image"},
	"Nydus":              {artifactShape{config: imageConfig, layers: []string{"application/vnd.oci.image.layer.nydus.blob.v1", "application/vnd.oci.image.layer.v1.tar+gzip"}}, "a Nydus image"},
	"Nydus, by its boot": {artifactShape{config: imageConfig, layers: []string{"application/vnd.oci.image.layer.v1.tar+gzip"}, annotations: map[string]string{"containerd.io/snapshot/nydus-bootstrap": "true"}}, "a Nydus image"},
	"a build cache":      {artifactShape{config: "application/vnd.buildkit.cacheconfig.v0", layers: []string{"application/vnd.oci.image.layer.v1.tar+gzip"}}, "a build cache of BuildKit"},
	"ORAS":               {artifactShape{artifactType: "application/vnd.example.recipe", config: "application/vnd.oci.empty.v1+json", layers: []string{"text/markdown"}}, "an artifact of type application/vnd.example.recipe"},
	"ORAS, unnamed":      {artifactShape{config: "application/vnd.unknown.config.v1+json", layers: []string{"application/octet-stream"}}, "an artifact of type application/vnd.unknown.config.v1+json"},
	"documents":          {artifactShape{config: imageConfig, layers: []string{"application/json"}}, "an artifact of type application/json"},
}

func TestArtifactsAreNamed(t *testing.T) {
	for name, c := range shapesOfArtifacts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, d := c.store(t)
			archive = archive.With("index.json", sourcetest.IndexDoc(t, d))
			everyWay(t, archive, "", func(t *testing.T, _ *source.Image, err error) { sourcetest.WantError(t, err, c.says) })
			// An index may say it before the manifest is read.
			said := d
			said.ArtifactType = c.artifactType
			if said.ArtifactType == "" {
				said.ArtifactType = c.config
			}
			everyWay(t, archive.With("index.json", sourcetest.IndexDoc(t, said)), "", func(t *testing.T, _ *source.Image, err error) { sourcetest.WantError(t, err, c.says) })
		})
	}
}

func TestArtifactBesideAnImage(t *testing.T) {
	img := sourcetest.Sample()
	raw := img.RawManifest()
	own := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: img.Digest(), Size: int64(len(raw))}
	for name, c := range shapesOfArtifacts {
		c.subject = &own
		beside, d := c.store(t)
		for how, say := range map[string]func(image, artifact *v1.Descriptor){
			"silent":       func(_, _ *v1.Descriptor) {},
			"by type":      func(_, a *v1.Descriptor) { a.ArtifactType = c.config },
			"with a tag":   func(i, a *v1.Descriptor) { tag(i, "app:1"); tag(a, "sha256-"+own.Digest.Hex+".sig") },
			"with the tag": func(i, a *v1.Descriptor) { tag(i, "1"); tag(a, "1") },
			"platform":     func(i, _ *v1.Descriptor) { i.Platform = &v1.Platform{OS: "linux", Architecture: "amd64"} },
		} {
			if how == "by type" && c.config == imageConfig {
				continue
			}
			t.Run(name+", "+how, func(t *testing.T) {
				t.Parallel()
				image, artifact := own, d
				say(&image, &artifact)
				archive := img.OCI()
				for _, f := range beside {
					archive = archive.With(f.Path, f.Body)
				}
				check := func(t *testing.T, opened *source.Image, err error) {
					if err != nil {
						t.Fatal(err)
					}
					defer opened.Close()
					if opened.ID != img.ID().String() {
						t.Error("another image opened")
					}
				}
				for _, order := range [][]v1.Descriptor{{image, artifact}, {artifact, image}} {
					archive := archive.With("index.json", sourcetest.IndexDoc(t, order...))
					if (name == "cosign signature" || name == "sigstore bundle") && (how == "silent" || imagetest.Rounds(0, 0, 1) > 0) {
						everyWay(t, archive, "", check)
						continue
					}
					opened, err := source.Open(context.Background(), sourcetest.WriteFile(t, "image.tar", archive.Tar()), source.Options{})
					check(t, opened, err)
				}
			})
		}
	}
}

func tag(d *v1.Descriptor, name string) {
	d.Annotations = map[string]string{"org.opencontainers.image.ref.name": name}
}

func TestOnlyArtifacts(t *testing.T) {
	chart, one := shapesOfArtifacts["Helm"].store(t)
	signature, two := shapesOfArtifacts["cosign signature"].store(t)
	archive := append(chart, signature...)
	everyWay(t, archive.With("index.json", sourcetest.IndexDoc(t, one, two)), "linux/amd64", func(t *testing.T, _ *source.Image, err error) {
		sourcetest.WantError(t, err, "lists no image, only a Helm chart and a cosign signature")
		if strings.Contains(err.Error(), "--platform") {
			t.Errorf("--platform cannot help: %v", err)
		}
	})
	tag(&one, "chart")
	one.ArtifactType = "application/vnd.cncf.helm.config.v1+json"
	path := sourcetest.WriteFile(t, "image.tar", sourcetest.Sample().OCI().Tar())
	_, err := source.Open(context.Background(), path+":chart", source.Options{})
	sourcetest.WantError(t, err, "it holds")
	archive = append(sourcetest.Sample().OCI(), chart...)
	own := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: sourcetest.Sample().Digest(), Size: int64(len(sourcetest.Sample().RawManifest()))}
	path = sourcetest.WriteFile(t, "image.tar", archive.With("index.json", sourcetest.IndexDoc(t, own, one)).Tar())
	_, err = source.Open(context.Background(), path+":chart", source.Options{})
	sourcetest.WantError(t, err, "this is a Helm chart")
	mustOpen(t, path, source.Options{})
}

// TestSubject: who names a signature wants the image that it signs.
func TestSubject(t *testing.T) {
	shape := shapesOfArtifacts["notation"].artifactShape
	own := v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: sourcetest.Sample().Digest(), Size: 1}
	shape.subject = &own
	archive, d := shape.store(t)
	everyWay(t, archive.With("index.json", sourcetest.IndexDoc(t, d)), "", func(t *testing.T, _ *source.Image, err error) {
		sourcetest.WantError(t, err, "name the image that it belongs to, "+own.Digest.String())
	})
}

func TestArtifactsInARegistry(t *testing.T) {
	for name, c := range shapesOfArtifacts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			archive, d := c.store(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/v2/" {
					return
				}
				w.Header().Set("Content-Type", string(types.OCIManifestSchema1))
				_, _ = w.Write(archive.Body(imagetest.Blob(d.Digest)))
			}))
			defer server.Close()
			_, err := source.Open(context.Background(), "registry:"+strings.TrimPrefix(server.URL, "http://")+"/chart:1", source.Options{})
			sourcetest.WantError(t, err, c.says)
		})
	}
}

// TestBuildCache: BuildKit exports a cache as an index of layers.
func TestBuildCache(t *testing.T) {
	archive, layer := shapesOfArtifacts["a build cache"].store(t)
	layer.MediaType = types.OCILayer
	config := layer
	config.MediaType = "application/vnd.buildkit.cacheconfig.v0"
	everyWay(t, archive.With("index.json", sourcetest.IndexDoc(t, layer, config)), "", func(t *testing.T, _ *source.Image, err error) {
		sourcetest.WantError(t, err, "lists no image, only", "a build cache of BuildKit")
	})
}
