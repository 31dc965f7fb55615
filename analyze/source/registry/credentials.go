package registry

import (
	"context"
	"encoding/base64"
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
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/tare-oci/tare/analyze/source/dockerdir"
)

// credential is what a registry knows a user by; the zero value is nobody.
type credential struct {
	user, password string
	identity       string // a refresh token, exchanged at the token service
	token          string // a bearer token for the registry itself
}

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
	home := dockerdir.Home()
	var files []string
	add := func(dir string, parts ...string) {
		if path := filepath.Join(append([]string{dir}, parts...)...); dir != "" && !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	add(os.Getenv("REGISTRY_AUTH_FILE"))
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

// authVariable holds entries as config.json has them, instead of a file's name.
const authVariable = "DOCKER_AUTH_CONFIG"

// findCredential looks for the credential of a repository. err says why one that
// a file names cannot be had; the search goes on then, and where it finds
// nothing else the registry is asked without a credential, as docker pull does.
// wait is how long a credential helper may take.
func findCredential(ctx context.Context, repo name.Repository, wait time.Duration) (found credential, err error) {
	for _, path := range authFiles() {
		file, readErr := readAuthFile(path)
		if readErr != nil {
			err = errors.Join(err, readErr)
			continue
		}
		if file == nil {
			continue
		}
		c, fileErr := file.find(ctx, path, repo, wait)
		if c != (credential{}) {
			return c, nil
		}
		if ctx.Err() != nil {
			return credential{}, ctx.Err()
		}
		err = errors.Join(err, fileErr)
	}
	return credential{}, err
}

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
		return nil, fmt.Errorf("%s is no regular file", path)
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

// find looks for a repository's credential in one file. A helper that is
// configured for the registry goes before the file's own entries, as
// containers-auth.json(5) has it. The helper for all registries does, too, but for
// an entry of a part of the registry, which it cannot know.
func (f *authFile) find(ctx context.Context, path string, repo name.Repository, wait time.Duration) (credential, error) {
	entryKey, entry := longestKey(f.Auths, repo, func(e authEntry) bool { return e != (authEntry{}) })
	key, helper := longestKey(f.CredHelpers, repo, func(helper string) bool { return helper != "" })
	if helper == "" && !isPart(entryKey) {
		helper = f.CredsStore
	}
	var failed error
	if helper != "" {
		var c credential
		if c, failed = askHelper(ctx, helper, serversOf(key, repo), wait); c != (credential{}) {
			return c, nil
		}
	}
	if entryKey == "" {
		return credential{}, failed
	}
	c, ok := entry.credential()
	if !ok {
		failed = errors.Join(failed, fmt.Errorf("the entry %s in %s cannot be read", entryKey, path))
	}
	return c, failed
}

// isPart reports whether a key is of a part of a registry, host/team.
func isPart(key string) bool {
	_, isURL := hostOfURL(key)
	return !isURL && strings.Contains(key, "/")
}

func (e authEntry) credential() (credential, bool) {
	c := credential{user: e.Username, password: e.Password, identity: e.IdentityToken, token: e.RegistryToken}
	if e.Auth != "" {
		// Padded or not, as different programs write it.
		plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(e.Auth), "="))
		user, password, ok := strings.Cut(string(plain), ":")
		if err != nil || !ok {
			return credential{}, false
		}
		c.user, c.password = user, strings.TrimRight(password, "\x00")
	}
	return c, c != (credential{})
}

// hub are the names of Docker Hub; the first is how it is written to a helper.
var hub = []string{"index.docker.io", "docker.io", "registry-1.docker.io"}

// hubServer is what docker login keeps Docker Hub's credentials under.
const hubServer = "https://index.docker.io/v1/"

// hostNames lists how a registry may be written in a file of credentials.
func hostNames(repo name.Repository) []string {
	if host := repo.RegistryStr(); !slices.Contains(hub, host) {
		return []string{host}
	}
	return hub
}

// longestKey returns the entry of a repository: that of the longest of its
// prefixes host/team/app, host/team and host which has one that is usable. A host
// may also stand in a URL, as docker login wrote it once. key is "" where there
// is no entry.
func longestKey[V any](entries map[string]V, repo name.Repository, usable func(V) bool) (key string, value V) {
	hosts := hostNames(repo)
	for path := "/" + repo.RepositoryStr(); ; path = path[:strings.LastIndexByte(path, '/')] {
		for _, host := range hosts {
			if v, ok := entries[host+path]; ok && usable(v) {
				return host + path, v
			}
		}
		if path == "" {
			break
		}
	}
	for k, v := range entries {
		host, isURL := hostOfURL(k)
		// Of several URLs of one host the last one in byte order: https is after http.
		if isURL && slices.Contains(hosts, host) && usable(v) && k > key {
			key, value = k, v
		}
	}
	return key, value
}

// hostOfURL takes the host out of a key such as https://host/v1/.
func hostOfURL(key string) (host string, ok bool) {
	rest, ok := strings.CutPrefix(key, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(key, "http://")
	}
	host, _, _ = strings.Cut(rest, "/")
	return host, ok
}

// serversOf lists what a helper is asked for: the key that names it where that is
// a part of the registry, else the registry itself. Docker Hub has two spellings.
func serversOf(key string, repo name.Repository) []string {
	if isPart(key) {
		return []string{key}
	}
	if hosts := hostNames(repo); len(hosts) > 1 {
		return []string{hubServer, "docker.io"}
	}
	return []string{repo.RegistryStr()}
}
