package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// maxHelperAnswer is how many bytes a credential helper may write.
const maxHelperAnswer = 64 << 10

// helperGrace is how long the pipes of a helper that has ended may stay open. Tests
// shorten it.
var helperGrace = time.Second

// nothingKept is what helpers say of a server that they know nothing of, on
// standard output and with exit code 1; see docker-credential-helpers.
const nothingKept = "credentials not found in native keychain"

var (
	errHelperWrites = errors.New("helper writes too much")
	errHelperHangs  = errors.New("helper hangs")
)

// askHelper asks a credential helper for one of several spellings of a server;
// the first that it knows counts. A helper that knows none is no error. One that
// takes longer than wait, or writes more than 64 KiB, is ended with its process
// group. What a helper prints is never part of an error: secrets were.
func askHelper(ctx context.Context, helper string, servers []string, wait time.Duration) (credential, error) {
	program := "docker-credential-" + helper
	if strings.ContainsAny(helper, `/\`) {
		return credential{}, fmt.Errorf("%s is not the name of a helper", program)
	}
	for _, server := range servers {
		said, err := runHelper(ctx, program, server, wait)
		if err != nil {
			return credential{}, err
		}
		if said == nil {
			continue
		}
		var answer struct{ Username, Secret string }
		if json.Unmarshal(said, &answer) != nil {
			return credential{}, fmt.Errorf("%s answers with something other than a credential", program)
		}
		switch {
		case answer.Secret == "":
		case answer.Username == "<token>":
			return credential{identity: answer.Secret}, nil
		default:
			return credential{user: answer.Username, password: answer.Secret}, nil
		}
	}
	return credential{}, nil
}

// runHelper runs a helper's command get for a server, and returns its answer; nil
// where it knows nothing of that server.
func runHelper(ctx context.Context, program, server string, wait time.Duration) ([]byte, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	hang := time.AfterFunc(wait, func() { stop(errHelperHangs) })
	defer hang.Stop()
	said := &limitedBuffer{limit: maxHelperAnswer, full: func() { stop(errHelperWrites) }}
	command := exec.CommandContext(ctx, program, "get")
	command.Stdin, command.Stdout, command.WaitDelay = strings.NewReader(server), said, helperGrace
	ownGroup(command)
	err := command.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it has answered, and left a process behind
	}
	var ended *exec.ExitError
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errHelperHangs):
		return nil, fmt.Errorf("%s has not answered within %v", program, wait)
	case errors.Is(cause, errHelperWrites):
		return nil, fmt.Errorf("%s wrote more than %d KiB", program, maxHelperAnswer>>10)
	case cause != nil:
		return nil, cause
	case err == nil:
		return said.kept.Bytes(), nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, exec.ErrDot):
		return nil, fmt.Errorf("%s is not installed", program)
	case !errors.As(err, &ended):
		return nil, fmt.Errorf("%s cannot be run", program)
	case strings.TrimSpace(said.kept.String()) == nothingKept:
		return nil, nil
	}
	return nil, fmt.Errorf("%s failed with %v", program, ended.ProcessState)
}

// limitedBuffer keeps what is written to it, and calls full once there is more
// than limit bytes.
type limitedBuffer struct {
	kept  bytes.Buffer // not embedded: its ReadFrom knows no limit
	limit int
	full  func()
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if b.kept.Len()+len(p) > b.limit {
		b.full()
		return 0, errHelperWrites
	}
	return b.kept.Write(p)
}
