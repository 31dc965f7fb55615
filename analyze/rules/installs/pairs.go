package installs

import (
	"slices"
	"strings"
)

// pair says which recommended packages a package does not do its job without.
type pair struct {
	of   string // patterns of packages, with blanks between; "" is any image
	keep string // patterns of recommended packages that stay, likewise
	// calls are programs: where of was not named in the install but came with another
	// package, one of them must be called.
	calls string
	// brought: only what one of them brings, by whatever way, stays.
	brought bool
	// offered: only what a package that stays recommends by itself.
	offered bool
	// when returns why the packages stay, "" where they do not. Nil: always.
	when func(*facts) string
	// why is the sentence where nothing that the Dockerfile says is the reason.
	why    string
	source string // page that says so
}

const compilers = "gcc cc g++ c++ cpp gfortran clang clang++ *-gcc *-g++ make cmake meson ninja cargo rustc go dpkg-buildpackage debuild"

// drawers are programs and libraries that draw text in whichever fonts are there.
const drawers = `chromium chromium-* google-chrome* microsoft-edge* firefox* wkhtmltopdf wkhtmltox libreoffice* unoconv imagemagick* libmagick* graphicsmagick* graphviz libgraphviz* librsvg2-bin
	weasyprint inkscape ghostscript gnuplot* rrdtool python3-matplotlib libpango-* phantomjs`

// metricFonts have the metrics of fonts that documents ask for, or are what stands in for others.
const metricFonts = "fonts-liberation* fonts-crosextra-* fonts-dejavu-core fonts-dejavu-mono"

// pairs follow the Recommends of Debian 11 to 13 and Ubuntu 20.04 to 24.04
// (packages.debian.org, packages.ubuntu.com), in some rows those of older ones, and the pages
// that each names.
var pairs = []pair{
	{of: "gcc gcc-[0-9]* g++ g++-[0-9]* gfortran gfortran-[0-9]* clang clang-[0-9]* gobjc* gdc* tcc libgcc-*-dev", keep: "libc6-dev libc-dev libstdc++-[0-9]*-dev binutils", calls: compilers,
		why: "it compiles nothing without the C library's headers", source: "https://packages.debian.org/bookworm/gcc-12"},
	{of: "clang clang-[0-9]* libclang-common-*-dev", keep: "libclang-rt-*-dev", calls: "clang clang++", when: instruments, source: "https://clang.llvm.org/docs/AddressSanitizer.html"},
	{of: "cmake", keep: "make", calls: "cmake", when: cmakeMakes, why: "it writes Makefiles", source: "https://cmake.org/cmake/help/latest/manual/cmake-generators.7.html"},
	{of: "cmake meson autoconf libtool", keep: "gcc g++", calls: "cmake meson autoreconf", when: noCompiler, source: "https://packages.debian.org/bookworm/cmake"},
	{of: "autoconf", keep: "automake", calls: "autoconf autoreconf", when: (*facts).bootstraps, source: "https://www.gnu.org/software/automake/manual/"},
	{of: "flex", keep: "libfl-dev", calls: "flex", why: "scanners in C++ include its FlexLexer.h", source: "https://packages.debian.org/bookworm/flex"},
	{of: "bison", keep: "libbison-dev", calls: compilers + " bison configure", why: "parsers are linked with its liby", source: "https://packages.debian.org/bookworm/bison"},
	{of: "golang golang-[0-9]* golang-go golang-[0-9]*-go gccgo*", keep: "gcc g++ libc6-dev pkg-config pkgconf", calls: "go", when: (*facts).cgo, source: "https://pkg.go.dev/cmd/cgo"},
	{of: "rustc rustc-[0-9]* cargo cargo-[0-9]*", keep: "gcc libc6-dev", calls: "cargo rustc", why: "it links with the C compiler", source: "https://doc.rust-lang.org/rustc/codegen-options/index.html#linker"},
	{of: "ghc ocaml* fpc nim gnat*", keep: "gcc libc6-dev", why: "it links with the C compiler", source: "https://packages.debian.org/bookworm/ghc"},
	{of: "*-dev", keep: "pkg-config pkgconf", when: configures, source: "pkg-config(1)"},
	{of: "dpkg-dev devscripts debhelper", keep: "build-essential fakeroot gcc g++ make", calls: "dpkg-buildpackage debuild fakeroot dh", when: packs, source: "dpkg-buildpackage(1)"},

	{of: "devscripts", keep: "lintian", when: checksPackages, source: "debuild(1)"},
	{of: "python3-pip python-pip pipx python3-setuptools python3-dev python3-venv", keep: "build-essential python3-dev python-dev python3-all-dev gcc g++", calls: "pip* python* poetry pipx", when: (*facts).wheels,
		source: "https://packaging.python.org/en/latest/discussions/package-formats/"},
	{of: "python3-pip python-pip", keep: "python3-setuptools python-setuptools python3-wheel python-wheel", calls: "pip* python*", why: "pip builds with it what has no wheel", source: "https://packages.ubuntu.com/bionic/python-pip"},
	{of: "python3-pip python3-dev python3-venv", keep: "libpython3-dev", calls: "pip* python* poetry pipx", when: wheelsWithoutHeaders, source: "https://packages.debian.org/bookworm/libpython3-dev"},
	{of: "python-minimal python[23]-minimal python[23].*-minimal", keep: "python python[23] python[23].[0-9] python[23].[0-9][0-9] libpython*-stdlib", calls: "python*", when: (*facts).standardLibrary, source: "https://packages.debian.org/bookworm/python3.11-minimal"},
	{of: "npm node-gyp nodejs", keep: "build-essential python3 gcc g++ make", calls: "npm npx node-gyp yarn pnpm", when: (*facts).addons, source: "https://github.com/nodejs/node-gyp#on-unix"},
	{of: "npm", keep: "git", calls: "npm", when: (*facts).gitDependencies, source: "https://docs.npmjs.com/cli/commands/npm-install"},
	{of: "ruby ruby[0-9]* ruby-full ruby-dev bundler ruby-bundler rubygems", keep: "build-essential ruby-dev ruby[0-9]*-dev gcc g++ make", calls: "gem bundle bundler", when: (*facts).extensions, source: "https://guides.rubygems.org/gems-with-extensions/"},
	{of: "r-base-core r-base", keep: "make", calls: "R Rscript r", why: "R calls it for every package with sources", source: "https://cran.r-project.org/doc/manuals/R-admin.html#Essential-and-useful-other-programs-under-a-Unix_002dalike"},
	{of: "r-base-core r-base", keep: "r-base-dev build-essential gfortran gcc g++", calls: "R Rscript r", when: (*facts).sources, source: "https://cran.r-project.org/doc/manuals/R-admin.html#Installing-packages"},
	{of: "r-base-core r-base", keep: "r-recommended r-cran-*", calls: "R Rscript r", why: "they are part of every usual R", source: "https://cran.r-project.org/doc/FAQ/R-FAQ.html#R-Add_002dOn-Packages"},
	{of: "libopenmpi-dev libmpich-dev mpi-default-dev", keep: "gfortran gcc g++", when: fortranMPI, source: "https://docs.open-mpi.org/en/main/building-apps/index.html"},
	{of: "mpich", keep: "libmpich-dev gcc g++", when: compilesMPI, source: "https://packages.debian.org/bookworm/mpich"},
	{of: "python3-vcstools python-vcstools python3-vcstool python3-wstool python-wstool python3-rosinstall python-rosinstall", keep: "git", why: "it fetches sources with git", source: "https://packages.debian.org/bookworm/python3-vcstools"},
	{of: "qtbase5-dev qt6-base-dev", keep: "libqt5svg5 qtwayland5 qt6-qpa-plugins qt6-wayland qttranslations5-l10n", when: bundlesQt, source: "https://docs.appimage.org/packaging-guide/from-source/linuxdeploy-user-guide.html"},
	{of: "perl cpanminus", keep: "build-essential gcc make libc6-dev", calls: "cpan cpanm", when: (*facts).perlModules, source: "https://metacpan.org/pod/App::cpanminus"},
	{of: "php*-dev php-pear phpize", keep: "build-essential gcc g++ make autoconf php-pear", calls: "pecl phpize", when: peclCompiles, source: "https://www.php.net/manual/en/install.pecl.phpize.php"},
	{keep: "unzip", when: (*facts).composer, source: "https://getcomposer.org/doc/00-intro.md#system-requirements"},
	{of: "composer", keep: "unzip git 7zip p7zip-full", calls: "composer", why: "it fetches and unpacks packages with them", source: "https://getcomposer.org/doc/00-intro.md#system-requirements"},

	{keep: handTools, offered: true, when: (*facts).atWork, source: "https://containers.dev/implementors/spec/"},
	{of: "valgrind", keep: "libc6-dbg", why: "it does not start without the symbols of the C library", source: "https://valgrind.org/docs/manual/faq.html#faq.crashes"},
	{of: "gdb", keep: "libc6-dbg", calls: "gdb", when: debugs, source: "https://packages.debian.org/bookworm/gdb"},
	{of: "neovim", keep: "python3-pynvim python3-neovim xclip xsel", when: (*facts).atWork, source: "https://neovim.io/doc/user/provider.html"},
	{keep: "less man-db openssh-client", offered: true, when: (*facts).desks, source: "https://git-scm.com/docs/git-config#Documentation/git-config.txt-corepager"},
	{keep: "ca-certificates", when: (*facts).tls, source: "https://packages.debian.org/bookworm/ca-certificates"},
	{keep: "procps", when: clusters, source: "https://github.com/apache/hadoop/blob/trunk/hadoop-common-project/hadoop-common/src/main/bin/hadoop-functions.sh"},
	{keep: "netbase", when: services, source: "https://packages.debian.org/bookworm/netbase"},
	{keep: "tzdata", why: "programs look up time zones in it", when: (*facts).zones, source: "https://packages.debian.org/bookworm/tzdata"},
	{keep: "locales", when: (*facts).locale, source: "locale-gen(8)"},
	{of: "git git-core mercurial subversion rsync", keep: "openssh-client", calls: "git rsync", when: (*facts).ssh, source: "https://git-scm.com/docs/git#_environment_variables"},
	{of: "git", keep: "patch", when: (*facts).patches, source: "patch(1)"},
	{of: "gpg gnupg gnupg2 apt software-properties-common", keep: "dirmngr", calls: "gpg apt-key add-apt-repository", when: (*facts).keyServer, source: "dirmngr(8)"},
	{of: "gpg", keep: "gpg-agent", calls: "gpg gpg2", when: agentKeys, source: "gpg-agent(1)"},
	{of: "gnupg gnupg2 software-properties-common", keep: "gnupg gpg gpg-agent", calls: "gpg gpg2 apt-key add-apt-repository", when: (*facts).keys, source: "gpg-agent(1)"},
	{keep: "gnupg gpg", calls: "apt-key add-apt-repository debsign dpkg-sig", when: handlesKeys, source: "https://manpages.debian.org/bookworm/apt/apt-key.8.en.html"},
	{keep: "xz-utils", when: (*facts).xz, source: "tar(1)"},
	{keep: "bzip2", when: (*facts).bzip2, source: "tar(1)"},
	{keep: "unzip", when: (*facts).unzips, source: "unzip(1)"},
	{keep: "zstd", when: (*facts).zstd, source: "tar(1)"},
	{of: "postfix exim4-* sendmail-bin opensmtpd nullmailer msmtp msmtp-mta ssmtp dovecot-core fetchmail getmail6 isync mutt", keep: "ca-certificates", why: "it verifies other servers with them", source: "https://www.postfix.org/TLS_README.html"},
	{of: "mailutils bsd-mailx heirloom-mailx s-nail mutt nmh", keep: "default-mta exim4* postfix sendmail-bin msmtp-mta", calls: "mail mailx mutt", why: "it sends mail through it", source: "https://packages.debian.org/bookworm/mailutils"},
	{keep: "libsasl2-modules", when: (*facts).sasl, source: "https://www.postfix.org/SASL_README.html"},
	{keep: "libldap-common", when: (*facts).ldap, source: "https://packages.debian.org/bookworm/libldap-common"},
	{of: "puppet puppet-common puppet-agent facter", keep: "lsb-release", why: "facter asks it which release this is", source: "https://www.puppet.com/docs/puppet/7/core_facts.html"},
	{keep: "ssl-cert", when: (*facts).snakeOil, source: "make-ssl-cert(8)"},

	{of: "texlive* latexmk context", keep: "texlive* lmodern tex-gyre cm-super* preview-latex-style", why: "documents use its fonts and packages", source: "https://www.tug.org/texlive/debian.html"},
	{of: "texlive* context tex-gyre lmodern", keep: "fonts-lmodern fonts-texgyre* fonts-texgyre-math", when: openType, source: "https://ctan.org/pkg/fontspec"},
	{of: "texlive-fonts-extra", keep: "fonts-*", offered: true, when: openType, source: "https://packages.debian.org/bookworm/texlive-fonts-extra"},
	{of: "biber", keep: "texlive-bibtex-extra", why: "it serves biblatex, which is in there", source: "https://packages.debian.org/bookworm/biber"},
	{of: "texlive*", keep: "tipa", when: phonetics, source: "https://ctan.org/pkg/tipa"},
	{of: "gladtex python3-gleetex", keep: "dvipng", why: "it draws formulas with dvipng", source: "https://packages.debian.org/bookworm/gladtex"},
	{of: "texlive-lang-cjk texlive-lang-japanese texlive-lang-chinese texlive-lang-korean", keep: "latex-cjk-* ghostscript", why: "Chinese, Japanese and Korean documents need CJK.sty, and their drivers draw figures with Ghostscript", source: "https://ctan.org/pkg/cjk"},
	{of: "texlive-extra-utils", keep: "libyaml-tiny-perl libfile-homedir-perl liblog-log4perl-perl libunicode-linebreak-perl", when: latexindent, source: "https://packages.debian.org/bookworm/texlive-extra-utils"},
	{of: "texlive-font-utils texlive-pstricks dvisvgm", keep: "ghostscript ps2eps", why: "it takes Ghostscript and ps2eps to turn figures into PDF and PostScript", source: "https://tug.org/epstopdf/"},
	{of: "unoconv unoserver", keep: "libreoffice-writer* libreoffice-calc* libreoffice-draw* libreoffice-impress* libreoffice-math*", why: "LibreOffice's programs convert for it", source: "https://packages.debian.org/bookworm/unoconv"},
	{of: "libreoffice libreoffice-base", keep: "default-jre libreoffice-java-common libreoffice-sdbc-*", why: "databases are opened with them", source: "https://packages.debian.org/bookworm/libreoffice-base"},
	{of: "fonts-noto fonts-recommended", keep: "fonts-*", offered: true, why: "it is a name for all of these fonts", source: "https://packages.debian.org/bookworm/fonts-noto"},
	{of: "geoip-bin", keep: "geoip-database*", when: looksAddressesUp, source: "https://packages.debian.org/bookworm/libgeoip1"},
	{of: "chromium chromium-browser firefox* wkhtmltopdf libreoffice* weasyprint inkscape", keep: "fonts-*", brought: true, why: "it draws text with these fonts", source: "https://wiki.debian.org/Fonts"},
	{of: "openjdk-[78]-jre openjdk-[78]-jdk", keep: "libatk-wrapper-java-jni", when: drawsWithJava, source: "https://github.com/docker-library/openjdk/issues/189"},
	{of: "*-jre *-jdk", keep: "fonts-liberation* fonts-crosextra-* fonts-dejavu-core", why: "without fonts of these metrics, text would look different", source: "https://packages.debian.org/bookworm/openjdk-17-jre"},
	{of: drawers, keep: metricFonts, why: "without fonts of these metrics, text would look different", source: "https://wiki.debian.org/SubstitutingCalibriAndCambriaFonts"},
	{keep: `libasound2* libatk-bridge2.0-0* libatk1.0-0* libatspi2.0-0* libcairo-gobject2 libcups2* libdbus-1-3 libdbus-glib-1-2 libdrm2 libgbm1 libgtk-3-0* libnspr4 libnss3 libpango-1.0-0 libpangocairo-1.0-0
		libx11-6 libx11-xcb1 libxcb-shm0 libxcb1 libxcomposite1 libxcursor1 libxdamage1 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrandr2 libxrender1 libxt6* libxtst6`, when: browsers, source: "https://github.com/microsoft/playwright/blob/main/packages/playwright-core/src/server/registry/nativeDeps.ts"},
	{of: "chromium", keep: "chromium-sandbox", when: (*facts).sandbox, source: "https://packages.debian.org/bookworm/chromium-sandbox"},
	{of: "imagemagick imagemagick-[0-9].q* php*-imagick ruby-rmagick python*-wand libmagickwand-dev libmagick++-dev", keep: "libmagickcore-*-extra", why: "it reads SVG and more formats with them", source: "https://imagemagick.org/script/formats.php"},
	{of: "imagemagick imagemagick-[0-9].q* php*-imagick ruby-rmagick python*-wand libmagickwand-dev libmagick++-dev", keep: "ghostscript", when: postScript, source: "https://imagemagick.org/script/security-policy.php"},
	{of: "inkscape", keep: "python3-lxml python3-numpy python3-scour python3-cssselect python3-tinycss2", calls: "inkscape", why: "its extensions import them", source: "https://packages.debian.org/bookworm/inkscape"},
	{of: "aspell libaspell* ispell hunspell libhunspell* nuspell libnuspell* enchant enchant-2 libenchant* libhyphen* libmythes* python3-enchant cracklib-runtime python3-hunspell php*-pspell php*-enchant libtext-aspell-perl libreoffice*",
		keep: "aspell-* i*american* i*british* w*american* w*british* hunspell-* myspell-* hyphen-* mythes-*", why: "it knows no word without a dictionary", source: "http://aspell.net/man-html/Installing.html"},
	{of: "libpoppler*", keep: "poppler-data", when: (*facts).pdf, source: "https://poppler.freedesktop.org/"},
	{of: "libgs*-common", keep: "fonts-droid-fallback", when: namesGhostscript, source: "https://packages.debian.org/bookworm/libgs10-common"},
	{of: "protobuf-compiler", keep: "libprotobuf-dev", why: "the descriptions that others import, google/protobuf/*.proto, are in it", source: "https://packages.debian.org/bookworm/protobuf-compiler"},
	{of: "poppler-utils", keep: "poppler-data", calls: "pdftotext pdftoppm pdftocairo", why: "Chinese, Japanese and Korean text needs it", source: "https://poppler.freedesktop.org/"},
	{of: "ffmpeg " + videoLibraries, keep: "va-driver-all vdpau-driver-all *-va-driver* mesa-va-drivers mesa-vdpau-drivers mesa-vulkan-drivers", when: (*facts).videoHardware, source: "https://trac.ffmpeg.org/wiki/HWAccelIntro"},
	{of: "libgl1-mesa-glx libegl1-mesa", keep: "libgl1-mesa-dri", why: "it draws nothing without a driver", source: "https://packages.ubuntu.com/xenial/libgl1-mesa-glx"},
	{of: "vulkan-tools libvulkan-dev", keep: "mesa-vulkan-drivers", calls: "vulkaninfo vkcube vkcube-wayland", why: "it finds no device without a driver", source: "https://packages.debian.org/bookworm/libvulkan1"},
	{of: "ibus ibus-*", keep: "ibus-gtk ibus-gtk3 ibus-gtk4 ibus-qt*", why: "programs take its input through their toolkit's module", source: "https://packages.debian.org/bookworm/ibus"},
	{of: "fcitx fcitx5 fcitx-* fcitx5-*", keep: "fcitx-frontend-* fcitx5-frontend-* fcitx-ui-* fcitx5-module-*", why: "programs take its input through their toolkit's module", source: "https://packages.debian.org/bookworm/fcitx5"},
	{of: "xvfb xinit", keep: "xauth", why: "xvfb-run calls it", source: "xvfb-run(1)"},
	{of: "x11vnc", keep: "x11-utils xauth", when: looksForDisplays, source: "x11vnc(1), -findauth"},
	{of: "tigervnc* tightvncserver", keep: "xauth x11-utils x11-xserver-utils xfonts-base tigervnc-tools tigervnc-common", why: "its start script calls it", source: "vncserver(1)"},
	{of: "xinit", keep: "xserver-xorg", when: startsX, source: "startx(1)"},
	{of: "libnss-mdns", keep: "avahi-daemon", why: "it asks that daemon", source: "https://packages.debian.org/bookworm/libnss-mdns"},
	{of: "libnss-sss libpam-sss", keep: "sssd sssd-common", why: "it asks that daemon", source: "https://packages.debian.org/bookworm/libnss-sss"},
	{of: "apache2-bin", keep: "apache2", when: runsApache, source: "https://packages.debian.org/bookworm/apache2"},
	{keep: "apache2 lighttpd nginx nginx-light", offered: true, when: servesPages, source: "https://packages.debian.org/bookworm/nagios4-cgi"},
	{of: "postgis", keep: "postgresql-postgis* postgresql-[0-9]*-postgis-*", when: hasServer, source: "https://packages.debian.org/bookworm/postgis"},
	{of: "samba samba-ad-*", keep: "samba-vfs-modules samba-dsdb-modules samba-ad-provision attr", why: "smb.conf names its modules", source: "https://wiki.samba.org/"},
	{of: "samba", keep: "python3-markdown", calls: "samba-tool", why: "samba-tool reads the schema with it", source: "https://packages.debian.org/bookworm/samba"},
	{of: "fail2ban wireguard-tools wireguard docker.io docker-ce ufw", keep: "iptables nftables", why: "it sets firewall rules with it", source: "https://packages.debian.org/bookworm/fail2ban"},
	{of: "docker-compose docker-compose-v2", keep: "docker.io docker-cli docker-ce-cli", why: "it talks to the engine through it, and scripts call docker beside it", source: "https://packages.debian.org/bookworm/docker-compose"},
	{of: "docker.io docker-ce docker-ce-cli", keep: "ca-certificates git apparmor iptables nftables pigz cgroupfs-mount xz-utils docker-buildx docker-compose docker-cli docker-buildx-plugin docker-compose-plugin docker-ce-rootless-extras", calls: "docker dockerd", why: "it is part of the engine, or the engine calls it", source: "https://packages.debian.org/bookworm/docker.io"},
	{of: "lxc lxc-[0-9]* lxd", keep: "apparmor", why: "it confines containers with it", source: "https://linuxcontainers.org/lxc/security/"},
	{keep: "apparmor iptables nftables pigz git xz-utils", when: (*facts).dockerScript, source: "https://get.docker.com"},
	{of: "containerd containerd.io nerdctl podman podman-docker buildah skopeo cri-o* umoci", keep: "ca-certificates", why: "it needs certificates to pull images", source: "https://packages.debian.org/bookworm/podman"},
	{of: "containerd containerd.io nerdctl podman podman-docker buildah cri-o*", keep: "apparmor iptables nftables containernetworking-plugins golang-github-containernetworking-plugin-dnsname netavark aardvark-dns", why: "it needs this to confine and connect containers", source: "https://packages.debian.org/bookworm/golang-github-containers-common"},
	{of: "podman podman-docker buildah rootlesskit docker-ce-rootless-extras", keep: "git crun runc catatonit tini dumb-init fuse-overlayfs slirp4netns passt uidmap", why: "it needs this to build images and start containers", source: "https://github.com/containers/podman/blob/main/docs/tutorials/rootless_tutorial.md"},
	{of: "strongswan* libcharon* charon-*", keep: "libstrongswan-standard-plugins libcharon-extra-plugins libcharon-extauth-plugins strongswan-*", why: "its ciphers are plugins", source: "https://docs.strongswan.org/docs/latest/plugins/plugins.html"},
	{of: "qemu-system-x86", keep: "seabios ovmf", why: "virtual machines boot with it", source: "https://packages.debian.org/bookworm/qemu-system-x86"},
	{of: "libibverbs1 librdmacm1 librdmacm1t64 rdma-core ibverbs-utils", keep: "ibverbs-providers", when: talksToDevices, source: "https://packages.debian.org/bookworm/libibverbs1"},
	{of: "qemu-utils", keep: "qemu-block-extra", when: readsRemoteImages, source: "https://packages.debian.org/bookworm/qemu-utils"},
	{of: "libvirt-daemon-system libvirt-daemon libvirt-clients virtinst", keep: "dnsmasq-base iproute2 dmidecode qemu-utils netcat-openbsd mdevctl lvm2 parted", why: "its networks and disks need it", source: "https://packages.debian.org/bookworm/libvirt-daemon-system"},
	{of: "qemu-system-*", keep: "ipxe-qemu qemu-utils", why: "virtual machines boot with it", source: "https://packages.debian.org/bookworm/qemu-system-x86"},
	{of: "qemu-system-*", keep: "qemu-efi-*", when: bootsMachines, source: "https://packages.debian.org/bookworm/qemu-system-arm"},
	{of: "ant", keep: "ant-optional", calls: "ant", why: "tasks such as junit are in it", source: "https://ant.apache.org/manual/install.html#optionalTasks"},
	{of: "ansible ansible-core", keep: "python3-jmespath python3-netaddr python3-winrm python3-passlib openssh-client sshpass", why: "modules and filters import it", source: "https://docs.ansible.com/ansible/latest/collections/community/general/json_query_filter.html"},
	{of: "fortune-mod", keep: "fortunes-* fortunes fortune-cookie-db", why: "it has nothing to say without them", source: "https://packages.debian.org/bookworm/fortune-mod"},
	{of: "spamassassin", keep: "libmail-spf-perl libmail-dmarc-perl libmail-dkim-perl gnupg gpg", why: "its plugins check senders with it, and sa-update checks rules with it", source: "https://spamassassin.apache.org/full/4.0.x/doc/INSTALL"},
	{of: "cwltool cwl-utils python3-cwl-utils", keep: "nodejs", why: "it runs the JavaScript of workflows with Node.js", source: "https://www.commonwl.org/v1.2/CommandLineTool.html#InlineJavascriptRequirement"},
	{of: "awscli", keep: "groff groff-base less", calls: "aws", when: (*facts).people, source: "https://packages.debian.org/bookworm/awscli"},
}

// buildTools are the packages whose programs the build scripts of people call.
const buildTools = `build-essential gcc g++ gfortran make libc6-dev cmake ninja-build pkg-config pkgconf autoconf automake libtool m4 bison flex patch git
	xz-utils bzip2 zstd xxd file gnupg gpg curl wget rsync python3 perl gettext gettext-base cargo bc jq python3-dev ruby-dev r-base-dev`

// desktops are packages that are made of what they recommend.
const desktops = "task-* *-desktop *-desktop-* xfce4 lxde lxqt mate-desktop* lxde-core lxqt-core kde-* gnome gnome-core gnome-session cinnamon* plasma-* kali-* ubuntu-desktop* ubuntu-server*"

// everything are packages that people install so that nothing is missing.
const everything = "texlive-full phpmyadmin wine wine32 wine64 wine1.* winehq-* wine-stable wine-staging wine-devel playonlinux"

// matchesAny reports whether a name matches one of the patterns in a text.
func matchesAny(patterns, name string) bool {
	for p := range strings.FieldsSeq(patterns) {
		if matches(p, name) {
			return true
		}
	}
	return false
}

// videoLibraries are what programs of one's own reach video hardware through; who names them wants that.
const videoLibraries = "libva2 libva-drm2 libmfx1 libmfx-gen* libvpl2 vainfo"

// alternatives are packages that count as needed only because something needs one of several:
// without recommended packages apt takes the first of those, which may be another.
var alternatives = []struct {
	pair
	among string // patterns of the several
}{
	{pair{of: drawers, keep: "fonts-liberation* fonts-crosextra-*", why: "without its metrics text would look different"}, "fonts-*"},
	{pair{of: "libopenmpi-dev", keep: "gfortran", when: fortranMPI, why: "its wrappers call it"}, "gfortran gfortran-[0-9]*"},
	{pair{of: "aspell php*-pspell libtext-aspell-perl python3-aspell", keep: "aspell-*", calls: "aspell", why: "it knows no word without a dictionary"}, "aspell-* hunspell-* myspell-* i*american i*british"},
}

// alternatives names such packages where something has a use for just those.
func (k *keeper) alternatives() {
	for i := range alternatives {
		a := &alternatives[i]
		of := k.holder(&a.pair)
		if of == "" || a.pair.calls != "" && !slices.Contains(k.asked, of) && k.facts.calls.called(strings.Fields(a.pair.calls)...) == "" {
			continue // what may call anything does not ask for just those
		}
		if a.pair.when != nil && a.pair.when(k.facts) == "" {
			continue
		}
		for at := range k.Packages {
			p := &k.Packages[at]
			if p.Layer == k.layer && p.Reason != "manual" && k.stays[at] && matchesAny(a.keep, p.Name) && k.isOneOf(at, a.among) && !k.isHollow(at) {
				k.chosen[at] = true
				k.kept = append(k.kept, Kept{Name: p.Name, Why: of + " is installed: " + a.why})
			}
		}
	}
}

// isOneOf reports whether what needs a package needs another of a kind, too, as far as is
// known.
func (k *keeper) isOneOf(i int, kind string) bool {
	by, ok := k.byName[k.Packages[i].NeededBy]
	if !ok || by >= len(k.image.needs) {
		return false
	}
	for _, n := range k.image.needs[by] {
		if int(n) != i && matchesAny(kind, k.Packages[n].Name) {
			return true
		}
	}
	return false
}
