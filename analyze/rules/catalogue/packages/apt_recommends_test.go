package packages_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	edits "github.com/tare-oci/tare/analyze/fix"
	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// brings is installs, where each package but docs and manual also has a program by its name,
// and the step brings files of its own.
func brings(t *testing.T, by, packages string, files ...imagetest.File) rulestest.Step {
	t.Helper()
	lines := strings.Split(packages, "\n")
	s := installs(t, by, lines...)
	for i := range s.Files {
		if name, ok := strings.CutPrefix(s.Files[i].Path, "var/lib/dpkg/info/"); ok {
			name = strings.TrimSuffix(name, ".list")
			dir := "usr/bin"
			if name == "docs" || name == "manual" {
				dir = "usr/share"
			}
			s.Files[i].Body = append(s.Files[i].Body, "/"+dir+"\n/"+dir+"/"+name+"\n"...)
			s.Files = append(s.Files, imagetest.Same(dir+"/"+name, name, 2<<10))
		}
	}
	s.Files = append(s.Files, files...)
	return s
}

// runs is a step with files of given contents.
func runs(by string, files ...imagetest.File) rulestest.Step {
	return rulestest.Step{By: by, Files: append(files, imagetest.Text("var/trace", by))}
}

const (
	withGCC       = "*gcc; Recommends: libc6-dev, manual\nlibc6-dev; Depends: linux-libc-dev\nlinux-libc-dev\nmanual"
	withCurl      = "*curl; Recommends: ca-certificates, publicsuffix\nca-certificates\npublicsuffix"
	withPip       = "*python3-pip; Recommends: build-essential, python3-dev\nbuild-essential; Depends: gcc, make\ngcc; Recommends: libc6-dev\nlibc6-dev\nmake\npython3-dev"
	withNPM       = "*npm; Depends: node-gyp; Recommends: git\nnode-gyp; Recommends: build-essential\nbuild-essential; Depends: gcc\ngcc\ngit"
	withGit       = "*git; Recommends: openssh-client, less, ca-certificates\nopenssh-client\nless\nca-certificates"
	withPager     = "*git; Recommends: openssh-client, less, ca-certificates, docs\nopenssh-client\nless\nca-certificates\ndocs"
	withR         = "*r-base-core; Recommends: r-base-dev, r-recommended, docs\nr-base-dev; Depends: gfortran, make\ngfortran\nmake\nr-recommended\ndocs"
	withEssential = "*build-essential; Depends: dpkg-dev, make\ndpkg-dev; Recommends: fakeroot, gnupg\nmake\nfakeroot\ngnupg\n*docs; Recommends: manual\nmanual"
	minimalPython = "*python3-minimal; Depends: python3.11-minimal\npython3.11-minimal; Recommends: python3.11, docs\npython3.11; Depends: libpython3.11-stdlib\nlibpython3.11-stdlib\ndocs"
	twoSpellers   = "*php8.2-pspell; Depends: libaspell15\n*php8.2-enchant; Depends: libenchant\nlibaspell15; Recommends: aspell-en\nlibenchant; Depends: hunspell-en-us | aspell-en; Recommends: docs\nhunspell-en-us\naspell-en\ndocs"
	withLibtool   = "*libgdal-dev; Recommends: libtool, docs\nlibtool; Depends: gcc; Recommends: make\ngcc; Recommends: libc6-dev\nlibc6-dev\ndocs"
	withCMake     = "*cmake; Recommends: make, gcc, docs\n*g++; Depends: gcc\ngcc\nmake\ndocs"
)

const update = "RUN apt-get update && apt-get install -y "

func wheel(tag string) imagetest.File {
	return imagetest.Text("usr/local/lib/python3.11/dist-packages/x-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"+map[bool]string{true: "Tag: cp311-cp311-" + tag + "\n"}[tag != ""])
}

var extension = imagetest.Same("usr/local/lib/python3.11/dist-packages/x.cpython-311-x86_64-linux-gnu.so", "so", 3000)

// recommendsCases are images, and what becomes of the install in their first step; "" is
// that the rule proposes no edit, "leave" that it proposes one that nothing gains.
var recommendsCases = []recommendsCase{
	{"a compiler's headers", steps(update+"gcc", withGCC, runs("RUN gcc x.c")), "/app", "--no-install-recommends gcc libc6-dev"},
	{"a compiler for people", steps(update+"gcc", withGCC), "bash", "--no-install-recommends gcc libc6-dev"},
	{"all of it is needed", steps(update+"gcc", "*gcc; Recommends: libc6-dev\nlibc6-dev", runs("RUN gcc x.c")), "/app", "leave"},
	{"make of cmake", steps(update+"cmake g++", withCMake, runs("RUN cmake -S /src -B /b && cmake --build /b")), "/usr/bin/cmake", "--no-install-recommends cmake g++ make"},
	{"cmake with ninja", steps(update+"cmake g++ ninja-build", withCMake+"\n*ninja-build", runs("RUN cmake -G Ninja /src")), "/usr/bin/cmake", "--no-install-recommends cmake g++ ninja-build"},
	{"certificates of an update", steps(update+"curl", withCurl, runs("RUN update-ca-certificates")), "/usr/bin/curl", "--no-install-recommends curl ca-certificates"},
	{"certificates of a program that nobody knows", steps(update+"curl", withCurl), "/app", "--no-install-recommends curl ca-certificates"},
	{"a wheel that pip built", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", wheel("linux_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"a wheel that pip built, and no pip of apt's", steps(update+"libgdal-dev", withLibtool, runs("RUN pip3 install x", wheel("linux_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libgdal-dev gcc libc6-dev"},
	{"a wheel that a pip built which a program calls", steps(update+"libgdal-dev", withLibtool, runs("RUN python3 /t.py", wheel("linux_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libgdal-dev gcc libc6-dev"},
	{"a wheel from the index, and no pip of apt's", steps(update+"libgdal-dev", withLibtool, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libgdal-dev"},
	{"a wheel that pip built, with another compiler", steps(update+"libgdal-dev clang", withLibtool+"\n*clang", runs("RUN pip3 install x", wheel("linux_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libgdal-dev clang libc6-dev"},
	{"an addon that npm compiled, and no npm of apt's", steps(update+"libgdal-dev", withLibtool+"\nmake", runs("RUN npm ci", imagetest.Text("app/node_modules/x/package.json", "{}"), imagetest.Text("app/node_modules/x/build/config.gypi", "{}"))), "/usr/bin/node", "--no-install-recommends libgdal-dev gcc libc6-dev make"},
	{"a wheel from the index", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip"},
	{"an extension that says nothing", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", extension)), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"a wheel that does not say how, with headers beside pip", steps(update+"libffi-dev python3-pip", "*libffi-dev\n"+withPip, runs("RUN pip3 install x", wheel(""))), "/usr/bin/python3", "--no-install-recommends libffi-dev python3-pip build-essential python3-dev"},
	{"a wheel that does not say how, without a library", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", wheel(""))), "/usr/bin/python3", "--no-install-recommends python3-pip"},
	{"a wheel from the index, with headers beside pip", steps(update+"libffi-dev python3-pip", "*libffi-dev\n"+withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/nginx", "--no-install-recommends libffi-dev python3-pip"},
	{"a wheel from the index, with headers beside pip, for people", steps(update+"libffi-dev python3-pip", "*libffi-dev\n"+withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "bash", "--no-install-recommends libffi-dev python3-pip"},
	{"a wheel from the index, for people", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "bash", "--no-install-recommends python3-pip"},
	{"a repository, with a compiler that was named", steps(update+"g++ python3-pip", "*g++\n"+withPip, runs("RUN pip3 install git+https://example.org/x.git", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/nginx", "leave"},
	{"a setup.py, with a compiler that was named", steps(update+"g++ python3-pip", "*g++\n"+withPip, runs("RUN cd /x && python3 setup.py install", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/nginx", "leave"},
	{"a repository, without a compiler", steps(update+"python3-pip", withPip, runs("RUN pip3 install git+https://example.org/x.git", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/nginx", "--no-install-recommends python3-pip"},
	{"headers for scanners", steps(update+"flex g++", "*flex; Recommends: libfl-dev, manual\n*g++\nlibfl-dev\nmanual", runs("RUN cmake -S /src -B /b")), "/app", "--no-install-recommends flex g++ libfl-dev"},
	{"no headers for what brings no scanners", steps(update+"flexible g++", "*flexible; Recommends: libfl-dev, manual\n*g++\nlibfl-dev\nmanual", runs("RUN g++ x.cc")), "/app", "--no-install-recommends flexible g++"},
	{"the version behind an address by HTTPS", steps(update+"git", withPager, runs("RUN pip3 install git+https://example.org/x.git@v1")), "/usr/bin/nginx", "--no-install-recommends git ca-certificates"},
	{"a wheel from the index, with a compiler for people", steps(update+"clang python3-pip", "*clang\n"+withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "bash", "leave"},
	{"a wheel from the index, with a compiler for the build", steps(update+"clang python3-pip", "*clang\n"+withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/nginx", "--no-install-recommends clang python3-pip libc6-dev"},
	{"pip of Python 2", steps(update+"python-pip", strings.ReplaceAll(withPip, "python3-", "python-"), runs("RUN pip install x", extension)), "/usr/bin/python", "--no-install-recommends python-pip build-essential python-dev"},
	{"pip of Python 2 that nothing calls", steps(update+"python-pip", strings.ReplaceAll(withPip, "python3-", "python-")), "/usr/bin/python-pip", "--no-install-recommends python-pip"},
	{"fakeroot of build-essential", steps(update+"build-essential", withEssential, runs("RUN make")), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"fakeroot of build-essential for people", steps(update+"build-essential", withEssential), "bash", "--no-install-recommends build-essential"},
	{"fakeroot for packages", steps(update+"build-essential", withEssential, runs("RUN dpkg-buildpackage -us")), "/usr/bin/x", "--no-install-recommends build-essential fakeroot"},
	{"gnupg for make", steps(update+"build-essential", withEssential, runs("RUN make -C /src")), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"gnupg for an installer that checks nothing", steps(update+"build-essential", withEssential, runs("RUN wget -qO- https://sh.rustup.rs | sh")), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"gnupg for an installer that nobody knows", steps(update+"build-essential", withEssential, runs("RUN wget -qO- https://get.example.org | sh")), "/usr/bin/x", "--no-install-recommends build-essential gnupg"},
	{"gnupg for a build script", steps(update+"build-essential", withEssential, runs("RUN cd /src && ./make.bash")), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"gnupg for a build script beside a key", steps(update+"build-essential", withEssential, runs("RUN cd /src && ./make.bash --keyring /k")), "/usr/bin/x", "--no-install-recommends build-essential gnupg"},
	{"pip and no trace", steps(update+"python3-pip", withPip, runs("RUN pip3 install --target /tmp/x x && rm -r /tmp/x")), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"pip that nothing calls", steps(update+"python3-pip", withPip), "/usr/bin/python3-pip", "--no-install-recommends python3-pip"},
	{"an addon that npm compiled", steps(update+"npm", withNPM, runs("RUN npm ci", imagetest.Text("app/node_modules/x/package.json", "{}"), imagetest.Text("app/node_modules/x/build/config.gypi", "{}"))), "/usr/bin/npm", "leave"},
	{"modules without an addon", steps(update+"npm", withNPM, runs("RUN npm ci", imagetest.Text("app/node_modules/x/package.json", "{}"))), "/usr/bin/npm", "--no-install-recommends npm git"},
	{"R calls make", steps(update+"r-base-core", withR, runs("RUN R CMD INSTALL /pkg", imagetest.Text("usr/local/lib/R/site-library/x/DESCRIPTION", "x"))), "Rscript", "--no-install-recommends r-base-core make r-recommended"},
	{"R compiles", steps(update+"r-base-core", withR, runs("RUN R CMD INSTALL /pkg", imagetest.Text("usr/local/lib/R/site-library/x/libs/x.so", "x"))), "Rscript", "--no-install-recommends r-base-core r-base-dev r-recommended"},
	{"git over ssh", steps(update+"git", withGit, runs("RUN git clone git@example.org:x.git")), "/usr/bin/git", "--no-install-recommends git ca-certificates openssh-client"},
	{"git over https", steps(update+"git", withGit, runs("RUN git clone https://example.org/x.git")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"a program by its name", steps(update+"git", withGit, runs("RUN git log | less")), "/usr/bin/git", "--no-install-recommends git less ca-certificates"},
	{"a file of a package", steps(update+"php", "*php; Recommends: apache2, docs\napache2\ndocs", runs("COPY site.conf /usr/lib/apache2/site.conf")), "/usr/bin/php", "--no-install-recommends php apache2"},
	{"a script that was copied", steps(update+"cmake g++", withCMake, runs("COPY build.sh /src/", imagetest.Text("src/build.sh", "#!/bin/sh\ndocs --all\n")), runs("RUN sh /src/build.sh && cmake -G Ninja .")), "/usr/bin/cmake", "--no-install-recommends cmake g++ docs"},
	{"a script that nobody can read", steps(update+"ruby", "*ruby; Recommends: make, docs\nmake\ndocs", runs("RUN ./configure")), "/usr/bin/ruby", "--no-install-recommends ruby make"},
	{"fonts of documents", steps(update+"texlive-latex-base", "*texlive-latex-base; Recommends: lmodern, x11\nlmodern\nx11"), "pdflatex", "--no-install-recommends texlive-latex-base lmodern"},
	{"named by a later install", steps(update+"curl", strings.Replace(withCurl, "\nca-certificates", "\n*ca-certificates", 1), runs("RUN curl https://example.org"), runs("RUN apt-get install -y ca-certificates")), "/usr/bin/curl", "--no-install-recommends curl ca-certificates"},
	{"xvfb-run", steps(update+"xvfb", "*xvfb; Recommends: xauth, xfonts\nxauth\nxfonts"), "/usr/bin/xvfb", "--no-install-recommends xvfb xauth"},
	{"two installs", steps("RUN apt-get update && apt-get install -y curl && curl https://x.example | sh && apt-get install -y vim", withCurl+"\n*vim"), "/usr/bin/vim", "--no-install-recommends curl ca-certificates && curl https://x.example | sh && apt-get install -y vim"},
	{"aptitude", steps("RUN apt-get update && aptitude install -y gcc", withGCC), "bash", "--without-recommends gcc libc6-dev"},
	{"with sudo", steps("RUN sudo apt-get update && sudo apt-get install -y gcc", withGCC), "bash", "--no-install-recommends gcc libc6-dev"},
	{"a variable", steps(update+"$PACKAGES", withGCC, runs("RUN gcc x.c")), "/app", "--no-install-recommends $PACKAGES libc6-dev"},

	{"each in the install that brings it", steps(update+"gcc && apt-get install -y git && apt-get clean", withGCC+"\n"+withGit, runs("RUN gcc x.c && git clone git@example.org:x")), "/usr/bin/git", "--no-install-recommends gcc libc6-dev && apt-get install -y --no-install-recommends git ca-certificates openssh-client && apt-get clean"},
	{"what a sorted list begins with", steps(update+"\\\n    git \\\n    vim \\\n    wget", withGit+"\n*vim\n*wget", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends \\\n    ca-certificates \\\n    git \\\n    vim \\\n    wget"},
	{"a list whose backslashes stand below each other", steps(update+"\\\n    vim        \\\n    git        \\\n && apt-get clean", withGit+"\n*vim", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends \\\n    vim        \\\n    git        \\\n    ca-certificates \\\n && apt-get clean"},
	{"a short name in such a list", steps(update+"\\\n    vim        \\\n    git-core   \\\n && apt-get clean", "*git-core; Recommends: patch, docs\npatch\ndocs\n*vim", runs("RUN patch x")), "/usr/bin/vim", "--no-install-recommends \\\n    vim        \\\n    git-core   \\\n    patch      \\\n && apt-get clean"},
	{"the next install names it", steps(update+"git", "*git; Recommends: openssh-client, less\n*openssh-client\nless", runs("RUN apt-get install -y openssh-client"), runs("RUN git clone git@example.org:x")), "/usr/bin/git", "--no-install-recommends git"},
	{"a later install names it, behind a call", steps(update+"git", "*git; Recommends: openssh-client, less\n*openssh-client\nless", runs("RUN git clone git@example.org:x"), runs("RUN apt-get install -y openssh-client")), "/usr/bin/git", "--no-install-recommends git openssh-client"},
	{"the next install names it, behind a script", steps(update+"git", "*git; Recommends: openssh-client, less\n*openssh-client\nless", runs("RUN ./x && apt-get install -y openssh-client"), runs("RUN git clone git@example.org:x")), "/usr/bin/git", "--no-install-recommends git openssh-client"},
	{"fonts of what draws", steps(update+"graphviz", "*graphviz; Recommends: fonts-liberation, docs\nfonts-liberation\ndocs"), "/usr/bin/graphviz", "--no-install-recommends graphviz fonts-liberation"},
	{"fonts of documentation beside what draws", steps(update+"graphviz ruby-dev", "*graphviz\n*ruby-dev; Recommends: ruby-doc\nruby-doc; Recommends: fonts-lato\nfonts-lato"), "/usr/bin/graphviz", "--no-install-recommends graphviz ruby-dev"},
	{"fonts with the metrics of others, whoever brings them", steps(update+"chromium docs", "*chromium\n*docs; Recommends: fonts-liberation2, fonts-crosextra-carlito, fonts-lato\nfonts-liberation2\nfonts-crosextra-carlito\nfonts-lato"), "/usr/bin/chromium", "--no-install-recommends chromium docs fonts-crosextra-carlito fonts-liberation2"},
	{"fonts of a viewer of documents where text is converted", steps(update+"unoconv", "*unoconv; Depends: libreoffice-core; Recommends: manual\nlibreoffice-core; Recommends: fonts-crosextra-caladea\nfonts-crosextra-caladea\nmanual"), "/usr/bin/unoconv", "--no-install-recommends unoconv fonts-crosextra-caladea"},
	{"a font that is one of several a package may need", steps(update+"graphviz", "*graphviz; Depends: fontconfig; Recommends: fonts-liberation2, docs\nfontconfig; Depends: fonts-dejavu-core | fonts-liberation2\nfonts-dejavu-core\nfonts-liberation2\ndocs"), "/usr/bin/graphviz", "--no-install-recommends graphviz fonts-liberation2"},
	{"the font that a package needs", steps(update+"graphviz", "*graphviz; Depends: fontconfig; Recommends: docs\nfontconfig; Depends: fonts-dejavu-core\nfonts-dejavu-core\ndocs"), "/usr/bin/graphviz", "--no-install-recommends graphviz"},
	{"the font of Ghostscript", steps(update+"ghostscript", "*ghostscript; Depends: libgs10-common\nlibgs10-common; Recommends: fonts-droid-fallback, docs\nfonts-droid-fallback\ndocs"), "/usr/bin/php-fpm", "--no-install-recommends ghostscript fonts-droid-fallback"},
	{"the font of a Ghostscript that nobody named", steps(update+"imagemagick", "*imagemagick; Depends: libgs10-common\nlibgs10-common; Recommends: fonts-droid-fallback, docs\nfonts-droid-fallback\ndocs"), "/usr/bin/php-fpm", "--no-install-recommends imagemagick"},
	{"what descriptions of protobuf import", steps(update+"protobuf-compiler", "*protobuf-compiler; Recommends: libprotobuf-dev, docs\nlibprotobuf-dev\ndocs"), "/entrypoint.sh", "--no-install-recommends protobuf-compiler libprotobuf-dev"},
	{"fonts where nothing draws", steps(update+"nginx", "*nginx; Recommends: fonts-liberation\nfonts-liberation"), "/usr/bin/nginx", "--no-install-recommends nginx"},
	{"a dictionary", steps(update+"aspell", "*aspell; Recommends: aspell-en, docs\naspell-en\ndocs"), "/usr/bin/aspell", "--no-install-recommends aspell aspell-en"},
	{"a dictionary and a list of words", steps(update+"ispell", "*ispell; Recommends: iamerican, wamerican, docs\niamerican\nwamerican\ndocs"), "/usr/bin/ispell", "--no-install-recommends ispell iamerican wamerican"},
	{"the dictionary of a library that a binding needs", steps(update+"python3-enchant", "*python3-enchant; Depends: libenchant-2-2\nlibenchant-2-2; Recommends: hunspell-en-us, enchant-docs\nhunspell-en-us\nenchant-docs"), "/usr/bin/python3", "--no-install-recommends python3-enchant hunspell-en-us"},
	{"a dictionary that nothing reads", steps(update+"vim", "*vim; Recommends: wamerican\nwamerican"), "/usr/bin/vim", "--no-install-recommends vim"},
	{"what Docker calls", steps(update+"docker.io", "*docker.io; Recommends: ca-certificates, git, apparmor, xz-utils, needrestart\nca-certificates\ngit\napparmor\nxz-utils\nneedrestart"), "/usr/bin/docker.io", "--no-install-recommends docker.io apparmor ca-certificates git xz-utils"},
	{"what podman calls", steps(update+"podman", "*podman; Depends: containers-common; Recommends: dbus-user-session, fuse-overlayfs, slirp4netns, uidmap\ncontainers-common; Recommends: netavark\nnetavark\ndbus-user-session\nfuse-overlayfs\nslirp4netns\nuidmap"), "/usr/bin/podman", "--no-install-recommends podman netavark fuse-overlayfs slirp4netns uidmap"},
	{"the certificates of skopeo", steps(update+"skopeo", "*skopeo; Recommends: ca-certificates, netavark, uidmap\nca-certificates\nnetavark\nuidmap"), "/usr/bin/skopeo", "--no-install-recommends skopeo ca-certificates"},
	{"apparmor that nothing starts containers in", steps(update+"nginx", "*nginx; Recommends: apparmor, uidmap\napparmor\nuidmap"), "/usr/bin/nginx", "--no-install-recommends nginx"},
	{"unzip for an archive, without zip", steps(update+"bundle", "*bundle; Recommends: zip, unzip\nzip\nunzip", runs("RUN 7z x /x.zip")), "/usr/bin/bundle", "leave"},
	{"certificates of a program among those of packages", steps(update+"libcurl4-dev", "*libcurl4-dev; Recommends: ca-certificates, docs\nca-certificates\ndocs", runs("COPY agent /usr/bin/agent", imagetest.Text("usr/bin/agent", "x"))), "/usr/bin/agent", "--no-install-recommends libcurl4-dev ca-certificates"},
	{"no certificates for a package's own program", steps(update+"libcurl4-dev", "*libcurl4-dev; Recommends: ca-certificates, docs\nca-certificates\ndocs", runs("COPY agent /usr/bin/agent", imagetest.Text("usr/bin/agent", "x"))), "/usr/bin/libcurl4-dev", "--no-install-recommends libcurl4-dev"},
	{"certificates of a mail server", steps(update+"postfix", "*postfix; Recommends: ca-certificates, docs\nca-certificates\ndocs"), "/usr/bin/postfix", "--no-install-recommends postfix ca-certificates"},
	{"git that a variable names, for people", steps(update+"$PACKAGES", withGit), "node", "--no-install-recommends $PACKAGES ca-certificates openssh-client"},

	{"what Composer unpacks with, wherever it comes from", steps(update+"zip", "*zip; Recommends: unzip, docs\nunzip\ndocs", runs("RUN composer global require x/y")), "/usr/bin/x", "--no-install-recommends zip unzip"},
	{"Composer by its archive", steps(update+"zip", "*zip; Recommends: unzip, docs\nunzip\ndocs", runs("RUN php composer.phar install")), "/usr/bin/x", "--no-install-recommends zip unzip"},
	{"a composer that is only copied", steps(update+"zip", "*zip; Recommends: unzip, docs\nunzip\ndocs", runs("COPY composer.json /app/")), "/usr/bin/zip", "--no-install-recommends zip"},
	{"an extension of the database", steps(update+"postgresql-15-postgis-3-scripts", "*postgresql-15-postgis-3-scripts; Recommends: postgresql-15-postgis-3, docs\npostgresql-15-postgis-3\ndocs"), "/usr/bin/postgresql-15-postgis-3-scripts", "--no-install-recommends postgresql-15-postgis-3-scripts postgresql-15-postgis-3"},
	{"what data are for", steps(update+"game-data", "*game-data; Recommends: game, docs\ngame\ndocs"), "/usr/bin/game-data", "--no-install-recommends game-data game"},
	{"what other data are for", steps(update+"game-data", "*game-data; Recommends: viewer\nviewer"), "/usr/bin/game-data", "leave"},
	{"figures of LaTeX", steps(update+"texlive-pstricks", "*texlive-pstricks; Recommends: texlive-font-utils\ntexlive-font-utils; Recommends: ghostscript, ps2eps, docs\nghostscript\nps2eps\ndocs"), "/usr/bin/texlive-pstricks", "--no-install-recommends texlive-pstricks texlive-font-utils ghostscript ps2eps"},
	{"a viewer beside LaTeX", steps(update+"texlive-base", "*texlive-base; Recommends: lmodern\nlmodern; Recommends: ghostscript\nghostscript"), "/usr/bin/texlive-base", "--no-install-recommends texlive-base lmodern"},
	{"what latexindent loads, where nothing calls it", steps(update+"texlive-latex-extra", "*texlive-latex-extra; Recommends: texlive-extra-utils\ntexlive-extra-utils; Recommends: libyaml-tiny-perl\nlibyaml-tiny-perl"), "/usr/bin/x", "--no-install-recommends texlive-latex-extra texlive-extra-utils"},
	{"more fonts of a JDK", steps(update+"openjdk-17-jre", "*openjdk-17-jre; Depends: fonts-dejavu-core; Recommends: fonts-dejavu-extra\nfonts-dejavu-core\nfonts-dejavu-extra"), "/usr/bin/openjdk-17-jre", "--no-install-recommends openjdk-17-jre"},
	{"fonts of a JDK beside what draws", steps(update+"openjdk-17-jre chromium", "*openjdk-17-jre; Recommends: fonts-dejavu-extra\n*chromium; Recommends: fonts-liberation\nfonts-dejavu-extra\nfonts-liberation"), "/usr/bin/chromium", "--no-install-recommends openjdk-17-jre chromium fonts-liberation"},
	{"more fonts of what draws", steps(update+"wkhtmltopdf", "*wkhtmltopdf; Recommends: fonts-dejavu-extra, docs\nfonts-dejavu-extra\ndocs"), "/usr/bin/wkhtmltopdf", "--no-install-recommends wkhtmltopdf fonts-dejavu-extra"},
	{"characters of documents", steps(update+"poppler-utils", "*poppler-utils; Depends: libpoppler; Recommends: docs\nlibpoppler; Recommends: poppler-data\npoppler-data\ndocs"), "/usr/bin/poppler-utils", "--no-install-recommends poppler-utils poppler-data"},
	{"characters of documents that a library reads", steps(update+"libvips", "*libvips; Depends: libpoppler\nlibpoppler; Recommends: poppler-data, docs\npoppler-data\ndocs", runs("RUN thumb /x.pdf")), "/usr/bin/libvips", "--no-install-recommends libvips poppler-data"},
	{"a library that could read documents", steps(update+"libvips", "*libvips; Depends: libpoppler\nlibpoppler; Recommends: poppler-data\npoppler-data"), "/usr/bin/libvips", "--no-install-recommends libvips"},
	{"ssh for a build script", steps(update+"git", withGit, runs("RUN cd /src && ./configure && make")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"ssh for a script of the build, which has no key", steps(update+"git", withGit, runs("RUN cd /src && ./fetch.bash")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"automake that its author installs later", steps(update+"autoconf", "*autoconf; Recommends: automake, docs\n*automake\ndocs", runs("RUN cd /a && ./configure && make"), runs("RUN apt-get install -y automake && automake")), "/usr/bin/x", "--no-install-recommends autoconf"},
	{"automake that is called before", steps(update+"autoconf", "*autoconf; Recommends: automake, docs\n*automake\ndocs", runs("RUN cd /a && autoreconf -i && make"), runs("RUN apt-get install -y automake && automake")), "/usr/bin/x", "--no-install-recommends autoconf automake"},
	{"automake that is called before it is installed", steps(update+"autoconf", "*autoconf; Recommends: automake, docs\n*automake\ndocs", runs("RUN automake && apt-get install -y automake")), "/usr/bin/x", "--no-install-recommends autoconf automake"},
	{"headers that libtool's own library has", steps(update+"libtool", "*libtool; Recommends: libltdl-dev\nlibltdl-dev; Files: usr/include/ltdl.h", runs("RUN ./bootstrap.sh && make")), "/usr/bin/x", "--no-install-recommends libtool"},
	{"keys that are fetched before", steps("RUN apt-get update && apt-get install -y software-properties-common && add-apt-repository x && apt-get install -y dpkg-dev", "*software-properties-common\n*dpkg-dev; Recommends: gnupg\ngnupg"), "bash", "software-properties-common && add-apt-repository x && apt-get install -y --no-install-recommends dpkg-dev"},
	{"keys that are fetched behind", steps("RUN apt-get update && apt-get install -y software-properties-common && apt-get install -y dpkg-dev && add-apt-repository x", "*software-properties-common; Recommends: docs\n*dpkg-dev; Recommends: gnupg\ngnupg\ndocs"), "bash", "--no-install-recommends software-properties-common && apt-get install -y --no-install-recommends dpkg-dev gnupg && add-apt-repository x"},
	{"the script of a package archive", steps(update+"erlang", "*erlang; Recommends: python3, docs\npython3\ndocs", runs("RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -")), "/usr/bin/x", "--no-install-recommends erlang"},
	{"the script of a package archive, and another", steps(update+"erlang", "*erlang; Recommends: python3, docs\npython3\ndocs", runs("RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && curl https://x.example/y | bash")), "/usr/bin/x", "--no-install-recommends erlang python3"},

	{"a pager where people work", steps(update+"git vim", withPager+"\n*vim"), "bash", "--no-install-recommends git vim less openssh-client ca-certificates"},
	{"a pager in a terminal", steps(update+"git tmux", withPager+"\n*tmux"), "tmux", "--no-install-recommends git tmux less openssh-client ca-certificates"},
	{"a pager where somebody may log in", steps(update+"git", withPager, runs("RUN useradd -m me && echo me:me | chpasswd")), "bash", "--no-install-recommends git less openssh-client ca-certificates"},
	{"a pager beside an editor in a service", steps(update+"git vim", withGit+"\n*vim", runs("RUN git clone https://x.example/y")), "/usr/bin/git", "--no-install-recommends git vim ca-certificates"},
	{"a pager of a builder", steps(update+"git make", withGit+"\n*make"), "bash", "--no-install-recommends git make ca-certificates openssh-client"},
	{"what a package that goes needs, where people work", steps(update+"vim python3-pip", "*vim\n*python3-pip; Recommends: bundle\nbundle; Depends: patch\npatch"), "bash", "--no-install-recommends vim python3-pip"},
	{"headers of gems where people work", steps(update+"sudo bundler", "*sudo\n*bundler; Recommends: ruby-dev, docs\nruby-dev\ndocs"), "bash", "--no-install-recommends sudo bundler ruby-dev"},

	{"ssh for what a supervisor starts, beside npm", steps(update+"git supervisord", withGit+"\n*supervisord", runs("RUN npm install -g x")), "/usr/bin/supervisord", "--no-install-recommends git supervisord ca-certificates openssh-client"},
	{"ssh for a program that nobody knows, beside pip", steps(update+"git", withGit, runs("RUN pip install x")), "/app", "--no-install-recommends git ca-certificates openssh-client"},
	{"ssh beside npm, for a program that is known", steps(update+"git", withGit, runs("RUN npm install -g x")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"a compiler for a library that compiles at run time", steps(update+"python3-pip", withPip, runs("RUN pip3 install git+https://example.org/Theano.git", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"a compiler for a package that writes C at run time", steps(update+"python3-pip", withPip, runs("RUN pip3 install -r requirements.txt", wheel("manylinux_2_17_x86_64"), extension, imagetest.Text("usr/local/lib/python3.11/dist-packages/Brian2-2.5.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n"))), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"headers beside a list of the project", steps(update+"libffi-dev python3-pip", "*libffi-dev\n"+withPip, runs("RUN pip3 install -r requirements.txt", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libffi-dev python3-pip build-essential python3-dev"},
	{"headers beside a project of Poetry", steps(update+"libffi-dev python3-pip", "*libffi-dev\n"+withPip, runs("RUN poetry install", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends libffi-dev python3-pip build-essential python3-dev"},
	{"headers beside an archive of sources", steps(update+"python-dev python-pip", "*python-dev\n"+strings.ReplaceAll(strings.ReplaceAll(withPip, "python3-", "python-"), ", python-dev\n", "\n"), runs("RUN pip install dist/Marvin-4.6.tar.gz", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python", "--no-install-recommends python-dev python-pip build-essential"},
	{"a list of the project without headers", steps(update+"python3-pip", withPip, runs("RUN pip3 install -r requirements.txt", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip"},
	{"the library of a minimal Python", steps(update+"python3-minimal", minimalPython), "./start", "--no-install-recommends python3-minimal python3.11"},
	{"a minimal Python that nothing runs", steps(update+"python3-minimal nginx", minimalPython+"\n*nginx"), "/usr/bin/nginx", "--no-install-recommends python3-minimal nginx"},
	{"xxd for make", steps(update+"vim-common", "*vim-common; Recommends: xxd, docs\nxxd\ndocs", runs("RUN make -C /src")), "/usr/bin/x", "--no-install-recommends vim-common xxd"},
	{"xxd where nothing is built", steps(update+"vim-common", "*vim-common; Recommends: xxd, docs\nxxd\ndocs"), "/usr/bin/vim-common", "--no-install-recommends vim-common"},
	{"a dictionary beside one of another kind", steps(update+"php8.2-pspell php8.2-enchant", twoSpellers), "/usr/bin/php8.2-pspell", "--no-install-recommends php8.2-pspell php8.2-enchant aspell-en"},
	{"a dictionary of another kind", steps(update+"php8.2-enchant", strings.ReplaceAll(twoSpellers, "*php8.2-pspell; Depends: libaspell15\n", "")), "/usr/bin/php8.2-enchant", "--no-install-recommends php8.2-enchant"},
	{"Chinese, Japanese and Korean LaTeX", steps(update+"texlive-lang-cjk", "*texlive-lang-cjk; Recommends: latex-cjk-all, docs\nlatex-cjk-all; Recommends: ghostscript\nghostscript\ndocs"), "pdflatex", "--no-install-recommends texlive-lang-cjk ghostscript latex-cjk-all"},
	{"apparmor of lxc", steps(update+"lxc", "*lxc; Recommends: apparmor, docs\napparmor\ndocs"), "/usr/bin/lxc", "--no-install-recommends lxc apparmor"},
	{"apparmor for Docker's own installer", steps(update+"init-tools", "*init-tools; Recommends: apparmor, docs\napparmor\ndocs", runs("RUN curl -sSL https://get.docker.com/ | sh")), "/usr/bin/x", "--no-install-recommends init-tools apparmor"},

	{"the configuration asks for them", func(t *testing.T) []rulestest.Step {
		return append([]rulestest.Step{runs(`RUN echo "APT::Install-Recommends \"true\";" > /etc/apt/apt.conf`)}, steps(update+"gcc", withGCC)(t)...)
	}, "bash", ""},
	{"the configuration asks for them in the same RUN", steps(`RUN echo 'APT::Install-Recommends "1";' > /etc/apt/apt.conf.d/x; apt-get update; apt-get install -y gcc`, withGCC), "bash", ""},
	{"the configuration switches them off", func(t *testing.T) []rulestest.Step {
		return append([]rulestest.Step{runs(`RUN echo 'APT::Install-Recommends "false";' > /etc/apt/apt.conf.d/x`)}, steps(update+"gcc", withGCC)(t)...)
	}, "bash", "--no-install-recommends gcc libc6-dev"},
	{"the configuration asks for them later", steps(update+"gcc", withGCC, runs(`RUN echo 'APT::Install-Recommends "true";' > /etc/apt/apt.conf.d/x`)), "bash", "--no-install-recommends gcc libc6-dev"},
	{"asked for", steps(update+"--install-recommends gcc", withGCC), "bash", ""},
	{"asked for by an option", steps(update+"-o APT::Install-Recommends=true gcc", withGCC), "bash", ""},
	{"switched off already", steps(update+"-o APT::Install-Recommends=0 gcc", withGCC), "bash", ""},
	{"all of LaTeX", steps(update+"texlive-full", "*texlive-full; Recommends: ruby\nruby"), "bash", ""},
	{"a desktop", steps(update+"xfce4", "*xfce4; Recommends: panel\npanel"), "bash", ""},
	{"a compiler that is removed again", steps(update+"gcc nginx && gcc x.c && apt-get purge -y gcc", "*nginx; Recommends: docs\ndocs"), "/usr/bin/nginx", ""},
	{"too many to name", steps(update+"python3-a", "*python3-a; Recommends: "+numbered("python3-m", 13, ", ")+"\n"+numbered("python3-m", 13, "\n"), runs("COPY x.py /app/", imagetest.Text("app/x.py", "x"))), "/usr/bin/x", ""},
	{"the JSON form", steps(`RUN ["apt-get", "install", "-y", "gcc"]`, withGCC), "bash", ""},
	{"xargs", steps("RUN xargs apt-get install -y < list", withGCC), "bash", ""},
	{"inside sh -c", steps(`RUN sh -c "apt-get install -y gcc"`, withGCC), "bash", ""},
	{"another shell", func(t *testing.T) []rulestest.Step {
		return append([]rulestest.Step{runs(`SHELL ["pwsh", "-c"]`)}, steps(update+"gcc", withGCC)(t)...)
	}, "bash", ""},
	{"an upgrade", steps("RUN apt-get update && apt-get dist-upgrade -y", withGCC), "bash", ""},
}

// steps are those of an image whose first one installs packages.
func steps(by, packages string, more ...rulestest.Step) func(*testing.T) []rulestest.Step {
	return func(t *testing.T) []rulestest.Step { return append([]rulestest.Step{brings(t, by, packages)}, more...) }
}

func numbered(name string, n int, between string) string {
	var names []string
	for i := range n {
		names = append(names, name+string(rune('a'+i)))
	}
	return strings.Join(names, between)
}

// TestAnotherPython keeps a python3 that came by recommendation, unless the base image has
// one of its own that is found first.
func TestAnotherPython(t *testing.T) {
	const packages = "*tool; Recommends: python3, manual\npython3\nmanual"
	for _, test := range []struct {
		name string
		base []string
		want string
	}{
		{"the base's own", []string{"usr/local/bin/python3"}, "--no-install-recommends tool"},
		{"none", nil, "--no-install-recommends tool python3"},
		{"one that the path does not name", []string{"opt/python/bin/python3"}, "--no-install-recommends tool python3"},
	} {
		base := rulestest.Does(t, "ADD rootfs.tar /", test.base...)
		found := image([]string{"python3", "-m", "app"}, base, rulestest.Does(t, `CMD ["bash"]`), brings(t, update+"tool", packages)).Findings(t, "apt-recommends")
		if len(found) != 1 {
			t.Fatalf("%s: %d findings", test.name, len(found))
		}
		_, got, _ := strings.Cut(rulestest.Text(found[0].Fix.After), "install -y ")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", test.name, diff, found[0].Fix.Summary)
		}
	}
}

func TestAptRecommends(t *testing.T) {
	for _, test := range slices.Concat(recommendsCases, nameCases) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := test.steps(t)
			base := rulestest.Does(t, "ADD rootfs.tar /")
			found := image([]string{test.cmd}, append([]rulestest.Step{base, rulestest.Does(t, `CMD ["bash"]`)}, all...)...).Findings(t, "apt-recommends")
			if len(found) != 1 {
				t.Fatalf("%d findings: %+v", len(found), found)
			}
			f := &found[0]
			got := rulestest.Text(f.Fix.After)
			switch {
			case f.Fix.Leave:
				got = "leave"
				if f.Fix.StayBytes != f.Bytes {
					t.Errorf("%d of %d bytes stay", f.Fix.StayBytes, f.Bytes)
				}
			case got != "":
				_, got, _ = strings.Cut(got, "install -y ")
				if !strings.Contains(test.want, "\n") {
					got = strings.ReplaceAll(got, " \\\n    ", " ") // long lines are broken
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s", diff, f.Fix.Summary)
			}
			for _, name := range f.Fix.Keeps {
				if !strings.Contains(f.Fix.Summary, name) || !slices.Contains(f.Fix.Stays, name) && f.Fix.StayBytes > 0 && test.name != "named by a later install" {
					t.Errorf("%s is kept; it stays: %v: %s", name, f.Fix.Stays, f.Fix.Summary)
				}
			}
			if !strings.HasSuffix(f.Fix.Summary, ".") || strings.Contains(f.Fix.Summary, "  ") {
				t.Errorf("no sentence: %q", f.Fix.Summary)
			}
		})
	}
}

// TestKeptPackagesAreNotSaved: what an edit names stays, with what it depends on. Each
// package has a file of 1 kB and one of 2 kB.
func TestKeptPackagesAreNotSaved(t *testing.T) {
	for _, test := range []struct {
		name, packages string
		saved          int64
	}{
		{"the manual goes", withGCC, 3 << 10},
		{"all stays", "*gcc; Recommends: libc6-dev\nlibc6-dev", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := rulestest.Does(t, "ADD rootfs.tar /")
			r := image(app, base, rulestest.Does(t, `CMD ["bash"]`), brings(t, update+"gcc", test.packages), runs("RUN gcc x.c")).Report(t)
			out, err := edits.PlanHistory(r, edits.Options{})
			if err != nil {
				t.Fatal(err)
			}
			made := 0
			for i := range out.Applied {
				if out.Applied[i].Rule == "apt-recommends" {
					made++
				}
			}
			var saved int64
			for i := range r.Findings {
				if r.Findings[i].Rule == "apt-recommends" {
					saved += out.BytesOf(r, i)
				}
			}
			if saved != test.saved || (made == 1) != (test.saved > 0) {
				t.Errorf("%d bytes are saved by %d edits, want %d", saved, made, test.saved)
			}
		})
	}
}

// TestReasonsOfWhatIsKept: the commonest reason first, another with the packages that it is of.
func TestReasonsOfWhatIsKept(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(*testing.T) []rulestest.Step
		want string
	}{
		{"one", steps(update+"gcc", withGCC, runs("RUN gcc x.c")), "keep libc6-dev (6 kB): gcc is called in a later RUN."},
		{"two", steps(update+"gcc git vim", withGCC+"\n"+withPager+"\n*vim", runs("RUN gcc x.c")), "keep libc6-dev, less, openssh-client, ca-certificates (15 kB): people work in the container, since it has vim; libc6-dev: gcc is called in a later RUN."},
	} {
		all := c.step(t)
		base := rulestest.Does(t, "ADD rootfs.tar /")
		found := image([]string{"bash"}, append([]rulestest.Step{base, rulestest.Does(t, `CMD ["bash"]`)}, all...)...).Findings(t, "apt-recommends")
		if len(found) != 1 {
			t.Fatalf("%s: %d findings", c.name, len(found))
		}
		if _, got, _ := strings.Cut(found[0].Fix.Summary, "and "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
