package engine

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tare-oci/tare/analyze/ctxio"
)

// An engine saves an image whole or not at all, which takes as long as the image is
// large. One file it gives away in a moment, but of a container only. So a container is
// created, which runs nothing as long as nobody starts it, the file is asked for, and
// the container is removed.

const (
	// createTimeout is how long an engine may take to create a container. Some storage
	// drivers copy the whole image for it, and then saving it is no slower.
	createTimeout = 5 * time.Second
	// lateTimeout is how long a creation that took too long is waited for, in the
	// background, to remove what comes of it.
	lateTimeout = 30 * time.Second
	// removeTimeout is how long the removal of a container may take.
	removeTimeout = 10 * time.Second
	// closeTimeout is how long closing the image waits for removals.
	closeTimeout = 2 * time.Second
	// smallFile is how long a file is read at once, so that its container is gone
	// before anybody looks at it.
	smallFile = 1 << 20
)

// errNotThere reports that a container shows something else at a path than the image
// has there.
var errNotThere = errors.New("the container shows another file there")

// notTheImages are paths at which engines put files of their own into each container.
var notTheImages = []string{".dockerenv", "dev", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf", "proc", "run/.containerenv", "run/secrets", "sys"}

// containers makes containers of one image, each for one file, and removes them.
type containers struct {
	engine  *engine
	image   string   // its ID
	volumes []string // directories that the image declares as volumes
	open    sync.WaitGroup
}

// File opens a file as a container of the image shows it, which has to be size bytes
// long. Closing it removes the container, as does each error, also that of ctx.
func (c *containers) File(ctx context.Context, path string, size int64) (io.ReadCloser, error) {
	for _, other := range notTheImages {
		if path == other || strings.HasPrefix(path, other+"/") {
			return nil, errNotThere
		}
	}
	name, err := c.create(ctx)
	if err != nil {
		return nil, err
	}
	file, err := c.read(ctx, name, path, size)
	if err != nil {
		go c.remove(ctx, name)
		return nil, cmp.Or(ctx.Err(), err)
	}
	if size > smallFile {
		return &containerFile{Reader: file, close: sync.OnceValue(func() error {
			defer func() { go c.remove(ctx, name) }()
			return file.Close()
		})}, nil
	}
	data, err := io.ReadAll(file)
	file.Close()
	go c.remove(ctx, name)
	if err != nil {
		return nil, cmp.Or(ctx.Err(), err)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// create creates a container, to be removed by the caller, and returns its name.
// Hanging up does not stop an engine from creating it, so the answer is waited for in
// any case, by somebody else when ctx ends or it takes too long.
func (c *containers) create(ctx context.Context) (name string, err error) {
	name = newName()
	done := make(chan error)
	gone := make(chan struct{})
	c.open.Add(1)
	go func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateTimeout)
		defer cancel()
		err := c.ask(late, name)
		select {
		case done <- err:
		case <-gone:
			c.remove(ctx, name)
		}
	}()
	wait, cancel := context.WithTimeout(ctx, createTimeout)
	defer cancel()
	select {
	case err = <-done:
		if err != nil {
			go c.remove(ctx, name) // an answer that got lost may have been a yes
		}
		return name, err
	case <-wait.Done():
		close(gone)
		return name, wait.Err()
	}
}

// newName is a name that no other container has, and tells whose it is.
func newName() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return "tare-" + hex.EncodeToString(b[:])
}

// ask asks the engine for a container.
func (c *containers) ask(ctx context.Context, name string) error {
	type mount struct{ Type, Target string }
	var wanted struct {
		Image           string
		Cmd             []string
		Labels          map[string]string
		NetworkDisabled bool
		HostConfig      struct {
			NetworkMode string
			Mounts      []mount
		}
	}
	wanted.Image = c.image
	// Engines refuse a container without a command, though nobody starts it.
	wanted.Cmd = []string{"/never-started"}
	wanted.Labels = map[string]string{"com.github.tare-oci.tare": "made to read one file, never started"}
	wanted.NetworkDisabled, wanted.HostConfig.NetworkMode = true, "none"
	for _, dir := range c.volumes {
		// Else the engine makes a volume, and copies the directory into it.
		wanted.HostConfig.Mounts = append(wanted.HostConfig.Mounts, mount{"tmpfs", dir})
	}
	doc, err := json.Marshal(wanted)
	if err != nil {
		return err
	}
	answer, err := c.engine.send(ctx, http.MethodPost, "/containers/create", url.Values{"name": {name}}, doc)
	if err != nil {
		return c.engine.host.refusal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return c.engine.statusError(answer)
	}
	return nil
}

// read asks for a file of a container. The caller closes it.
func (c *containers) read(ctx context.Context, name, path string, size int64) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	// The answer comes at once or is not worth waiting for; what follows may take its time.
	stall := time.AfterFunc(answerTimeout, cancel)
	answer, err := c.engine.send(ctx, http.MethodGet, "/containers/"+name+"/archive", url.Values{"path": {"/" + path}}, nil)
	if err != nil {
		cancel()
		return nil, c.engine.host.refusal(err)
	}
	file := &containerFile{close: func() error {
		cancel()
		return answer.Body.Close()
	}}
	if answer.StatusCode != http.StatusOK {
		err = c.engine.statusError(answer)
		return nil, cmp.Or(file.Close(), err)
	}
	sent := tar.NewReader(ctxio.NewReader(ctx, answer.Body))
	header, err := sent.Next()
	if err == nil && (header.Typeflag != tar.TypeReg || header.Size != size) {
		err = errNotThere
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("reading /%s from a container: %w", path, err)
	}
	if size > smallFile {
		stall.Stop()
	}
	file.Reader = sent
	return file, nil
}

// remove removes a container with all that was made for it. Nobody is told where that
// fails: its name and label say whose it is.
// It is removed also where ctx has ended.
func (c *containers) remove(ctx context.Context, name string) {
	defer c.open.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	answer, err := c.engine.send(ctx, http.MethodDelete, "/containers/"+name, url.Values{"force": {"1"}, "v": {"1"}}, nil)
	if err == nil {
		_ = answer.Body.Close()
	}
}

// Close waits for removals that are still under way, but not for long.
func (c *containers) Close() error {
	gone := make(chan struct{})
	go func() {
		c.open.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(closeTimeout):
	}
	return nil
}

// containerFile is a file that is read from a container.
type containerFile struct {
	io.Reader
	close func() error
}

func (f *containerFile) Close() error { return f.close() }

// volumesOf are the directories that an image declares as volumes.
func volumesOf(volumes map[string]struct{}) []string {
	var dirs []string
	for dir := range volumes {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs
}
