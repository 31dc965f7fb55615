package language_test

import (
	"bytes"
	"compress/zlib"
	"debug/buildinfo"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/language"
)

// programOf makes an ELF file of 64 bits with constants and data that are loaded where they lie.
func programOf(constants, data []byte) []byte {
	const headers, base = 64 + 3*56, 0x400000
	le := binary.LittleEndian
	b := make([]byte, headers, headers+len(constants)+len(data)+32)
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint64(b[32:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 3)
	for i, s := range []struct {
		flags   uint32
		content []byte
	}{{4, constants}, {5, []byte("code")}, {6, data}} {
		for len(b)%16 != 0 {
			b = append(b, 0)
		}
		p := b[64+i*56:]
		le.PutUint32(p, 1)
		le.PutUint32(p[4:], s.flags)
		le.PutUint64(p[8:], uint64(len(b)))
		le.PutUint64(p[16:], uint64(base+len(b)))
		le.PutUint64(p[32:], uint64(len(s.content)))
		b = append(b, s.content...)
	}
	return b
}

// goInfo is what Go's linker leaves, behind so many bytes of other data.
func goInfo(before int, version, modules string) []byte {
	b := append(make([]byte, before), "\xff Go buildinf:\x08\x02"...)
	b = append(b, make([]byte, 16)...)
	for _, text := range []string{version, modules} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return b
}

// marked is a program's list of modules between the marks that the go command puts around it.
func marked(modules string) string {
	return "0w\xaf\f\x92t\b\x02A\xe1\xc1\a\xe6\xd6\x18\xe6" + modules + "\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2"
}

const someModules = "path\texample.org/shop/cmd\nmod\texample.org/shop\tv1.2.3\th1:x=\ndep\texample.org/a\tv0.1.0\n=>\texample.org/fork\tv0.2.0\th1:y=\ndep\texample.org/b\tv1.0.0\n=>\t./b\t(devel)\t\ndep\texample.org/c\tv3.0.0+incompatible\th1:z=\n"

// packed is what zlib makes of a text.
func packed(t testing.TB, text string, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// auditOf is an audit of a program with so many crates.
func auditOf(n int) string {
	var b strings.Builder
	b.WriteString(`{"packages":[`)
	for i := range n {
		fmt.Fprintf(&b, `{"name":"crate%d","version":"%d.0.1","source":"crates.io"},`, i, i*7919%1000)
	}
	b.WriteString(`{"name":"builder","version":"1.0.0","source":"crates.io","kind":"build"},{"name":"shop","version":"0.3.0","source":"local","dependencies":[0],"root":true}]}`)
	return b.String()
}

// rowsOf lists names and versions, and why there are none.
func rowsOf(f language.Found) (list []string) {
	for _, r := range f.Rows {
		list = append(list, strings.TrimSpace(f.Manager+" "+r.Name+" "+r.Version+" "+r.Unknown))
	}
	return list
}

func TestPrograms(t *testing.T) {
	noise := bytes.Repeat([]byte("x\xda x\x01 x\x9c text of a program "), 3000)
	audit := packed(t, auditOf(3), 9)
	crates := []string{"cargo shop 0.3.0", "cargo crate0 0.0.1", "cargo crate1 919.0.1", "cargo crate2 838.0.1"}
	modules := []string{"go example.org/shop v1.2.3", "go example.org/fork v0.2.0", "go example.org/b (devel)", "go example.org/c v3.0.0+incompatible"}
	info := goInfo(0, "go1.22.1", marked(someModules))
	upx := programOf(noise, info)
	copy(upx[300:], "UPX!")
	old := append([]byte("\xff Go buildinf:\x08\x00"), make([]byte, 16)...)
	for _, test := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{"go", programOf(noise, info), modules},
		{"go far back", programOf(nil, goInfo(200_000, "go1.22.1", marked(someModules))), modules},
		{"go at an odd address", programOf(nil, goInfo(8, "go1.22.1", marked(someModules))), nil},
		{"go, and a text like it before", programOf(nil, slices.Concat([]byte("\xff Go buildinf:xy"), make([]byte, 16), info)), modules},
		{"go, of many modules", programOf(nil, goInfo(16, "go1.22.1", marked(someModules+strings.Repeat("dep\texample.org/m\tv1.0.0\th1:z=\n", 4000)))), append(slices.Clone(modules), slices.Repeat([]string{"go example.org/m v1.0.0"}, 4000)...)},
		{"go without modules", programOf(nil, goInfo(0, "go1.22.1", "")), []string{"go   no-modules"}},
		{"go before 1.18", programOf(nil, append(old, make([]byte, 16)...)), []string{"go   old-go"}},
		{"go among the constants", programOf(info, nil), nil},
		{"go that is cut off", programOf(nil, info[:len(info)-20]), nil},
		{"packed", upx, []string{"go   packed"}},
		{"rust", programOf(slices.Concat(noise, audit, noise), []byte("data")), crates},
		{"rust, quickly packed", programOf(slices.Concat(noise, packed(t, auditOf(3), 1)), nil), crates},
		{"rust, cut off", programOf(audit[:len(audit)-5], nil), nil},
		{"rust, another text", programOf(packed(t, `{"package":[]}`+strings.Repeat("a", 100), 9), nil), nil},
		{"nothing", programOf(noise, noise), nil},
		{"a header alone", programOf(nil, nil)[:64], nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, ok := read(t, "app/x", test.content)
			got := rowsOf(f)
			for i := range got {
				got[i] = strings.Replace(got[i], "go no-modules", "go   no-modules", 1)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || ok != (test.want != nil) {
				t.Errorf("%v (-want +got):\n%s", ok, diff)
			}
		})
	}
	long, _ := read(t, "app/x", programOf(slices.Concat(noise, packed(t, auditOf(5000), 9)), nil))
	if len(long.Rows) != 5001 {
		t.Errorf("%d of 5001 crates", len(long.Rows))
	}
}

// TestThisProgram holds what is found in this test's own program against what the standard library
// finds.
func TestThisProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("it is no ELF file")
	}
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{strings.TrimSpace("go " + info.Main.Path + " " + info.Main.Version)}
	for _, m := range info.Deps {
		want = append(want, "go "+m.Path+" "+m.Version)
	}
	f, _ := read(t, "app/x", content)
	if diff := cmp.Diff(want, rowsOf(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
