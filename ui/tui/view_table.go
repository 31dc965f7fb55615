package tui

// paneView is a pane that the right column can show.
type paneView struct {
	name  string // of the key and the command that show it
	title string // in the border
	does  string // for the help
	pane  pane
}

// views are all of them, new and empty, in the order of their keys, 1, 2, 3 and so
// on. A further view is a line here and a type with the methods of [pane].
func views() []paneView {
	return []paneView{
		{"fixes", "Fixes", "fixes, by bytes", &fixes{}},
		{"files", "Files", "files of the instruction", &files{}},
		{"packages", "Packages", "packages, and why", &packages{}},
		{"dockerfile", "Dockerfile", "the Dockerfile's costs", &dockerfile{}},
		{"config", "Config", "how it will run", &config{}},
	}
}
