package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/tare-oci/tare/analyze/source/dockerconfig"
)

// authFile is a file of credentials, as docker login and podman login write it:
// config.json of the docker command, and containers-auth.json(5).
type authFile struct {
	Auths       map[string]authEntry `json:"auths"`
	CredHelpers map[string]string    `json:"credHelpers"`
	CredsStore  string               `json:"credsStore"`
}

type authEntry struct {
	Auth          string `json:"auth"` // base64 of user:password
	Username      string `json:"username"`
	Password      string `json:"password"`
	IdentityToken string `json:"identitytoken"`
	RegistryToken string `json:"registrytoken"`
}

// maxAuthFile is how many bytes a file of credentials may have.
const maxAuthFile = 1 << 20

// authFiles lists the files of credentials in the order of
// containers-auth.json(5): the one that REGISTRY_AUTH_FILE names, podman's, then
// docker's. What the docker command takes from a variable stands before those that
// no variable names. The first one with an entry for a repository counts.
func authFiles() []string {
	home := dockerconfig.Home()
	var files []string
	add := func(dir string, parts ...string) {
		if path := filepath.Join(append([]string{dir}, parts...)...); dir != "" && !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	add(os.Getenv(authFileVariable))
	add(authVariable)
	if runtime.GOOS == "linux" {
		if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
			add(dir, "containers", "auth.json")
		} else {
			add("/run/containers", strconv.Itoa(os.Getuid()), "auth.json")
		}
	}
	add(os.Getenv("XDG_CONFIG_HOME"), "containers", "auth.json")
	add(home, ".config", "containers", "auth.json")
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		add(dir, "config.json")
	} else {
		add(home, ".docker", "config.json")
	}
	add(home, legacyAuthFile)
	return files
}

// legacyAuthFile is docker's file of before 2014, which has the entries alone.
const legacyAuthFile = ".dockercfg"

// authFileVariable names the file that is looked at first.
const authFileVariable = "REGISTRY_AUTH_FILE"

// authVariable holds entries as config.json has them, instead of a file's name.
const authVariable = "DOCKER_AUTH_CONFIG"

// readAuthFile reads a file of credentials; nil where there is none.
func readAuthFile(path string) (*authFile, error) {
	if path == authVariable {
		return readAuthVariable()
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case err == nil && info.Size() > maxAuthFile:
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxAuthFile>>20)
	}
	var doc []byte
	if err == nil {
		doc, err = readAtMost(path, maxAuthFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read", path)
	}
	var file authFile
	if filepath.Base(path) == legacyAuthFile {
		err = json.Unmarshal(doc, &file.Auths)
	} else {
		err = json.Unmarshal(doc, &file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is broken JSON", path) // of which no word is repeated: it holds passwords
	}
	return &file, nil
}

// authNote says that the credentials which the user's environment names were passed
// over, "" where they can be read. Where a later file has an entry, or the registry
// asks for none, nothing else would tell. No word of a file is repeated.
func authNote() string {
	if path := os.Getenv(authFileVariable); path != "" {
		file, err := readAuthFile(path)
		if err == nil && file == nil {
			err = fmt.Errorf("%s does not exist", path)
		}
		if err != nil {
			return fmt.Sprintf("the credentials that %s names were not used: %v; correct the file or unset the variable", authFileVariable, err)
		}
	}
	if _, err := readAuthVariable(); err != nil {
		return fmt.Sprintf("the credentials in %s were not used: %v; correct or unset the variable", authVariable, err)
	}
	return ""
}

// readAuthVariable reads the entries in DOCKER_AUTH_CONFIG, and as the docker
// command does nothing else of it.
func readAuthVariable() (*authFile, error) {
	doc := os.Getenv(authVariable)
	if doc == "" {
		return nil, nil
	}
	var file authFile
	if json.Unmarshal([]byte(doc), &file) != nil {
		return nil, errors.New(authVariable + " is broken JSON")
	}
	return &authFile{Auths: file.Auths}, nil
}

// readAtMost reads the first limit bytes of a file.
func readAtMost(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}
