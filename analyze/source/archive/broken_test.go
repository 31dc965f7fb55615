package archive_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/source/sourcetest"
)

// firstLayer is the name of the first layer's blob in a layout.
func firstLayer(img imagetest.Image) string {
	return imagetest.Blob(imagetest.Digest(img.Layers[0].Stored()))
}

func TestBrokenArchives(t *testing.T) {
	t.Parallel()
	oci, docker := sourcetest.Sample().OCI(), sourcetest.Sample().Docker25()
	config := imagetest.Blob(sourcetest.Sample().ID())
	manifest := imagetest.Blob(sourcetest.Sample().Digest())
	miscounted := sourcetest.Sample()
	miscounted.DiffIDs = sourcetest.Sample().ConfigFile().RootFS.DiffIDs[:2]
	foreign, encrypted, windows, artifact := sourcetest.Sample(), sourcetest.Sample(), sourcetest.Sample(), sourcetest.Sample()
	foreign.Layers[0].MediaType, foreign.Layers[0].URLs = types.OCIRestrictedLayer, []string{"https://example.org/layer"}
	encrypted.Layers[2].MediaType = types.OCILayer + "+encrypted"
	windows.Platform = "windows/amd64"
	artifactManifest := bytes.Replace(artifact.RawManifest(), []byte(types.OCIConfigJSON), []byte("application/vnd.example.chart"), 1)
	artifactIndex := bytes.ReplaceAll(artifact.OCI().Body("index.json"), []byte(artifact.Digest().Hex), []byte(imagetest.Digest(artifactManifest).Hex))
	artifactArchive := artifact.OCI().With(imagetest.Blob(imagetest.Digest(artifactManifest)), artifactManifest).With("index.json", artifactIndex)

	for name, test := range map[string]struct {
		archive imagetest.Archive
		want    []string
	}{
		"missing layer, oci":      {oci.Without(firstLayer(sourcetest.Sample())), []string{"layer 0", "is missing"}},
		"short layer":             {oci.Truncate(firstLayer(sourcetest.Sample()), -7), []string{"layer 0", "bytes, not the"}},
		"missing config":          {oci.Without(config), []string{config, "is missing"}},
		"missing manifest":        {oci.Without(manifest), []string{manifest, "is missing"}},
		"changed config":          {oci.Flip(config), []string{"config sha256:", "is not what it should be"}},
		"changed manifest":        {oci.Flip(manifest), []string{"manifest sha256:", "is not what it should be"}},
		"missing config, docker":  {docker.Without(config), []string{config, "is missing"}},
		"missing layer, docker":   {docker.Without(imagetest.Blob(sourcetest.Sample().Layers[2].DiffID())), []string{"layer 1", "is missing"}},
		"broken index.json":       {oci.With("index.json", []byte(`{"manifests": [`)), []string{"index.json is broken JSON"}},
		"broken manifest.json":    {docker.With("manifest.json", []byte(`[{]`)), []string{"manifest.json is broken JSON"}},
		"empty manifest.json":     {docker.With("manifest.json", nil), []string{"manifest.json is broken JSON"}},
		"manifest.json of dir:":   {docker.With("manifest.json", []byte(`{"schemaVersion":2}`)), []string{"not written by docker save", "oci-archive"}},
		"no image listed":         {docker.With("manifest.json", []byte(`[]`)), []string{"lists no image"}},
		"no config named":         {docker.With("manifest.json", []byte(`[{"Layers":[]}]`)), []string{"does not name a config"}},
		"no image in the index":   {oci.With("index.json", []byte(`{"schemaVersion":2,"manifests":[]}`)), []string{"lists no image"}},
		"index.json is a list":    {oci.With("index.json", []byte(`[]`)), []string{"index.json has an unexpected shape: it is a list, not an object"}},
		"index and manifest":      {oci.With("index.json", []byte(`{"manifests":[],"layers":[]}`)), []string{"could be an index or a manifest"}},
		"layer outside":           {docker.With("manifest.json", []byte(`[{"Config":"`+config+`","Layers":["../../../etc/passwd","a","b","c"]}]`)), []string{"layer 0", "etc/passwd", "is missing"}},
		"digest that is a path":   {oci.With("index.json", []byte(`{"manifests":[{"digest":"sha256:../../../etc/passwd"}]}`)), []string{"index.json has an unexpected shape"}},
		"diff IDs miscounted":     {miscounted.OCI(), []string{"config lists 2 layers, but its manifest 4"}},
		"diff IDs, docker":        {miscounted.Legacy(), []string{"config lists 2 layers, but its manifest 4"}},
		"foreign layer":           {foreign.OCI(), []string{"layer 0", "foreign layer"}},
		"encrypted layer":         {encrypted.OCI(), []string{"layer 1", "encrypted"}},
		"windows":                 {windows.OCI(), []string{"Windows image"}},
		"windows, docker":         {windows.Docker25(), []string{"Windows image"}},
		"artifact":                {artifactArchive, []string{"an artifact of type application/vnd.example.chart"}},
		"schema 1":                {oci.With("index.json", []byte(`{"schemaVersion":1,"fsLayers":[]}`)), []string{"schema 1"}},
		"nothing in it":           {imagetest.Archive{imagetest.Text("README", "hello")}, []string{"the tar is not an image"}},
		"loop of links":           {docker.With("manifest.json", []byte(`[{"Config":"a","Layers":[]}]`)).With("zz", nil), []string{"config a is missing"}},
		"escape codes in a name":  {docker.With("manifest.json", []byte(`[{"Config":"\u001b[31mred\n","Layers":[]}]`)), []string{`\x1b[31mred`}},
		"more values than sense":  {docker.With("manifest.json", []byte("["+strings.Repeat("{},", 500_000+1)+"{}]")), []string{"more than 500000 values"}},
		"layer that is no layer":  {docker.With("manifest.json", []byte(`[{"Config":"`+config+`","Layers":["oci-layout","oci-layout","oci-layout","oci-layout"]}]`)), nil},
		"several, one name a tag": {sourcetest.Merged(sourcetest.Sample().OCI(), sourcetest.Sample().OCI()).With("index.json", twice(sourcetest.Sample())), []string{"there are 2 images"}},
	} {
		t.Run(name, func(t *testing.T) {
			packed := test.archive.Tar()
			path := sourcetest.WriteFile(t, "image.tar", packed)
			if test.want != nil {
				_, err := source.Open(context.Background(), path, source.Options{})
				sourcetest.WantError(t, err, append(test.want, "opening "+path)...)
			}
			img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(packed)})
			_, err := sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, append(test.want, "reading standard input")...)
			if _, again := img.Stream.Next(context.Background()); !errors.Is(again, err) {
				t.Errorf("the error is not final: %v", again)
			}
		})
	}
}

// twice is an index of two images for one platform without names.
func twice(img imagetest.Image) []byte {
	one := sourcetest.Other()
	one.Tag = ""
	img.Tag = ""
	return sourcetest.Merged(img.OCI(), one.OCI()).Body("index.json")
}

func TestCutOff(t *testing.T) {
	packed := sourcetest.Sample().Docker25().Tar()
	for name, content := range map[string][]byte{
		"in a layer":  packed[:20_000],
		"in a header": packed[:700],
	} {
		t.Run(name, func(t *testing.T) {
			path := sourcetest.WriteFile(t, "image.tar", content)
			_, err := source.Open(context.Background(), path, source.Options{})
			sourcetest.WantError(t, err, path, "the archive ends early")
			img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(content)})
			_, err = sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, "the archive ends early")

			squeezed := sourcetest.Gzipped(t, packed)
			img = mustOpen(t, sourcetest.WriteFile(t, "image.tar.gz", squeezed[:len(squeezed)/2]), source.Options{})
			_, err = sourcetest.ReadStream(img)
			sourcetest.WantError(t, err, "the archive ends early")
		})
	}
}

func TestNoArchive(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ reference, want string }{
		"empty file":        {sourcetest.WriteFile(t, "empty", nil), "it is empty"},
		"text":              {sourcetest.WriteFile(t, "text", []byte("hello")), "it is not a tar archive"},
		"a web page":        {sourcetest.WriteFile(t, "page", []byte("<!DOCTYPE html>\n<title>Log in</title>")), "it is a web page, not an archive"},
		"json":              {sourcetest.WriteFile(t, "json", []byte("{}")), "it is a JSON document"},
		"gzip of text":      {sourcetest.WriteFile(t, "gz", sourcetest.Gzipped(t, []byte("hello"))), ""},
		"empty directory":   {dir, "the directory is not an image"},
		"not there":         {"./not-there.tar", "there is no such file or directory"},
		"not there, oci":    {"oci-dir:not-there:tag", "there is no such file or directory"},
		"file as directory": {"oci-dir:" + sourcetest.WriteFile(t, "f", []byte("x")), "it is a file, not a directory"},
		"directory as file": {"docker-archive:" + dir, "it is a directory, not an archive"},
		"no reference":      {"docker-archive:", "there is no image name"},
		"nothing at all":    {"", "there is no image name"},
		"slashes":           {"docker://nginx", "docker:nginx"},
		"oci as docker":     {"docker-archive:" + sourcetest.WriteFile(t, "o.tar", sourcetest.Sample().OCI().Tar()), "write oci-archive:"},
		"bad platform":      {sourcetest.WriteFile(t, "o.tar", sourcetest.Sample().OCI().Tar()), "linux/arm/v7"},
		"zeros":             {sourcetest.WriteFile(t, "z", make([]byte, 10240)), "the tar is not an image"},
		"stdin is empty":    {"-", "it is empty"},
		"not a reference":   {"Not an image!", "not an image name"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := source.Options{Offline: true, Stdin: strings.NewReader("")}
			if name == "bad platform" {
				opt.Platform = "my/own/pretty/platform"
			}
			img, err := source.Open(context.Background(), test.reference, opt)
			if err == nil {
				_, err = sourcetest.ReadStream(img)
				img.Close()
			}
			sourcetest.WantError(t, err, test.want)
		})
	}
}

func TestLinksInArchives(t *testing.T) {
	archive := sourcetest.Sample().Legacy()
	at := -1
	for n, f := range archive {
		if f.Type == tar.TypeSymlink {
			at = n
		}
	}
	if at < 0 {
		t.Fatal("no symbolic link in the archive")
	}
	link := archive[at]
	for name, test := range map[string]struct {
		target string
		hard   bool
		good   bool
	}{
		"symbolic":       {link.Linkname, false, true},
		"hard":           {filepath.ToSlash(filepath.Join(filepath.Dir(link.Path), link.Linkname)), true, true},
		"to itself":      {"layer.tar", false, false},
		"hard to itself": {link.Path, true, false},
		"absolute":       {"/etc/passwd", false, false},
		"outside":        {"../../../../etc/passwd", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			broken := append(imagetest.Archive{}, archive...)
			broken[at].Linkname = test.target
			if test.hard {
				broken[at].Type = tar.TypeLink
			}
			path := sourcetest.WriteFile(t, "image.tar", broken.Tar())
			if test.good {
				sourcetest.CheckLayers(t, mustOpen(t, path, source.Options{}))
				sourcetest.CheckLayers(t, mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(broken.Tar())}))
				return
			}
			_, err := source.Open(context.Background(), path, source.Options{})
			sourcetest.WantError(t, err, "layer 3", "is missing")
		})
	}
}

func TestPipesInDirectoriesAreNotOpened(t *testing.T) {
	dir := sourcetest.Directory(t, sourcetest.Sample().OCI())
	blob := filepath.Join(dir, filepath.FromSlash(imagetest.Blob(sourcetest.Sample().ID())))
	if err := os.Remove(blob); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(blob, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := source.Open(context.Background(), dir, source.Options{})
	sourcetest.WantError(t, err, "is not a regular file")
}

func TestStreamReadersEnd(t *testing.T) {
	img := mustOpen(t, "-", source.Options{Stdin: bytes.NewReader(sourcetest.Sample().OCI().Tar())})
	first, err := img.Stream.Next(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := img.Stream.Next(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); err == nil {
		t.Error("a blob can be read after the next one was asked for")
	}
}

func TestCancelledStream(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	silent, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer feed.Close()
	defer silent.Close()
	if _, err := feed.Write(sourcetest.Sample().OCI().Tar()[:2048]); err != nil {
		t.Fatal(err)
	}
	img, err := source.Open(ctx, "-", source.Options{Stdin: silent})
	if err != nil {
		t.Fatal(err)
	}
	defer img.Close()
	done := make(chan error, 1)
	go func() {
		_, err := sourcetest.ReadStream(img)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableFile(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("nothing is unreadable for this user")
	}
	path := sourcetest.WriteFile(t, "image.tar", nil)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := source.Open(context.Background(), path, source.Options{})
	sourcetest.WantError(t, err, path, "check its permissions")
}

func TestTooManyLayers(t *testing.T) {
	layers := strings.Repeat(`"x",`, 10_000) + `"x"`
	doc := `[{"Config":"` + imagetest.Blob(sourcetest.Sample().ID()) + `","Layers":[` + layers + `]}]`
	path := sourcetest.WriteFile(t, "image.tar", sourcetest.Sample().Docker25().With("manifest.json", []byte(doc)).Tar())
	_, err := source.Open(context.Background(), path, source.Options{})
	sourcetest.WantError(t, err, "it has 10001 layers")
}

func TestPlatformIsLearntFromTheConfig(t *testing.T) {
	arm := sourcetest.Sample()
	arm.Platform = "linux/arm64"
	archive := imagetest.Index{Images: []imagetest.Image{sourcetest.Sample(), arm}}.OCI()
	index := archive.Body("index.json")
	for _, platform := range []string{`,"platform":{"architecture":"amd64","os":"linux"}`, `,"platform":{"architecture":"arm64","os":"linux"}`} {
		if !bytes.Contains(index, []byte(platform)) {
			t.Fatalf("index.json has no %s: %s", platform, index)
		}
		index = bytes.Replace(index, []byte(platform), nil, 1)
	}
	path := sourcetest.WriteFile(t, "image.tar", archive.With("index.json", index).Tar())
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		if img := mustOpen(t, path, source.Options{Platform: platform}); img.Platform != platform {
			t.Errorf("asked for %s, got %s", platform, img.Platform)
		}
	}
	_, err := source.Open(context.Background(), path, source.Options{Platform: "linux/s390x"})
	sourcetest.WantError(t, err, "only for linux/amd64, linux/arm64")
}
