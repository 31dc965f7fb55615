package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tare-oci/tare/analyze/source/dockerconfig"
	"github.com/tare-oci/tare/analyze/source/usererror"
)

// The docker command keeps its contexts, which say where engines are, below its
// directory: contexts/meta/<sha256 of the name>/meta.json, and certificates in
// contexts/tls/<sha256 of the name>/docker/. See cli/context/store of docker/cli.

// currentContext is the name of the context in use, "" for the default one.
// A config that cannot be read names none.
func currentContext() string {
	name := os.Getenv("DOCKER_CONTEXT")
	if name == "" {
		var config struct{ CurrentContext string }
		dir := dockerconfig.Path()
		if dir == "" {
			return ""
		}
		if doc, err := os.ReadFile(filepath.Join(dir, "config.json")); err == nil && json.Unmarshal(doc, &config) == nil {
			name = config.CurrentContext
		}
	}
	if name == "default" {
		return ""
	}
	return name
}

// contextEndpoint reads where the engine of a context is.
func contextEndpoint(name string) (endpoint, error) {
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:])
	from := fmt.Sprintf("the docker context %q", name)
	broken := func(why error) (endpoint, error) {
		return endpoint{}, &usererror.Error{What: fmt.Sprintf("%s cannot be read (%v)", from, why), Next: "see docker context ls", Cause: why}
	}
	if dockerconfig.Path() == "" {
		return broken(dockerconfig.ErrNoHome)
	}
	doc, err := os.ReadFile(filepath.Join(dockerconfig.Path(), "contexts", "meta", id, "meta.json"))
	if err != nil {
		return broken(err)
	}
	var meta struct {
		Endpoints map[string]struct {
			Host          string
			SkipTLSVerify bool
		}
	}
	if err := json.Unmarshal(doc, &meta); err != nil {
		return broken(err)
	}
	docker := meta.Endpoints["docker"]
	e, err := parseHost(docker.Host, from)
	if err != nil {
		return e, err
	}
	dir := filepath.Join(dockerconfig.Path(), "contexts", "tls", id, "docker")
	if _, err := os.Stat(dir); err == nil && e.network == "tcp" {
		e.tls, err = readTLS(dir, docker.SkipTLSVerify)
		return e, err
	}
	return e, nil
}
