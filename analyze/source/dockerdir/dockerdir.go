// Package dockerdir says where the docker command keeps its settings: config.json
// with credentials and the context in use, and the contexts below it.
package dockerdir

import (
	"errors"
	"os"
	"path/filepath"
)

// Path is where the docker command keeps its settings, "" where the
// environment tells of no such directory.
func Path() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home := Home()
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".docker")
}

// Home is the user's own, "" where the environment does not tell. A relative
// one is none: what lies in the working directory can be anybody's.
func Home() string {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return ""
	}
	return home
}

// ErrNoHome says that nobody can tell where docker's settings are.
var ErrNoHome = errors.New("neither HOME nor DOCKER_CONFIG tells where docker's settings are")
