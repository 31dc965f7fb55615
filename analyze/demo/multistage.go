package demo

import (
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const multiStageDockerfile = `# A built-in sample of tare: nobody runs this image.
# The compiler stays in the build stage; nothing here is wasted.
FROM golang:1.24-alpine AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/ticketd ./cmd/ticketd

FROM alpine:3.20
COPY --from=build --chown=10001:10001 /out/ticketd /usr/local/bin/ticketd
COPY --chown=10001:10001 web /srv/web
USER 10001
EXPOSE 8080
HEALTHCHECK CMD ["/usr/local/bin/ticketd", "-check"]
ENTRYPOINT ["/usr/local/bin/ticketd"]
`

func multiStage() Sample {
	return Sample{
		Name:       "multi-stage",
		Title:      "a clean multi-stage build",
		Lesson:     "a static program over a tiny base: every byte pulled is a byte a container can use",
		Dockerfile: multiStageDockerfile,
		config: v1.Config{
			Env:          []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			User:         "10001",
			Entrypoint:   []string{"/usr/local/bin/ticketd"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			Healthcheck:  &v1.HealthConfig{Test: []string{"CMD", "/usr/local/bin/ticketd", "-check"}},
		},
		steps: multiStageSteps,
	}
}

func multiStageSteps() []step {
	const owner = 10001
	ticketd := newLayer(stepTime(1))
	ticketd.add(entry{path: "usr/local/bin/ticketd", size: 14_876_672, mode: 0o755, uid: owner, gid: owner, kind: program})

	web := newLayer(stepTime(2))
	web.dir("srv/web", 0o755, owner, owner)
	for _, f := range []entry{
		{path: "srv/web/index.html", size: 4_418, kind: source},
		{path: "srv/web/app.js", size: 318_244, kind: source},
		{path: "srv/web/app.css", size: 41_907, kind: source},
		{path: "srv/web/logo.svg", size: 6_033, kind: source},
		{path: "srv/web/inter.woff2", size: 111_268, kind: packed},
	} {
		f.uid, f.gid = owner, owner
		web.add(f)
	}
	return append(alpine(),
		transfer("COPY --chown=10001:10001 /out/ticketd /usr/local/bin/ticketd", ticketd),
		transfer("COPY --chown=10001:10001 web /srv/web", web),
		meta("USER 10001"),
		meta("EXPOSE map[8080/tcp:{}]"),
		meta(`HEALTHCHECK &{["CMD" "/usr/local/bin/ticketd" "-check"] "0s" "0s" "0s" "0s" '\x00'}`),
		meta(`ENTRYPOINT ["/usr/local/bin/ticketd"]`),
	)
}
