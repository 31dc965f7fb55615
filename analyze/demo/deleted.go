package demo

import (
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const deletedDockerfile = `# A built-in sample of tare: nobody runs this image.
# What a later step removes is still in the layer of the earlier one.
FROM alpine:3.20
ADD https://downloads.example.com/map-sdk-4.2.tar.gz /tmp/map-sdk.tar.gz
RUN mkdir -p /opt/map-sdk && tar -xzf /tmp/map-sdk.tar.gz -C /opt/map-sdk --strip-components=1
RUN rm /tmp/map-sdk.tar.gz
COPY tiles /srv/tiles
RUN /opt/map-sdk/bin/mapc --in /srv/tiles --out /srv/tiles.pack
RUN rm -rf /opt/map-sdk/docs /opt/map-sdk/samples /srv/tiles
ENV TILES=/srv/tiles.pack
ENTRYPOINT ["/opt/map-sdk/bin/mapd"]
`

func deletedLater() Sample {
	return Sample{
		Name:       "deleted-later",
		Title:      "an SDK unpacked, then removed",
		Lesson:     "rm in a later step hides files from the container, not from the download",
		Dockerfile: deletedDockerfile,
		config: v1.Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TILES=/srv/tiles.pack"},
			Entrypoint: []string{"/opt/map-sdk/bin/mapd"},
		},
		steps: deletedSteps,
	}
}

func deletedSteps() []step {
	const sdk = "opt/map-sdk/"
	tarball := newLayer(stepTime(1))
	tarball.add(entry{path: "tmp/map-sdk.tar.gz", size: 31_884_102, mode: 0o600, kind: packed})

	unpacked := newLayer(stepTime(2))
	unpacked.add(
		entry{path: sdk + "LICENSE", size: 11_358, kind: source},
		entry{path: sdk + "bin/mapc", size: 14_310_832, mode: 0o755, kind: program},
		entry{path: sdk + "bin/mapd", size: 9_774_208, mode: 0o755, kind: program},
		entry{path: sdk + "lib/libmap.so.4.2", size: 8_220_416, mode: 0o755, kind: program},
		entry{path: sdk + "lib/libproj.so.25", size: 3_462_080, mode: 0o755, kind: program},
		entry{path: sdk + "share/proj/proj.db", size: 8_941_568, kind: program},
	)
	unpacked.symlink(sdk+"lib/libmap.so", "libmap.so.4.2")
	for _, chapter := range []string{"index", "install", "formats", "projections", "styles", "server", "api-c", "api-python", "changelog"} {
		unpacked.add(
			entry{path: sdk + "docs/html/" + chapter + ".html", size: 61_000 + 9_173*int64(len(chapter)), kind: source},
			entry{path: sdk + "docs/img/" + chapter + ".png", size: 214_000 + 31_091*int64(len(chapter)), kind: packed},
		)
	}
	unpacked.add(entry{path: sdk + "docs/map-sdk-4.2.pdf", size: 7_430_915, kind: packed})
	for _, city := range []string{"berlin", "lagos", "lima", "osaka", "pune"} {
		unpacked.add(entry{path: sdk + "samples/" + city + ".osm.gz", size: 1_830_000 + 77_431*int64(len(city)), kind: packed})
	}

	gone := newLayer(stepTime(3))
	gone.remove("tmp/map-sdk.tar.gz")

	tiles := newLayer(stepTime(4))
	for z := range 4 {
		for x := range 1 << z {
			tiles.add(entry{path: fmt.Sprintf("srv/tiles/%d/%d.geojson", z, x), size: 480_000 + 21_013*int64(z*z+x), kind: source})
		}
	}

	pack := newLayer(stepTime(5))
	pack.add(entry{path: "srv/tiles.pack", size: 4_108_311, kind: packed})

	clean := newLayer(stepTime(6))
	clean.remove(sdk+"docs", sdk+"samples", "srv/tiles")

	return append(alpine(),
		transfer("ADD https://downloads.example.com/map-sdk-4.2.tar.gz /tmp/map-sdk.tar.gz", tarball),
		run("mkdir -p /opt/map-sdk && tar -xzf /tmp/map-sdk.tar.gz -C /opt/map-sdk --strip-components=1", unpacked),
		run("rm /tmp/map-sdk.tar.gz", gone),
		transfer("COPY tiles /srv/tiles", tiles),
		run("/opt/map-sdk/bin/mapc --in /srv/tiles --out /srv/tiles.pack", pack),
		run("rm -rf /opt/map-sdk/docs /opt/map-sdk/samples /srv/tiles", clean),
		meta("ENV TILES=/srv/tiles.pack"),
		meta(`ENTRYPOINT ["/opt/map-sdk/bin/mapd"]`),
	)
}
