package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// builder makes a tree from records and their paths; it fills in Node and Below.
type builder struct {
	*Tree
	nodes map[string]NodeID
}

func newBuilder() *builder { return &builder{NewTree(), map[string]NodeID{"": Root}} }

func (b *builder) node(path string) NodeID {
	if n, ok := b.nodes[path]; ok {
		return n
	}
	parent, name := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, name = path[:i], path[i+1:]
	}
	n := b.AddNode(b.node(parent), name)
	b.nodes[path] = n
	return n
}

func (b *builder) add(path string, r Record) RecordID {
	r.Node = b.node(path)
	return b.Push(r)
}

func (b *builder) list() (files, entries []string) {
	for v := range b.Files() {
		line := fmt.Sprintf("%s #%d", b.Path(v.Name), v.Record)
		for _, l := range v.Links {
			line += " =" + b.Path(l)
		}
		if !v.Visible {
			line += " shadowed"
		}
		files = append(files, line)
	}
	for e := range b.Entries() {
		entries = append(entries, fmt.Sprintf("%s #%d #%d", b.Path(e.Name), e.Record, e.Content))
	}
	return files, entries
}

func TestFiles(t *testing.T) {
	const there = StillThere
	for _, c := range []struct {
		name           string
		build          func(b *builder)
		files, entries []string
	}{
		{"empty", func(*builder) {}, nil, nil},
		{"byte order of whole paths", func(b *builder) {
			b.add("a/b", Record{Kind: File, Gone: there})
			b.add("a", Record{Kind: Directory, Gone: there})
			b.add("a-b", Record{Kind: File, Gone: there})
			b.add("ab", Record{Kind: File, Gone: there})
		}, []string{"a-b #2", "a/b #0", "ab #3"}, []string{"a #1 #1"}},
		{"replaced twice", func(b *builder) {
			b.add("f", Record{Kind: File, Layer: 0, Gone: 1})
			b.add("f", Record{Kind: File, Layer: 1, Gone: 1})
			b.add("f", Record{Kind: File, Layer: 1, Gone: there})
		}, []string{"f #0 shadowed", "f #1 shadowed", "f #2"}, nil},
		{"first visible name is a link", func(b *builder) {
			id := b.add("m", Record{Kind: File, Gone: there})
			b.add("z", Record{Kind: Link, Ref: uint32(id), Gone: there})
			b.add("a", Record{Kind: Link, Ref: uint32(id), Gone: there})
			b.add("b", Record{Kind: Link, Ref: uint32(id), Gone: 1})
		}, []string{"a #0 =m =z"}, nil},
		{"visible through a link alone", func(b *builder) {
			id := b.add("m", Record{Kind: File, Gone: 1})
			b.add("z", Record{Kind: Link, Ref: uint32(id), Gone: there})
			b.add("m", Record{Kind: Whiteout, Layer: 1, Gone: there})
		}, []string{"z #0"}, nil},
		{"a link back onto its own name", func(b *builder) {
			id := b.add("m", Record{Kind: File, Gone: 1})
			link := b.add("z", Record{Kind: Link, Ref: uint32(id), Gone: there})
			b.add("m", Record{Kind: Link, Ref: uint32(link), Layer: 1, Gone: there})
		}, []string{"m #0 =z"}, nil},
		{"only links, all gone", func(b *builder) {
			id := b.add("m", Record{Kind: File, Gone: 1})
			b.add("z", Record{Kind: Link, Ref: uint32(id), Gone: 1})
		}, []string{"m #0 shadowed"}, nil},
		{"entries", func(b *builder) {
			b.add("", Record{Kind: Directory, Gone: there})
			b.add("d", Record{Kind: Implied, Gone: there})
			id := b.add("d/s", Record{Kind: Symlink, Gone: there})
			b.add("d/hard", Record{Kind: Link, Ref: uint32(id), Gone: there})
			b.add("gone", Record{Kind: Fifo, Gone: 1})
			b.add("dev", Record{Kind: CharDevice, Gone: there})
		}, nil, []string{"d #1 #1", "d/hard #3 #2", "d/s #2 #2", "dev #5 #5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBuilder()
			c.build(b)
			files, entries := b.list()
			if !slices.Equal(files, c.files) {
				t.Errorf("files %q, want %q", files, c.files)
			}
			if !slices.Equal(entries, c.entries) {
				t.Errorf("entries %q, want %q", entries, c.entries)
			}
		})
	}
}

func TestFilesStops(t *testing.T) {
	b := newBuilder()
	for _, p := range []string{"a/b/c", "a/b/d", "e"} {
		b.add(p, Record{Kind: File, Gone: StillThere})
		b.add(p+"dir", Record{Kind: Directory, Gone: StillThere})
	}
	n := 0
	for range b.Files() {
		n++
		break
	}
	for range b.Entries() {
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d steps, want 2", n)
	}
}

func TestSortedIsByteOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		b := newBuilder()
		for range random.IntN(40) {
			var path []byte
			for i := range 1 + random.IntN(8) {
				ch := "ab-0\x01\xff/"[random.IntN(7)]
				if ch == '/' && (i == 0 || path[len(path)-1] == '/') {
					ch = 'a'
				}
				path = append(path, ch)
			}
			b.node(strings.TrimSuffix(string(path), "/"))
		}
		var got []string
		for n := range b.Sorted() {
			got = append(got, b.Path(n))
		}
		var want []string
		for p := range b.nodes {
			if p != "" {
				want = append(want, p)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}
