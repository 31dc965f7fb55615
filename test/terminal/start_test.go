package terminal

import (
	"net"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/imagetest/enginetest"
)

// engineImage is what the engine of these tests holds.
func engineImage() imagetest.Image {
	return imagetest.Image{Tag: "shop/api:2", Layers: []imagetest.Layer{
		{CreatedBy: "RUN /bin/sh -c install # buildkit", Files: []imagetest.File{imagetest.Fill("opt/big", 200_000), imagetest.Text("app/hello", "a small file\n")}},
		{CreatedBy: "RUN /bin/sh -c rm /opt/big # buildkit", Files: []imagetest.File{imagetest.Whiteout("opt/big")}},
		{Empty: true, CreatedBy: `CMD ["/app/run"]`},
	}}
}

// starting opens tare without an image, with an engine and an archive in the directory.
func starting(t *testing.T, s size, host string) *terminal {
	t.Helper()
	term := open(t, setting{columns: s.columns, rows: s.rows, command: "env XDG_CACHE_HOME=$PWD/cache " + quote(tare), env: []string{"DOCKER_HOST=" + host},
		files: map[string]string{"saved.tar": string(engineImage().Docker25().Tar()), "notes.tar": "no image"}})
	term.wait("Choose an image")
	return term
}

// TestStart: without an image tare offers those there are; typing finds one, Enter opens
// it, and the next time it stands in front.
func TestStart(t *testing.T) {
	needTerminal(t)
	host, _ := enginetest.Listen(t, &enginetest.Engine{Image: engineImage()})
	for _, s := range sizes {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			term := starting(t, s, host)
			term.wait("shop/api:2", "a/first:2", "older:1", "the newest first")
			term.whole()
			if strings.Contains(term.screen(), "notes.tar") || strings.Contains(term.screen(), "Looked at") {
				t.Errorf("it offers\n%s", picture(term.screen()))
			}
			term.see("End", "the course")
			term.whole()
			term.text("saved")
			term.wait("saved.tar", "/saved")
			term.gone("shop/api:2")
			term.whole()
			term.see("Escape", "shop/api:2")
			term.text("shop")
			term.gone("saved.tar")
			term.see("Enter", "? help", "wasted")
			term.press("q")
			term.left(0)
			term.line("clear; . ./run")
			term.wait("Choose an image", "Recently opened")
			term.whole()
			term.press("Enter")
			term.wait("? help", "wasted")
			term.press("q")
			term.left(0)
			term.line("clear; . ./run")
			term.wait("Choose an image")
			term.press("Escape")
			term.left(0)
		})
	}
}

// TestStartWaitsForNobody: an engine that takes connections and says nothing keeps
// nobody from the rest.
func TestStartWaitsForNobody(t *testing.T) {
	needTerminal(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	term := starting(t, size{80, 24}, "tcp://"+silent.Addr().String())
	term.wait("no answer yet", "saved.tar", "naive-apt")
	term.whole()
	term.text("saved")
	term.see("Enter", "? help", "wasted")
	term.press("q")
	term.left(0)
}
