package executable_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// TestNamesOverPieces finds the same names among random constants whatever the pieces are
// that they come in, and where they lie.
func TestNamesOverPieces(t *testing.T) {
	words := []string{"/", "/usr/", "/etc/", "lib", ".so", ".so.6", "a", "conf", ".c", "\x00", " ", "-", "/app/", strings.Repeat("x", 100), "lib" + strings.Repeat("z", 90), strings.Repeat("y/", 150), "\xf1\xff\xff\xff\x00\x00\x01\x08"}
	random := rand.New(rand.NewPCG(3, 4))
	total := 0
	for i := range 300 {
		var text strings.Builder
		for range random.IntN(400) {
			text.WriteString(words[random.IntN(len(words))])
		}
		body := imagetest.ELF{Interpreter: "/lib/ld", Needed: []string{"libc.so.6"}, Names: []string{"Go\x00\x00", text.String()}}.Body()
		want, _ := collect(body, len(body), true)
		total += len(want.Names)
		for _, piece := range []int{1 + random.IntN(20), 200 + random.IntN(300), 520 + random.IntN(1500)} {
			if got, _ := collect(body, piece, true); cmp.Diff(want, got) != "" {
				t.Fatalf("%d, in pieces of %d bytes: (-whole +pieces)\n%s", i, piece, cmp.Diff(want, got))
			}
		}
		if got, _ := readAt(body, true); cmp.Diff(want, got) != "" {
			t.Fatalf("%d, at hand: (-whole +at hand)\n%s", i, cmp.Diff(want, got))
		}
	}
	if total < 3000 {
		t.Errorf("only %d names in all", total)
	}
}

// goTable is a table of functions as Go's linker writes it: a header, names that look like
// those of files, and functions.
func goTable(names string) []byte {
	le := binary.LittleEndian
	out := append(le.AppendUint32(nil, 0xfffffff1), 0, 0, 1, 8)
	head := uint64(72)
	for _, field := range []uint64{10, 2, 0, head, head, head, head, head + uint64(len(names))} {
		out = le.AppendUint64(out, field)
	}
	return append(out, names...)
}

// TestGoTable searches a Go program's constants before and behind the table of its
// functions and not in it, where an address may begin; elsewhere there is no table.
func TestGoTable(t *testing.T) {
	const before, behind = "/etc/before.conf", "/etc/behind.conf"
	names := strings.Repeat("/go/internal/auth.buildCommand\x00", 50)
	program := func(pad int) []byte {
		text := before + "\x00Go\x00\x00" + strings.Repeat("\x00", pad) + string(goTable(names)) + "\x00" + behind
		return imagetest.ELF{Names: []string{text}, Needed: []string{"libc.so.6"}}.Body()
	}
	pad := -bytes.Index(program(0), goTable(names)) & 7
	for _, test := range []struct {
		pad  int
		want []string
	}{{pad, []string{before, behind, "libc.so.6"}}, {pad + 1, []string{before, behind, "/go/internal/auth.buildCommand", "libc.so.6"}}} {
		body := program(test.pad)
		for _, piece := range []int{1, 1000, len(body)} {
			if got, _ := collect(body, piece, true); cmp.Diff(sorted(test.want), sorted(got.Names)) != "" {
				t.Errorf("%d zeros, pieces of %d bytes: (-want +got)\n%s", test.pad, piece, cmp.Diff(sorted(test.want), sorted(got.Names)))
			}
		}
	}
	for _, cut := range []int{1, 30, 71} { // a table at the end that is cut short is none
		body := imagetest.ELF{Names: []string{before + "\x00Go\x00\x00" + strings.Repeat("\x00", pad) + string(goTable(names)[:cut])}}.Body()
		if got, _ := collect(body, 100, true); cmp.Diff([]string{before}, got.Names) != "" {
			t.Errorf("%d bytes of a table: %q", cut, got.Names)
		}
	}
}

// TestOwnNames reads this test, which Go's linker made, and finds no function in it.
func TestOwnNames(t *testing.T) {
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(body, []byte("\x7fELF\x02\x01")) {
		t.Skip("this machine's programs are no ELF files of 64 bits, little-endian")
	}
	const constant = "/etc/tare/of-this-test.conf"
	if _, err := os.Stat(constant); err == nil {
		t.Error(constant, "is there")
	}
	got, ok := collect(body, 128<<10, true)
	if at, _ := readAt(body, true); !ok || cmp.Diff(got, at) != "" {
		t.Errorf("%v: (-pieces +at hand)\n%s", ok, cmp.Diff(got, at))
	}
	found := false
	for _, name := range got.Names {
		if found = found || strings.HasPrefix(name, constant); strings.HasSuffix(name, ".init.0") || strings.HasSuffix(name, ".func1") {
			t.Errorf("%s is a function", name)
		}
	}
	if !found {
		t.Errorf("its constant is not among %q", got.Names)
	}
}
