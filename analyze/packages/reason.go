package packages

// Reason is why a package is installed, in the words of the report.
type Reason string

const (
	// Manual: asked for by name, or kept by the user's configuration.
	Manual Reason = "manual"
	// Dependency: something that stays cannot do without it.
	Dependency Reason = "dependency"
	// Recommended: kept only because another package recommends it, or because
	// one that is kept for that reason needs it. On rpm: a weak dependency.
	Recommended Reason = "recommended"
	// Suggested: automatic, and kept by nothing but a suggestion.
	Suggested Reason = "suggested"
	// Orphan: automatic, and nothing asks for it any more.
	Orphan Reason = "orphan"
	// Essential: no system of its kind goes without it.
	Essential Reason = "essential"
	// Unknown: the image does not say.
	Unknown Reason = "unknown"
)
