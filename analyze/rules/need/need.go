// Package need tells every edit what the image still needs of the things that the edit would
// remove or change: files, users, package lists, caches.
//
//	use := room.Later(made, need.Thing{Paths: []string{"/root/.cache/pip"}})
//
// Half of the answer is in the Dockerfile: which paths later instructions name, after globs,
// variables and directories are worked out, and which programs they call. The other half is
// in the image: the scripts that RUN lines and the entry point run, who owns a file, which
// users exist at a layer, what a directory contains when a RUN starts. A [Room] has both for
// one image.
//
// A wrong edit is worse than a missing one. So a word that may stand for anything may stand
// for the file in question, an unknown program may look for it, and what cannot be read may
// use everything. Answers that prevent an edit say why, in words that fit into a sentence.
//
// An image can have thousands of instructions, each with a finding. So what was read is
// remembered, no question looks more than [instructions.MaxLater] instructions ahead, and a
// Room compares only a fixed number of paths; after that it is unsure.
package need

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// Image is what a Room knows of an image. All but the instructions may be missing.
type Image struct {
	Instructions *instructions.List
	Layers       []model.Layer
	Tree         *model.Tree // nil: what the layers hold is not known

	// Contents are those of small files that the scan kept, by the record that holds
	// them, also of files that later layers hide.
	Contents map[model.RecordID][]byte

	// Of the config:
	Entrypoint, Cmd []string
	Env             []string // NAME=value
	User            string
	WorkingDir      string
}

// Room answers for one image. It is not safe for concurrent use.
type Room struct {
	Image
	cache *Cache

	settings []setting // by instruction: what it finds; nil until asked for
	facts    []*facts  // by instruction; nil until asked for
	after    []int     // by instruction: the last layer once it has run, -1 for none
	stored   [][]int   // by instruction: the layers that it stored; nil until asked for
	left     int       // comparisons that may still be made
	spent    int       // bytes of long values so far
	apt      []*aptUse // by instruction; nil until asked for
	contains *facts    // what a container runs; nil until asked for
	files    map[place]seen
}

// maxComparisons is how many paths a Room compares.
const maxComparisons = 50 << 20

// Cache is what was read for a Room, for the next one: after an edit most of the
// instructions are the same. It is not safe for concurrent use.
type Cache struct {
	scripts map[string]*syntax.File // by text; nil: it cannot be read
	runs    map[string]*rewrite.Run // likewise
	size    int                     // bytes of texts
}

// maxCache is how many bytes of scripts a Cache remembers.
const maxCache = 16 << 20

// New returns the room of an image. cache is that of the room before, nil for none.
func New(image Image, cache *Cache) *Room {
	if cache == nil {
		cache = &Cache{scripts: make(map[string]*syntax.File), runs: make(map[string]*rewrite.Run)}
	}
	return &Room{Image: image, cache: cache, left: maxComparisons, files: make(map[place]seen)}
}

// Cache returns what the room has read, for another to share.
func (r *Room) Cache() *Cache { return r.cache }

func (c *Cache) parse(script string) (*syntax.File, bool) {
	f, ok := c.scripts[script]
	if !ok {
		f, ok = rewrite.ParseShell(script)
		if !ok {
			f = nil
		}
		if c.size += len(script); c.size < maxCache {
			c.scripts[script] = f
		}
	}
	return f, f != nil
}

func (c *Cache) run(text string) (*rewrite.Run, bool) {
	run, ok := c.runs[text]
	if !ok {
		run, _ = rewrite.ParseRun(text)
		if c.size += len(text); c.size < maxCache {
			c.runs[text] = run
		}
	}
	return run, run != nil
}

// layerAfter is the last layer that there is once an instruction has run, -1 where
// there is none.
func (r *Room) layerAfter(at int) int {
	if at < 0 {
		return -1
	}
	if r.after == nil {
		// A layer of which no instruction is known comes before the next one's.
		r.after = make([]int, len(r.Instructions.All))
		next, layer := len(r.after)-1, len(r.Layers)-1
		for i := len(r.Layers) - 1; i >= 0; i-- {
			in := r.Layers[i].Instruction
			if in == nil || *in < 0 {
				continue
			}
			if *in > next { // an edit has joined what made it with what made the layer above
				layer = i - 1
				continue
			}
			for ; next >= *in; next-- {
				r.after[next] = layer
			}
			layer = i - 1
		}
		for ; next >= 0; next-- {
			r.after[next] = layer
		}
	}
	return r.after[at]
}

// layersOf returns the layers that an instruction stored and of which the tree knows what
// they hold. It goes through the layers once for all instructions: an image may have
// thousands of both.
func (r *Room) layersOf(at int) []int {
	if r.stored == nil {
		r.stored = make([][]int, len(r.Instructions.All))
		for i := range min(len(r.Layers), r.Tree.Layers()) {
			if in := r.Layers[i].Instruction; in != nil && *in >= 0 && *in < len(r.stored) {
				r.stored[*in] = append(r.stored[*in], i)
			}
		}
	}
	return r.stored[at]
}

// place is a path as of a layer.
type place struct {
	layer int
	name  string
}

// seen is what a place leads to.
type seen struct {
	id     model.RecordID // of the content
	exists bool
}

// find looks a path up in the file system of layers 0 to layer, through symbolic
// links. The path is absolute.
func (r *Room) find(name string, layer int) (model.RecordID, bool) {
	if r.Tree == nil || layer < 0 || strings.IndexFunc(name, func(r rune) bool { return r <= plain }) >= 0 {
		return model.NoRecord, false
	}
	key := place{layer, name}
	if s, ok := r.files[key]; ok {
		return s.id, s.exists
	}
	id, ok := r.resolve(name, layer)
	if len(r.files) < 1<<16 {
		r.files[key] = seen{id, ok}
	}
	return id, ok
}

// maxLinks is how many symbolic links one path may lead through, maxNames how many
// names it may have.
const maxLinks, maxNames = 40, 256

func (r *Room) resolve(name string, layer int) (model.RecordID, bool) {
	todo := strings.Split(strings.Trim(path.Clean(name), "/"), "/")
	at, links := "", 0
	id := model.NoRecord
	for len(todo) > 0 {
		if len(todo) > maxNames {
			return model.NoRecord, false
		}
		next := path.Join(at, todo[0])
		todo = todo[1:]
		node, ok := r.Tree.Lookup(next)
		if !ok {
			return model.NoRecord, false
		}
		record, ok := r.Tree.At(node, layer)
		if !ok {
			return model.NoRecord, false
		}
		id = r.Tree.Content(record)
		if r.Tree.Records[id].Kind != model.Symlink {
			at = next
			continue
		}
		if links++; links > maxLinks {
			return model.NoRecord, false
		}
		target := r.Tree.LinkText(&r.Tree.Records[id])
		if !path.IsAbs(target) {
			target = path.Join("/", at, target)
		}
		at = ""
		todo = append(strings.Split(strings.Trim(path.Clean(target), "/"), "/"), todo...)
	}
	return id, id != model.NoRecord
}

// fileAt returns a file's content as of a layer. known is true where the scan kept
// it, exists where the file is there.
func (r *Room) fileAt(name string, layer int) (content string, known, exists bool) {
	id, ok := r.find(name, layer)
	if !ok {
		// What a RUN made and took away again, or took away from below.
		if id, ok = r.find(name, layer-1); !ok {
			return "", false, false
		}
	}
	b, known := r.Contents[id]
	return string(b), known, true
}

// inBase reports whether the base image brings a file.
func (r *Room) inBase(name string, layer int) bool {
	id, ok := r.find(name, layer)
	if !ok {
		return false
	}
	at := int(r.Tree.Records[id].Layer)
	return at < len(r.Layers) && r.Layers[at].Inherited
}

// where says which instruction is meant, for a sentence: "line 7".
func (r *Room) where(at int) string {
	if in := &r.Instructions.All[at]; in.Location != nil && in.Location.Line > 0 {
		return "line " + itoa(in.Location.Line)
	}
	if n := model.StepNumber(r.Instructions.All, at); n > 0 {
		return "step " + itoa(n)
	}
	return r.Instructions.Keyword(at) + " " + itoa(at)
}
