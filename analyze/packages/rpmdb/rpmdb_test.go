package rpmdb

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The databases in testdata hold the same three packages. rpm 4.18 wrote
// rpmdb.sqlite; db_load 5.3 put its headers into Packages, with pages of 4096
// bytes, and Packages-512. The lists are what rpm -qa and rpm -qal say.
func database(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func list(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

func headers(data, log []byte) (all [][]byte, err error) {
	err = Headers(data, log, func(h []byte) bool {
		all = append(all, bytes.Clone(h))
		return true
	})
	return all, err
}

func describe(t *testing.T, all [][]byte) (packages, files []string) {
	t.Helper()
	for _, h := range all {
		p, err := Parse(h)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, fmt.Sprintf("%s %s %s %s", p.Name, p.Version, p.Arch, p.SourceRPM))
		files = append(files, slices.Collect(p.Files())...)
	}
	slices.Sort(packages)
	slices.Sort(files)
	return packages, files
}

func TestHeaders(t *testing.T) {
	sqlite := database(t, "rpmdb.sqlite")
	fromSQLite, err := headers(sqlite, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"sqlite": sqlite, "berkeley": database(t, "Packages"), "berkeley of small pages": database(t, "Packages-512"), "ndb": ndb(fromSQLite),
	} {
		t.Run(name, func(t *testing.T) {
			all, err := headers(data, nil)
			if err != nil {
				t.Fatal(err)
			}
			packages, files := describe(t, all)
			if d := cmp.Diff(list(t, "packages.txt"), packages); d != "" {
				t.Error(d)
			}
			want := list(t, "files.txt")
			slices.Sort(want)
			if d := cmp.Diff(want, files); d != "" {
				t.Error(d)
			}
		})
	}
}

// ndb writes a database in that format: one page of slots, then the blobs.
func ndb(blobs [][]byte) []byte {
	le := binary.LittleEndian
	data := make([]byte, ndbSlotPage)
	copy(data, "RpmP")
	le.PutUint32(data[12:], 1)
	for at := ndbFirst; at < ndbSlotPage; at += ndbUnit {
		copy(data[at:], "Slot")
	}
	for i, b := range blobs {
		slot := data[ndbFirst+(2*i+1)*ndbUnit:] // every other slot is free
		le.PutUint32(slot[4:], uint32(i+1))
		le.PutUint32(slot[8:], uint32(len(data)/ndbUnit))
		data = append(data, "BlbS"...)
		data = le.AppendUint32(data, uint32(i+1))
		data = le.AppendUint32(data, 0)
		data = le.AppendUint32(data, uint32(len(b)))
		data = append(data, b...)
		data = append(data, make([]byte, -len(data)&(ndbUnit-1))...)
	}
	return data
}

// TestWriteAheadLog: a page in the log stands for the page in the file, unless
// its transaction never ended or it is left over from an older use of the log.
func TestWriteAheadLog(t *testing.T) {
	data := database(t, "rpmdb.sqlite")
	size := int(binary.BigEndian.Uint16(data[16:]))
	broken := bytes.Clone(data)
	clear(broken[:size])
	copy(broken, data[:100])
	frame := func(commit uint32, salt string) []byte {
		head := binary.BigEndian.AppendUint32(nil, 1)
		head = binary.BigEndian.AppendUint32(head, commit)
		head = append(head, salt+"checksum"...)
		return append(head, data[:size]...)
	}
	logHead := binary.BigEndian.AppendUint32(nil, 0x377f0682)
	logHead = append(logHead, 0, 0, 0, 1)
	logHead = binary.BigEndian.AppendUint32(logHead, uint32(size))
	logHead = append(logHead, "seq.saltsaltchecksum"...)
	for _, c := range []struct {
		name string
		log  []byte
		ok   bool
	}{
		{"none", nil, false},
		{"a transaction", slices.Concat(logHead, frame(90, "saltsalt")), true},
		{"one that never ended", slices.Concat(logHead, frame(0, "saltsalt")), false},
		{"an older use", slices.Concat(logHead, frame(90, "old-salt")), false},
		{"cut off", slices.Concat(logHead, frame(90, "saltsalt")[:size]), false},
	} {
		all, err := headers(broken, c.log)
		if (err == nil) != c.ok || c.ok && len(all) != 3 {
			t.Errorf("%s: %d packages, error %v", c.name, len(all), err)
		}
	}
}

func TestBroken(t *testing.T) {
	sqlite, bdb := database(t, "rpmdb.sqlite"), database(t, "Packages")
	change := func(data []byte, at int, b ...byte) []byte {
		data = bytes.Clone(data)
		copy(data[at:], b)
		return data
	}
	all, err := headers(sqlite, nil)
	if err != nil {
		t.Fatal(err)
	}
	box := ndb(all)
	overflow := 0
	for at := 0; at < len(bdb); at += 4096 {
		if bdb[at+25] == bdbOverflow {
			overflow = at
			break
		}
	}
	for name, data := range map[string][]byte{
		"empty":                                 nil,
		"something else":                        []byte(strings.Repeat("no database ", 100)),
		"sqlite, cut off":                       sqlite[:8192],
		"sqlite, odd pages":                     change(sqlite, 16, 0, 7),
		"sqlite, no table":                      bytes.ReplaceAll(sqlite, []byte("Packages"), []byte("Packagez")),
		"ndb, cut off":                          box[:len(box)-20],
		"ndb, no table":                         box[:100],
		"ndb, blobs that overlap":               ndbTwice(all),
		"ndb, a slot that is none":              change(box, ndbFirst, 'X'),
		"berkeley, odd pages":                   change(bdb, 20, 1, 2, 3),
		"berkeley, a chain that ends elsewhere": change(bdb, overflow+25, 13),
	} {
		if _, err := headers(data, nil); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// ndbTwice makes all slots point to one blob.
func ndbTwice(blobs [][]byte) []byte {
	data := ndb(blobs)
	for at := ndbFirst; at < ndbSlotPage; at += ndbUnit {
		copy(data[at:at+ndbUnit], data[ndbFirst+ndbUnit:ndbFirst+2*ndbUnit])
	}
	return data
}

func TestParseBroken(t *testing.T) {
	for name, h := range map[string][]byte{
		"empty":           nil,
		"cut off":         {0, 0, 0, 9, 0, 0, 0, 0},
		"a huge count":    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		"without a name":  {0, 0, 0, 0, 0, 0, 0, 0},
		"a name nowhere ": append([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x03, 0xe8, 0, 0, 0, 6, 0, 0, 0, 9}, 0, 0, 0, 1),
	} {
		if _, err := Parse(h); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestStops(t *testing.T) {
	for _, name := range []string{"rpmdb.sqlite", "Packages"} {
		n := 0
		if err := Headers(database(t, name), nil, func([]byte) bool { n++; return false }); err != nil || n != 1 {
			t.Errorf("%s: %d packages, error %v", name, n, err)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	sqlite := database(f, "rpmdb.sqlite")
	all, err := headers(sqlite, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sqlite[:20<<10], []byte("log"))
	f.Add(database(f, "Packages-512")[:20<<10], []byte(nil))
	f.Add(ndb(all[:1]), []byte(nil))
	f.Fuzz(func(t *testing.T, data, log []byte) {
		total := 0
		err := Headers(data, log, func(h []byte) bool {
			total += len(h)
			if p, err := Parse(h); err == nil {
				for range p.Files() {
					total++
				}
			}
			return true
		})
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Errorf("unexpected error %v", err)
		}
		if total > 10*(len(data)+len(log))+1000 {
			t.Errorf("%d bytes of headers from %d", total, len(data)+len(log))
		}
	})
}
