package packages

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestApkReasons(t *testing.T) {
	const installed = `C:Q1pQ=
P:busybox
V:1.36.1-r29
A:x86_64
o:busybox
D:so:libc.musl-x86_64.so.1
p:cmd:sh=1.36.1-r29

P:musl
V:1.2.5-r0
A:x86_64
p:so:libc.musl-x86_64.so.1=1

P:app
V:1
A:x86_64
D:/bin/sh virtual>2 named !busybox-old
p:cmd:app=1

P:provider-a
V:1
p:virtual=3 named

P:named
V:1

P:.build-deps
V:20240101.000000
A:noarch
D:gcc make~4

P:gcc
V:13

P:make
V:4.4
F:usr/bin
R:make

P:app-doc
V:1
i:app docs

P:docs
V:1

P:app-openrc
V:1
i:app=1 openrc

P:lost
V:1
f:f

P:lost-lib
V:1
i:lost
`
	d := read(t, Files{
		"lib/apk/db/installed": []byte(installed),
		apkWorld:               []byte("busybox docs app@edge .build-deps=20240101.000000 !bash"),
	})
	want := []string{
		"apk .build-deps 20240101.000000 noarch installed manual", "apk app 1 x86_64 installed manual", "apk app-doc 1  installed dependency",
		"apk app-openrc 1  installed orphan", "apk busybox 1.36.1-r29 x86_64 installed manual", "apk docs 1  installed manual",
		"apk gcc 13  installed dependency", "apk lost 1  half-installed orphan", "apk lost-lib 1  installed orphan",
		"apk make 4.4  installed dependency", "apk musl 1.2.5-r0 x86_64 installed dependency", "apk named 1  installed dependency",
		"apk provider-a 1  installed dependency",
	}
	if d := cmp.Diff(want, summary(d)); d != "" {
		t.Error(d)
	}
	got := map[string]string{}
	for i := range d.Packages {
		if p := &d.Packages[i]; p.NeededBy != "" {
			got[p.Name] = p.NeededBy
		}
	}
	needed := map[string]string{"gcc": ".build-deps", "make": ".build-deps", "musl": "busybox", "named": "app", "provider-a": "app"}
	if d := cmp.Diff(needed, got); d != "" {
		t.Error(d)
	}
}

// TestApkWithoutWorld: nothing is guessed.
func TestApkWithoutWorld(t *testing.T) {
	d, notes, err := Read(Files{"usr/lib/apk/db/installed": []byte("P:musl\nV:1\n")})
	if err != nil || len(notes) != 1 || d.Packages[0].Reason != Unknown {
		t.Errorf("without world: %v, notes %q, error %v", summary(d), notes, err)
	}
}
