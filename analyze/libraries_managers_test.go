package analyze_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// condaFiles is an environment of conda, its files linked from where they were unpacked. One of the
// two packages is of Python and also known to pip.
func condaFiles() tar {
	const site = "lib/python3.11/site-packages/"
	pkgs := "opt/conda/pkgs/thing-1.4-0/"
	metadata := "Metadata-Version: 2.1\nName: thing\nVersion: 1.4\n"
	return tar{
		imagetest.Text("opt/conda/conda-meta/history", "==> 2024 <==\n"),
		imagetest.Text("opt/conda/conda-meta/libthing-3-0.json", `{"name":"libthing","version":"3","files":[],"paths_data":{"paths":[{"_path":"lib/libthing.so"}]}}`),
		imagetest.Text("opt/conda/conda-meta/thing-1.4-0.json", `{"name":"thing","version":"1.4","requested_spec":"thing","depends":["libthing >=3,<4"],"extracted_package_dir":"/opt/conda/pkgs/thing-1.4-0","files":["`+site+`thing.py","`+site+`thing-1.4.dist-info/METADATA","`+site+`thing-1.4.dist-info/RECORD"]}`),
		imagetest.Fill("opt/conda/lib/libthing.so", 1000),
		imagetest.Text(pkgs+"info/index.json", "{}"),
		imagetest.Fill(pkgs+site+"thing.py", 300),
		imagetest.Text(pkgs+site+"thing-1.4.dist-info/METADATA", metadata),
		imagetest.Text(pkgs+site+"thing-1.4.dist-info/RECORD", "thing.py,,\n"),
		imagetest.HardLink("opt/conda/"+site+"thing.py", pkgs+site+"thing.py"),
		imagetest.HardLink("opt/conda/"+site+"thing-1.4.dist-info/METADATA", pkgs+site+"thing-1.4.dist-info/METADATA"),
		imagetest.HardLink("opt/conda/"+site+"thing-1.4.dist-info/RECORD", pkgs+site+"thing-1.4.dist-info/RECORD"),
	}
}

// gemFiles are a gem home with a gem that was compiled, one for a machine, and one that Ruby brings;
// and a project with a gem from git, whose repository has two of them.
func gemFiles() tar {
	spec := func(name, rest string) string {
		return "# -*- encoding: utf-8 -*-\n# stub: " + name + " ruby lib\n\nGem::Specification.new do |s|\n" + rest + "end\n"
	}
	const home, git = "usr/local/lib/ruby/gems/3.1.0/", "app/vendor/bundle/ruby/3.1.0/bundler/gems/pair-0123456789ab/"
	return tar{
		imagetest.Text(home+"specifications/fast-1.2.gemspec", spec("fast 1.2", "  s.executables = [\"fast\".freeze]\n  s.add_runtime_dependency(%q<brought>.freeze, [\">= 0\"])\n  s.add_development_dependency(%q<never>.freeze, [\">= 0\"])\n")),
		imagetest.Fill(home+"gems/fast-1.2/lib/fast.rb", 100),
		imagetest.Text(home+"gems/fast-1.2/fast.gemspec", spec("fast 1.2", "")),
		imagetest.Fill(home+"extensions/x86_64-linux/3.1.0/fast-1.2/fast.so", 200),
		imagetest.Fill(home+"cache/fast-1.2.gem", 400),
		imagetest.Fill("usr/local/bin/fast", 50),
		imagetest.Text(home+"specifications/made-2-x86_64-linux.gemspec", spec("made 2 x86_64-linux", "")),
		imagetest.Fill(home+"gems/made-2-x86_64-linux/a", 7),
		imagetest.Text(home+"specifications/default/brought-0.1.gemspec", spec("brought 0.1", "  s.files = [\"lib/brought.rb\".freeze, \"brought/a.so\".freeze]\n")),
		imagetest.Fill("usr/local/lib/ruby/3.1.0/brought.rb", 11),
		imagetest.Fill("usr/local/lib/ruby/3.1.0/x86_64-linux/brought/a.so", 22),
		imagetest.Text("app/Gemfile.lock", "GIT\n  remote: https://example.org/pair\n  specs:\n    one (5.1)\n      two (= 5.1)\n    two (5.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  one!\n"),
		imagetest.Text(git+"one.gemspec", "Gem::Specification.new do |s|\n  s.version = One::VERSION\nend\n"),
		imagetest.Text(git+"two/two.gemspec", spec("two 5.1", "")),
		imagetest.Text(git+"spec/fixtures/x/two.gemspec", spec("two 5.1", "")),
		imagetest.Fill(git+"lib/one.rb", 13),
	}
}

func composerFiles() tar {
	return tar{
		imagetest.Text("app/composer.json", `{"name":"made/shop","require":{"php":">=8","made/web":"*"},"require-dev":{"made/Check":"*"}}`),
		imagetest.Text("app/vendor/composer/installed.json", `{"packages":[
			{"name":"made/web","version":"v1.2.0","install-path":"../made/web","require":{"made/log":"^3"},"bin":["bin/serve"]},
			{"name":"made/log","version":"3.0","install-path":"../made/log","require":[]},
			{"name":"made/theme","version":"2.0","install-path":"../../web/themes/theme"},
			{"name":"made/all","version":"1.0","type":"metapackage","install-path":null},
			{"name":"made/check","version":"9.9","install-path":"../made/check"}],"dev":true,"dev-package-names":["made/check"]}`),
		imagetest.Text("app/vendor/composer/installed.php", "<?php return [];"),
		imagetest.Fill("app/vendor/bin/serve", 30), imagetest.Fill("app/vendor/made/web/x.php", 100),
		imagetest.Text("app/vendor/made/log/composer.json", `{"name":"made/log","require":{"made/other":"*"}}`),
		imagetest.Fill("app/web/themes/theme/t.php", 60), imagetest.Fill("app/vendor/made/check/c.php", 5),
		imagetest.Text("old/vendor/composer/installed.json", `[{"name":"made/log","version":"1.0"}]`),
		imagetest.Fill("old/vendor/made/log/x.php", 3),
	}
}

func dotNetFiles() tar {
	const shared = "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/"
	return tar{
		imagetest.Text("app/shop.deps.json", `{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0"},"targets":{".NETCoreApp,Version=v8.0":{
			"shop/1.0.0":{"dependencies":{"Json/13.0.3":"13.0.3"},"runtime":{"shop.dll":{}}},
			"Json/13.0.3":{"dependencies":{"Sqlite":"1.0"},"runtime":{"lib/net6.0/Json.dll":{"assemblyVersion":"13.0.0.0"}},"resources":{"lib/net6.0/de/Json.resources.dll":{"locale":"de"}}},
			"Sqlite/1.0":{"native":{"runtimes/linux-x64/native/libe.so":{}},"runtimeTargets":{"runtimes/linux-x64/native/libs.so":{"rid":"linux-x64"}}}}},
			"libraries":{"shop/1.0.0":{"type":"project"},"Json/13.0.3":{"type":"package"},"Sqlite/1.0":{"type":"package"}}}`),
		imagetest.Fill("app/shop.dll", 900), imagetest.Fill("app/Json.dll", 100), imagetest.Fill("app/de/Json.resources.dll", 20),
		imagetest.Fill("app/runtimes/linux-x64/native/libs.so", 7), imagetest.Fill("app/libe.so", 5),
		imagetest.Text(shared+"Microsoft.NETCore.App.deps.json", `{"runtimeTarget":{"name":"x"},"targets":{},"libraries":{"Microsoft.NETCore.App.Runtime.linux-x64/8.0.1":{"type":"package"}}}`),
		imagetest.Fill(shared+"System.dll", 4000),
	}
}

func rFiles() tar {
	const library = "usr/local/lib/R/site-library/"
	return tar{
		imagetest.Text(library+"plot/DESCRIPTION", "Package: plot\nVersion: 1.2-3\nDepends: R (>= 4), methods\nImports: color (>= 1),\n    scale\nBuilt: R 4.3.1; ; 2024; unix\n"),
		imagetest.Fill(library+"plot/R/plot.rdb", 100),
		imagetest.Text(library+"color/DESCRIPTION", "Package: color\nVersion: 1\nBuilt: R 4.3.1; ; 2024; unix\n"),
		imagetest.Text("src/plot/DESCRIPTION", "Package: plot\nVersion: 1.2-3\n"),
	}
}

// storeFiles are modules of which a store's names come first: pnpm's and yarn's, the latter as
// zipped files; and a package of Python whose first names are ostree's.
func storeFiles() tar {
	const pnpm, object = "app/node_modules/.pnpm/thing@1.0.0/node_modules/thing/", "sysroot/ostree/repo/objects/"
	const dist = "usr/lib/python3.12/site-packages/lib-2.dist-info/"
	return tar{
		imagetest.Text(".pnpm-store/v10/files/ab/cdef", `{"name":"thing","version":"1.0.0"}`),
		imagetest.Fill(".pnpm-store/v10/files/ab/0123", 1000),
		imagetest.HardLink(pnpm+"package.json", ".pnpm-store/v10/files/ab/cdef"),
		imagetest.HardLink(pnpm+"index.js", ".pnpm-store/v10/files/ab/0123"),
		imagetest.Text(object+"aa/1.file", "Metadata-Version: 2.1\nName: lib\nVersion: 2\n"),
		imagetest.Text(object+"aa/2.file", "lib.py,sha256=47DEQpj8HBSa,9\n../../../bin/lib,,\n"),
		imagetest.Fill(object+"aa/3.file", 70),
		imagetest.HardLink(dist+"METADATA", object+"aa/1.file"),
		imagetest.HardLink(dist+"RECORD", object+"aa/2.file"),
		imagetest.HardLink("usr/lib/python3.12/site-packages/lib.py", object+"aa/3.file"),
		imagetest.Fill("usr/bin/lib", 5),
		imagetest.Text("web/package.json", `{"name":"web","dependencies":{"zipped":"*"}}`), imagetest.Text("web/.pnp.cjs", "//"),
		imagetest.Text("web/.yarn/cache/zipped-npm-3.1.0-0123456789-abcdef.zip", "PK\x03\x04 and the rest of an archive"),
		imagetest.Text("root/.yarn/berry/cache/other-npm-3.1.0-0123456789-abcdef.zip", "PK\x03\x04 and the rest of an archive"),
		imagetest.Text("root/.cache/uv/archive-v0/x/lib-2.dist-info/METADATA", "Name: lib\nVersion: 2\n"),
	}
}

// programFiles are programs and jars: one in a module of Node, one in a wheel, and some that do not
// tell what they are made of.
func programFiles() tar {
	program := func(modules string) string { return string(imagetest.GoProgram(modules)) }
	upx := program("")
	upx = upx[:200] + "UPX!" + upx[204:]
	return tar{
		imagetest.Text("app/server", program("path\tm.org/server\nmod\tm.org/server\tv1.0.0\th1:a=\ndep\tm.org/log\tv0.2.0\th1:b=\n")),
		imagetest.Text("app/node_modules/es/package.json", `{"name":"es","version":"1"}`),
		imagetest.Text("app/node_modules/es/bin/es", program("path\tm.org/es\nmod\tm.org/es\tv0.1.0\th1:a=\n")),
		imagetest.Text("app/small", upx), imagetest.Text("app/small2", upx),
		imagetest.Text("app/lib/thing-1.2.jar", "PK\x03\x04 and the rest of an archive"),
	}
}

// TestManagers reads what each manager leaves.
func TestManagers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		files tar
		want  string
	}{
		{"conda", condaFiles(), `
conda libthing 3 layer 0 dependency in opt/conda, 1097 bytes, needed by thing
conda thing 1.4 layer 0 manual in opt/conda, 669 bytes
pip thing 1.4 layer 0 unknown in opt/conda/lib/python3.11/site-packages, 0 bytes, part of thing`},
		{"gem", gemFiles(), `
gem one 5.1 layer 0 manual in app/vendor/bundle/ruby/3.1.0/bundler/gems/pair-0123456789ab, 160 bytes
gem two 5.1 layer 0 dependency in app/vendor/bundle/ruby/3.1.0/bundler/gems/pair-0123456789ab/two, 86 bytes
gem brought 0.1 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/brought-0.1, 184 bytes, needed by fast
gem fast 1.2 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/fast-1.2, 1074 bytes
gem made 2 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/made-2-x86_64-linux, 105 bytes`},
		{"composer", composerFiles(), `
composer made/web v1.2.0 layer 0 manual in app/vendor/made/web, 130 bytes
composer made/log 3.0 layer 0 dependency in app/vendor/made/log, 48 bytes, needed by made/web
composer made/theme 2.0 layer 0 dependency in app/web/themes/theme, 60 bytes
composer made/all 1.0 layer 0 dependency in app/vendor/composer, 0 bytes
composer made/check 9.9 layer 0 dev in app/vendor/made/check, 5 bytes
composer made/log 1.0 layer 0 unknown in old/vendor/made/log, 3 bytes`},
		{"dotnet", dotNetFiles(), `
dotnet Json 13.0.3 layer 0 unknown in app, 120 bytes
dotnet Sqlite 1.0 layer 0 unknown in app, 12 bytes, needed by Json
dotnet Microsoft.NETCore.App 8.0.1 layer 0 unknown in usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1, 4124 bytes`},
		{"r", rFiles(), `
cran color 1 layer 0 unknown in usr/local/lib/R/site-library/color, 55 bytes, needed by plot
cran plot 1.2-3 layer 0 unknown in usr/local/lib/R/site-library/plot, 218 bytes`},
		{"stores", storeFiles(), `
pip lib 2 layer 0 unknown in usr/lib/python3.12/site-packages, 166 bytes
npm thing 1.0.0 layer 0 unknown in app/node_modules/.pnpm/thing@1.0.0/node_modules/thing, 1034 bytes
npm zipped 3.1.0 layer 0 manual in web/.yarn/cache/zipped-npm-3.1.0-0123456789-abcdef.zip, 31 bytes`},
		{"programs", programFiles(), `
npm es 1 layer 0 unknown in app/node_modules/es, 397 bytes
go m.org/es v0.1.0 layer 0 unknown in app/node_modules/es/bin/es, 0 bytes, part of es
go m.org/server v1.0.0 layer 0 unknown in app/server, 405 bytes
go m.org/log v0.2.0 layer 0 unknown in app/server, 0 bytes, needed by m.org/server
maven thing 1.2 layer 0 unknown in app/lib/thing-1.2.jar, 31 bytes`},
	} {
		t.Run(test.name, func(t *testing.T) {
			img := imagetest.Image{Layers: layers{{Files: test.files}}}
			r := sameEverywhere(t, img, strings.Split(strings.TrimSpace(test.want), "\n"), librariesOf)
			told := slices.Contains(r.Notes, "2 programs are packed by UPX, so that what they are made of is not known: app/small, app/small2")
			if told != (test.name == "programs") {
				t.Errorf("the notes are %q", r.Notes)
			}
		})
	}
}

// TestManagersShareAnImage has every manager in one image: each byte has one owner, and each
// manager says what it says alone.
func TestManagersShareAnImage(t *testing.T) {
	t.Parallel()
	var files tar
	for _, some := range []tar{condaFiles(), gemFiles(), dotNetFiles(), rFiles()} {
		files = append(files, some...)
	}
	r := sameEverywhere(t, imagetest.Image{Layers: layers{{Files: files}}}, strings.Split(strings.TrimSpace(`
conda libthing 3 layer 0 dependency in opt/conda, 1097 bytes, needed by thing
conda thing 1.4 layer 0 manual in opt/conda, 669 bytes
pip thing 1.4 layer 0 unknown in opt/conda/lib/python3.11/site-packages, 0 bytes, part of thing
gem one 5.1 layer 0 manual in app/vendor/bundle/ruby/3.1.0/bundler/gems/pair-0123456789ab, 160 bytes
gem two 5.1 layer 0 dependency in app/vendor/bundle/ruby/3.1.0/bundler/gems/pair-0123456789ab/two, 86 bytes
gem brought 0.1 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/brought-0.1, 184 bytes, needed by fast
gem fast 1.2 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/fast-1.2, 1074 bytes
gem made 2 layer 0 unknown in usr/local/lib/ruby/gems/3.1.0/gems/made-2-x86_64-linux, 105 bytes
cran color 1 layer 0 unknown in usr/local/lib/R/site-library/color, 55 bytes, needed by plot
cran plot 1.2-3 layer 0 unknown in usr/local/lib/R/site-library/plot, 218 bytes
dotnet Json 13.0.3 layer 0 unknown in app, 120 bytes
dotnet Sqlite 1.0 layer 0 unknown in app, 12 bytes, needed by Json
dotnet Microsoft.NETCore.App 8.0.1 layer 0 unknown in usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1, 4124 bytes`), "\n"), librariesOf)
	owned := make([]int64, len(r.Packages))
	for i, owner := range r.Tree.Libraries {
		if owner >= 0 && r.Tree.Records[i].Kind == model.File {
			owned[owner] += r.Tree.Records[i].Size.Bytes()
		}
	}
	said := slices.Clone(owned)
	for i := range r.Packages {
		said[i] = r.Packages[i].Bytes
	}
	if diff := cmp.Diff(said, owned); diff != "" {
		t.Errorf("bytes that the packages say and own (-want +got):\n%s", diff)
	}
}
