package analyze

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/budget"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/scan"
	"github.com/tare-oci/tare/analyze/source"
)

// TestKeptFilesHoldNoSecret: what is kept of a layer, and may go to a store that others read, has no
// secret in it, and what is read of it is still there.
func TestKeptFilesHoldNoSecret(t *testing.T) {
	const planted = "Zq7hunterX9secretvalue"
	files := []imagetest.File{
		imagetest.Text("app/package.json", `{"name":"app","scripts":{"start":"TOKEN=`+planted+` node .","token:new":"node t.js"},"config":{"token":"`+planted+`"},"dependencies":{"jsonwebtoken":"9.0.0","a":"git+https://u:`+planted+`@h/a"}}`),
		imagetest.Text("app/node_modules/.package-lock.json", `{"packages":{"node_modules/a":{"version":"1.0.0","resolved":"https://u:`+planted+`@h/a.tgz"}}}`),
		imagetest.Text("app/node_modules/a/package.json", `{"name":"a","version":"git+https://u:`+planted+`@h/a"}`),
		imagetest.Text("etc/supervisor/conf.d/app.conf", "[program:app]\nenvironment=DB_PASSWORD=\""+planted+"\"\nnodaemon=true\n"),
		imagetest.Text("app/server.js", "import a from '@s/a'\nconst b = require(\"b/c\")\nconst token = '"+planted+"' // "+planted+"\n"),
		imagetest.Text("usr/local/bin/start", "#!/bin/sh\nexport TOKEN="+planted+"\n"),
		imagetest.Text("srv/package.json", `{"scripts":{"start":"TOKEN=`+planted+`"`),
	}
	x := keptOf(t, files)
	if err := maskSecrets(x, nil); err != nil {
		t.Fatal(err)
	}
	for _, content := range x.Captured {
		if strings.Contains(string(content), planted) {
			t.Errorf("kept: %s", content)
		}
	}
	for i := range x.Libraries {
		for _, row := range x.Libraries[i].Rows {
			if strings.Contains(row.Name+row.Version, planted) {
				t.Errorf("kept of a package: %q %q", row.Name, row.Version)
			}
		}
	}
	var p struct{ Scripts, Dependencies map[string]string }
	if err := json.Unmarshal(captured(x, "app/package.json"), &p); err != nil || p.Scripts["token:new"] != "node t.js" || p.Dependencies["jsonwebtoken"] != "9.0.0" || !strings.HasSuffix(p.Scripts["start"], " node .") {
		t.Errorf("%+v %v", p, err)
	}
	if got := string(captured(x, "app/server.js")); got != "require('b')\nrequire('@s/a')\n" {
		t.Errorf("kept of JavaScript: %q", got)
	}
	b := budget.New(nil)
	if err := maskSecrets(keptOf(t, files), b); err != nil || b.Taken(budget.Decoded) < 256*100 {
		t.Errorf("looking for secrets takes %d, %v", b.Taken(budget.Decoded), err)
	}
	if err := b.Take(budget.Decoded, 1<<50); err == nil {
		t.Fatal("no limit")
	}
	if err := maskSecrets(keptOf(t, files), b); !errors.As(err, new(*budget.Error)) {
		t.Errorf("beyond the budget: %v", err)
	}
}

func keptOf(t *testing.T, files []imagetest.File) *scan.Index {
	t.Helper()
	img := imagetest.Image{Layers: []imagetest.Layer{{Files: files}}}
	layers, err := img.V1().Layers()
	if err != nil {
		t.Fatal(err)
	}
	open, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	l := source.Layer{Size: -1, Open: func(context.Context) (io.ReadCloser, error) { return open, nil }}
	x, err := scan.Layer(t.Context(), l, scan.Options{Capture: wanted, Libraries: true})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func captured(x *scan.Index, name string) []byte {
	for i := range x.Entries {
		if e := &x.Entries[i]; x.Path(e) == name && e.Link > 0 {
			return x.Captured[e.Link-1]
		}
	}
	return nil
}
