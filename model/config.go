package model

// Config is how the image will run, as its config says. Secrets are masked, and
// where a build argument's value stood there is the reference ${NAME} that it
// came from.
type Config struct {
	User         string       `json:"user"` // "" is root, too
	Root         bool         `json:"root"` // whether User is root
	Entrypoint   []string     `json:"entrypoint"`
	Cmd          []string     `json:"cmd"`
	ShellForm    bool         `json:"shellForm"` // the first process is a shell that starts the program
	ExposedPorts []string     `json:"exposedPorts"`
	Volumes      []string     `json:"volumes"`
	WorkingDir   string       `json:"workingDir"`
	Env          []Setting    `json:"env"`    // in the config's order
	Labels       []Setting    `json:"labels"` // by name
	StopSignal   string       `json:"stopSignal"`
	Healthcheck  *Healthcheck `json:"healthcheck"` // nil where there is none
}

// Setting is a variable or a label.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Healthcheck is the command that reports whether the container is well, and when
// it is run. A nil duration or number is the engine's default.
type Healthcheck struct {
	Test        []string `json:"test"` // CMD and words, or CMD-SHELL and a text
	Interval    *string  `json:"interval"`
	Timeout     *string  `json:"timeout"`
	StartPeriod *string  `json:"startPeriod"`
	Retries     *int     `json:"retries"`
}
