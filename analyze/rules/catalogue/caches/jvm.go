package caches

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// MavenCache follows Maven's "Settings Reference", localRepository.
var MavenCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "maven-cache",
		Title: "Maven local repository",
		Why: "Maven downloads each dependency, and each of its own plug-ins, into ~/.m2/repository, and packages what the program needs into its archive. In an image that runs the archive, the repository holds the same " +
			"libraries again plus all the plug-ins, usually hundreds of megabytes. Building in a separate stage leaves it behind.",
		Confidence: model.Likely,
		Paths:      []string{"~/.m2/repository/**", "$MAVEN_CONFIG/repository/**", "usr/share/maven/ref/repository/**", "~/.m2/wrapper/dists/**"},
		Tools:      []string{"mvn", "mvnw", "mvnd"},
		Mounts:     []string{"/root/.m2"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.m2/repository",
			Before:  "FROM maven:3-eclipse-temurin-21\nCOPY . .\nRUN mvn package\nCMD [\"java\", \"-jar\", \"target/app.jar\"]",
			After:   "FROM maven:3-eclipse-temurin-21 AS build\nCOPY . .\nRUN mvn package\nFROM eclipse-temurin:21-jre\nCOPY --from=build /target/app.jar /app.jar\nCMD [\"java\", \"-jar\", \"/app.jar\"]",
			WhenNot: "Where the program's class path points into the repository, or the container runs mvn itself.",
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
	What: "Maven's repository", Users: []string{"mvn", "mvnw", "mvnd", "make", "lein", "sbt", "boot", "clj", "clojure"}, OnlyFetches: onlyFetchesJars, Provides: providesMaven, Builds: buildsWithMaven,
})

// onlyFetchesJars reports whether a call downloads libraries into ~/.m2 and packages none
// of them into an archive that runs without the repository.
func onlyFetchesJars(c rewrite.Command) bool {
	var packs []string
	switch c.Name() {
	case "lein":
		packs = []string{"uberjar", "ring", "native-image"}
	case "sbt":
		packs = []string{"assembly", "dist", "stage", "nativeImage", "universal:packageBin"}
	case "mvn", "mvnw", "mvnd":
		return hasWord(c, isFetchingGoal) && !hasWord(c, oneOf("package", "install", "verify", "deploy", "compile"))
	default:
		return c.Name() != "make"
	}
	return !hasWord(c, oneOf(packs...))
}

// isFetchingGoal reports whether a word of a call of Maven is a goal that downloads and does nothing
// else, of any plug-in and by its whole name or a short one: dependency:go-offline.
func isFetchingGoal(word string) bool {
	_, goal, plugin := cutLast(word, ":")
	return plugin && (goal == "go-offline" || goal == "get" || strings.HasPrefix(goal, "resolve"))
}

// hasWord reports whether a word behind a command's name is one that is looked for.
func hasWord(c rewrite.Command, is func(string) bool) bool {
	return slices.ContainsFunc(c.Args(), func(w rewrite.Word) bool { return is(w.Text) })
}

func oneOf(words ...string) func(string) bool {
	return func(word string) bool { return slices.Contains(words, word) }
}

// GradleCache follows Gradle's documentation, "The Directories and Files Gradle Uses".
var GradleCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "gradle-cache",
		Title: "Gradle caches and distributions",
		Why: "Gradle keeps dependencies, compiled build scripts and the results of tasks in ~/.gradle/caches, and its wrapper keeps a whole Gradle distribution for each version in ~/.gradle/wrapper/dists. " +
			"Only another build reads them. What runs is the archive or the distribution directory that the build wrote.",
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
	What: "Gradle's caches", Users: []string{"gradle", "gradlew", "make"}, Provides: providesGradle, Builds: buildsWithGradle,
})

// providesMaven reports whether a command downloads a project's dependencies of the JVM
// so that they are there: mvn dependency:go-offline, lein deps. Leiningen and the
// Clojure CLI run projects from the repository, and only their uberjars do without.
func providesMaven(c rewrite.Command) bool {
	switch c.Name() {
	case "mvn", "mvnw", "mvnd":
		return hasWord(c, func(w string) bool { return isFetchingGoal(w) || strings.HasPrefix(w, "exec:") })
	case "lein", "clojure", "clj", "boot":
		return !hasWord(c, func(w string) bool { return strings.Contains(w, "uber") || strings.Contains(w, "jar") })
	case "sbt":
		return hasWord(c, oneOf("update", "compile", "run", "test:compile"))
	}
	return false
}

// providesGradle is providesMaven for Gradle, whose wrapper downloads Gradle itself where
// it is asked for nothing else.
func providesGradle(c rewrite.Command) bool {
	name := c.Name()
	if name != "gradle" && name != "gradlew" {
		return false
	}
	tasks := 0
	for _, w := range c.Args() {
		task := strings.ToLower(path.Base(strings.ReplaceAll(w.Text, ":", "/")))
		switch {
		case strings.HasPrefix(w.Text, "-"), w.Text == "tasks", w.Text == "help", w.Text == "wrapper":
		case strings.Contains(task, "dependenc"), strings.HasPrefix(task, "resolve"), strings.HasPrefix(task, "download"):
			return true
		default:
			tasks++
		}
	}
	return tasks == 0
}

// buildsWithMaven reports whether a command builds the project at hand with Maven, or with a tool
// that works from the same repository.
func buildsWithMaven(c rewrite.Command) bool {
	var builds []string
	switch c.Name() {
	case "mvn", "mvnw", "mvnd":
		builds = []string{"compile", "test-compile", "test", "package", "verify", "install", "deploy", "integration-test", "prepare-package", "process-classes"}
	case "sbt":
		builds = []string{"package", "assembly", "dist", "stage", "test", "publishLocal"}
	case "lein", "boot":
		builds = []string{"jar", "uberjar", "test", "install"}
	}
	return hasWord(c, oneOf(builds...))
}

// buildsWithGradle reports whether a command builds the project at hand with Gradle.
func buildsWithGradle(c rewrite.Command) bool {
	return (c.Name() == "gradle" || c.Name() == "gradlew") && !providesGradle(c)
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}
