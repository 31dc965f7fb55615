package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/model"
)

// maxLinks is how many links are followed from one path on.
const maxLinks = 10

// linkOwners returns the packages of the symbolic links that an absolute path leads through at
// its end. /sbin/init is a link of systemd-sysv to a program of systemd: without either of
// them, nothing starts by that path.
func (im *image) linkOwners(name string) (owners []int) {
	if im.Tree == nil || len(im.Tree.LinkOwners) == 0 {
		return nil
	}
	for range maxLinks {
		dir, base := path.Split(path.Clean("/" + name))
		if to, ok := im.Resolve(dir); ok {
			dir = "/" + to
		}
		node, ok := im.Tree.Lookup(strings.TrimPrefix(path.Join(dir, base), "/"))
		if !ok {
			return owners
		}
		id, ok := im.Tree.Visible(node)
		if !ok || im.Tree.Records[id].Kind != model.Symlink {
			return owners
		}
		at, owned := slices.BinarySearchFunc(im.Tree.LinkOwners, id, func(l model.LinkOwner, id model.RecordID) int { return cmp.Compare(l.Link, id) })
		if owned {
			owners = append(owners, int(im.Tree.LinkOwners[at].Package))
		}
		if name = im.Tree.LinkText(&im.Tree.Records[id]); !path.IsAbs(name) {
			name = path.Join(dir, name)
		}
	}
	return owners
}

// file keeps the package of a file at an absolute path, and those of the links that the path
// leads through. It reports whether a package owns the file.
func (k *keeper) file(name, why string) (owned bool) {
	for _, owner := range k.linkOwners(name) {
		k.keep(owner, why)
	}
	owner, owned := k.owner(name)
	if owned {
		k.keep(owner, why)
	}
	return owned
}
