package overlay_test

import (
	"archive/tar"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/overlay"
)

type files = []imagetest.File

var (
	dir      = imagetest.Dir
	fill     = imagetest.Fill
	same     = imagetest.Same
	hardLink = imagetest.HardLink
	symlink  = imagetest.Symlink
	whiteout = imagetest.Whiteout
	opaque   = imagetest.Opaque
)

// TestLedger holds every case of the ledger's contract, with the bytes written
// out by hand.
func TestLedger(t *testing.T) {
	for _, c := range []struct {
		name     string
		layers   []files
		versions []string
		visible  []string
		tallies  []overlay.Tally
		notes    []string
	}{
		{
			name: "a whiteout of a directory hides all below it",
			layers: []files{
				{dir("a"), dir("a/b"), fill("a/b/x", 10), fill("a/y", 20), fill("z", 30)},
				{whiteout("a")},
			},
			versions: []string{"L0 a/b/x 10 shadowed deleted by L1", "L0 a/y 20 shadowed deleted by L1", "L0 z 30 live"},
			visible:  []string{"z"},
			tallies:  []overlay.Tally{{Added: 5}, {Deleted: 4}},
		},
		{
			name: "an opaque whiteout hides what lies below and nothing of its own layer, first in the tar",
			layers: []files{
				{dir("a"), fill("a/old", 10), fill("b", 5)},
				{dir("a"), opaque("a"), fill("a/new", 7)},
			},
			versions: []string{"L0 a/old 10 shadowed deleted by L1", "L0 b 5 live", "L1 a/new 7 live"},
			visible:  []string{"a/", "a/new", "b"},
			tallies:  []overlay.Tally{{Added: 3}, {Added: 1, Modified: 1, Deleted: 1}},
		},
		{
			name: "an opaque whiteout that stands last in the tar",
			layers: []files{
				{dir("a"), fill("a/old", 10)},
				{dir("a"), fill("a/new", 7), opaque("a")},
			},
			versions: []string{"L0 a/old 10 shadowed deleted by L1", "L1 a/new 7 live"},
			visible:  []string{"a/", "a/new"},
			tallies:  []overlay.Tally{{Added: 2}, {Added: 1, Modified: 1, Deleted: 1}},
		},
		{
			name: "an opaque whiteout of the root does nothing",
			layers: []files{
				{dir("a"), fill("a/old", 10), fill("b", 5)},
				{opaque(""), fill("c", 7)},
			},
			versions: []string{"L0 a/old 10 live", "L0 b 5 live", "L1 c 7 live"},
			visible:  []string{"a/", "a/old", "b", "c"},
			tallies:  []overlay.Tally{{Added: 3}, {Added: 1}},
			notes:    []string{"an opaque whiteout of the root does nothing: overlay engines ignore it"},
		},
		{
			name: "a whiteout beside its name acts on the layers below only",
			layers: []files{
				{fill("x", 10)},
				{fill("x", 20), whiteout("x")},
			},
			versions: []string{"L0 x 10 shadowed deleted by L1", "L1 x 20 live"},
			visible:  []string{"x"},
			tallies:  []overlay.Tally{{Added: 1}, {Modified: 1, Deleted: 1}},
		},
		{
			name: "a whiteout of nothing takes nothing away, and the rest of its layer counts",
			layers: []files{
				{fill("x", 10)},
				{whiteout("no/such/thing"), whiteout("nor-this"), fill("y", 5)},
			},
			versions: []string{"L0 x 10 live", "L1 y 5 live"},
			visible:  []string{"no//", "no/such//", "x", "y"},
			tallies:  []overlay.Tally{{Added: 1}, {Added: 1}},
		},
		{
			name: "a file in place of a directory hides the subtree",
			layers: []files{
				{dir("a"), fill("a/x", 10)},
				{fill("a", 3)},
			},
			versions: []string{"L0 a/x 10 shadowed deleted by L1", "L1 a 3 live"},
			visible:  []string{"a"},
			tallies:  []overlay.Tally{{Added: 2}, {Modified: 1}},
		},
		{
			name: "a directory in place of a file hides the file",
			layers: []files{
				{fill("a", 10)},
				{dir("a"), fill("a/x", 3)},
			},
			versions: []string{"L0 a 10 shadowed replaced by L1", "L1 a/x 3 live"},
			visible:  []string{"a/", "a/x"},
			tallies:  []overlay.Tally{{Added: 1}, {Added: 1, Modified: 1}},
		},
		{
			name: "a directory over a directory changes metadata only",
			layers: []files{
				{dir("a"), fill("a/x", 10)},
				{dir("a").Chmod(0o700)},
			},
			versions: []string{"L0 a/x 10 live"},
			visible:  []string{"a/", "a/x"},
			tallies:  []overlay.Tally{{Added: 2}, {Modified: 1}},
		},
		{
			name: "a hard link keeps a version visible while any name is",
			layers: []files{
				{fill("a", 10), hardLink("b", "a")},
				{whiteout("a")},
			},
			versions: []string{"L0 b 10 live"},
			visible:  []string{"b"},
			tallies:  []overlay.Tally{{Added: 2}, {Deleted: 1}},
		},
		{
			name: "the layer that takes the last name hides the version",
			layers: []files{
				{fill("a", 10), hardLink("b", "a")},
				{whiteout("a")},
				{fill("b", 4)},
			},
			versions: []string{"L0 a 10 shadowed replaced by L2", "L2 b 4 live"},
			visible:  []string{"b"},
			tallies:  []overlay.Tally{{Added: 2}, {Deleted: 1}, {Modified: 1}},
		},
		{
			name: "a hard link to a lower layer weighs nothing and keeps the bytes alive",
			layers: []files{
				{fill("a", 10)},
				{hardLink("b", "a")},
				{whiteout("a")},
			},
			versions: []string{"L0 b 10 live"},
			visible:  []string{"b"},
			tallies:  []overlay.Tally{{Added: 1}, {Added: 1}, {Deleted: 1}},
			notes:    []string{`hard link "b" points to a file of a layer below, which container engines refuse to unpack`},
		},
		{
			name: "a hard link to a lower file whose own name goes in the same layer, on either side of it",
			layers: []files{
				{fill("a", 10), fill("c", 20)},
				{hardLink("b", "a"), whiteout("a"), whiteout("c"), hardLink("d", "c")},
			},
			versions: []string{"L0 b 10 live", "L0 d 20 live"},
			visible:  []string{"b", "d"},
			tallies:  []overlay.Tally{{Added: 2}, {Added: 2, Deleted: 2}},
			notes: []string{
				`hard link "b" points to a file of a layer below, which container engines refuse to unpack`,
				"1 more hard links point to layers below",
			},
		},
		{
			name: "content that flips between two names of one inode is one copy",
			layers: []files{
				{same("a", "s", 10), hardLink("b", "a")},
				{same("b", "s", 10).Chmod(0o600), hardLink("a", "b")},
			},
			versions: []string{"L0 a 10 shadowed copied by L1", "L1 a 10 live = b"},
			visible:  []string{"a", "b"},
			tallies:  []overlay.Tally{{Added: 2}, {Modified: 2}},
		},
		{
			name: "a hard link that stands before its target",
			layers: []files{
				{hardLink("a", "z"), fill("z", 10)},
			},
			versions: []string{"L0 a 10 live = z"},
			visible:  []string{"a", "z"},
			tallies:  []overlay.Tally{{Added: 2}},
		},
		{
			name: "a hard link to nothing is told",
			layers: []files{
				{hardLink("a", "nowhere"), fill("z", 10)},
			},
			versions: []string{"L0 z 10 live"},
			visible:  []string{"z"},
			tallies:  []overlay.Tally{{Added: 1}},
			notes:    []string{`hard link "a" points to nothing and is left out`},
		},
		{
			name: "a hard link to a symbolic link",
			layers: []files{
				{symlink("a", "/etc"), hardLink("b", "a")},
			},
			visible: []string{"a -> /etc", "b -> /etc"},
			tallies: []overlay.Tally{{Added: 2}},
		},
		{
			name: "one path twice in one layer: the last counts",
			layers: []files{
				{same("x", "1", 10), same("x", "2", 10), same("x", "2", 10), fill("y", 1)},
			},
			versions: []string{"L0 x 10 shadowed replaced by L0", "L0 x 10 shadowed copied by L0", "L0 x 10 live", "L0 y 1 live"},
			visible:  []string{"x", "y"},
			tallies:  []overlay.Tally{{Added: 2}},
		},
		{
			name: "deleted and added again",
			layers: []files{
				{fill("x", 10)},
				{whiteout("x")},
				{fill("x", 10)},
			},
			versions: []string{"L0 x 10 shadowed deleted by L1", "L2 x 10 live"},
			visible:  []string{"x"},
			tallies:  []overlay.Tally{{Added: 1}, {Deleted: 1}, {Added: 1}},
		},
		{
			name: "replaced three times",
			layers: []files{
				{fill("x", 10)},
				{fill("x", 20)},
				{fill("x", 30)},
				{fill("x", 40)},
			},
			versions: []string{"L0 x 10 shadowed replaced by L1", "L1 x 20 shadowed replaced by L2", "L2 x 30 shadowed replaced by L3", "L3 x 40 live"},
			visible:  []string{"x"},
			tallies:  []overlay.Tally{{Added: 1}, {Modified: 1}, {Modified: 1}, {Modified: 1}},
		},
		{
			name: "chmod copies, and only the first copy is waste",
			layers: []files{
				{same("x", "s", 10_000_000)},
				{same("x", "s", 10_000_000).Chmod(0o600)},
			},
			versions: []string{"L0 x 10000000 shadowed copied by L1", "L1 x 10000000 live"},
			visible:  []string{"x"},
			tallies:  []overlay.Tally{{Added: 1}, {Modified: 1}},
		},
		{
			name: "other content of the same size is no copy",
			layers: []files{
				{same("x", "s", 5000)},
				{same("x", "t", 5000)},
			},
			versions: []string{"L0 x 5000 shadowed replaced by L1", "L1 x 5000 live"},
			visible:  []string{"x"},
			tallies:  []overlay.Tally{{Added: 1}, {Modified: 1}},
		},
		{
			name: "duplicates: the first in byte order of the visible names stays live",
			layers: []files{
				{same("b", "s", 4096), same("c", "s", 4096), hardLink("A", "c"), same("small1", "s", 4095), same("small2", "s", 4095)},
				{same("gone", "s", 4096)},
				{whiteout("gone")},
			},
			versions: []string{
				"L0 b 4096 duplicate", "L0 A 4096 live = c", "L0 small1 4095 live", "L0 small2 4095 live",
				"L1 gone 4096 shadowed deleted by L2",
			},
			visible: []string{"A", "b", "c", "small1", "small2"},
			tallies: []overlay.Tally{{Added: 5}, {Added: 1}, {Deleted: 1}},
		},
		{
			name: "PAX global headers, GNU long names, ./ and / prefixes",
			layers: []files{
				{
					{Type: tar.TypeXGlobalHeader, Path: "pax_global_header", PAX: map[string]string{"comment": "x"}},
					fill("./a", 1), fill("/b", 2), fill(".//c/./d", 3),
					{Path: long(300), Body: []byte("1234"), Format: tar.FormatGNU},
					{Path: long(400), Body: []byte("12345"), Format: tar.FormatPAX},
				},
			},
			versions: []string{"L0 a 1 live", "L0 b 2 live", "L0 c/d 3 live", "L0 " + long(300) + " 4 live", "L0 " + long(400) + " 5 live"},
			visible:  []string{"a", long(300), long(400), "b", "c//", "c/d"},
			tallies:  []overlay.Tally{{Added: 5}},
		},
		{
			name: "names with .. are taken as they are spelled, and the root is its own parent",
			layers: []files{
				{fill("../../etc/passwd", 100), fill("/../ok", 1), fill("a/../b", 50), hardLink("c", "x/../../b"), fill("a/..", 7)},
			},
			versions: []string{"L0 etc/passwd 100 live", "L0 ok 1 live", "L0 b 50 live = c"},
			visible:  []string{"b", "c", "etc//", "etc/passwd", "ok"},
			tallies:  []overlay.Tally{{Added: 4}},
			notes:    []string{`"a/.." stands for the root, is not a directory, and is left out`},
		},
		{
			name: "AUFS's link directory: its files live under the names that link to them",
			layers: []files{
				{
					dir(".wh..wh.plnk"), fill(".wh..wh.plnk/77.1", 10), hardLink("a", ".wh..wh.plnk/77.1"), hardLink("b", ".wh..wh.plnk/77.1"),
					dir(".wh..wh.orph"), imagetest.Text(".wh..wh.aufs", ""), fill(".wh..wh.plnk/78.1", 5),
				},
				{whiteout("a")},
			},
			versions: []string{"L0 b 10 live", "L0 .wh..wh.plnk/78.1 5 shadowed deleted by L0"},
			visible:  []string{"b"},
			tallies:  []overlay.Tally{{Added: 2}, {Deleted: 1}},
		},
		{
			name: "a path through a link of the same layer follows it",
			layers: []files{
				{dir("usr"), dir("usr/bin"), fill("usr/bin/x", 10)},
				{symlink("bin", "usr/bin"), fill("bin/x", 20), fill("bin/y", 5)},
				{symlink("bin", "usr/bin"), whiteout("bin/y")},
			},
			versions: []string{"L0 usr/bin/x 10 shadowed replaced by L1", "L1 usr/bin/x 20 live", "L1 usr/bin/y 5 shadowed deleted by L2"},
			visible:  []string{"bin -> usr/bin", "usr//", "usr/bin//", "usr/bin/x"},
			tallies:  []overlay.Tally{{Added: 3}, {Added: 2, Modified: 1}, {Modified: 1, Deleted: 1}},
		},
		{
			name: "a path through a link of a lower layer makes a directory in its place",
			layers: []files{
				{dir("usr"), dir("usr/bin"), fill("usr/bin/sh", 10), symlink("bin", "usr/bin")},
				{fill("bin/app", 5)},
			},
			versions: []string{"L0 usr/bin/sh 10 live", "L1 bin/app 5 live"},
			visible:  []string{"bin//", "bin/app", "usr/", "usr/bin/", "usr/bin/sh"},
			tallies:  []overlay.Tally{{Added: 4}, {Added: 1}},
		},
		{
			name: "a whiteout below a link of a lower layer hides nothing of what the link points to",
			layers: []files{
				{dir("usr"), dir("usr/bin"), fill("usr/bin/sh", 10), symlink("bin", "usr/bin")},
				{whiteout("bin/sh")},
			},
			versions: []string{"L0 usr/bin/sh 10 live"},
			visible:  []string{"bin//", "usr/", "usr/bin/", "usr/bin/sh"},
			tallies:  []overlay.Tally{{Added: 4}, {}},
		},
		{
			name: "whiteouts in a directory that replaces a link of a lower layer",
			layers: []files{
				{dir("releases"), dir("releases/1"), fill("releases/1/data", 30), fill("releases/1/x", 4), symlink("current", "releases/1")},
				{dir("current"), opaque("current"), whiteout("current/x"), fill("current/data", 7)},
			},
			versions: []string{"L0 releases/1/data 30 live", "L0 releases/1/x 4 live", "L1 current/data 7 live"},
			visible:  []string{"current/", "current/data", "releases/", "releases/1/", "releases/1/data", "releases/1/x"},
			tallies:  []overlay.Tally{{Added: 5}, {Added: 1, Modified: 1}},
		},
		{
			name: "a directory entry replaces a link of a lower layer, also behind a path through it",
			layers: []files{
				{dir("real"), fill("real/x", 10), symlink("a", "real")},
				{fill("a/before", 1), dir("a"), fill("a/after", 2)},
			},
			versions: []string{"L0 real/x 10 live", "L1 a/before 1 live", "L1 a/after 2 live"},
			visible:  []string{"a/", "a/after", "a/before", "real/", "real/x"},
			tallies:  []overlay.Tally{{Added: 3}, {Added: 2, Modified: 1}},
		},
		{
			name: "a directory entry replaces a link of the same layer",
			layers: []files{
				{dir("real"), symlink("a", "real"), fill("a/before", 1), dir("a"), fill("a/after", 2)},
			},
			versions: []string{"L0 real/before 1 live", "L0 a/after 2 live"},
			visible:  []string{"a/", "a/after", "real/", "real/before"},
			tallies:  []overlay.Tally{{Added: 4}},
		},
		{
			name: "a directory that a layer does not name has no mode of the lower one's",
			layers: []files{
				{dir("a").Chmod(0o700), fill("a/x", 10)},
				{fill("a/y", 5)},
			},
			versions: []string{"L0 a/x 10 live", "L1 a/y 5 live"},
			visible:  []string{"a//", "a/x", "a/y"},
			tallies:  []overlay.Tally{{Added: 2}, {Added: 1}},
		},
		{
			name: "a whiteout of a directory that the layer then brings leaves what lies below",
			layers: []files{
				{dir("x"), fill("x/a", 10)},
				{whiteout("x"), dir("x"), fill("x/n", 5)},
			},
			versions: []string{"L0 x/a 10 live", "L1 x/n 5 live"},
			visible:  []string{"x/", "x/a", "x/n"},
			tallies:  []overlay.Tally{{Added: 2}, {Added: 1, Modified: 1}},
			notes:    []string{`"x" is both removed and brought as a directory: overlay engines go on showing what lower layers have in it, others do not`},
		},
		{
			name: "overlayfs's own whiteout and opaque attribute",
			layers: []files{
				{dir("a"), fill("a/x", 10), fill("y", 4), dir("b"), fill("b/z", 3)},
				{
					{Path: "y", Type: tar.TypeChar},
					{Path: "a/", Type: tar.TypeDir, PAX: map[string]string{"SCHILY.xattr.trusted.overlay.opaque": "y"}},
					{Path: "b/", Type: tar.TypeDir, PAX: map[string]string{"SCHILY.xattr.user.overlay.opaque": "y"}},
				},
			},
			versions: []string{"L0 a/x 10 shadowed deleted by L1", "L0 y 4 shadowed deleted by L1", "L0 b/z 3 live"},
			visible:  []string{"a/", "b/", "b/z"},
			tallies:  []overlay.Tally{{Added: 5}, {Modified: 2, Deleted: 2}},
			notes:    []string{`"a/" is marked opaque by an extended attribute: Docker and Podman hide what lower layers have in it, containerd does not`},
		},
		{
			name: "a whiteout of no name",
			layers: []files{
				{dir("a"), fill("a/x", 10)},
				{imagetest.Text("a/.wh.", ""), fill("b", 1)},
			},
			versions: []string{"L0 a/x 10 live", "L1 b 1 live"},
			visible:  []string{"a/", "a/x", "b"},
			tallies:  []overlay.Tally{{Added: 2}, {Added: 1}},
			notes:    []string{`"a/.wh." is a whiteout of nothing, which container engines refuse to unpack`},
		},
		{
			name: "links that leave the root stay in it, and loops end",
			layers: []files{
				{symlink("up", "../../.."), fill("up/x", 10), symlink("l1", "l2"), symlink("l2", "l1"), fill("l1/y", 5)},
			},
			versions: []string{"L0 x 10 live", "L0 l1/y 5 shadowed deleted by L0"},
			visible:  []string{"l1 -> l2", "l2 -> l1", "up -> ../../..", "x"},
			tallies:  []overlay.Tally{{Added: 4}},
			notes:    []string{`"l1/y" lies behind a loop of symbolic links and cannot be reached`},
		},
		{
			name: "special files weigh nothing",
			layers: []files{
				{{Path: "null", Type: tar.TypeChar, Major: 1, Minor: 3}, {Path: "sda", Type: tar.TypeBlock}, {Path: "pipe", Type: tar.TypeFifo}, symlink("s", "x")},
			},
			visible: []string{"null", "pipe", "s -> x", "sda"},
			tallies: []overlay.Tally{{Added: 4}},
		},
	} {
		for _, how := range []way{inPlace, streamed} {
			t.Run(c.name+"/"+string(how), func(t *testing.T) {
				l, tallies, notes := stack(t, how, c.layers...)
				if diff := cmp.Diff(c.versions, versions(l)); diff != "" {
					t.Errorf("versions (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.visible, visible(l.Tree, len(c.layers)-1)); diff != "" {
					t.Errorf("visible (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.tallies, tallies); diff != "" {
					t.Errorf("tallies (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.notes, notes); diff != "" {
					t.Errorf("notes (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghij"[i%10]
	}
	return string(b)
}

// TestUpToLayer looks at the filesystem as it was after each layer.
func TestUpToLayer(t *testing.T) {
	l, _, _ := stack(t, inPlace,
		files{dir("a"), fill("a/x", 1)},
		files{whiteout("a"), fill("b", 2)},
		files{fill("a/x", 3), whiteout("b")},
	)
	for i, want := range [][]string{{"a/", "a/x"}, {"b"}, {"a//", "a/x"}} {
		if diff := cmp.Diff(want, visible(l.Tree, i)); diff != "" {
			t.Errorf("after layer %d (-want +got):\n%s", i, diff)
		}
	}
}
