package httpretry_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/httpretry"
)

func TestAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "2147483647": 2147483647 * time.Second,
		"Fri, 02 Jan 2026 03:04:15 GMT": 10 * time.Second, "Fri, 02 Jan 2026 03:04:00 GMT": 0,
		"": -1, "soon": -1, "-1": -1, "1.5": -1, "2147483648": -1, "99999999999999999999": -1,
	} {
		got, ok := httpretry.After(http.Header{"Retry-After": {text}}, now)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("After(%q) = %v, %v, want %v", text, got, ok, want)
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	if err := httpretry.Sleep(ctx, 0); err != nil {
		t.Errorf("Sleep(0) = %v", err)
	}
	because := errors.New("because")
	cancel(because)
	if err := httpretry.Sleep(ctx, time.Hour); !errors.Is(err, because) {
		t.Errorf("Sleep = %v, want the cause", err)
	}
}

func TestCauseIsWhatBroke(t *testing.T) {
	broken := &url.Error{Op: "Get", URL: "https://example.com/secret", Err: &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}}
	for want, err := range map[string]error{
		syscall.ECONNREFUSED.Error(): broken,
		"plain":                      errors.New("plain"),
	} {
		if got := httpretry.Cause(err); got != want {
			t.Errorf("Cause(%v) = %q, want %q", err, got, want)
		}
	}
}
