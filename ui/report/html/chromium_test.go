package html_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// chromium is a browser without a window, driven over two pipes: one JSON
// message after another, each ended by a NUL (the DevTools protocol's
// --remote-debugging-pipe). It needs no library and opens no port.
type chromium struct {
	t       *testing.T
	to      io.Writer
	from    chan message
	last    int
	session string
	target  string    // the window that is open; another takes its place
	seen    []message // events that came so far
}

// message is an answer (with ID) or an event (with Method).
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// browserTimeout is how long a browser may take for one answer. It only ends a test
// that would hang.
const browserTimeout = 2 * time.Minute

// startChromium starts the program that TARE_CHROMIUM names, with one empty page.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	program := os.Getenv("TARE_CHROMIUM")
	if program == "" {
		t.Skip("TARE_CHROMIUM names no browser; .ci/html runs this with one")
	}
	fromUs, toIt, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	toUs, fromIt, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{
		"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + t.TempDir(), "--no-first-run", "--disable-gpu",
		"--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
	}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox") // it refuses to run as root with one
	}
	cmd := exec.Command(program, append(args, "about:blank")...)
	cmd.ExtraFiles = []*os.File{fromUs, fromIt}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	fromUs.Close()
	fromIt.Close()
	b := &chromium{t: t, to: toIt, from: make(chan message, 1000)}
	go b.listen(toUs)
	t.Cleanup(func() {
		b.session = ""
		fmt.Fprintf(b.to, `{"id":0,"method":"Browser.close"}`+"\x00")
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-done
		}
		toIt.Close()
	})
	return b
}

func (b *chromium) listen(from io.Reader) {
	defer close(b.from)
	r := bufio.NewReaderSize(from, 1<<20)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) == nil {
			b.from <- m
		}
	}
}

// next waits for a message.
func (b *chromium) next() message {
	b.t.Helper()
	select {
	case m, ok := <-b.from:
		if !ok {
			b.t.Fatal("the browser went away")
		}
		return m
	case <-time.After(browserTimeout):
		b.t.Fatal("the browser does not answer")
	}
	return message{}
}

// do sends a command and waits for its answer; events on the way are kept.
func (b *chromium) do(method string, params any, answer any) {
	b.t.Helper()
	b.last++
	text, err := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	if b.session != "" {
		text = fmt.Appendf(text[:len(text)-1], `,"sessionId":%q}`, b.session)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	for {
		m := b.next()
		if m.ID != b.last {
			b.seen = append(b.seen, m)
			continue
		}
		if m.Error != nil {
			b.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if answer != nil {
			if err := json.Unmarshal(m.Result, answer); err != nil {
				b.t.Fatalf("%s: %v", method, err)
			}
		}
		return
	}
}

// any is a set of parameters.
type with = map[string]any

// window opens a page in a window of a size, in a colour scheme, and returns
// when it is loaded.
func (b *chromium) window(file string, width, height int, scheme string, scripts bool) {
	b.t.Helper()
	b.session = ""
	if b.target != "" {
		b.do("Target.closeTarget", with{"targetId": b.target}, nil)
	}
	var target struct{ TargetID string }
	b.do("Target.createTarget", with{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.do("Target.attachToTarget", with{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session, b.target = attached.SessionID, target.TargetID
	b.seen = nil
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.do(domain+".enable", with{}, nil)
	}
	b.do("Emulation.setDeviceMetricsOverride", with{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.do("Emulation.setEmulatedMedia", with{"features": []with{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.do("Emulation.setScriptExecutionDisabled", with{"value": !scripts}, nil)
	b.do("Page.bringToFront", with{}, nil)
	b.do("Page.navigate", with{"url": "file://" + file}, nil)
	for !b.saw("Page.loadEventFired") {
		b.seen = append(b.seen, b.next())
	}
}

func (b *chromium) saw(method string) bool {
	for _, m := range b.seen {
		if m.Method == method {
			return true
		}
	}
	return false
}

// eval runs an expression in the page and reads its value.
func (b *chromium) eval(expression string, value any) {
	b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.do("Runtime.evaluate", with{"expression": expression, "returnByValue": true, "awaitPromise": true}, &answer)
	if answer.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, answer.ExceptionDetails.Exception.Description)
	}
	if value != nil {
		if err := json.Unmarshal(answer.Result.Value, value); err != nil {
			b.t.Fatalf("%s: %v (%s)", expression, err, answer.Result.Value)
		}
	}
}

func (b *chromium) text(expression string) (s string) { b.t.Helper(); b.eval(expression, &s); return s }
func (b *chromium) number(expression string) (n int)  { b.t.Helper(); b.eval(expression, &n); return n }

// press types one key.
func (b *chromium) press(key string) {
	b.t.Helper()
	code := map[string]int{"Tab": 9, "Enter": 13, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, " ": 32, "Escape": 27}[key]
	down := with{"type": "rawKeyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
	switch key {
	case "Enter":
		down["type"], down["text"] = "keyDown", "\r"
	case " ":
		down["type"], down["text"], down["code"] = "keyDown", " ", "Space"
	}
	b.do("Input.dispatchKeyEvent", down, nil)
	b.do("Input.dispatchKeyEvent", with{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

// shoot keeps a picture of the whole page in the directory that TARE_SHOTS names.
func (b *chromium) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("TARE_SHOTS")
	if dir == "" {
		return
	}
	picture := b.capture(with{"format": "png", "captureBeyondViewport": true})
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *chromium) capture(what with) []byte {
	b.t.Helper()
	var picture struct{ Data string }
	b.do("Page.captureScreenshot", what, &picture)
	text, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// see is a picture of an element, as it is on the screen.
func (b *chromium) see(element string) image.Image {
	b.t.Helper()
	var at struct{ X, Y, Width, Height float64 }
	b.eval(element+".scrollIntoView({block: 'center'}); "+element+".getBoundingClientRect().toJSON()", &at)
	clip := with{"x": at.X + float64(b.number("scrollX")), "y": at.Y + float64(b.number("Math.round(scrollY)")), "width": at.Width, "height": at.Height, "scale": 1}
	img, err := png.Decode(bytes.NewReader(b.capture(with{"format": "png", "clip": clip})))
	if err != nil {
		b.t.Fatal(err)
	}
	return img
}

// complaints lists what the page asked for beside itself, and what the browser
// had to say: errors, warnings, what the security policy forbade.
func (b *chromium) complaints(file string) []string {
	var out []string
	b.text("document.title") // what happened before is told before the answer
	for _, m := range b.seen {
		var p struct {
			Request          struct{ URL string }
			Entry            struct{ Level, Text string }
			Type             string
			URL, Message     string
			ExceptionDetails struct {
				Text      string
				Exception struct{ Description string }
			}
		}
		json.Unmarshal(m.Params, &p)
		switch m.Method {
		case "Network.requestWillBeSent":
			if url, _, _ := strings.Cut(p.Request.URL, "#"); url != "file://"+file {
				out = append(out, "it asked for "+p.Request.URL)
			}
		case "Network.webSocketCreated", "Network.webTransportCreated":
			out = append(out, "it opened "+p.URL)
		case "Page.javascriptDialogOpening":
			out = append(out, "it says "+p.Message)
		case "Page.windowOpen", "Page.frameScheduledNavigation":
			if url, _, _ := strings.Cut(p.URL, "#"); url != "file://"+file {
				out = append(out, "it leads to "+p.URL)
			}
		case "Log.entryAdded":
			out = append(out, p.Entry.Level+": "+p.Entry.Text)
		case "Runtime.consoleAPICalled":
			out = append(out, "console."+p.Type)
		case "Runtime.exceptionThrown":
			out = append(out, p.ExceptionDetails.Text+" "+p.ExceptionDetails.Exception.Description)
		}
	}
	return out
}
