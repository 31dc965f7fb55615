package rewrite

// AddFlag inserts a flag into commands of a RUN, as [InsertWords] does, but into none of
// a here-document. behind returns the index of the word after which a command takes the
// flag, or -1 to leave that command as it is.
func AddFlag(run, flag string, behind func(Command) int) (string, bool) {
	if r, err := ParseRun(run); err != nil || r.Heredoc {
		return "", false
	}
	return InsertWords(run, func(c Command) []Insertion {
		if at := behind(c); at >= 0 {
			return []Insertion{{Behind: at, Words: []string{flag}}}
		}
		return nil
	})
}

// Mounted reports whether an absolute path touches one of the RUN's mounts: lies in
// it, or is a directory above it.
func (r *Run) Mounted(abs string) bool { return r.mounted(abs) }
