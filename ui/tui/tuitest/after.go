package tuitest

import "github.com/tare-oci/tare/model"

// After is the image of Report after its Dockerfile was changed: recommended packages stay
// away, the lists are removed where they come from, and there is a step more.
func After() *model.Report {
	r := Described(Report())
	r.Image.ID = model.Ptr("sha256:0c1b8a0cbb1d1b6a1a4bd4f0e3a7e0ec1c0ffe4f0a1c5b7b9f7a6e1d2c3b4a5f")
	r.Image.Size, r.Image.CompressedSize = 177_000_000, model.Ptr[int64](62_000_000)
	r.Summary.WastedBytes = 3_190_000
	install := "RUN apt-get update && apt-get install -y --no-install-recommends python3-pip git && rm -rf /var/lib/apt/lists/*"
	r.Instructions[2].Text, r.Instructions[2].Size, r.Instructions[2].WastedBytes = install, 47_000_000, 0
	r.Layers[1].Size, r.Layers[1].WastedBytes = 47_000_000, 0
	r.Findings = r.Findings[2:]
	r.Changes = r.Changes[2:]
	r.Packages = r.Packages[:len(r.Packages)/2]
	health := model.Instruction{Index: len(r.Instructions), Keyword: "HEALTHCHECK", Text: "HEALTHCHECK CMD curl -f http://localhost/", How: model.FromDockerfile}
	r.Instructions = append(r.Instructions, health)
	b := NewTree()
	b.Layer()
	b.Put("usr", model.Record{Kind: model.Directory})
	b.File("usr/bin/bash", 1_200_000, model.Live, 0)
	b.File("usr/lib/x86_64-linux-gnu/libc.so.6", 1_900_000, model.Live, 0)
	b.File("usr/lib/locale/C.utf8/LC_CTYPE", 360_000, model.Live, 0)
	b.File("var/lib/dpkg/status", 90_000, model.Shadowed, 0)
	b.Layer()
	b.File("usr/lib/python3/dist-packages/pip/__init__.py", 14_000, model.Live, 0)
	b.File("usr/bin/python3.11", 7_100_000, model.Live, 0)
	b.File("var/lib/dpkg/status", 120_000, model.Live, 0)
	b.Layer()
	b.File("app/app.py", 3_100_000, model.Shadowed, 1).HiddenBy = 3
	b.File("app/日本語/データ.csv", 1_200, model.Live, 0)
	b.Layer()
	b.File("app/app.py", 3_100_000, model.Live, 0)
	r.Tree = b.Done()
	return r
}
