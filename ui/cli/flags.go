package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/source"
	"github.com/tare-oci/tare/analyze/workloads"
	"github.com/tare-oci/tare/ui/report"
	"github.com/tare-oci/tare/ui/severity"
	"github.com/tare-oci/tare/ui/tui"
)

// flags are the global flags.
type flags struct {
	outputs    []string
	files      bool
	platform   string
	base       string
	file       string
	build      string // the command line that built the image, "" where that is not known
	verify     bool
	insecure   []string
	offline    bool
	noCache    bool
	color      string
	theme      string
	ascii      bool
	accessible bool
	quiet      bool
	verbose    bool
	version    bool
	whole      bool           // what check asks for; no flag
	mayDiffer  bool           // a Dockerfile that does not match is no error; no flag
	noTree     bool           // what commands ask for that do without single files; no flag
	older      string         // what the image is held against, by name; no flag of all commands
	severity   severity.Table // what the project's settings say; no flag of all commands

	manifestNames []string       // of files and directories, "-" for standard input; a flag of some commands
	manifests     *workloads.Set // what they say; nil without any

	waiting func(what string) // tells what a pipe waits for
}

func (f *flags) register(set *pflag.FlagSet) {
	f.registerOutput(set, report.Names())
	set.BoolVar(&f.files, "files", false, "list every file version and entry in JSON")
	set.StringVar(&f.platform, "platform", "", "the platform of the image: `OS/ARCH[/VARIANT]`, or just ARCH")
	set.StringVar(&f.base, "base", "", "the base image: a `REFERENCE` or a number of layers")
	set.StringVarP(&f.file, "dockerfile", "f", "", "the Dockerfile `FILE` that built the image")
	set.BoolVar(&f.verify, "verify", false, "read every byte and check all digests and diff IDs")
	set.StringArrayVar(&f.insecure, "insecure", nil, "a registry `HOST` that may use http or unverified TLS; repeatable")
	set.BoolVar(&f.offline, "offline", false, "never contact a registry")
	set.BoolVar(&f.noCache, "no-cache", false, "neither read nor write the cache")
	set.StringVar(&f.color, "color", "auto", "colours: auto, always or never")
	set.StringVar(&f.theme, "theme", "", "the interface's colours: "+listed(tui.Themes))
	set.BoolVar(&f.ascii, "ascii", false, "use only ASCII characters")
	set.BoolVar(&f.accessible, "accessible", false, "use plain lines and a prompt instead of the interface, for screen readers")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress on standard error")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "show everything: all findings, files and instructions")
	set.BoolVar(&f.version, "version", false, "print the version")
}

// registerOutput adds -o with the formats of a command. A command that writes others than a
// report of one image registers its own, which hides the one of all commands.
func (f *flags) registerOutput(set *pflag.FlagSet, formats []string) {
	set.StringArrayVarP(&f.outputs, "output", "o", nil, "write the report as `FORMAT[=FILE]`: "+listed(formats)+"; repeatable")
}

// oneImageFlags are flags about one image, given to a command that is about many.
type oneImageFlags struct {
	dockerfile, base string
	files            bool
}

// register hides the flags from the help of the command, and frees their short names.
func (o *oneImageFlags) register(set *pflag.FlagSet) {
	set.StringVar(&o.dockerfile, "dockerfile", "", "")
	set.StringVar(&o.base, "base", "", "")
	set.BoolVar(&o.files, "files", false, "")
	for _, name := range []string{"dockerfile", "base", "files"} {
		_ = set.MarkHidden(name) // it is there
	}
}

// check refuses them, unless the environment says them for all commands.
func (o *oneImageFlags) check(t terminal) error {
	switch {
	case o.dockerfile != "" && o.dockerfile != t.env("TARE_DOCKERFILE"):
		return errors.New("--dockerfile names the Dockerfile of one image; -f LIST names a list of images here")
	case o.base != "" && o.base != t.env("TARE_BASE"):
		return errors.New("--base names one base, and each image of a fleet has its own; leave it out")
	case o.files && t.env("TARE_FILES") == "":
		return errors.New("--files lists the files of one image in JSON; leave it out, or look at the image alone")
	}
	return nil
}

// check refuses values that no command could use.
func (f *flags) check() error {
	if f.theme != "" && !slices.Contains(tui.Themes, f.theme) {
		return fmt.Errorf("--theme %s: there is no such theme; it takes %s", f.theme, listed(tui.Themes))
	}
	switch f.color {
	case "auto", "always", "never":
		return nil
	}
	return fmt.Errorf("--color %s: it takes auto, always or never", f.color)
}

func (f *flags) options(stdin io.Reader) analyze.Options {
	return analyze.Options{
		Options:    source.Options{Platform: f.platform, Insecure: f.insecure, Offline: f.offline, Stdin: stdin, Waiting: f.waiting},
		Base:       f.base,
		Dockerfile: f.file, DockerfileMayDiffer: f.mayDiffer,
		Verify:    f.verify,
		IgnoreTOC: f.whole,
		NoTree:    f.noTree,
		Manifests: f.manifests,
		Version:   version(),
		Memory:    mayTake,
	}
}
