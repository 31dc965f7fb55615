package sourcetest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// Listen reads requests off connections and lets answer write to them, until it
// returns false. ended is closed when the test ends.
func Listen(t *testing.T, ended chan struct{}, answer func(c net.Conn, r *http.Request) (open bool)) (host string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		listener.Close()
		close(ended)
		all.Wait()
	})
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				go func() { <-ended; c.Close() }()
				requests := bufio.NewReader(c)
				for {
					r, err := http.ReadRequest(requests)
					if err != nil {
						// So that whoever tries TLS knows at once, as from other servers.
						_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
						return
					}
					if !answer(c, r) {
						return
					}
				}
			})
		}
	})
	return listener.Addr().String()
}

// SilentServer takes connections and says nothing. It returns its host and port.
func SilentServer(t *testing.T) string {
	t.Helper()
	ended := make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(ended); listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { <-ended; c.Close() }()
		}
	}()
	return listener.Addr().String()
}
