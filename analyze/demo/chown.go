package demo

import (
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const chownDockerfile = `# A built-in sample of tare: nobody runs this image.
# Giving files an owner in a step of its own stores them a second time.
FROM debian:12-slim AS build
COPY . /src
RUN /src/gradlew -p /src installDist

FROM debian:12-slim
RUN useradd --system --uid 10001 shop
COPY --from=build /src/build/install/shop /opt/shop
RUN chown -R shop:shop /opt/shop
USER shop
ENTRYPOINT ["/opt/shop/bin/shop"]
`

func chownCopy() Sample {
	return Sample{
		Name:       "chown-copy",
		Title:      "COPY, then chown -R",
		Lesson:     "changing the owner of files in a later step stores all of them again",
		Dockerfile: chownDockerfile,
		config: v1.Config{
			Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			User:       "shop",
			Entrypoint: []string{"/opt/shop/bin/shop"},
		},
		steps: chownSteps,
	}
}

func chownSteps() []step {
	user := newLayer(stepTime(1))
	user.text("etc/passwd", passwd+"shop:x:10001:10001::/home/shop:/bin/sh\n")
	user.text("etc/passwd-", passwd)
	user.text("etc/group", group+"shop:x:10001:\n")
	user.text("etc/group-", group)

	files := shopFiles()
	copied := newLayer(stepTime(2))
	copied.add(files...)

	for i := range files {
		files[i].uid, files[i].gid = 10001, 10001
	}
	owned := newLayer(stepTime(2)) // chown keeps the times
	owned.dir("opt/shop", 0o755, 10001, 10001)
	owned.dir("opt/shop/bin", 0o755, 10001, 10001)
	owned.dir("opt/shop/lib", 0o755, 10001, 10001)
	owned.dir("opt/shop/jre", 0o755, 10001, 10001)
	owned.dir("opt/shop/jre/lib", 0o755, 10001, 10001)
	owned.dir("opt/shop/jre/lib/server", 0o755, 10001, 10001)
	owned.add(files...)

	return append(classicDebian(),
		run("useradd --system --uid 10001 shop", user),
		transfer("COPY /src/build/install/shop /opt/shop", copied),
		run("chown -R shop:shop /opt/shop", owned),
		meta("USER shop"),
		meta(`ENTRYPOINT ["/opt/shop/bin/shop"]`),
	)
}

// shopFiles is a Java program with the runtime that it brings along.
func shopFiles() []entry {
	const home = "opt/shop/"
	files := []entry{
		{path: home + "bin/shop", size: 8_304, mode: 0o755, kind: source},
		{path: home + "bin/shop.bat", size: 2_982, kind: source},
		{path: home + "jre/lib/modules", size: 16_842_752, kind: program},
		{path: home + "jre/lib/server/libjvm.so", size: 11_408_112, mode: 0o755, kind: program},
		{path: home + "jre/lib/libjava.so", size: 157_240, mode: 0o755, kind: program},
		{path: home + "jre/lib/libnet.so", size: 61_904, mode: 0o755, kind: program},
		{path: home + "jre/lib/tzdb.dat", size: 108_472, kind: packed},
		{path: home + "jre/release", size: 1_366, kind: source},
	}
	for _, jar := range []struct {
		name string
		size int64
	}{
		{"shop-2.7.1.jar", 1_204_551}, {"spring-core-6.2.3.jar", 1_981_034}, {"spring-web-6.2.3.jar", 1_979_208},
		{"spring-context-6.2.3.jar", 1_343_912}, {"spring-webmvc-6.2.3.jar", 1_091_442}, {"spring-beans-6.2.3.jar", 876_503},
		{"tomcat-embed-core-10.1.36.jar", 3_617_885}, {"jackson-databind-2.18.2.jar", 1_666_418}, {"jackson-core-2.18.2.jar", 598_217},
		{"hibernate-core-6.6.8.Final.jar", 11_862_730}, {"byte-buddy-1.15.11.jar", 8_523_904}, {"postgresql-42.7.5.jar", 1_098_916},
		{"logback-core-1.5.16.jar", 627_114}, {"HikariCP-5.1.0.jar", 161_867}, {"slf4j-api-2.0.16.jar", 69_435},
	} {
		files = append(files, entry{path: fmt.Sprintf("%slib/%s", home, jar.name), size: jar.size, kind: packed})
	}
	return files
}
