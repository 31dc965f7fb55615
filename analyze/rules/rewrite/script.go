package rewrite

// Script reads a shell script of its own, such as an image's entry point, and
// returns its commands; none where it is no shell text.
func Script(text string) []Command {
	f, err := parseShell(text)
	if err != nil {
		return nil
	}
	return commandsOf(f)
}
