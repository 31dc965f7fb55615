package caches

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// The caches of compilers and build tools. Some can hold the program itself, so
// they are likely at most, and left alone where the image runs something of them.

// CargoCache: The Cargo Book, "Cargo Home" and "Build Cache".
var CargoCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "cargo-cache",
		Title: "Cargo registry and build folder",
		Why: "Cargo keeps the index of its registry, the archive of each crate and its unpacked source under its home folder, and every intermediate file of a build under target: a small program easily leaves a gigabyte. " +
			"What runs is one executable. Built in a stage of its own, and only the executable copied on, nothing of this reaches the image.",
		Confidence: model.Likely,
		Paths: []string{"usr/local/cargo/registry/**", "usr/local/cargo/git/**", "~/.cargo/registry/**", "~/.cargo/git/**", "$CARGO_HOME/registry/**", "$CARGO_HOME/git/**",
			"**/target/release/deps/**", "**/target/release/build/**", "**/target/release/.fingerprint/**", "**/target/release/incremental/**",
			"**/target/debug/deps/**", "**/target/debug/build/**", "**/target/debug/.fingerprint/**", "**/target/debug/incremental/**",
			"**/target/*/release/deps/**", "**/target/*/release/build/**", "**/target/*/release/.fingerprint/**"},
		ProgramDirs: []string{"**/target/**"},
		Tools:       []string{"cargo"},
		Mounts:      []string{"/usr/local/cargo/registry", "/usr/local/cargo/git/db"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint sh IMAGE -c 'du -sh /usr/local/cargo/registry; find / -xdev -type d -path \"*/target/release/deps\"'",
			Before:  "FROM rust:1\nCOPY . .\nRUN cargo install --path .\nCMD [\"app\"]",
			After:   "FROM rust:1 AS build\nCOPY . .\nRUN cargo install --path .\nFROM debian:stable-slim\nCOPY --from=build /usr/local/cargo/bin/app /usr/local/bin/\nCMD [\"app\"]",
			WhenNot: "Where the entry point or a script runs a program out of target, or the image is for building Rust programs.",
			Sources: []string{"https://doc.rust-lang.org/cargo/guide/cargo-home.html", "https://doc.rust-lang.org/cargo/reference/build-cache.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN cargo build --release
				+ usr/local/cargo/registry/src/a.rs
				+ src/target/release/deps/a.rlib
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN cargo build --release \\\n    && rm -rf /src/target/release/deps /usr/local/cargo/registry",
			Miss: `
				COPY app /
				+ app
				RUN cargo install a
				+ usr/local/cargo/bin/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Cargo's registry and build files", Users: []string{"cargo", "rustup", "make"},
})

// GoCache: cmd/go, "Build and test caching" and "Environment variables".
var GoCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "go-cache",
		Title: "Go build and module caches",
		Why: "The go command keeps every compiled package in ~/.cache/go-build and the source of every module, with its archive, in $GOPATH/pkg/mod: hundreds of megabytes for a service of some size. A Go program is one " +
			"executable that needs neither. Built in a stage of its own it can run from an image that holds little else.",
		Confidence: model.Likely,
		Paths: []string{"~/.cache/go-build/**", "go/pkg/mod/**", "go/pkg/sumdb/**", "~/go/pkg/mod/**", "~/go/pkg/sumdb/**", "$GOCACHE/**", "$GOMODCACHE/**",
			"$GOPATH/pkg/mod/**", "$GOPATH/pkg/sumdb/**"},
		Tools:  []string{"go", "air", "dlv"},
		Mounts: []string{"/root/.cache/go-build", "/go/pkg/mod"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/go-build /go/pkg/mod",
			Before:  "FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\nCMD [\"/app\"]",
			After:   "FROM golang:1.25 AS build\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM gcr.io/distroless/static\nCOPY --from=build /app /app\nCMD [\"/app\"]",
			WhenNot: "In an image whose purpose is building Go programs, or that runs go run or go test.",
			Sources: []string{"https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching", "https://go.dev/ref/mod#module-cache", "https://docs.docker.com/build/building/multi-stage/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN go build -o /app .
				+ root/.cache/go-build/00/a-d
				+ go/pkg/mod/a/a.go
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN go build -o /app . \\\n    && rm -rf /go/pkg/mod /root/.cache/go-build",
			Miss: `
				COPY app /
				+ app
				RUN go build
				+ go/bin/a
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Go's build and module caches", Users: []string{"go", "make", "mage", "task"},
})

// MavenCache: Maven's "Settings Reference", localRepository.
var MavenCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "maven-cache",
		Title: "Maven local repository",
		Why: "Maven downloads each dependency, and each of its own plug-ins, into ~/.m2/repository, and packages what the program needs into its archive. In the image that runs the archive the repository is the same " +
			"libraries again plus all plug-ins, usually hundreds of megabytes. A build stage leaves it behind.",
		Confidence: model.Likely,
		Paths:      []string{"~/.m2/repository/**", "$MAVEN_CONFIG/repository/**", "usr/share/maven/ref/repository/**", "~/.m2/wrapper/dists/**"},
		Tools:      []string{"mvn", "mvnw", "mvnd"},
		Mounts:     []string{"/root/.m2"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.m2/repository",
			Before:  "FROM maven:3-eclipse-temurin-21\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/app.jar\"]",
			After:   "FROM maven:3-eclipse-temurin-21 AS build\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\nCOPY --from=build /target/app.jar /app.jar\nCMD [\"java\", \"-jar\", \"/app.jar\"]",
			WhenNot: "Where the class path of the program points into the repository, or the container runs mvn itself.",
			Sources: []string{"https://maven.apache.org/settings.html", "https://maven.apache.org/guides/introduction/introduction-to-repositories.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN mvn package
				+ root/.m2/repository/a/a.jar
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN mvn package \\\n    && rm -rf /root/.m2/repository",
			Miss: `
				COPY app /
				+ app
				RUN mvn package
				+ root/.m2/settings.xml
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Maven's repository", Users: []string{"mvn", "mvnw", "mvnd", "make"},
})

// GradleCache: Gradle's documentation, "The Directories and Files Gradle Uses".
var GradleCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "gradle-cache",
		Title: "Gradle caches and distributions",
		Why: "Gradle keeps dependencies, compiled build scripts and the results of tasks in ~/.gradle/caches, and its wrapper a whole distribution of Gradle for each version in ~/.gradle/wrapper/dists. " +
			"Only another build reads them. The program that runs is the archive or the distribution folder that the build wrote.",
		Confidence: model.Likely,
		Paths: []string{"~/.gradle/caches/**", "~/.gradle/wrapper/dists/**", "~/.gradle/daemon/**", "~/.gradle/native/**", "$GRADLE_USER_HOME/caches/**",
			"$GRADLE_USER_HOME/wrapper/dists/**", "$GRADLE_USER_HOME/daemon/**", "$GRADLE_USER_HOME/native/**"},
		Tools:  []string{"gradle", "gradlew"},
		Mounts: []string{"/root/.gradle"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.gradle",
			Before:  "FROM gradle:8-jdk21\nCOPY . .\nRUN gradle installDist\nCMD [\"build/install/app/bin/app\"]",
			After:   "FROM gradle:8-jdk21 AS build\nCOPY . .\nRUN gradle installDist\nFROM eclipse-temurin:21-jre\nCOPY --from=build /home/gradle/build/install/app /app\nCMD [\"/app/bin/app\"]",
			WhenNot: "Where the container runs gradle or gradlew itself.",
			Sources: []string{"https://docs.gradle.org/current/userguide/directory_layout.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN ./gradlew build
				+ root/.gradle/caches/modules-2/a.jar
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN ./gradlew build \\\n    && rm -rf /root/.gradle/caches",
			Miss: `
				COPY app /
				+ app
				RUN ./gradlew build
				+ root/.gradle/gradle.properties
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Gradle's caches", Users: []string{"gradle", "gradlew", "make"},
})

// NugetCache: NuGet's documentation, "Managing the global packages, cache, and
// temp directories".
var NugetCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "nuget-cache",
		Title: "NuGet packages and caches",
		Why: "dotnet restore unpacks each package into ~/.nuget/packages and keeps what it downloaded under ~/.local/share/NuGet. dotnet publish copies into its output what the program needs of them, so an image that " +
			"runs the output carries the packages, with their documentation and the files for every other platform, for nothing.",
		Confidence: model.Likely,
		Paths: []string{"~/.nuget/packages/**", "~/.local/share/NuGet/v3-cache/**", "~/.local/share/NuGet/http-cache/**", "~/.local/share/NuGet/plugins-cache/**",
			"tmp/NuGetScratch*/**", "$NUGET_PACKAGES/**", "$NUGET_HTTP_CACHE_PATH/**"},
		Tools:  []string{"dotnet run", "dotnet watch", "dotnet test"},
		Mounts: []string{"/root/.nuget/packages"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.nuget/packages /root/.local/share/NuGet",
			Before:  "FROM mcr.microsoft.com/dotnet/sdk:9.0\nCOPY . .\nRUN dotnet publish -o /app\nCMD [\"dotnet\", \"/app/app.dll\"]",
			After:   "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nCOPY . .\nRUN dotnet publish -o /app\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nCOPY --from=build /app /app\nCMD [\"dotnet\", \"/app/app.dll\"]",
			WhenNot: "Where the program runs from the build's bin folder instead of the publish output: its runtimeconfig.dev.json points into ~/.nuget/packages.",
			Sources: []string{"https://learn.microsoft.com/en-us/nuget/consume-packages/managing-the-global-packages-and-cache-folders"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN dotnet publish -o /out
				+ root/.nuget/packages/a/a.nupkg
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN dotnet publish -o /out \\\n    && rm -rf /root/.nuget/packages",
			Miss: `
				COPY app /
				+ app
				RUN dotnet publish
				+ root/.nuget/NuGet/NuGet.Config
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "NuGet's packages", Users: []string{"dotnet", "msbuild", "nuget"},
})

// BazelCache: Bazel's documentation, "Output Directory Layout".
var BazelCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "bazel-cache",
		Title: "Bazel output and downloads",
		Why: "Bazel puts its outputs, external repositories and its own installation under ~/.cache/bazel, and Bazelisk a copy of Bazel for each version under ~/.cache/bazelisk. The folders bazel-bin and the like in the " +
			"workspace are links into it. An image that copied its program out of there needs none of it.",
		Confidence: model.Likely,
		Paths:      []string{"~/.cache/bazel/**", "~/.cache/bazelisk/**", "$BAZELISK_HOME/**"},
		Tools:      []string{"bazel", "bazelisk"},
		Mounts:     []string{"/root/.cache/bazel", "/root/.cache/bazelisk"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/bazel /root/.cache/bazelisk",
			Before:  "RUN bazel build //:app && cp bazel-bin/app /app",
			After:   "RUN bazel build //:app && cp bazel-bin/app /app \\\n    && rm -rf /root/.cache/bazel",
			WhenNot: "Where the entry point goes through bazel-bin, or runs bazel itself.",
			Sources: []string{"https://bazel.build/remote/output-directories"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN bazel build //:a
				+ root/.cache/bazel/_bazel_root/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN bazel build //:a \\\n    && rm -rf /root/.cache/bazel",
			Miss: `
				RUN bazel build //:a
				+ root/.cache/bazel/out/bin/a
				+ src/bazel-bin -> /root/.cache/bazel/out/bin
				config {"Cmd": ["/src/bazel-bin/a"]}`,
		},
	},
	What: "Bazel's output and downloads", Users: []string{"bazel", "bazelisk"},
})

// CcacheCache: ccache(1), "Cache directory"; sccache's README.
var CcacheCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "ccache",
		Title: "compiler cache",
		Why: "ccache and sccache keep the result of each compilation, so that the next one of the same source takes no time. By default the cache grows to several gigabytes. Nothing but the compiler's wrapper reads it, " +
			"so in an image it is only weight; in a cache mount it speeds up the next build and stays out of the image.",
		Confidence: model.Certain,
		Paths:      []string{"~/.cache/ccache/**", "~/.ccache/**", "$CCACHE_DIR/**", "~/.cache/sccache/**", "$SCCACHE_DIR/**"},
		Mounts:     []string{"/root/.cache/ccache"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/ccache /root/.ccache",
			Before:  "RUN make CC=\"ccache gcc\"",
			After:   "RUN --mount=type=cache,target=/root/.cache/ccache make CC=\"ccache gcc\"",
			WhenNot: "In an image that is made to compile in, with a warm cache on purpose.",
			Sources: []string{"https://ccache.dev/manual/latest.html", "https://docs.docker.com/build/cache/optimize/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN make
				+ root/.cache/ccache/0/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN make \\\n    && rm -rf /root/.cache/ccache",
			Miss: `
				COPY app /
				+ app
				RUN make
				+ usr/bin/ccache
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "the compiler cache", Users: []string{"make", "cmake", "ninja", "ccache", "gcc", "g++", "cargo"},
})
