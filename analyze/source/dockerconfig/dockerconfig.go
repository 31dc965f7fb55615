// Package dockerconfig finds the directory where the docker command keeps its settings: config.json
// with the credentials and the current context, and the contexts below it. It follows
// DOCKER_CONFIG and HOME, as the docker command does.
//
//	dockerconfig.Path() // "/home/ann/.docker"
package dockerconfig

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
var ErrNoHome = errors.New("neither HOME nor DOCKER_CONFIG says where Docker's settings are")
