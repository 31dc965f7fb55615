package packages

import (
	"bytes"
	"strings"
)

// Azure Linux (once CBL-Mariner) leaves these in its images without rpm: what rpm -qa
// printed before its database went. The second tells more.
const (
	rpmManifest1 = "var/lib/rpmmanifest/container-manifest-1"
	rpmManifest2 = "var/lib/rpmmanifest/container-manifest-2"
)

// readRPMManifest reads the manifests of Azure Linux where rpm's database is missing.
// They say which packages there are, but not what belongs to them.
func readRPMManifest(d *Database, f Files) (notes []string, err error) {
	for i := range d.Packages {
		if d.Packages[i].Manager == RPM {
			return nil, nil
		}
	}
	name, parse := rpmManifest2, parseManifest2
	if len(bytes.TrimSpace(f[name])) == 0 {
		name, parse = rpmManifest1, parseManifest1
	}
	found, bad := 0, 0
	for line := range bytes.Lines(f[name]) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		p, ok := parse(string(line))
		if !ok {
			bad++
			continue
		}
		if found++; found > maxPackages {
			return nil, errTooMany
		}
		if p.Name == "gpg-pubkey" {
			continue
		}
		p.Manager, p.State, p.Reason, p.row = RPM, Installed, Unknown, unexplained
		d.Packages = append(d.Packages, p)
	}
	if found > 0 {
		notes = append(notes, "rpm: "+name+" (an image without rpm's database) names packages but none of their files, so no file has an owner", "rpm: "+name+" gives no reasons"+Unasked)
	}
	if bad > 0 {
		notes = append(notes, those("rpm: %s could not be read in part", []string{name})...)
	}
	return notes, nil
}

// parseManifest2 reads name, version-release, times of installation and build, vendor,
// epoch, size, architecture, the epoch as a number, and source package, with tabs between
// them.
func parseManifest2(line string) (p Package, ok bool) {
	fields := strings.Split(line, "\t")
	if len(fields) != 10 || fields[0] == "" || fields[1] == "" {
		return p, false
	}
	p.Name, p.Version, p.Arch, p.Source = fields[0], fields[1], fields[7], fields[9]
	if epoch := fields[8]; epoch != "0" && epoch != "(none)" && epoch != "" {
		p.Version = epoch + ":" + p.Version
	}
	return p, true
}

// parseManifest1 reads NAME.VERSION-RELEASE.ARCHITECTURE. The version begins after the
// first dot that a digit follows in what is behind the name's last hyphen.
func parseManifest1(line string) (p Package, ok bool) {
	arch := strings.LastIndexByte(line, '.')
	if arch < 0 {
		return p, false
	}
	p.Arch, line = line[arch+1:], line[:arch]
	release := strings.LastIndexByte(line, '-')
	if release < 0 {
		return p, false
	}
	head := line[:release]
	for i := strings.LastIndexByte(head, '-') + 1; i+1 < len(head); i++ {
		if head[i] == '.' && head[i+1] >= '0' && head[i+1] <= '9' {
			p.Name, p.Version = head[:i], line[i+1:]
			return p, p.Name != ""
		}
	}
	return p, false
}
