package demo

import "github.com/tare-oci/tare/analyze/replay"

// shopPackage is the package.json of the samples that npm installs.
var shopPackage = replay.File{Body: []byte("{\"name\": \"shop\", \"main\": \"server.js\", \"dependencies\": {\"express\": \"^4\"}}\n")}

// The token is nobody's: it has the form of one, so that it is found.
const secretDockerfile = `# A built-in sample of tare: nobody runs this image, and the token is nobody's.
FROM node:22-alpine
WORKDIR /app
COPY package.json ./
COPY .npmrc /root/.npmrc
RUN npm ci --omit=dev
RUN rm /root/.npmrc
COPY server.js ./
USER 10001
CMD ["node", "server.js"]
`

func secret() Sample {
	return replayed(Sample{
		Name:       "secret",
		Title:      "a token that a later layer deletes",
		Lesson:     "what once was in a layer is there for everybody who pulls the image; lend a secret to one RUN instead",
		Dockerfile: secretDockerfile,
	}, map[string]replay.File{
		"package.json": shopPackage,
		".npmrc":       {Body: []byte("//npm.example.org/:_authToken=npm_w0rkshopw0rkshopw0rkshopw0rkshop1234\n")},
		"server.js":    {Size: 9_214},
	})
}

const servicesDockerfile = `# A built-in sample of tare: nobody runs this image.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx cron supervisor \
    && rm -rf /var/lib/apt/lists/*
COPY site /srv/site
EXPOSE 80
CMD service cron start && supervisord -n
`

func services() Sample {
	return replayed(Sample{
		Name:       "services",
		Title:      "a shell as process 1, and a supervisor",
		Lesson:     "the signal to stop does not reach the program, and one service can die unseen beside the others",
		Dockerfile: servicesDockerfile,
	}, map[string]replay.File{
		"site/index.html": {Size: 4_418}, "site/app.js": {Size: 318_244},
	})
}

const compilerDockerfile = `# A built-in sample of tare: nobody runs this image.
FROM alpine:3.20
RUN apk add --no-cache gcc make musl-dev curl-dev
COPY src /src
RUN gcc -o /usr/local/bin/server /src/main.c -lcurl
USER 10001
CMD ["/usr/local/bin/server"]
`

func compiler() Sample {
	return replayed(Sample{
		Name:       "compiler",
		Title:      "a compiler beside the program that it built",
		Lesson:     "what builds is not what runs: a second stage takes the program and the library that it needs",
		Dockerfile: compilerDockerfile,
	}, map[string]replay.File{
		"src/main.c": {Size: 41_302}, "src/pool.c": {Size: 18_077}, "src/pool.h": {Size: 2_113},
	})
}

const orderDockerfile = `# A built-in sample of tare: nobody runs this image.
FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci --omit=dev && rm -rf /root/.npm
USER 10001
CMD ["node", "server.js"]
`

func order() Sample {
	return replayed(Sample{
		Name:       "order",
		Title:      "what changes often stands first",
		Lesson:     "each change of the program makes the install anew, and everybody pulls it again",
		Dockerfile: orderDockerfile,
	}, map[string]replay.File{
		"package.json": shopPackage,
		"server.js":    {Size: 12_404}, "public/index.html": {Size: 3_911}, "public/logo.png": {Size: 88_120},
	})
}
