package installs

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// compiles is the answer for a package manager that may compile what it installs: the
// layers tell whether it did, unless nothing of it is in them.
func (f *facts) compiles(how verdict, installs, what string) string {
	switch {
	case installs == "":
		return f.people()
	case how == ready:
		return ""
	case how == compiled:
		return installs + " and compiled " + what
	}
	return installs + " and may have compiled " + what
}

// compilesLater says what compiles in the container, though all was ready-made while the
// image was built: a library that writes C for what it calculates, or people, where the
// install names a compiler for them.
func (f *facts) compilesLater() string {
	if f.namesAny("clang* gcc* g++* gfortran*") != "" && f.people() != "" {
		return "the install names what to compile with, and " + f.people()
	}
	return cmp.Or(f.says("Theano", "theano", "pythran", "pyximport", "cppyy", "cppimport", "pystan", "torch.compile", "cpp_extension"), f.writesC(), f.notebook())
}

// writersOfC are packages of Python that compile while a program runs.
const writersOfC = "theano aesara pytensor brian2 cppimport cppyy pykeops pystan cmdstanpy deepspeed devito"

// writesC says which package in the image compiles while a program runs, "" for none.
func (f *facts) writesC() string {
	if f.writer == "" {
		return ""
	}
	return f.writer + " is installed, which compiles while a program runs"
}

// notebook returns which program of the container lets people install packages from a page,
// "" where none does.
func (f *facts) notebook() string {
	for _, c := range f.Program().Commands {
		for _, w := range c.Words {
			if base := path.Base(w.Text); matchesAny("jupyter jupyter-*", base) {
				return peopleAdd + base
			}
		}
	}
	return ""
}

func (f *facts) addons() string {
	installs := f.installsWith("npm yarn pnpm bun cnpm", "install ci i add rebuild update")
	return f.compiles(f.node, installs, "an addon")
}

func (f *facts) extensions() string {
	return f.compiles(f.ruby, f.installsWith("gem bundle bundler", "install update pristine"), "an extension")
}

func (f *facts) sources() string {
	installs := cmp.Or(f.says("install.packages", "CMD INSTALL", "install_github", "install_version", "install_local", "BiocManager::install", "renv::restore", "pak::", "remotes::", "devtools::"),
		f.called("install2.r", "installGithub.r", "littler"))
	if installs == "" && len(f.unknown) > 0 && f.called("R", "Rscript", "r") != "" {
		installs = f.called("R", "Rscript", "r")
	}
	return f.compiles(f.r, installs, "a package")
}

func (f *facts) perlModules() string {
	return f.compiles(f.perl, f.called("cpan", "cpanm"), "a module")
}

func (f *facts) cgo() string {
	if f.says("CGO_ENABLED=0", "CGO_ENABLED 0") != "" {
		return ""
	}
	return cmp.Or(f.called("go"), f.people(), "cgo calls it")
}

func (f *facts) bootstraps() string {
	return cmp.Or(f.called("autoreconf", "automake", "aclocal", "autogen.sh", "bootstrap.sh", "bootstrap"), f.anything(), f.people())
}

// peclCompiles asks whether pecl compiles extensions with more than the author names.
func peclCompiles(f *facts) string {
	if f.namesToolchain() && !f.hasOwnCPlusPlus() {
		return ""
	}
	return cmp.Or(f.called("pecl", "phpize"), "pecl compiles extensions")
}

// namesToolchain reports whether the install names a C compiler and make: who does has thought of
// what to compile with.
func (f *facts) namesToolchain() bool {
	return f.namesAny("gcc gcc-[0-9]* clang clang-[0-9]*") != "" && f.namesAny("make") != ""
}

// hasOwnCPlusPlus reports whether the image has a program or a library in C++ that no package
// brought.
func (f *facts) hasOwnCPlusPlus() bool {
	if f.Tree == nil || f.Tree.Packages == nil {
		return true
	}
	for id, file := range f.Executables {
		if f.Tree.Packages[id] < 0 && slices.Contains(file.Needed, "libstdc++.so.6") {
			return true
		}
	}
	return false
}

// cmakeMakes asks whether cmake writes Makefiles: what it does unless it is told
// otherwise.
func cmakeMakes(f *facts) string {
	ninja := f.says("-G Ninja", "-GNinja", "GENERATOR=Ninja", `-G "Ninja`, "-G 'Ninja")
	if ninja != "" && f.called("make") == "" {
		return ""
	}
	return cmp.Or(f.called("make"), f.called("cmake"), "it writes Makefiles")
}

// compiler keeps a C compiler, and what it does not work without, where pip, npm, gem, R or cpan have
// compiled something and no other is left: it may have come with what nobody thinks of for it, as gcc does
// with the headers of GDAL, by way of libtool.
func (k *keeper) compiler() {
	why, needs := "", "libc6-dev"
	switch {
	case k.python == compiled:
		why = k.wheels()
		if why == "" && !k.unsaid {
			why = "a package of Python was compiled" // by a pip that a program calls
		}
	case k.node == compiled:
		why, needs = k.addons(), "libc6-dev g++ make"
	case k.ruby == compiled:
		why, needs = k.extensions(), "libc6-dev make"
	case k.r == compiled:
		why, needs = k.sources(), "libc6-dev make"
	case k.perl == compiled:
		why, needs = k.perlModules(), "libc6-dev make"
	}
	if why == "" || k.hasCompiler() || k.hasAnother("gcc") {
		return
	}
	for _, pattern := range []string{"gcc", "clang", "gcc-[0-9]*", "clang-[0-9]*"} {
		for i := range k.Packages {
			if name := k.Packages[i].Name; k.gone[i] && matches(pattern, name) && !strings.HasSuffix(name, "-base") && !k.hasCompiler() {
				k.keep(i, why)
			}
		}
	}
	if k.python == compiled && k.hasOwnCPlusPlus() {
		needs += " g++"
	}
	if !k.hasCompiler() {
		return // a later install brings one
	}
	for name := range strings.FieldsSeq(needs) {
		if i, ok := k.byName[name]; ok {
			k.keep(i, why)
		}
	}
}

// hasCompiler reports whether a C compiler stays.
func (f *facts) hasCompiler() bool {
	for i := range f.Packages {
		if name := f.Packages[i].Name; f.stays[i] && matchesAny("gcc gcc-[0-9]* clang clang-[0-9]* tcc", name) && !strings.HasSuffix(name, "-base") {
			return true
		}
	}
	return false
}

// noCompiler asks for a C compiler where the install brings none.
func noCompiler(f *facts) string {
	if f.hasCompiler() {
		return ""
	}
	return cmp.Or(f.called("cmake", "meson", "autoreconf", "libtool", "gcc", "cc"), f.anything(), "it looks for a C compiler")
}

// configures asks for what looks for libraries with pkg-config, or may: scripts of autoconf, CMake and
// Meson, and those of R's packages.
func configures(f *facts) string {
	return f.called("configure", "cmake", "meson", "autoreconf", "pkg-config", "R", "Rscript", "install2.r")
}

// talksToDevices asks for an install that names libraries of InfiniBand: they find devices by drivers.
func talksToDevices(f *facts) string {
	if f.namesAny("libibverbs* librdmacm* rdma-core ibverbs-utils") == "" {
		return ""
	}
	return "it finds devices by their drivers"
}

// readsRemoteImages asks for images of virtual machines that lie on other machines.
func readsRemoteImages(f *facts) string {
	return f.says("rbd:", "iscsi:", "nbd:", "gluster", "sheepdog:")
}

// bootsMachines asks for what virtual machines boot with, where their author names no firmware.
func bootsMachines(f *facts) string {
	if f.namesAny("qemu-efi-* ovmf* seabios") != "" {
		return ""
	}
	return "virtual machines boot with it"
}

// startsX asks for what starts a server of X.
func startsX(f *facts) string { return cmp.Or(f.called("startx", "xinit"), f.says("startx")) }

// fortranMPI asks whether the wrappers of MPI compile Fortran, or may: they call gfortran, which
// comes with what is only recommended.
func fortranMPI(f *facts) string {
	if why := cmp.Or(f.called("mpif90", "mpif77", "mpifort"), f.says("mpif90", "mpif77", "mpifort")); why != "" {
		return why
	}
	if f.namesAny("*mpi*") == "" {
		return "" // it came with another library, such as libboost-all-dev
	}
	return cmp.Or(f.anything(), f.people())
}

// compilesMPI asks whether the wrappers of MPI compile anything, or may.
func compilesMPI(f *facts) string {
	return cmp.Or(f.called("mpicc", "mpicxx", "mpic++", "mpiCC"), f.says("mpicc", "mpicxx", "mpic++"), fortranMPI(f))
}

// checksPackages asks for what checks packages of Debian, and for who may do so.
func checksPackages(f *facts) string {
	return cmp.Or(f.called("debuild", "lintian"), f.says("debuild", "lintian"), f.anything(), f.people())
}

func packs(f *facts) string {
	if why := f.called("dpkg-buildpackage", "debuild", "dpkg-source", "fakeroot", "dh", "equivs-build", "mk-build-deps"); why != "" {
		return why
	}
	if f.namesAny("dpkg-dev devscripts debhelper") == "" {
		return "" // it came with build-essential, for make
	}
	if f.namesAny("debhelper dh-*") != "" && f.namesAny("fakeroot devscripts equivs") != "" {
		return "the install names what builds packages of Debian"
	}
	return cmp.Or(f.anything(), f.people())
}
