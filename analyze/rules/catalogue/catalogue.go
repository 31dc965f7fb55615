// Package catalogue is the table of all rules, in the order in which they claim files.
//
//	rule, ok := catalogue.ByID("apt-lists")
//
// The rules are in the directories below, one for each chapter of docs/rules.md: caches,
// packages, leftovers, structure, and kubernetes with pods (running well there). A file has one rule, or
// several for one tool or language, complete with their texts, their fix and the fixture that
// the tests and the page show. The chapters use package advice; they know neither each other
// nor this table.
//
// A rule holds no state, so the table may be used for any number of images at once.
package catalogue

import (
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/catalogue/caches"
	"github.com/tare-oci/tare/analyze/rules/catalogue/kubernetes"
	"github.com/tare-oci/tare/analyze/rules/catalogue/leftovers"
	"github.com/tare-oci/tare/analyze/rules/catalogue/packages"
	"github.com/tare-oci/tare/analyze/rules/catalogue/pods"
	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/rules/catalogue/structure"
)

// Rules is every rule, for rules.Claim. The order matters: a file version goes to
// the first rule that claims it, so the rules that know a path stand before those
// that only know what became of the bytes. Nobody may change it.
var Rules = []rules.Rule{
	caches.AptLists,
	caches.AptCache,
	caches.ApkCache,
	caches.DnfCache,
	caches.ZypperCache,
	caches.PacmanCache,
	caches.PipCache,
	caches.UvCache,
	caches.PoetryCache,
	caches.CondaCache,
	caches.NpmCache,
	caches.YarnCache,
	caches.PnpmCache,
	caches.BunCache,
	caches.ComposerCache,
	caches.GemCache,
	caches.HexCache,
	caches.CargoCache,
	caches.GoCache,
	caches.MavenCache,
	caches.GradleCache,
	caches.NugetCache,
	caches.RCache,
	caches.BazelCache,
	caches.CcacheCache,

	packages.AptRecommends,
	packages.DnfWeakDeps,
	packages.BuildTools,
	packages.OrphanedPackages,
	packages.SmallerVariant,
	packages.UnusedTools,
	packages.LibraryTwice,
	packages.PackageTwice,

	leftovers.TempFiles,
	leftovers.Logs,
	leftovers.VCSMetadata,
	leftovers.BackupFiles,
	leftovers.CoreDumps,
	leftovers.UnpackedArchives,
	leftovers.ContextFiles,
	leftovers.TestFiles,
	leftovers.NpmDevDependencies,
	leftovers.DocsAndLocales,
	leftovers.PythonBytecode,
	leftovers.StaticLibraries,
	leftovers.DebugSymbols,
	leftovers.DevDependencies,
	leftovers.PackageExtras,

	structure.RemovedLater,
	structure.Overwritten,
	structure.MetadataCopy,
	structure.PackageDBChurn,
	structure.TornLink,
	structure.MissingLibrary,
	structure.DuplicateContent,
	structure.BaseImage,
	structure.LayerOrder,
	structure.SplitUpdate,

	kubernetes.ShellFormEntrypoint,
	kubernetes.ScriptWithoutExec,
	kubernetes.PackageManagerStart,
	kubernetes.BackgroundProgram,
	kubernetes.NoInit,
	kubernetes.MissingProgram,
	kubernetes.StopSignal,
	kubernetes.InitSystem,
	kubernetes.ManyServices,
	kubernetes.RunsAsRoot,
	kubernetes.UserByName,
	ports.LowPort,
	ports.LocalOnly,
	ports.ExposeMismatch,
	kubernetes.UnwritableWorkdir,
	kubernetes.WorldWritable,
	kubernetes.SetuidProgram,
	kubernetes.MachineInImage,
	kubernetes.BakedInState,
	kubernetes.BakedInEnvironment,
	kubernetes.BakedInSecret,
	kubernetes.LogsToFiles,
	kubernetes.NoHealthcheck,
	pods.NonRootRefused,
	pods.ReadOnlyRoot,
	pods.EntrypointReplaced,
	pods.PortMismatch,
	pods.NoProbe,
	pods.ProbeFails,
	pods.HiddenByVolume,
	pods.SidecarInside,
}

// ByID returns the rule with an id, and reports whether there is one. The rule
// belongs to the catalogue; the caller must not change it.
func ByID(id string) (*rules.Rule, bool) {
	for i := range Rules {
		if Rules[i].ID == id {
			return &Rules[i], true
		}
	}
	return nil, false
}
