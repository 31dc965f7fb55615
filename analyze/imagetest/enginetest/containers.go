package enginetest

import (
	"archive/tar"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/tare-oci/tare/analyze/imagetest"
)

// Containers are what an [Engine] knows of containers: they are created, a file of
// them is sent, and they are removed. None ever runs.
type Containers struct {
	// Create, Send and Remove answer in the engine's place where they are not nil, and
	// report whether they did.
	Create, Send, Remove func(w http.ResponseWriter, r *http.Request) bool

	mu   sync.Mutex
	open map[string]bool
	made []string // documents they were asked for with
}

// Open counts the containers that were made and not removed.
func (c *Containers) Open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.open)
}

// Made are the documents that the containers were asked for with.
func (c *Containers) Made() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.made...)
}

// serve answers what is asked of containers, and reports whether it was that.
func (c *Containers) serve(w http.ResponseWriter, r *http.Request, img imagetest.Image) bool {
	path, ok := strings.CutPrefix(r.URL.Path, "/containers/")
	if !ok {
		return false
	}
	name, _ := strings.CutSuffix(path, "/archive")
	hook := c.Create
	switch {
	case r.Method == http.MethodDelete:
		hook = c.Remove
	case r.Method == http.MethodGet:
		hook = c.Send
	}
	if hook != nil && hook(w, r) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case r.Method == http.MethodPost:
		var doc json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&doc)
		if c.open == nil {
			c.open = make(map[string]bool)
		}
		c.open[r.URL.Query().Get("name")] = true
		c.made = append(c.made, string(doc))
		w.WriteHeader(http.StatusCreated)
	case !c.open[name]:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete:
		delete(c.open, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		sendFile(w, img, strings.TrimPrefix(r.URL.Query().Get("path"), "/"))
	}
	return true
}

// sendFile sends a regular file as a container of the image has it.
func sendFile(w http.ResponseWriter, img imagetest.Image, path string) {
	var layers [][]imagetest.File
	for _, l := range img.Layers {
		if !l.Empty {
			layers = append(layers, l.Files)
		}
	}
	tree, err := imagetest.Merge(layers...)
	at := tree[path]
	if err != nil || at == nil || at.Type != tar.TypeReg {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	body := layers[at.Layer][at.Item].Body
	out := tar.NewWriter(w)
	_ = out.WriteHeader(&tar.Header{Name: path[strings.LastIndexByte(path, '/')+1:], Mode: 0o644, Size: int64(len(body))})
	_, _ = out.Write(body) // whoever hangs up hears no more
	_ = out.Close()
}
