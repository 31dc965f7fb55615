package multistage

import (
	"path"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// temporaryCaches are beginnings of the names that tools give to what they keep below /tmp.
var temporaryCaches = []string{"v8-compile-cache", "node-compile-cache", "npm-", "yarn--", "pip-", "hsperfdata_", "go-build", "core-js-banners", "phantomjs", "jiti", "bunx-", "cpan", "ruby-build", "bundler"}

// isTemporaryCache reports whether a path below /tmp is of a cache that a tool keeps there.
func (d *draft) isTemporaryCache(name string) bool {
	for _, dir := range []string{"tmp/", "var/tmp/"} {
		rest, ok := strings.CutPrefix(name, dir)
		if !ok {
			continue
		}
		top, _, _ := strings.Cut(rest, "/")
		return slices.ContainsFunc(temporaryCaches, func(start string) bool { return strings.HasPrefix(top, start) }) && !d.isWritten(dir+top)
	}
	return false
}

// archives are how the names of archives end.
var archives = []string{".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".zip"}

// installScripts are how the names of scripts end that install something when they run.
var installScripts = []string{".sh", ".py", ".run", ".bin", ".bash"}

// isSpent reports whether a file was downloaded by a RUN of the build stage and has served:
// an archive that a RUN unpacks, or a script that a RUN has an interpreter run and that lies
// where no program is searched.
func (d *draft) isSpent(id model.RecordID, name string) bool {
	r := &d.tree.Records[id]
	if r.Kind != model.File || int(r.Layer) < d.ownLayer || int(r.Layer) > d.lastLayer || isInLibrary(name) {
		return false
	}
	base := path.Base(name)
	ends := func(with []string) bool {
		return slices.ContainsFunc(with, func(end string) bool { return strings.HasSuffix(strings.ToLower(base), end) })
	}
	isArchive := ends(archives)
	if !isArchive && !ends(installScripts) || path.Base(path.Dir(name)) == "bin" || path.Base(path.Dir(name)) == "sbin" {
		return false
	}
	return d.isDownload(&d.instructions[d.maker[r.Layer]], base) && d.isServed(base, isArchive)
}

// isDownload reports whether a RUN downloads a file of a name.
func (d *draft) isDownload(in *instruction, base string) bool {
	return in.run != nil && slices.ContainsFunc(in.run.Commands, func(c rewrite.Command) bool {
		return (c.Name() == "curl" || c.Name() == "wget") && names(c, base)
	})
}

// isServed reports whether the build stage unpacks an archive of a name, or runs a script, and
// does nothing else with it but to download or remove it.
func (d *draft) isServed(base string, isArchive bool) bool {
	served := false
	for i := range d.buildStage() {
		in := &d.instructions[i]
		if in.run == nil {
			continue
		}
		for _, c := range in.run.Commands {
			if !names(c, base) {
				continue
			}
			switch name := c.Name(); name {
			case "curl", "wget", "rm", "chmod", "sha256sum", "sha512sum", "md5sum", "sha1sum", "echo", "ls", "test", "[":
			case "tar", "unzip", "bsdtar", "gunzip", "bunzip2", "unxz", "7z":
				served = served || isArchive
			case "sh", "bash", "dash", "python", "python2", "python3", "sudo":
				if isArchive {
					return false
				}
				served = true
			case base:
				served = served || !isArchive
			default:
				return false
			}
		}
	}
	return served
}

// names reports whether a word of a command ends in a name. A variable in it stands for
// anything.
func names(c rewrite.Command, base string) bool {
	return slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
		word := path.Base(strings.Trim(w.Text, `"'`))
		_, tail, variable := strings.Cut(word, "}")
		if at := strings.LastIndexByte(word, '$'); !variable && at >= 0 {
			_, tail, variable = strings.Cut(word[at:], ".")
			tail = "." + tail
		}
		return word == base || variable && len(tail) > 3 && strings.HasSuffix(base, tail)
	})
}
