package replay

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
)

func gem(c *call) int {
	flags, rest := options(c.args[1:], "-v", "--version", "-i", "--install-dir", "-n")
	if len(rest) == 0 || rest[0] != "install" {
		return 0
	}
	for _, name := range rest[1:] {
		c.gemInstall(path.Base(name), !has(flags, "--no-document", "--no-rdoc", "-N", "--no-ri"))
	}
	return 0
}

// gems is the directory of gems.
func (c *call) gems() string {
	switch {
	case c.tree.exists("/usr/local/bundle"):
		return "/usr/local/bundle"
	case c.apk != nil:
		return "/usr/lib/ruby/gems/3.1.0"
	}
	return "/var/lib/gems/3.1.0"
}

func (c *call) gemInstall(name string, docs bool) {
	native := false
	switch name {
	case "nokogiri", "pg", "mysql2", "json", "bcrypt", "ffi", "puma", "thin", "eventmachine", "redcarpet", "sqlite3", "unf_ext", "nio4r", "jekyll", "compass", "rails", "fluentd", "sass":
		c.compiler("gem", name)
		native = true
	}
	at, size := c.gems(), int64(1+hash(name)%4)<<20
	c.fill(at+"/gems/"+name+"-1.0/lib/"+name+".rb", size)
	if native {
		c.write(at+"/extensions/x86_64-linux/3.1.0/"+name+"-1.0/"+name+".so", library("", name, size/4, c.linked()))
	}
	c.fill(at+"/cache/"+name+"-1.0.gem", size/3)
	c.fill(at+"/specifications/"+name+"-1.0.gemspec", 2000)
	if docs {
		c.fill(at+"/doc/"+name+"-1.0/ri/cache.ri", size/3)
	}
	c.bin("/usr/local/bin/"+name, 500)
}

func bundle(c *call) int {
	_, rest := options(c.args[1:], "--path", "--without", "-j", "--jobs", "--retry")
	verb := "install"
	if len(rest) > 0 {
		verb = rest[0]
	}
	if verb == "exec" && len(rest) > 1 {
		c.fill("public/assets/application.js", 2<<20)
		c.fill("tmp/cache/assets/sprockets/x.cache", 4<<20)
		return 0
	}
	if verb == "config" {
		at := c.gems() + "/config"
		if strings.Contains(strings.Join(c.args, " "), "--local") || strings.Contains(strings.Join(c.args, " "), " local ") {
			at = ".bundle/config"
		}
		c.write(at, text(c.read(abs(c.dir, at))+"BUNDLE_"+strings.ToUpper(rest[len(rest)-1])+": \"true\"\n"))
		return 0
	}
	if verb != "install" {
		return 0
	}
	for _, name := range []string{"rails", "nokogiri", "puma", "pg", "rspec"} {
		c.gemInstall(name, false)
	}
	c.fill(c.get("HOME")+"/.bundle/cache/compact_index/rubygems.org/versions", 8<<20)
	return 0
}

func composer(c *call) int {
	flags, rest := options(c.args[1:], "-d", "--working-dir")
	global := len(rest) > 1 && rest[0] == "global"
	if global {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0] != "install" && rest[0] != "update" && rest[0] != "require" && rest[0] != "create-project" {
		return 0
	}
	at := "vendor"
	if global {
		at = c.get("HOME") + "/.composer/vendor"
		if home := c.get("COMPOSER_HOME"); home != "" {
			at = home + "/vendor"
		}
		for _, name := range rest[1:] {
			name, _, _ = strings.Cut(path.Base(name), ":")
			c.write(at+"/bin/"+name, script([]byte("#!/usr/bin/env php\n"), name, 3000))
		}
	}
	if rest[0] == "create-project" {
		at = "app/vendor"
		if len(rest) > 2 {
			at = rest[2] + "/vendor"
		}
	}
	c.fill(at+"/symfony/http-kernel/Kernel.php", 3<<20)
	c.fill(at+"/monolog/monolog/Logger.php", 1<<20)
	c.fill(at+"/autoload.php", 300)
	c.fill(at+"/composer/autoload_classmap.php", 200<<10)
	dev := "[]"
	if !has(flags, "--no-dev") {
		c.fill(at+"/phpunit/phpunit/phpunit.php", 6<<20)
		dev = `["phpunit/phpunit"]`
	}
	c.write(at+"/composer/installed.json", text(`{"packages":[{"name":"symfony/http-kernel"},{"name":"monolog/monolog"},{"name":"phpunit/phpunit"}],"dev":`+map[bool]string{true: "false", false: "true"}[dev == "[]"]+`,"dev-package-names":`+dev+`}`))
	if !has(flags, "--no-cache") && c.get("COMPOSER_CACHE_DIR") != "/dev/null" {
		home := c.get("COMPOSER_HOME")
		if home == "" {
			home = c.get("HOME") + "/.composer"
		}
		c.fill(home+"/cache/files/symfony/http-kernel/x.zip", 4<<20)
		c.fill(home+"/cache/repo/https---repo.packagist.org/p2.json", 2<<20)
	}
	return 0
}

func php(c *call) int {
	for _, a := range c.args {
		if strings.Contains(a, "composer-setup") || strings.HasPrefix(a, "--install-dir") {
			dir := "/usr/local/bin"
			for i, b := range c.args {
				if d, ok := strings.CutPrefix(b, "--install-dir="); ok {
					dir = d
				}
				if b == "--install-dir" && i+1 < len(c.args) {
					dir = c.args[i+1]
				}
			}
			c.bin(dir+"/composer", 3<<20)
			c.fill(c.get("HOME")+"/.composer/keys.dev.pub", 800)
			return 0
		}
		if path.Base(a) == "composer.phar" || path.Base(a) == "composer" {
			return c.sub(append([]string{"composer"}, c.args[2:]...)...)
		}
	}
	return 0
}

func phpExtension(c *call) int {
	_, rest := options(c.args[1:])
	for _, name := range rest {
		c.write("/usr/local/lib/php/extensions/no-debug-non-zts-20220829/"+name+".so", library("", name, 400<<10, c.linked()))
		c.write("/usr/local/etc/php/conf.d/docker-php-ext-"+name+".ini", text("extension="+name+"\n"))
	}
	return 0
}

func pecl(c *call) int {
	_, rest := options(c.args[1:])
	if len(rest) < 2 || rest[0] != "install" {
		return 0
	}
	for _, name := range rest[1:] {
		c.fill("/usr/local/lib/php/extensions/no-debug-non-zts-20220829/"+name+".so", 1200<<10)
		c.fill("/tmp/pear/download/"+name+"-5.3.tgz", 300<<10)
		c.fill("/tmp/pear/temp/"+name+"/config.log", 2<<20)
	}
	return 0
}

var quoted = lazyregexp.New(`["']([A-Za-z][A-Za-z0-9.]+)["']`)

// rTool is R and Rscript, whose downloads lie in a temporary directory that goes with the
// session, and littler, whose temporary directory is /tmp itself.
func rTool(c *call) int {
	download := func(name string) {
		if n := path.Base(c.args[0]); n != "R" && n != "Rscript" {
			c.fill("/tmp/downloaded_packages/"+name+"_1.0.tar.gz", 600<<10)
		}
	}
	words := strings.Join(c.args[1:], " ")
	at := "/usr/local/lib/R/site-library/"
	switch {
	case strings.Contains(words, "install.packages") || strings.Contains(words, "install_github") || strings.Contains(words, "BiocManager::install"):
		for _, m := range quoted.FindAllStringSubmatch(words, -1) {
			c.compiler("R", m[1])
			c.fill(at+m[1]+"/R/"+m[1]+".rdb", int64(1+hash(m[1])%5)<<20)
			c.fill(at+m[1]+"/help/"+m[1]+".rdb", 200<<10)
			c.write(at+m[1]+"/libs/"+m[1]+".so", library("", m[1], 700<<10, c.linked()))
			download(m[1])
		}
	case strings.Contains(path.Base(c.args[0]), "install"):
		_, names := options(c.args[1:], "-r", "--repos", "-n", "--ncpus", "-d", "--deps", "-l", "--libloc", "-u", "--update", "-m", "--method")
		for _, name := range names {
			c.fill(at+name+"/R/"+name+".rdb", 2<<20)
			download(name)
		}
	case strings.Contains(words, "CMD INSTALL"):
		c.fill(at+"project/R/project.rdb", 1<<20)
	}
	return 0
}

func cpan(c *call) int {
	_, rest := options(c.args[1:])
	for _, name := range rest {
		c.fill("/usr/local/share/perl/5.36.0/"+strings.ReplaceAll(name, "::", "/")+".pm", 300<<10)
		c.fill(c.get("HOME")+"/.cpanm/work/1.1/"+strings.ReplaceAll(name, "::", "-")+".tar.gz", 200<<10)
	}
	c.fill(c.get("HOME")+"/.cpanm/work/1.1/build.log", 100<<10)
	return 0
}

func (c *call) goPath() string {
	if p := c.get("GOPATH"); p != "" {
		return p
	}
	return c.get("HOME") + "/go"
}

func goTool(c *call) int {
	flags, rest := options(c.args[1:], "-o", "-ldflags", "-tags", "-mod", "-gcflags", "-C", "-a")
	if len(rest) == 0 {
		return 0
	}
	switch rest[0] {
	case "mod", "get", "install", "build":
		c.cache(c.goPath()+"/pkg/mod/golang.org/x/net@v0.1.0/http2/server.go", 30<<20)
		c.cache(c.goPath()+"/pkg/mod/cache/download/golang.org/x/net/@v/v0.1.0.zip", 9<<20)
	}
	if slices.Contains([]string{"mod", "version", "env", "help", "fmt", "clean"}, rest[0]) {
		return 0
	}
	c.fill(c.get("HOME")+"/.cache/go-build/00/00aa-d", 60<<20)
	switch rest[0] {
	case "build":
		name := path.Base(c.dir)
		if len(rest) > 1 && !strings.HasPrefix(rest[1], ".") {
			name = strings.TrimSuffix(path.Base(rest[1]), ".go")
		}
		if o := flags["-o"]; o != "" {
			name = o
		}
		if strings.HasSuffix(name, "/") || c.tree.isDir(abs(c.dir, name)) {
			name += "/app"
		}
		c.write(name, script(staticHead(), c.dir+name, 14<<20))
	case "install", "get":
		for _, name := range rest[1:] {
			name, _, _ = strings.Cut(name, "@")
			if name = path.Base(name); name != "..." && name != "." {
				c.write(c.goPath()+"/bin/"+name, script(staticHead(), name, 12<<20))
			}
		}
		if len(rest) == 1 {
			c.bin(c.goPath()+"/bin/"+path.Base(c.dir), 12<<20)
		}
	}
	return 0
}

func cargo(c *call) int {
	flags, rest := options(c.args[1:], "--target", "--bin", "--manifest-path", "--path", "--root", "--features")
	if len(rest) == 0 {
		return 0
	}
	home := c.get("CARGO_HOME")
	if home == "" {
		home = c.get("HOME") + "/.cargo"
	}
	c.cache(home+"/registry/src/index.crates.io-6f17d22bba15001f/serde-1.0/src/lib.rs", 60<<20)
	c.cache(home+"/registry/cache/index.crates.io-6f17d22bba15001f/serde-1.0.crate", 12<<20)
	profile := "debug"
	if has(flags, "--release", "-r") {
		profile = "release"
	}
	switch rest[0] {
	case "install":
		for _, name := range rest[1:] {
			c.built(home+"/bin/"+name, 9<<20)
		}
		if flags["--path"] != "" {
			c.bin("/usr/local/cargo/bin/app", 9<<20)
		}
	case "build":
		dir := "target/"
		if t := flags["--target"]; t != "" {
			dir += t + "/"
		}
		name := "app"
		if m := regexp.MustCompile(`target/(?:[a-z0-9_-]+/)?release/([A-Za-z0-9_-]+)`).FindStringSubmatch(c.plan.text); m != nil {
			name = m[1]
		}
		c.built(dir+profile+"/"+name, 9<<20)
		c.fill(dir+profile+"/deps/libserde-0a1b.rlib", 90<<20)
		c.fill(dir+profile+"/incremental/app/x.o", 20<<20)
	}
	return 0
}

func rustup(c *call) int {
	up := c.get("RUSTUP_HOME")
	if up == "" {
		up = c.get("HOME") + "/.rustup"
	}
	c.fill(up+"/toolchains/added/lib/librustc_driver.so", 100<<20)
	return 0
}

func maven(c *call) int {
	words := strings.Join(c.args[1:], " ")
	if strings.Trim(words, "-vVersion ") == "" {
		return 0
	}
	c.cache(c.get("HOME")+"/.m2/repository/org/springframework/spring-core/6.0/spring-core-6.0.jar", 70<<20)
	if strings.Contains(words, "package") || strings.Contains(words, "install") || strings.Contains(words, "verify") || strings.Contains(words, "jar") {
		c.fill("target/app-1.0.jar", 20<<20)
		c.fill("target/classes/App.class", 300<<10)
	}
	return 0
}

func gradle(c *call) int {
	if strings.Trim(strings.Join(c.args[1:], ""), "-vVersion") == "" {
		return 0
	}
	c.cache(c.get("HOME")+"/.gradle/caches/modules-2/files-2.1/spring-core.jar", 70<<20)
	c.fill(c.get("HOME")+"/.gradle/wrapper/dists/gradle-8.5-bin/x/gradle-8.5/lib/gradle-core.jar", 120<<20)
	c.fill("build/libs/app-1.0.jar", 20<<20)
	c.fill("build/classes/App.class", 300<<10)
	return 0
}

func sbt(c *call) int {
	c.cache(c.get("HOME")+"/.cache/coursier/v1/https/repo1.maven.org/scala-library.jar", 60<<20)
	c.cache(c.get("HOME")+"/.sbt/boot/scala-2.13/lib/scala-compiler.jar", 25<<20)
	c.fill("target/scala-2.13/app.jar", 20<<20)
	return 0
}

func stack(c *call) int {
	if len(c.args) > 1 && c.args[1] == "setup" {
		c.fill(c.get("HOME")+"/.stack/programs/x86_64-linux/ghc/bin/ghc", 200<<20)
		return 0
	}
	c.fill(c.get("HOME")+"/.stack/snapshots/x86_64-linux/lib.a", 200<<20)
	c.bin(c.get("HOME")+"/.local/bin/app", 15<<20)
	return 0
}

func dotnet(c *call) int {
	flags, rest := options(c.args[1:], "-o", "--output", "-c", "--configuration", "-r", "--runtime", "-f")
	if len(rest) == 0 {
		return 0
	}
	c.cache(c.get("HOME")+"/.nuget/packages/newtonsoft.json/13.0.1/lib/netstandard2.0/Newtonsoft.Json.dll", 30<<20)
	if rest[0] == "restore" {
		c.fill("obj/project.assets.json", 100<<10)
		return 0
	}
	out := flags["-o"] + flags["--output"]
	if out == "" {
		out = "bin/Release/net8.0/publish"
	}
	if rest[0] == "publish" || rest[0] == "build" {
		c.fill(out+"/App.dll", 200<<10)
		c.fill(out+"/Newtonsoft.Json.dll", 700<<10)
		c.fill("obj/Release/App.dll", 200<<10)
	}
	return 0
}

// makeTool is make and ninja.
// compile is a compiler that writes -o, or a.out.
