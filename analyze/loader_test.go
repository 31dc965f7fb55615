package analyze_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/loader"
	"github.com/tare-oci/tare/model"
)

const glibc, musl = "/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"

// library is a shared library that is linked with others.
func library(path string, needed ...string) imagetest.File {
	return imagetest.Program(path, imagetest.ELF{Soname: filepath.Base(path), Needed: needed})
}

// app is the program that is looked at.
func app(e imagetest.ELF) imagetest.File { return imagetest.Program("app/bin/app", e) }

// linked is app with a loader.
func linked(interpreter string, needed ...string) imagetest.File {
	return app(imagetest.ELF{Interpreter: interpreter, Needed: needed})
}

// view is the merged tree of layers, on a layer with a loader of each kind.
func view(t *testing.T, layers ...[]imagetest.File) *loader.View {
	t.Helper()
	img := imagetest.Image{Config: v1.Config{Cmd: []string{"/app/bin/app"}}, Layers: []imagetest.Layer{{Files: []imagetest.File{
		library("usr/lib64/ld-linux-x86-64.so.2"), imagetest.Symlink("lib64", "usr/lib64"), library("lib/ld-musl-x86_64.so.1"), library("lib/x86_64-linux-gnu/libc.so.6"), imagetest.Text("etc/ld.so.cache", "old")}}}}
	for _, files := range layers {
		img.Layers = append(img.Layers, imagetest.Layer{Files: files})
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := os.WriteFile(file, img.OCI().Tar(), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := analyze.Analyze(t.Context(), file, analyze.Options{NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	return loader.New(result.Report.Tree, int(model.StillThere)-1, result.Build.Executables)
}

// TestMissing tries what a program finds, and what it does not.
func TestMissing(t *testing.T) {
	type files = []imagetest.File
	for name, test := range map[string]struct {
		layers      []files
		environment string
		want        string // "name by path, elsewhere"
	}{
		"all is there":                    {[]files{{linked(glibc, "libc.so.6", "liba.so.1"), library("usr/lib/x86_64-linux-gnu/liba.so.1")}}, "", ""},
		"a library":                       {[]files{{linked(glibc, "libc.so.6", "libcrypto.so.3")}}, "", "libcrypto.so.3 by app/bin/app"},
		"two libraries":                   {[]files{{linked(glibc, "liba.so", "libb.so")}}, "", "liba.so by app/bin/app; libb.so by app/bin/app"},
		"what a library needs":            {[]files{{linked(glibc, "liba.so.1"), library("usr/lib/liba.so.1", "libb.so.2")}}, "", "libb.so.2 by usr/lib/liba.so.1"},
		"what is removed":                 {[]files{{library("usr/lib/liba.so.1")}, {linked(glibc, "liba.so.1"), imagetest.Whiteout("usr/lib/liba.so.1")}}, "", "liba.so.1 by app/bin/app"},
		"a link":                          {[]files{{linked(glibc, "liba.so.1"), library("usr/lib/liba.so.1.2"), imagetest.Symlink("usr/lib/liba.so.1", "liba.so.1.2")}}, "", ""},
		"a link to nothing":               {[]files{{linked(glibc, "liba.so.1"), imagetest.Symlink("usr/lib/liba.so.1", "liba.so.1.2")}}, "", "liba.so.1 by app/bin/app"},
		"links in a circle":               {[]files{{linked(glibc, "liba.so.1"), imagetest.Symlink("usr/lib/liba.so.1", "liba.so.1")}}, "", "liba.so.1 by app/bin/app"},
		"beside the program":              {[]files{{app(imagetest.ELF{Interpreter: glibc, Needed: []string{"liba.so"}, Runpath: "/nowhere:$ORIGIN/../lib"}), library("app/lib/liba.so")}}, "", ""},
		"RPATH is inherited":              {[]files{{app(imagetest.ELF{Interpreter: glibc, Needed: []string{"liba.so"}, Rpath: "${ORIGIN}"}), library("app/bin/liba.so", "libb.so"), library("app/bin/libb.so")}}, "", ""},
		"RUNPATH is not":                  {[]files{{app(imagetest.ELF{Interpreter: glibc, Needed: []string{"liba.so"}, Runpath: "/app/bin"}), library("app/bin/liba.so", "libb.so"), library("app/bin/libb.so")}}, "", "libb.so by app/bin/liba.so, app/bin/libb.so"},
		"LD_LIBRARY_PATH":                 {[]files{{linked(glibc, "liba.so"), library("opt/a/liba.so")}}, "/x:/opt/a", ""},
		"LD_LIBRARY_PATH through a link":  {[]files{{linked(glibc, "liba.so"), library("opt/a-1/liba.so"), imagetest.Symlink("opt/a", "a-1")}}, "/opt/a", ""},
		"copied and not in the cache":     {[]files{{linked(glibc, "liba.so"), library("usr/local/lib/liba.so")}}, "", "liba.so by app/bin/app, usr/local/lib/liba.so"},
		"in the cache":                    {[]files{{linked(glibc, "liba.so"), library("usr/local/lib/liba.so"), imagetest.Text("etc/ld.so.cache", "new")}}, "", ""},
		"copied again":                    {[]files{{library("usr/local/lib/liba.so"), imagetest.Text("etc/ld.so.cache", "new")}, {linked(glibc, "liba.so"), library("usr/local/lib/liba.so", "libc.so.6")}}, "", ""},
		"the cache is gone":               {[]files{{linked(glibc, "liba.so"), library("usr/local/lib/liba.so"), imagetest.Whiteout("etc/ld.so.cache")}}, "", "liba.so by app/bin/app, usr/local/lib/liba.so"},
		"musl has its own C library":      {[]files{{linked(musl, "libc.musl-x86_64.so.1", "libpthread.so.0")}}, "", ""},
		"musl and a library":              {[]files{{linked(musl, "libc.so", "liba.so")}}, "", "liba.so by app/bin/app"},
		"musl in /usr/local/lib":          {[]files{{linked(musl, "liba.so"), library("usr/local/lib/liba.so")}}, "", ""},
		"glibc's names on musl":           {[]files{{linked(glibc, "libm.so.6"), imagetest.Program("bin/busybox", imagetest.ELF{Interpreter: musl})}}, "", ""},
		"no loader":                       {[]files{{linked("/lib/ld-uClibc.so.0", "liba.so")}}, "", "/lib/ld-uClibc.so.0 by app/bin/app"},
		"another place for the loader":    {[]files{{linked("/opt/ld-linux-x86-64.so.2", "liba.so"), library("opt/ld-linux-x86-64.so.2"), library("opt/x/liba.so")}}, "", ""},
		"static":                          {[]files{{app(imagetest.ELF{})}}, "", ""},
		"no program":                      {[]files{{imagetest.Text("app/bin/app", "text")}}, "", ""},
		"a script":                        {[]files{{imagetest.Text("app/bin/app", "#!/bin/sh\n")}}, "", ""},
		"nothing":                         {nil, "", ""},
		"a driver of the host":            {[]files{{linked(glibc, "libcuda.so.1", "libnvidia-ml.so.1")}}, "", ""},
		"a path":                          {[]files{{linked(glibc, "./liba.so", "/opt/liba.so")}}, "", ""},
		"a library that has another name": {[]files{{linked(glibc, "liba.so.1"), imagetest.Program("usr/lib/other.so", imagetest.ELF{Soname: "liba.so.1"})}}, "", ""},
		"circles":                         {[]files{{linked(glibc, "liba.so"), library("usr/lib/liba.so", "libb.so"), library("usr/lib/libb.so", "liba.so")}}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, m := range view(t, test.layers...).Missing("app/bin/app", test.environment) {
				text := fmt.Sprintf("%s by %s", m.Name, m.By)
				if m.Elsewhere != "" {
					text += ", " + m.Elsewhere
				}
				got = append(got, text)
			}
			if got := strings.Join(got, "; "); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestResolve follows links, and none for ever.
func TestResolve(t *testing.T) {
	v := view(t, []imagetest.File{imagetest.Text("a/b/c", "c"), imagetest.Symlink("x", "a/b"), imagetest.Symlink("a/up", "../x/c"), imagetest.Symlink("loop", "loop/x"), imagetest.Symlink("root", "/")})
	for name, want := range map[string]string{"/a/b/c": "a/b/c", "x/c": "a/b/c", "/a/up": "a/b/c", "/x/../x/c": "a/b/c", "root/a/b": "a/b", "loop": "", "/a/none": "", "a/b/c/d": "", strings.Repeat("/a", 300): ""} {
		if _, at, ok := v.Resolve(name); at != want && ok || ok != (want != "") {
			t.Errorf("%.20s: %q, %v", name, at, ok)
		}
	}
}
