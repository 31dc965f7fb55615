package replay

import (
	"crypto/sha256"
	"encoding/base64"
	"path"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

// project are the files of the invented build context, with those that the kind of
// project has that the Dockerfile shows.
func (p *plan) project() map[string]*node {
	files := map[string]*node{}
	add := func(name string, size int64) { files[name] = filler("context "+name, size) }
	for name, size := range map[string]int64{
		"README.md": 5000, "LICENSE": 11000, ".gitignore": 300, "Dockerfile": 1200, "docker-compose.yml": 900, "src/main.txt": 20000, "src/lib/util.txt": 12000, "tests/data.bin": 90000, "docs/index.md": 8000, "static/logo.png": 60000,
		".git/HEAD": 23, ".git/config": 300, ".git/index": 20000, ".git/objects/pack/pack-aa.pack": 3 << 20, "Makefile": 1500, "config/settings.yml": 800, "scripts/run.txt": 700,
	} {
		if !p.below || !strings.HasPrefix(name, ".git/") {
			add(name, size)
		}
	}
	has := func(parts ...string) bool { return contains(p.text, parts...) }
	if has("npm", "yarn", "node", "pnpm") {
		files["package.json"] = text(packageJSON)
		files["package-lock.json"] = filler("package-lock", 400<<10)
		files["yarn.lock"] = filler("yarn.lock", 300<<10)
		add("server.js", 4000)
		add("src/index.js", 9000)
		add("public/index.html", 1500)
		add("tsconfig.json", 500)
	}
	if has("pip", "python", "poetry", "conda") {
		files["requirements.txt"] = text("flask\nrequests\nnumpy\ngunicorn\nsqlalchemy\npyyaml\n")
		add("app.py", 5000)
		add("main.py", 5000)
		add("manage.py", 700)
		add("setup.py", 900)
		add("pyproject.toml", 900)
		add("app/__init__.py", 3000)
	}
	if has("go build", "golang", "go install", "go get") {
		add("go.mod", 500)
		add("go.sum", 9000)
		add("main.go", 6000)
		add("cmd/app/main.go", 3000)
	}
	if has("cargo", "rust") {
		add("Cargo.toml", 600)
		add("Cargo.lock", 40000)
		add("src/main.rs", 6000)
	}
	if has("mvn", "maven", "gradle", "java", "jdk") {
		add("pom.xml", 4000)
		add("build.gradle", 1500)
		files["gradlew"] = program("gradlew", 8000)
		files["mvnw"] = program("mvnw", 10000)
		add("src/main/java/App.java", 6000)
		add("target/app-1.0.jar", 20<<20)
	}
	if has("composer", "php") {
		add("composer.json", 900)
		add("composer.lock", 90000)
		add("index.php", 2000)
		add("public/index.php", 1500)
	}
	if has("bundle", "ruby", "gem ") {
		add("Gemfile", 900)
		add("Gemfile.lock", 6000)
		add("config.ru", 200)
	}
	if has("dotnet") {
		add("App.csproj", 900)
		add("Program.cs", 2000)
	}
	if has("gcc", "make", "g++") {
		add("main.c", 4000)
		add("CMakeLists.txt", 900)
		files["configure"] = program("configure", 200<<10)
	}
	return files
}

var looksLikeFile = lazyregexp.New(`\.[A-Za-z0-9]{1,6}$|^(Makefile|Gemfile|Rakefile|Procfile|LICENSE|README|Pipfile|Dockerfile|entrypoint|run|start|init|crontab|gradlew|mvnw|configure|go|docker-entrypoint)$`)

// sources are the files that a source of COPY or ADD means, by path below its
// destination; file is true where it is one file.
func (p *plan) sources(src string) (found map[string]*node, file bool) {
	if p.given != nil {
		return given(p.given, src)
	}
	if found, file = given(p.known, src); len(found) > 0 {
		return found, file
	}
	clean := strings.TrimPrefix(path.Clean("/"+src), "/")
	files := p.project()
	found = map[string]*node{}
	if clean == "" {
		return files, false
	}
	if n := files[clean]; n != nil {
		return map[string]*node{path.Base(clean): n}, true
	}
	if strings.ContainsAny(clean, "*?[") {
		for name, n := range files {
			if ok, _ := path.Match(clean, name); ok {
				found[path.Base(name)] = n
			}
		}
		if len(found) == 0 {
			one := strings.NewReplacer("*", "x", "?", "", "[", "", "]", "").Replace(path.Base(clean))
			found[one] = invented(clean, one)
		}
		return found, len(found) == 1 && strings.Count(clean, "*") <= 1 && !strings.HasSuffix(clean, "*")
	}
	for name, n := range files {
		if below, ok := strings.CutPrefix(name, clean+"/"); ok {
			found[below] = n
		}
	}
	if len(found) > 0 {
		return found, false
	}
	base := path.Base(clean)
	if !strings.HasSuffix(src, "/") && looksLikeFile.MatchString(base) || strings.Contains(p.text, "chmod +x "+base) {
		return map[string]*node{base: invented(clean, base)}, true
	}
	for _, name := range []string{"a.conf", "b.txt", "script.sh", "sub/c.txt"} {
		found[name] = invented(clean+"/"+name, name)
	}
	return found, false
}

// madeUpKey has the form of a private key of Ed25519 (RFC 8410), and opens nothing.
func madeUpKey(seed string) string {
	body := []byte{0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20}
	sum := sha256.Sum256([]byte(seed))
	return "-----BEGIN PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(append(body, sum[:]...)) + "\n-----END PRIVATE KEY-----\n"
}

// invented is a file of the context of which only the name is known.
func invented(seed, name string) *node {
	size := int64(1500)
	switch strings.ToLower(path.Ext(name)) {
	case ".jar", ".war", ".zip", ".gz", ".tgz", ".xz", ".bz2", ".deb", ".rpm", ".whl", ".tar", ".run", ".iso", ".exe":
		size = int64(8+hash(seed)%20) << 20
	case ".json", ".sql", ".xml":
		size = 20 << 10
	case ".key", ".pem":
		if !strings.Contains(name, "pub") {
			return text(madeUpKey(seed))
		}
	}
	if strings.HasSuffix(name, ".sh") || strings.Contains(name, "entrypoint") && path.Ext(name) == "" {
		return text("#!/bin/sh\nset -e\n# " + seed + "\nexec \"$@\"\n")
	}
	n := filler("context "+seed, size)
	if ext := path.Ext(name); ext == ".run" || ext == "" && size == 1500 {
		n.mode = 0o644
	}
	return n
}
