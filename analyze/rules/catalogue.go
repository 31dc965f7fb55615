package rules

// Catalogue is every rule. The order matters: a file version goes to the first
// rule that claims it, so the rules that know a path stand before those that
// only know what became of the bytes.
var Catalogue = []Rule{
	// Package caches.
	aptLists, aptCache, apkCache, dnfCache, zypperCache, pacmanCache,
	pipCache, uvCache, poetryCache, condaCache,
	npmCache, yarnCache, pnpmCache, bunCache,
	composerCache, gemCache,
	cargoCache, goCache, mavenCache, gradleCache, nugetCache,
	rCache, bazelCache, ccacheCache,
	// Packages.
	aptRecommends, dnfWeakDeps, buildTools, orphanedPackages,
	// Leftovers.
	tempFiles, logFiles, vcsMetadata, backupFiles, coreDumps,
	docsAndLocales, pythonBytecode, staticLibraries, debugSymbols, devDependencies,
	// Structure.
	removedLater, overwritten, metadataCopy, packageDBChurn,
	tornLink, duplicateContent, baseImage, layerOrder, splitUpdate,
	// Running well on Kubernetes.
	shellFormEntrypoint, initSystem, manyServices, runsAsRoot, bakedInState, bakedInSecret, logsToFiles, noHealthcheck,
}

// ByID returns the rule with an id, and whether there is one. The rule belongs
// to the catalogue; the caller must not change it.
func ByID(id string) (*Rule, bool) {
	for i := range Catalogue {
		if Catalogue[i].ID == id {
			return &Catalogue[i], true
		}
	}
	return nil, false
}
