package pane

// View is a pane that the right column can show.
type View struct {
	Name  string // of the key and the command that show it
	Title string // in the border
	Does  string // for the help
	Pane  Pane
}

// Views are all of them, new and empty, in the order of their keys, 1, 2, 3 and so
// on. A further view is a line here and a type with the methods of [pane].
func Views() []View {
	return []View{
		{"fixes", "Changes", "what to change", &Fixes{}},
		{"files", "Files", "files of the step", &Files{}},
		{"packages", "Packages", "packages, and why", &Packages{}},
		{"dockerfile", "Dockerfile", "what each line costs", &Dockerfile{}},
		{"config", "Config", "how it will run", &Config{}},
	}
}
