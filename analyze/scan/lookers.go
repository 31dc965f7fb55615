package scan

// lookers look into the contents of files, each for something else, while a content passes or from
// where it lies: what programs need, secrets, packages of programming languages.
type lookers struct {
	programs  *executables
	secrets   *secretFinder
	libraries libraries
}

func newLookers(opt *Options) *lookers {
	return &lookers{newExecutables(opt), newSecretFinder(opt), libraries{want: opt.Libraries}}
}

// begin begins the content of a file that passes once, by the file's path.
func (l *lookers) begin(x *Index, path string, e *Entry) {
	l.programs.begin(x, e)
	l.secrets.begin(path, e)
	l.libraries.begin(path, e.Stored)
}

func (l *lookers) write(x *Index, p []byte) {
	l.programs.write(p)
	l.secrets.write(x, p)
	l.libraries.write(p)
}

// end ends the content of an entry, and notes what was seen in it.
func (l *lookers) end(b *builder, entry int32) error {
	if err := l.programs.end(b, entry); err != nil {
		return err
	}
	if err := l.secrets.end(b, entry); err != nil {
		return err
	}
	return l.libraries.end(b, entry)
}

// readAt looks into an entry that lies in a local file.
func (l *lookers) readAt(b *builder, path string, entry int32, c *seekCursor) error {
	if err := l.programs.readAt(b, entry, c); err != nil {
		return err
	}
	if err := l.secrets.readAt(b, path, entry, c); err != nil {
		return err
	}
	return l.libraries.readAt(b, path, entry, c)
}
