//go:build !windows

package engine

import (
	"context"
	"errors"
	"net"
)

// dialPipe fails: named pipes are how engines listen on Windows.
func dialPipe(context.Context, string) (net.Conn, error) {
	return nil, errors.New("named pipes exist on Windows only")
}
