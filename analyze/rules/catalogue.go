package rules

// Catalogue is every rule. The order matters: a file version goes to the first
// rule that claims it, so the rules that know a path stand before those that
// only know what became of the bytes.
var Catalogue = []Rule{
	aptLists,
	aptCache,
	tempFiles,
	removedLater,
	overwritten,
	metadataCopy,
	packageDBChurn,
	duplicateContent,
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
