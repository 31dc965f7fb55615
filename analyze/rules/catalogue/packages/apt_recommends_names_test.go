package packages_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// recommendsCase is an image, and what becomes of the install in its first step.
type recommendsCase struct {
	name  string
	steps func(*testing.T) []rulestest.Step
	cmd   string
	want  string // behind the -y
}

const (
	withCertificates = "*tool; Recommends: ca-certificates, docs\nca-certificates\ndocs"
	withModules      = "*python3-pandas; Recommends: python3-scipy, docs\npython3-scipy\ndocs"
	withSSHAndPatch  = "*git; Recommends: openssh-client, patch, docs\nopenssh-client\npatch\ndocs"

	withElements  = "*gstreamer1.0-tools; Recommends: gstreamer1.0-gl, gstreamer1.0-x, docs\ngstreamer1.0-gl\ngstreamer1.0-x\ndocs"
	withMPI       = "*g++\n*libscalapack-mpi-dev; Depends: libopenmpi-dev\nlibopenmpi-dev; Recommends: libcoarrays-openmpi-dev\nlibcoarrays-openmpi-dev; Depends: gfortran\ngfortran"
	withOpenType  = "*texlive; Recommends: tex-gyre, fonts-texgyre-math, docs\ntex-gyre\nfonts-texgyre-math\ndocs"
	withPostGIS   = "*postgis; Recommends: postgresql-postgis, docs\npostgresql-postgis\ndocs"
	withKeys      = "*git; Recommends: gnupg, less, openssh-client, docs\ngnupg; Depends: gpg\ngpg\nless\nopenssh-client\ndocs"
	withDocuments = "*inkscape; Recommends: imagemagick, python3-lxml, python3-numpy, docs\nimagemagick; Depends: imagemagick-6-common\nimagemagick-6-common\npython3-lxml\npython3-numpy\ndocs"
)

// ownPython copies code that nobody has read.
var ownPython = runs("COPY x.py /app/", imagetest.Text("app/x.py", "x"))

// runnable is a file that may be run.
func runnable(path, text string) imagetest.File {
	f := imagetest.Text(path, text)
	f.Mode = 0o755
	return f
}

// nameCases are about the names that an install gets: those that somebody asks for, and no more.
var nameCases = []recommendsCase{
	{"keys for a script that a shell is given as what wget prints", steps(update+"build-essential", withEssential, runs(`RUN bash -c "$(wget -O - https://x.example/x.sh)"`)), "/usr/bin/x", "--no-install-recommends build-essential gnupg"},
	{"keys for the text of a shell", steps(update+"build-essential", withEssential, runs(`RUN bash -c "wget -O - https://x.example/x.sh"`)), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"patch for make", steps(update+"git", withSSHAndPatch, runs("RUN make -C /src")), "/usr/bin/git", "--no-install-recommends git"},
	{"patch for a script", steps(update+"git gcc", withSSHAndPatch+"\n*gcc", runs("RUN /src/build.bash")), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"ssh for people, of git that the build calls", steps(update+"git", withSSHAndPatch, runs("RUN git clone https://example.org/x")), "bash", "--no-install-recommends git"},
	{"ssh for people at work, of git that the build calls", steps(update+"git vim", withSSHAndPatch+"\n*vim", runs("RUN git clone https://example.org/x")), "bash", "--no-install-recommends git vim openssh-client"},
	{"ssh beside a web server, of git that nothing calls", steps(update+"git php-fpm8.2", withSSHAndPatch+"\n*php-fpm8.2"), "/usr/sbin/php-fpm8.2", "--no-install-recommends git php-fpm8.2"},
	{"a compiler where people work", steps(update+"python3-pip vim", withPip+"\n*vim", runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "bash", "--no-install-recommends python3-pip vim build-essential python3-dev"},
	{"displays that x11vnc is given", steps(update+"x11vnc", "*x11vnc; Recommends: x11-utils, docs\nx11-utils\ndocs"), "x11vnc -display :0", "--no-install-recommends x11vnc"},
	{"displays that x11vnc finds", steps(update+"x11vnc", "*x11vnc; Recommends: x11-utils, docs\nx11-utils\ndocs"), "x11vnc -create", "--no-install-recommends x11vnc x11-utils"},
	{"a desktop in its small form", steps(update+"lxde-core", "*lxde-core; Recommends: lxterminal, docs\nlxterminal\ndocs"), "bash", ""},
	{"a build that the container drives", steps(update+"texlive", "*texlive; Recommends: poppler-utils, docs\npoppler-utils\ndocs"), "scons", "--no-install-recommends texlive poppler-utils"},
	{"a build that the container only could drive", steps(update+"texlive", "*texlive; Recommends: poppler-utils, docs\npoppler-utils\ndocs"), "/usr/bin/texlive", "--no-install-recommends texlive"},
	{"Fortran behind the wrappers of MPI, for people", steps(update+"g++ libscalapack-mpi-dev", withMPI), "bash", "--no-install-recommends g++ libscalapack-mpi-dev gfortran"},
	{"Fortran that counts as one of several", steps(update+"g++ libscalapack-mpi-dev", strings.Replace(withMPI, "libopenmpi-dev; Recommends", "libopenmpi-dev; Depends: gfortran-12 | gfortran; Recommends", 1)+"\ngfortran-12"), "bash", "--no-install-recommends g++ libscalapack-mpi-dev gfortran"},
	{"Fortran that nothing compiles", steps(update+"g++ libscalapack-mpi-dev", withMPI), "/usr/bin/g++", "--no-install-recommends g++ libscalapack-mpi-dev"},
	{"OpenType fonts for LaTeX", steps(update+"texlive", withOpenType), "/usr/bin/texlive", "--no-install-recommends texlive tex-gyre"},
	{"OpenType fonts for LuaTeX", steps(update+"texlive texlive-luatex", withOpenType+"\n*texlive-luatex"), "/usr/bin/texlive", "--no-install-recommends texlive texlive-luatex tex-gyre fonts-texgyre-math"},
	{"an extension without a server", steps(update+"postgis", withPostGIS), "/usr/bin/postgis", "--no-install-recommends postgis"},
	{"an extension beside its server", steps(update+"postgis postgresql-15", withPostGIS+"\n*postgresql-15"), "/usr/bin/postgis", "--no-install-recommends postgis postgresql-15 postgresql-postgis"},
	{"an extension that is named by its version", steps(update+"postgis postgresql-15-postgis-3 postgresql-15", withPostGIS+"\n*postgresql-15-postgis-3\n*postgresql-15"), "/usr/bin/postgis", "--no-install-recommends postgis postgresql-15-postgis-3 postgresql-15"},
	{"a pager beside sudo in a shell", steps(update+"git sudo", withPager+"\n*sudo", runs("RUN git clone https://example.org/x")), "bash", "--no-install-recommends git sudo ca-certificates"},
	{"what a later install names before it is called", steps(update+"tool", "*tool; Recommends: git, docs\ngit\ndocs", runs("RUN tool"), runs("RUN apt-get install -y git"), runs("RUN git clone https://example.org/x")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"certificates that a later install names before anything fetches", steps(update+"tool", withCertificates, runs("RUN apt-get install -y ca-certificates && curl -O https://example.org/x")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"certificates that a later install names behind a download", steps(update+"tool", withCertificates, runs("RUN wget https://example.org/x && apt-get install -y ca-certificates")), "/usr/bin/tool", "--no-install-recommends tool ca-certificates"},
	{"certificates where people look at processes", steps(update+"htop", "*htop; Recommends: ca-certificates, docs\nca-certificates\ndocs"), "bash", "--no-install-recommends htop"},
	{"certificates of the library of curl", steps(update+"libcurl4", "*libcurl4; Recommends: ca-certificates, docs\nca-certificates\ndocs"), "bash", "--no-install-recommends libcurl4 ca-certificates"},
	{"the checks that debuild makes, where only dpkg-buildpackage is called", steps(update+"devscripts", "*devscripts; Recommends: lintian, docs\nlintian\ndocs", runs("RUN dpkg-buildpackage -b")), "/usr/bin/start", "--no-install-recommends devscripts"},
	{"ssh for Android's repo", steps(update+"git gcc", "*git; Recommends: openssh-client, docs\nopenssh-client\ndocs\n*gcc", runs("RUN curl -o /usr/bin/repo https://storage.googleapis.com/git-repo-downloads/repo && gcc -v")), "/usr/bin/start", "--no-install-recommends git gcc openssh-client"},
	{"the checks that debuild makes", steps(update+"devscripts", "*devscripts; Recommends: lintian, docs\nlintian\ndocs", runs("RUN debuild -b")), "/usr/bin/start", "--no-install-recommends devscripts lintian"},
	{"what is called before a later install names it", steps(update+"tool", "*tool; Recommends: git, docs\ngit\ndocs", runs("RUN git clone https://example.org/x"), runs("RUN apt-get install -y git")), "/usr/bin/tool", "--no-install-recommends tool git"},
	{"build-essential, of which the parts are named", steps(update+"gcc g++ make python3-pip", "*gcc\n*g++\n*make\n"+withPip, runs("RUN pip3 install --no-binary :all: x")), "/usr/bin/g++", "--no-install-recommends gcc g++ make python3-pip libc6-dev python3-dev"},
	{"a compiler for AWS's installer", steps(update+"python3-pip", withPip, runs("RUN ./aws/install")), "/usr/sbin/nginx", "--no-install-recommends python3-pip"},
	{"certificates of what people work with", steps(update+"cmake vim", "*cmake; Recommends: ca-certificates, docs\n*vim\nca-certificates\ndocs"), "bash", "--no-install-recommends cmake vim ca-certificates"},
	{"a program that an unknown one asks for", steps(update+"ranger", "*ranger; Recommends: file, docs\nfile\ndocs"), "/usr/bin/ranger", "--no-install-recommends ranger file"},
	{"a program that an unknown one asks for by another", steps(update+"ranger", "*ranger; Depends: viewer\nviewer; Recommends: file, docs\nfile\ndocs"), "/usr/bin/ranger", "--no-install-recommends ranger"},
	{"what an unknown one asks for, and a later install brings", steps(update+"ranger", "*ranger; Recommends: file, docs\nfile\ndocs", runs("RUN apt-get install -y file")), "/usr/bin/ranger", "--no-install-recommends ranger"},
	{"patch for make, beside a compiler", steps(update+"git gcc", withSSHAndPatch+"\n*gcc", runs("RUN make -C /src")), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"the compiler of a wrapper of MPI", steps(update+"mpich", "*mpich; Recommends: libmpich-dev, docs\nlibmpich-dev\ndocs", runs("RUN mpicc -o /a /a.c")), "/a", "--no-install-recommends mpich libmpich-dev"},
	{"ssh in the value that a variable has otherwise", steps(update+"git", withSSHAndPatch), "git clone ${REMOTE:-git@example.org:o/r.git}", "--no-install-recommends git openssh-client"},
	{"ssh of another user", steps(update+"git", withSSHAndPatch, runs("ENV REMOTE=deploy@git.example.org:o/r.git")), "/usr/bin/git", "--no-install-recommends git openssh-client"},
	{"an image by its digest", steps(update+"git", withSSHAndPatch, runs("RUN git clone https://example.org/x"), runs("ENV IMAGE=shop/web@sha256:0123")), "/usr/bin/git", "--no-install-recommends git"},
	{"what a later install only downloads", steps(update+"tool", "*tool; Recommends: libz-tools, docs\nlibz-tools\ndocs", runs("RUN apt-get install -y -d libz-tools"), runs("RUN libz-tools")), "/usr/bin/tool", "--no-install-recommends tool libz-tools"},
	{"what the next install needs", steps(update+"git", "*git; Recommends: python3, docs\npython3\ndocs\n*tool; Depends: python3", runs("RUN apt-get install -y tool && tool x"), runs("RUN /src/build.bash")), "/usr/bin/git", "--no-install-recommends git"},
	{"what pecl is in, beside what it compiles with", steps(update+"php8.2-dev", "*php8.2-dev; Recommends: pkg-php-tools, build-essential\npkg-php-tools; Recommends: php-pear\nphp-pear\nbuild-essential"), "/usr/bin/x", "--no-install-recommends php8.2-dev build-essential php-pear"},
	{"pecl without headers", steps(update+"tool", "*tool; Recommends: php-pear, build-essential\nphp-pear\nbuild-essential"), "/usr/bin/tool", "--no-install-recommends tool"},
	{"ssh of git by its older name", steps(update+"git-core", "*git-core; Depends: git\ngit; Recommends: openssh-client, docs\nopenssh-client\ndocs"), "/usr/bin/git-core", "--no-install-recommends git-core openssh-client"},
	{"ssh beside npm and an editor", steps(update+"git vim nginx", withGit+"\n*vim\n*nginx", runs("RUN npm install -g x")), "/usr/bin/nginx", "--no-install-recommends git vim nginx ca-certificates openssh-client"},
	{"ssh beside an editor, for git that the build calls", steps(update+"git vim", withGit+"\n*vim", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends git vim ca-certificates"},
	{"a pager where a service has what people use", steps(update+"git vim sudo nginx", withPager+"\n*vim\n*sudo\n*nginx"), "/usr/bin/nginx", "--no-install-recommends git vim sudo nginx less openssh-client ca-certificates"},
	{"a pager beside sudo alone in a service", steps(update+"git sudo nginx", withPager+"\n*sudo\n*nginx", runs("RUN git clone https://example.org/x")), "/usr/bin/nginx", "--no-install-recommends git sudo nginx ca-certificates"},
	{"an agent of keys that only a dependency checks", steps(update+"tool", "*tool; Depends: gpg; Recommends: docs\ngpg; Recommends: gpg-agent\ngpg-agent\ndocs"), "bash", "--no-install-recommends tool"},
	{"an agent of keys, for people", steps(update+"gpg", "*gpg; Recommends: gpg-agent, docs\ngpg-agent\ndocs"), "bash", "--no-install-recommends gpg gpg-agent"},
	{"a compiler in a notebook", steps(update+"python3-pip", withPip, runs("RUN pip3 install x", wheel("manylinux_2_17_x86_64"), extension)), "jupyter-notebook", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"a compiler beside a notebook that the container does not start", steps(update+"python3-pip", withPip, runs("RUN pip3 install jupyter", wheel("manylinux_2_17_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip"},
	{"keys in a notebook", steps(update+"git vim", withKeys+"\n*vim"), "jupyter-lab", "--no-install-recommends git vim less openssh-client"},
	{"keys in a shell", steps(update+"git vim", withKeys+"\n*vim"), "bash", "--no-install-recommends git vim less openssh-client"},
	{"keys in a shell, for a command that checks them", steps(update+"git vim", withKeys+"\n*vim", runs("RUN wget -qO- https://x.example/key | apt-key add -")), "bash", "--no-install-recommends git vim less openssh-client gnupg"},
	{"keys in a shell, beside what checks them", steps(update+"git vim gpg", "*git; Recommends: gnupg, less, docs\ngnupg; Depends: gpg\n*gpg\nless\ndocs\n*vim"), "bash", "--no-install-recommends git vim gpg less"},
	{"a base whose user is a service's", steps(update+"git", withPager, runs("USER web")), "bash", "--no-install-recommends git ca-certificates openssh-client"},
	{"an editor that its data recommend, for make", steps(update+"vim-common", "*vim-common; Recommends: xxd, vim\nxxd\nvim", runs("RUN make -C /src")), "/usr/bin/x", "--no-install-recommends vim-common xxd"},
	{"an editor that its data recommend, for people", steps(update+"vim-common nano", "*vim-common; Recommends: docs, vim\n*nano\ndocs\nvim"), "bash", "--no-install-recommends vim-common nano vim"},
	{"a dictionary of what nothing calls, beside a script", steps(update+"erlang", "*erlang; Depends: libenchant; Recommends: aspell\nlibenchant; Depends: hunspell-en-us | aspell-en; Recommends: docs\naspell\nhunspell-en-us\naspell-en\ndocs", runs("RUN ./configure")), "/usr/bin/erlang", "--no-install-recommends erlang aspell"},
	{"documents of what goes", steps(update+"inkscape", withDocuments), "/usr/bin/inkscape", "--no-install-recommends inkscape python3-lxml python3-numpy"},
	{"documents that the binding of an interpreter reads", steps(update+"php8.2-imagick", "*php8.2-imagick; Depends: libmagickcore; Recommends: ghostscript\nlibmagickcore; Recommends: docs\nghostscript\ndocs", runs("RUN sed -i 's/none/read/' /etc/ImageMagick-6/policy.xml")), "/usr/bin/php8.2-imagick", "--no-install-recommends php8.2-imagick ghostscript"},
	{"documents that the policy of the package forbids", steps(update+"php8.2-imagick", "*php8.2-imagick; Depends: libmagickcore; Recommends: ghostscript\nlibmagickcore; Recommends: docs\nghostscript\ndocs"), "/usr/bin/php8.2-imagick", "--no-install-recommends php8.2-imagick"},
	{"certificates that a later install of the RUN brings behind a download", steps(update+"tool && curl -O https://example.org/x && apt-get install -y java", withCertificates+"\n*java; Depends: ca-certificates"), "/usr/bin/tool", "--no-install-recommends tool ca-certificates && curl -O https://example.org/x && apt-get install -y java"},
	{"a compiler that a later install of the RUN names behind pip", steps(update+"python3-pip && pip3 install --no-binary :all: x && apt-get install -y build-essential python3-dev", "*python3-pip; Recommends: build-essential, python3-dev, docs\n*build-essential\n*python3-dev\ndocs"), "/usr/bin/tool", "--no-install-recommends python3-pip build-essential python3-dev && pip3 install --no-binary :all: x && apt-get install -y build-essential python3-dev"},
	{"certificates that come with one of two alternatives", steps(update+"curl tool", "*curl; Recommends: ca-certificates, docs\n*tool; Depends: xml-libxml | xml-expat; Recommends: docs\nxml-libxml\nxml-expat; Depends: www\nwww; Depends: ca-certificates\nca-certificates\ndocs", runs("RUN curl https://example.org/x | sh")), "/usr/bin/tool", "--no-install-recommends curl tool ca-certificates"},
	{"drivers behind a library that is named", steps(update+"libva2", "*libva2; Recommends: va-driver-all, docs\nva-driver-all\ndocs"), "/usr/local/bin/ffmpeg", "--no-install-recommends libva2 va-driver-all"},
	{"a server for mail that is sent", steps(update+"mailutils", "*mailutils; Recommends: default-mta, docs\ndefault-mta; Depends: exim4\nexim4\ndocs"), "/usr/bin/cron", "--no-install-recommends mailutils default-mta"},
	{"a server for mail that nothing sends", steps(update+"tool", "*tool; Depends: bsd-mailx; Recommends: docs\nbsd-mailx; Recommends: default-mta\ndefault-mta\ndocs"), "/usr/bin/tool", "--no-install-recommends tool"},
	{"what Java 8 loads for a window", steps(update+"openjdk-8-jre", "*openjdk-8-jre; Recommends: libatk-wrapper-java-jni, docs\nlibatk-wrapper-java-jni\ndocs", runs("ENV DISPLAY=:0")), "/usr/bin/java", "--no-install-recommends openjdk-8-jre libatk-wrapper-java-jni"},
	{"what Java 8 loads for a window, without a display", steps(update+"openjdk-8-jre", "*openjdk-8-jre; Recommends: libatk-wrapper-java-jni, docs\nlibatk-wrapper-java-jni\ndocs", runs("COPY x.jar /opt/")), "/usr/bin/java", "--no-install-recommends openjdk-8-jre"},
	{"what Java 8 loads for a window, where the settings say that there is none", steps(update+"openjdk-8-jre", "*openjdk-8-jre; Recommends: libatk-wrapper-java-jni, docs\nlibatk-wrapper-java-jni\ndocs", runs("ENV DISPLAY=:0 CATALINA_OPTS=-Djava.awt.headless=true")), "/usr/bin/java", "--no-install-recommends openjdk-8-jre"},
	{"a web server that a page is reached through", steps(update+"nagios", "*nagios; Depends: nagios-cgi\nnagios-cgi; Depends: apache2-bin; Recommends: apache2, docs\napache2-bin\napache2\ndocs"), "/usr/bin/nagios", "--no-install-recommends nagios apache2"},
	{"a web server that PHP recommends", steps(update+"php8.2", "*php8.2; Depends: libapache2-mod-php8.2\nlibapache2-mod-php8.2; Depends: apache2-bin; Recommends: apache2, docs\napache2-bin\napache2\ndocs"), "/usr/bin/php8.2", "--no-install-recommends php8.2"},
	{"the configuration of a web server that a script starts", steps(update+"php8.2", "*php8.2; Depends: libapache2-mod-php8.2\nlibapache2-mod-php8.2; Depends: apache2-bin; Recommends: apache2, docs\napache2-bin\napache2\ndocs", runs("COPY run.sh /", runnable("run.sh", "#!/bin/sh\n/usr/sbin/apache2 -DFOREGROUND\n"))), "/run.sh", "--no-install-recommends php8.2 apache2"},
	{"certificates for what a later install of the RUN names, whose library is there already", steps(update+"apache2 && apt-get install -y php5-curl", "*apache2; Depends: libcurl4\nlibcurl4; Recommends: ca-certificates, docs\n*php5-curl; Depends: libcurl4\nca-certificates\ndocs"), "/usr/bin/apache2", "--no-install-recommends apache2 ca-certificates && apt-get install -y php5-curl"},
	{"a library that a package of Python loads by its name", steps(update+"tool", "*tool; Recommends: docs\ndocs; Depends: libmagic1\nlibmagic1", runs("RUN pip install python-magic", imagetest.Text("usr/local/lib/python3.11/dist-packages/python_magic-0.4.27.dist-info/METADATA", "Metadata-Version: 2.1\nName: python-magic\nVersion: 0.4.27\n"))), "/usr/bin/tool", "--no-install-recommends tool libmagic1"},
	{"ssh for scripts that log in elsewhere", steps(update+"git gcc python3-pexpect", withSSHAndPatch+"\n*gcc\n*python3-pexpect", runs("RUN gcc -v")), "/usr/bin/start", "--no-install-recommends git gcc python3-pexpect openssh-client"},
	{"firmware beside the one that is named", steps(update+"qemu-system-arm qemu-efi-aarch64", "*qemu-system-arm; Recommends: qemu-efi-arm, ipxe-qemu, docs\nqemu-efi-arm\nipxe-qemu\ndocs\n*qemu-efi-aarch64"), "/usr/bin/qemu-system-arm", "--no-install-recommends qemu-system-arm qemu-efi-aarch64 ipxe-qemu"},
	{"firmware, where none is named", steps(update+"qemu-system-arm", "*qemu-system-arm; Recommends: qemu-efi-arm, ipxe-qemu, docs\nqemu-efi-arm\nipxe-qemu\ndocs"), "/usr/bin/qemu-system-arm", "--no-install-recommends qemu-system-arm ipxe-qemu qemu-efi-arm"},
	{"drivers of a library, for its architecture", steps(update+"libibverbs1:${ARCH} libb", "*libibverbs1; Recommends: ibverbs-providers, docs\nibverbs-providers\ndocs\n*libb"), "/usr/bin/app", "--no-install-recommends libibverbs1:${ARCH} libb ibverbs-providers:${ARCH}"},
	{"drivers of a library that another package brings", steps(update+"qemu-system-arm", "*qemu-system-arm; Depends: libibverbs1\nlibibverbs1; Recommends: ibverbs-providers, docs\nibverbs-providers\ndocs"), "/usr/bin/qemu-system-arm", "--no-install-recommends qemu-system-arm"},
	{"disks of other machines", steps(update+"qemu-utils", "*qemu-utils; Recommends: qemu-block-extra, docs\nqemu-block-extra\ndocs"), "qemu-img create rbd:pool/x 1G", "--no-install-recommends qemu-utils qemu-block-extra"},
	{"disks of this machine", steps(update+"qemu-utils", "*qemu-utils; Recommends: qemu-block-extra, docs\nqemu-block-extra\ndocs"), "qemu-img create /x 1G", "--no-install-recommends qemu-utils"},
	{"what boots another machine than a PC", steps(update+"qemu-system-misc", "*qemu-system-misc; Recommends: seabios, ipxe-qemu, docs\nseabios\nipxe-qemu\ndocs"), "/usr/bin/qemu-system-riscv64", "--no-install-recommends qemu-system-misc ipxe-qemu"},
	{"ssh where a container waits for people, beside a compiler", steps(update+"git gcc", "*git; Recommends: openssh-client, docs\nopenssh-client\ndocs\n*gcc"), "cat", "--no-install-recommends git gcc openssh-client"},
	{"the release for facter", steps(update+"puppet", "*puppet; Recommends: lsb-release, docs\nlsb-release\ndocs"), "/usr/bin/puppet", "--no-install-recommends puppet lsb-release"},
	{"all of Wine", steps(update+"wine tool", "*wine; Recommends: libgl1, docs\nlibgl1\ndocs\n*tool"), "/usr/bin/wine", ""},
	{"the engine of docker-compose", steps(update+"docker-compose", "*docker-compose; Recommends: docker.io, docs\ndocker.io\ndocs"), "/usr/bin/start", "--no-install-recommends docker-compose docker.io"},
	{"headers of another Python", steps(update+"python3-pip python3.6-dev", withPip+"\n*python3.6-dev", runs("RUN pip3 install --no-binary :all: x")), "/usr/bin/start", "--no-install-recommends python3-pip python3.6-dev build-essential"},
	{"the run-time library of clang", steps(update+"clang", "*clang; Recommends: libclang-rt-14-dev, docs\nlibclang-rt-14-dev\ndocs", runs("RUN clang -fsanitize=address x.c")), "/usr/bin/start", "--no-install-recommends clang libclang-rt-14-dev"},
	{"documents that only a configuration speaks of", steps(update+"tree", "*tree; Depends: imagemagick-6-common; Recommends: ghostscript\nimagemagick-6-common\nghostscript"), "/usr/bin/tree", "--no-install-recommends tree"},
	{"fonts of a viewer of documents beside a browser", steps(update+"chromium imagemagick", "*chromium\n*imagemagick; Recommends: ghostscript\nghostscript; Recommends: fonts-droid-fallback\nfonts-droid-fallback"), "/usr/bin/chromium", "--no-install-recommends chromium imagemagick"},

	{"what an installer of Conda does not call", steps(update+"git build-essential", "*git; Recommends: openssh-client, patch, ca-certificates, docs\nopenssh-client\npatch\nca-certificates\ndocs\n*build-essential; Recommends: gnupg\ngnupg", runs("RUN wget -q https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh && bash Miniconda3-latest-Linux-x86_64.sh -b -p /opt/conda")), "/usr/bin/git", "--no-install-recommends git build-essential ca-certificates"},
	{"pip's branch of a repository, which is no login", steps(update+"git", withPager, runs("RUN pip3 install git+https://x.example/a/b.git@exp")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"a login", steps(update+"git", withPager, runs("RUN pip3 install git+ssh://git@x.example/a/b.git")), "/usr/bin/git", "--no-install-recommends git ca-certificates openssh-client"},
	{"what an installer of Conda does not call, by its path", steps(update+"git", "*git; Recommends: openssh-client, patch, ca-certificates\nopenssh-client\npatch\nca-certificates", runs("RUN /tmp/Miniforge3-Linux-x86_64.sh -b")), "/usr/bin/git", "--no-install-recommends git ca-certificates"},
	{"a compiler for what an installer brings", steps(update+"tool", "*tool; Recommends: build-essential, docs\nbuild-essential\ndocs", runs("RUN /tmp/rustup-init.sh -y && cargo build")), "/opt/app", "--no-install-recommends tool build-essential"},
	{"another script beside an installer of Conda", steps(update+"git gcc", "*git; Recommends: openssh-client, patch, docs\nopenssh-client\npatch\ndocs\n*gcc", runs("RUN /tmp/Miniforge3-Linux-x86_64.sh -b && /tmp/more.sh")), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"patch beside configure and make", steps(update+"git", withSSHAndPatch, runs("RUN cd /src && ./configure && make")), "/usr/bin/git", "--no-install-recommends git"},
	{"ssh of a web server's git", steps(update+"git", withSSHAndPatch, runs("RUN git clone https://x.example/a")), "php-fpm", "--no-install-recommends git"},
	{"ssh of an agent's git", steps(update+"git", withSSHAndPatch, runs("RUN git clone https://x.example/a")), "/opt/agent", "--no-install-recommends git openssh-client"},
	{"make beside an installer of Conda", steps(update+"git gcc", "*git; Recommends: openssh-client, patch, docs\nopenssh-client\npatch\ndocs\n*gcc", runs("RUN /tmp/Miniforge3-Linux-x86_64.sh -b && make")), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"another program below a variable", steps(update+"git gcc", "*git; Recommends: patch, docs\npatch\ndocs\n*gcc", runs("RUN $HOME_OF_APP/bin/setup")), "/opt/app", "--no-install-recommends git gcc patch"},
	{"keys for a program that a variable names", steps(update+"build-essential", withEssential, runs("RUN ${PIP} install x")), "/usr/bin/x", "--no-install-recommends build-essential"},
	{"keys that are fetched before, where people work", steps("RUN apt-get update && apt-get install -y software-properties-common && add-apt-repository x && apt-get install -y dpkg-dev vim", "*software-properties-common\n*dpkg-dev; Recommends: gnupg\ngnupg\n*vim"), "bash", "software-properties-common && add-apt-repository x && apt-get install -y --no-install-recommends dpkg-dev vim"},
	{"keys that add-apt-repository needs, though a later install brings them, too", steps("RUN apt-get update && apt-get install -y software-properties-common && add-apt-repository ppa:x && apt-get install -y dpkg-dev vim", "*software-properties-common; Depends: gpg\ngpg; Recommends: gnupg, docs\n*dpkg-dev; Recommends: gnupg\ngnupg\n*vim\ndocs"), "bash", "--no-install-recommends software-properties-common gnupg && add-apt-repository ppa:x && apt-get install -y dpkg-dev vim"},
	{"services that nothing looks up", steps(update+"perl", "*perl; Recommends: netbase, docs\nnetbase\ndocs", runs("COPY x /x")), "/x", "--no-install-recommends perl"},
	{"services of Perl, which knows its ports", steps(update+"cpanminus", "*cpanminus; Recommends: netbase, docs\nnetbase\ndocs", runs("RUN cpanm X")), "/usr/bin/x", "--no-install-recommends cpanminus"},
	{"services that a script of Perl looks up", steps(update+"perl", "*perl; Recommends: netbase, docs\nnetbase\ndocs", runs("RUN perl -e 'print getservbyname(q(http), q(tcp))'")), "/usr/bin/perl", "--no-install-recommends perl netbase"},
	{"what a script may call, of a tool that is named", steps(update+"tool", "*tool; Recommends: file, docs\nfile\ndocs", runs("RUN ./setup.py install")), "/usr/bin/tool", "--no-install-recommends tool file"},
	{"what a script may call, of what a tool brings", steps(update+"tool", "*tool; Depends: library\nlibrary; Recommends: file, docs\nfile\ndocs", runs("RUN ./setup.py install")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"a compiler that a script may call, of what a tool brings", steps(update+"tool", "*tool; Depends: library\nlibrary; Recommends: gcc, docs\ngcc\ndocs", runs("RUN ./setup.py install")), "/usr/bin/tool", "--no-install-recommends tool gcc"},
	{"processes that a build does not look at", steps(update+"tool", "*tool; Recommends: procps, docs\nprocps; Files: usr/bin/ps\ndocs", runs("RUN make -C /src")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"processes of a cluster", steps(update+"tool", "*tool; Recommends: procps, docs\nprocps\ndocs", runs("ENV HADOOP_HOME=/opt/hadoop")), "/usr/bin/tool", "--no-install-recommends tool procps"},
	{"processes that a command looks at", steps(update+"tool", "*tool; Recommends: procps, docs\nprocps\ndocs", runs("RUN procps -e")), "/usr/bin/tool", "--no-install-recommends tool procps"},

	{"a module beside code of the image's own", steps(update+"python3-pandas", withModules, ownPython), "/usr/bin/x", "--no-install-recommends python3-pandas python3-scipy"},
	{"a module for a script that may be run", steps(update+"python3-pandas", withModules, runs("COPY run /opt/", runnable("opt/run", "#!/usr/bin/env python3\n"))), "/usr/bin/x", "--no-install-recommends python3-pandas python3-scipy"},
	{"a module for Python with code that a volume brings", steps(update+"python3-pandas", withModules), "python3", "--no-install-recommends python3-pandas python3-scipy"},
	{"a module for people", steps(update+"python3-pandas", withModules), "bash", "--no-install-recommends python3-pandas python3-scipy"},
	{"a module where nothing is written in Python", steps(update+"python3-pandas", withModules), "/usr/bin/x", "--no-install-recommends python3-pandas"},
	{"a module beside modules of pip alone", steps(update+"python3-pandas", withModules, runs("RUN pip3 install x", imagetest.Text("usr/local/lib/python3.11/dist-packages/x.py", "x"), runnable("usr/local/bin/pip3", "#!/usr/bin/python3\n"))), "/usr/bin/x", "--no-install-recommends python3-pandas"},
	{"a module of an author who lists modules", steps(update+"python3-a python3-b python3-c", strings.ReplaceAll(withModules, "pandas", "c")+"\n*python3-a\n*python3-b", ownPython), "/usr/bin/x", "--no-install-recommends python3-a python3-b python3-c"},
	{"what a listed module loads by itself", steps(update+"python3-a python3-b python3-pandas", withModules+"\n*python3-a\n*python3-b", ownPython), "/usr/bin/x", "--no-install-recommends python3-a python3-b python3-pandas python3-scipy"},
	{"what a listed module highlights code with", steps(update+"python3-a python3-b python3-markdown", "*python3-markdown; Recommends: python3-pygments, docs\npython3-pygments\ndocs\n*python3-a\n*python3-b", ownPython), "/usr/bin/x", "--no-install-recommends python3-a python3-b python3-markdown python3-pygments"},
	{"what a listed module loads by itself, for people", steps(update+"python3-a python3-b python3-pandas", withModules+"\n*python3-a\n*python3-b"), "bash", "--no-install-recommends python3-a python3-b python3-pandas python3-scipy"},
	{"what a listed module loads by itself, where nothing is written in Python", steps(update+"python3-a python3-b python3-pandas", withModules+"\n*python3-a\n*python3-b"), "/usr/bin/x", "--no-install-recommends python3-a python3-b python3-pandas"},
	{"what runs the tests of a module", steps(update+"python3-pandas", strings.ReplaceAll(withModules, "scipy", "pytest"), ownPython), "/usr/bin/x", "--no-install-recommends python3-pandas"},
	{"a module of another language", steps(update+"libwww-perl", "*libwww-perl; Recommends: libmailtools-perl, docs\nlibmailtools-perl\ndocs"), "/usr/bin/x", "--no-install-recommends libwww-perl libmailtools-perl"},
	{"JavaScript of workflows", steps(update+"cwltool", "*cwltool; Recommends: nodejs, docs\nnodejs\ndocs"), "/usr/bin/x", "--no-install-recommends cwltool nodejs"},
	{"JavaScript of something else", steps(update+"tree", "*tree; Recommends: nodejs, docs\nnodejs\ndocs"), "/usr/bin/tree", "--no-install-recommends tree"},
	{"what fortune-mod says", steps(update+"fortune-mod", "*fortune-mod; Recommends: fortunes-min, docs\nfortunes-min\ndocs"), "/usr/bin/x", "--no-install-recommends fortune-mod fortunes-min"},
	{"sayings that something else recommends", steps(update+"tree", "*tree; Recommends: fortunes-min, docs\nfortunes-min\ndocs"), "/usr/bin/tree", "--no-install-recommends tree"},
	{"what the table has of others, and a program asks for of which nothing is known", steps(update+"tool", "*tool; Recommends: nodejs, docs\nnodejs\ndocs"), "/usr/bin/tool", "--no-install-recommends tool nodejs"},
	{"what a program asks for that only draws text, as far as the table knows", steps(update+"rrdtool", "*rrdtool; Recommends: helper, docs\nhelper\ndocs"), "/usr/bin/rrdtool", "--no-install-recommends rrdtool helper"},
	{"biblatex for biber", steps(update+"biber", "*biber; Recommends: texlive-bibtex-extra, docs\ntexlive-bibtex-extra\ndocs"), "/usr/bin/biber", "--no-install-recommends biber texlive-bibtex-extra"},
	{"what configure finds libraries with", steps(update+"libtiff5-dev", "*libtiff5-dev; Recommends: pkg-config, docs\npkg-config\ndocs", runs("RUN ./configure && make")), "/usr/bin/x", "--no-install-recommends libtiff5-dev pkg-config"},
	{"what nothing finds libraries with", steps(update+"libtiff5-dev", "*libtiff5-dev; Recommends: pkg-config, docs\npkg-config\ndocs", runs("RUN gem install x")), "/usr/bin/x", "--no-install-recommends libtiff5-dev"},
	{"senders that spamassassin checks", steps(update+"spamassassin", "*spamassassin; Recommends: libmail-spf-perl, libbsd-resource-perl\nlibmail-spf-perl\nlibbsd-resource-perl"), "/usr/bin/x", "--no-install-recommends spamassassin libmail-spf-perl"},

	{"what a script of an archive calls, beside other downloads", steps(update+"git", withSSHAndPatch, runs("RUN wget -q https://x.example/a.tgz && curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs")), "/usr/bin/git", "--no-install-recommends git"},
	{"another script that is piped", steps(update+"git gcc", withSSHAndPatch+"\n*gcc", runs("RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && curl -sL https://x.example/install | bash -")), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"pip, which is a script, by its path", steps(update+"git", withSSHAndPatch, runs("RUN /usr/local/bin/pip install x", runnable("usr/local/bin/pip", "#!/usr/bin/python3\n"))), "/usr/bin/git", "--no-install-recommends git"},
	{"pip below a variable", steps(update+"git", withSSHAndPatch, runs("RUN /home/$NAME/.venv/bin/pip install x")), "/usr/bin/git", "--no-install-recommends git"},
	{"what pip below a variable compiles with", steps(update+"python3-pip", withPip, runs("RUN \"$VENV/bin/pip\" install x", wheel("linux_x86_64"), extension)), "/usr/bin/python3", "--no-install-recommends python3-pip build-essential python3-dev"},
	{"a program of the container below a variable, behind another", steps(update+"git", withSSHAndPatch, runs("RUN npm install -g x"), runs("CMD git gc && $HOME_OF_AGENT/bin/agent.sh run")), "git gc && $HOME_OF_AGENT/bin/agent.sh run", "--no-install-recommends git openssh-client"},
	{"a script of Python that is nobody's, by its path", steps(update+"git gcc", withSSHAndPatch+"\n*gcc", runs("RUN /usr/local/bin/prepare", runnable("usr/local/bin/prepare", "#!/usr/bin/python3\n"))), "/usr/bin/git", "--no-install-recommends git gcc patch"},
	{"services, not a directory of S6", steps(update+"tool", "*tool; Recommends: netbase, docs\nnetbase\ndocs", runs("COPY run /etc/services.d/tool/run")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"services for the alerts of Snort", steps(update+"tool", "*tool; Recommends: netbase, docs\nnetbase\ndocs", runs("RUN tar xzf snort-2.9.tar.gz")), "/usr/bin/tool", "--no-install-recommends tool netbase"},
	{"the link of an alternative", steps(update+"tool", "*tool; Recommends: gcc, docs\ngcc\ndocs", runs("RUN update-alternatives --install /usr/bin/gcc gcc /usr/bin/gcc-8 60")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"a compiler that is named where an alternative is not", steps(update+"tool", "*tool; Recommends: gcc, docs\ngcc\ndocs", runs("RUN ln -s /usr/bin/gcc /usr/bin/cc")), "/usr/bin/tool", "--no-install-recommends tool gcc"},
	{"what unoconv converts with", steps(update+"unoconv", "*unoconv; Recommends: libreoffice-writer, docs\nlibreoffice-writer\ndocs"), "/usr/bin/unoconv", "--no-install-recommends unoconv libreoffice-writer"},
	{"the fonts of a name for several", steps(update+"fonts-noto", "*fonts-noto; Recommends: fonts-noto-cjk, docs\nfonts-noto-cjk\ndocs"), "/usr/bin/x", "--no-install-recommends fonts-noto fonts-noto-cjk"},
	{"the database of what only came along", steps(update+"libgeoip-dev", "*libgeoip-dev; Depends: geoip-bin\ngeoip-bin; Recommends: geoip-database, docs\ngeoip-database\ndocs", runs("RUN make")), "/usr/bin/x", "--no-install-recommends libgeoip-dev"},
	{"modules of Samba for a client", steps(update+"winbind", "*winbind; Depends: samba-common-bin\nsamba-common-bin; Recommends: samba-dsdb-modules, docs\nsamba-dsdb-modules\ndocs"), "/usr/bin/x", "--no-install-recommends winbind"},
	{"pkg-config that headers of headers recommend, for a configure script", steps(update+"liblua5.1-dev", "*liblua5.1-dev; Depends: liblua5.1-0-dev\nliblua5.1-0-dev; Recommends: pkg-config, docs\npkg-config\ndocs", runs("RUN cd a && ./configure --prefix=/usr && make && make install-full")), "/usr/bin/a", "--no-install-recommends liblua5.1-dev pkg-config"},
	{"locales that are reconfigured", steps(update+"mutt && dpkg-reconfigure locales", "*mutt; Recommends: locales, docs\nlocales\ndocs"), "/usr/bin/mutt", "--no-install-recommends mutt locales && dpkg-reconfigure locales"},
	{"zones that are reconfigured", steps(update+"mutt && dpkg-reconfigure tzdata", "*mutt; Recommends: locales, docs\nlocales\ndocs"), "/usr/bin/mutt", "--no-install-recommends mutt && dpkg-reconfigure tzdata"},
	{"a mail server that a later install of the RUN names, too", steps(update+"zones && echo x > /etc/timezone && dpkg-reconfigure zones && apt-get install -y mutt postfix", "*zones; Recommends: docs\n*mutt; Recommends: default-mta, manual\n*postfix\ndocs\nmanual"), "/usr/bin/mutt", "--no-install-recommends zones && echo x > /etc/timezone && dpkg-reconfigure zones && apt-get install -y --no-install-recommends mutt postfix"},
	{"an install that would ask", steps("RUN apt-get update && apt-get install zones && apt-get install -y manual", "*zones; Recommends: less, docs\nless\ndocs\n*manual"), "less", ""},
	{"the database of what looks addresses up", steps(update+"geoip-bin", "*geoip-bin; Depends: libgeoip1\nlibgeoip1; Recommends: geoip-database, docs\ngeoip-database\ndocs"), "/usr/bin/x", "--no-install-recommends geoip-bin geoip-database"},
	{"Fortran of a library beside which MPI came", steps(update+"g++ libboost-all-dev", strings.ReplaceAll(withMPI, "libscalapack-mpi-dev", "libboost-all-dev")), "bash", "--no-install-recommends g++ libboost-all-dev"},
	{"libraries of a browser that Playwright fetches", steps(update+"tool", "*tool; Recommends: libxtst6, libyuv0\nlibxtst6\nlibyuv0", runs("RUN npx playwright install firefox")), "/usr/bin/tool", "--no-install-recommends tool libxtst6"},
	{"libraries of a browser that Playwright installs", steps(update+"tool", "*tool; Recommends: libxtst6, libyuv0\nlibxtst6\nlibyuv0", runs("RUN npx playwright install firefox && npx playwright install-deps")), "/usr/bin/tool", "--no-install-recommends tool"},
	{"formulas of what unoconv converts", steps(update+"unoconv", "*unoconv; Recommends: libreoffice-writer, docs\nlibreoffice-writer; Recommends: libreoffice-math\nlibreoffice-math\ndocs"), "/usr/bin/unoconv", "--no-install-recommends unoconv libreoffice-math libreoffice-writer"},
	{"elements of a pipeline, without a screen", steps(update+"gstreamer1.0-tools", withElements), "/usr/bin/gst-launch-1.0 udpsrc ! srtsink", "--no-install-recommends gstreamer1.0-tools gstreamer1.0-x"},
	{"elements that draw on a screen", steps(update+"gstreamer1.0-tools", withElements, runs("ENV DISPLAY=:0")), "/usr/bin/gst-launch-1.0 udpsrc ! ximagesink", "--no-install-recommends gstreamer1.0-tools gstreamer1.0-gl gstreamer1.0-x"},
	{"services that a configuration names", steps(update+"tool", "*tool; Recommends: netbase, docs\nnetbase\ndocs", runs("RUN echo a >> /etc/services")), "/usr/bin/tool", "--no-install-recommends tool netbase"},
	{"xxd of an editor, for make", steps(update+"vim", "*vim; Depends: vim-common\nvim-common; Recommends: xxd, docs\nxxd\ndocs", runs("RUN make -C /src")), "/usr/bin/x", "--no-install-recommends vim"},
	{"xxd of an editor, for a command", steps(update+"vim", "*vim; Depends: vim-common\nvim-common; Recommends: xxd, docs\nxxd\ndocs", runs("RUN xxd -i a > b")), "/usr/bin/x", "--no-install-recommends vim xxd"},
	{"libtool for a release", steps(update+"tool", "*tool; Recommends: libtool, docs\nlibtool\ndocs", runs("RUN cd /a && ./configure && make")), "/usr/bin/x", "--no-install-recommends tool"},
	{"libtool for a checkout", steps(update+"tool", "*tool; Recommends: libtool, docs\nlibtool\ndocs", runs("RUN cd /a && ./bootstrap && ./configure && make")), "/usr/bin/x", "--no-install-recommends tool libtool"},
	{"ssh by the name that it had", steps(update+"git ssh-client", withGit+"\n*docs"), "bash", "--no-install-recommends git ssh-client ca-certificates"},
	{"OpenType fonts that TeX Gyre recommends", steps(update+"texlive texlive-xetex", "*texlive; Recommends: tex-gyre\ntex-gyre; Recommends: fonts-texgyre, docs\nfonts-texgyre\ndocs\n*texlive-xetex"), "/usr/bin/texlive", "--no-install-recommends texlive texlive-xetex tex-gyre fonts-texgyre"},
	{"the driver that Vulkan needs", steps(update+"vulkan-tools", "*vulkan-tools; Depends: libvulkan1\nlibvulkan1; Recommends: mesa-vulkan-drivers, docs\nmesa-vulkan-drivers\ndocs"), "/usr/bin/start", "--no-install-recommends vulkan-tools mesa-vulkan-drivers"},
	{"the modules of an input method", steps(update+"ibus firefox-esr", "*ibus; Recommends: ibus-gtk3, docs\nibus-gtk3\ndocs\n*firefox-esr"), "/usr/bin/firefox", "--no-install-recommends ibus firefox-esr ibus-gtk3"},
	{"headers beside a compiler and a pip that no RUN calls", steps(update+"build-essential python3-pip", "*build-essential\n*python3-pip; Recommends: build-essential, python3-dev, docs\npython3-dev\ndocs"), "/usr/bin/start", "--no-install-recommends build-essential python3-pip python3-dev"},
	{"the symbols that valgrind needs", steps(update+"valgrind", "*valgrind; Recommends: libc6-dbg, gdb\nlibc6-dbg\ngdb"), "/usr/bin/valgrind", "--no-install-recommends valgrind libc6-dbg"},
	{"the clipboard of an editor, for people", steps(update+"neovim", "*neovim; Recommends: xclip, python3-pynvim, docs\nxclip\npython3-pynvim\ndocs"), "bash", "--no-install-recommends neovim python3-pynvim xclip"},
	{"the clipboard of an editor in a service", steps(update+"neovim nginx", "*neovim; Recommends: xclip, docs\n*nginx\nxclip\ndocs"), "/usr/bin/nginx", "--no-install-recommends neovim nginx"},

	{"names above a heading among the names", steps(update+"\\\n    wget \\\n    # for builds\n    git \\\n    cmake", withGit+"\n*wget\n*cmake", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends \\\n    wget \\\n    ca-certificates \\\n    # for builds\n    git \\\n    cmake"},
	{"names above a heading of all names", steps(update+"\\\n    # for builds\n    git \\\n    cmake", withGit+"\n*cmake", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends ca-certificates \\\n    # for builds\n    git \\\n    cmake"},
	{"names without a heading", steps(update+"\\\n    git \\\n    cmake && \\\n    # done\n    true", withGit+"\n*cmake", runs("RUN git clone https://example.org/x")), "/usr/bin/git", "--no-install-recommends \\\n    git \\\n    cmake \\\n    ca-certificates && \\\n    # done\n    true"},

	{"what a compiler that goes again has brought", func(t *testing.T) []rulestest.Step {
		return append([]rulestest.Step{runs("ENV TOOLS=build-essential")}, steps(update+"$TOOLS xz && ./configure && apt-get purge -y $TOOLS", "*xz; Recommends: docs\nmake\nbzip2\ndocs")(t)...)
	}, "/usr/bin/xz", "--no-install-recommends $TOOLS xz && ./configure && apt-get purge -y $TOOLS"},
}
