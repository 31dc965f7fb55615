package demo

import "time"

// debianBase is the layer of a small Debian 12 image.
func debianBase() *layer {
	l := newLayer(built.AddDate(0, 0, -11))
	for _, name := range []string{"bin", "lib", "lib64", "sbin"} {
		l.symlink(name, "usr/"+name)
	}
	for _, name := range []string{"boot", "dev", "home", "media", "mnt", "opt", "proc", "run", "srv", "sys", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"} {
		l.dir(name, 0o755, 0, 0)
	}
	l.dir("tmp", 0o1777, 0, 0)
	l.dir("root", 0o700, 0, 0)
	packages := parsePackages(debianText)
	install(l, packages)
	dpkgDatabase(l, nil, packages)
	l.text("etc/passwd", passwd)
	l.text("etc/group", group)
	l.text("etc/apt/apt.conf.d/docker-clean", `DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };`+"\n"+
		`Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";`+"\n")
	l.text("etc/apt/apt.conf.d/docker-gzip-indexes", `Acquire::GzipIndexes "true";`+"\n")
	l.text("etc/apt/apt.conf.d/docker-no-languages", `Acquire::Languages "none";`+"\n")
	l.text("etc/apt/sources.list.d/debian.sources", "Types: deb\nURIs: http://deb.mirror.lan/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"+
		"Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n")
	return l
}

const passwd = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`

const group = `root:x:0:
daemon:x:1:
shadow:x:42:
www-data:x:33:
nogroup:x:65534:
`

// alpineBase is the layer of an Alpine image, made smaller.
func alpineBase() *layer {
	l := newLayer(built.AddDate(0, -1, -9))
	for _, name := range []string{"dev", "home", "media", "mnt", "opt", "proc", "run", "srv", "sys", "var/cache/apk", "var/log"} {
		l.dir(name, 0o755, 0, 0)
	}
	l.dir("tmp", 0o1777, 0, 0)
	l.dir("root", 0o700, 0, 0)
	l.add(
		entry{path: "bin/busybox", size: 808_712, mode: 0o755, kind: program},
		entry{path: "lib/ld-musl-x86_64.so.1", size: 662_656, mode: 0o755, kind: program},
		entry{path: "lib/libapk.so.2.14.0", size: 235_576, mode: 0o755, kind: program},
		entry{path: "sbin/apk", size: 71_344, mode: 0o755, kind: program},
		entry{path: "usr/lib/libcrypto.so.3", size: 4_706_936, mode: 0o755, kind: program},
		entry{path: "usr/lib/libssl.so.3", size: 805_568, mode: 0o755, kind: program},
		entry{path: "usr/lib/libz.so.1.3.1", size: 100_184, mode: 0o755, kind: program},
		entry{path: "etc/ssl/certs/ca-certificates.crt", size: 214_222, kind: source},
		entry{path: "etc/ssl/openssl.cnf", size: 12_332, kind: source},
		entry{path: "etc/apk/keys/alpine-devel@lists.alpinelinux.org-6165ee59.rsa.pub", size: 800, kind: source},
		entry{path: "usr/share/apk/keys/alpine-devel@lists.alpinelinux.org-616ae350.rsa.pub", size: 800, kind: source},
	)
	for _, name := range []string{"ash", "cat", "chmod", "chown", "cp", "date", "echo", "grep", "gunzip", "ls", "mkdir", "mv", "ps", "rm", "sed", "sh", "sleep", "tar", "wget"} {
		l.symlink("bin/"+name, "/bin/busybox")
	}
	l.text("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.6\nPRETTY_NAME=\"Alpine Linux v3.20\"\n")
	l.text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n")
	l.text("etc/group", "root:x:0:root\nnobody:x:65534:\n")
	l.text("etc/apk/world", "alpine-baselayout\nalpine-keys\napk-tools\nbusybox\nlibc-utils\n")
	l.text("lib/apk/db/installed", apkInstalled)
	return l
}

// apkInstalled is apk's database in its own form: one letter a field.
const apkInstalled = `P:musl
V:1.2.5-r1
A:x86_64
I:667648
T:the musl c library (libc) implementation
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1

P:busybox
V:1.36.1-r30
A:x86_64
I:962560
T:Size optimized toolbox of many common UNIX utilities
D:so:libc.musl-x86_64.so.1
F:bin
R:busybox

P:libcrypto3
V:3.3.3-r0
A:x86_64
I:4710400
T:Crypto library from openssl
D:so:libc.musl-x86_64.so.1
p:so:libcrypto.so.3=3
F:usr/lib
R:libcrypto.so.3

`

// The comments that builders leave in a history.
const (
	buildkit      = "buildkit.dockerfile.v0"
	debuerreotype = "debuerreotype 0.15"
)

// stepTime is when the n-th step of a sample's own Dockerfile ran.
func stepTime(n int) time.Time { return built.Add(time.Duration(n-20) * time.Minute) }

// debian is the history of the Debian base as its own builder writes it.
func debian() []step {
	return []step{{createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1740960000'", comment: debuerreotype, layer: debianBase()}}
}

// classicDebian is the same image as the classic builder recorded it for years.
func classicDebian() []step {
	return []step{
		{createdBy: "/bin/sh -c #(nop) ADD file:1d256392a2b9a4ec0b7a4bc4dc6d2b3e1c29a4a4f02bd9e1e4f1d5b5c8a9d7f3 in / ", layer: debianBase()},
		{createdBy: `/bin/sh -c #(nop)  CMD ["bash"]`},
	}
}

// alpine is the history of the Alpine base.
func alpine() []step {
	return []step{
		{createdBy: "ADD alpine-minirootfs-3.20.6-x86_64.tar.gz / # buildkit", comment: buildkit, layer: alpineBase()},
		{createdBy: `CMD ["/bin/sh"]`, comment: buildkit},
	}
}

// run, and the functions below, are history items as BuildKit records them.
func run(command string, l *layer) step {
	return step{createdBy: "RUN /bin/sh -c " + command + " # buildkit", comment: buildkit, layer: l}
}

func transfer(instruction string, l *layer) step {
	return step{createdBy: instruction + " # buildkit", comment: buildkit, layer: l}
}

func workdir(dir string, l *layer) step {
	return step{createdBy: "WORKDIR " + dir, comment: buildkit, layer: l}
}

func meta(text string) step { return step{createdBy: text, comment: buildkit} }
