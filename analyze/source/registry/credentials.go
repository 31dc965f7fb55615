package registry

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// credential is what a registry knows a user by; the zero value is nobody.
type credential struct {
	user, password string
	identity       string // a refresh token, exchanged at the token service
	token          string // a bearer token for the registry itself
}

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
