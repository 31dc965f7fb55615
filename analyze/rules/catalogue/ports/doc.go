// Package ports has the rules about where the program of a container listens: at a port that only
// root may take, at an address that nobody outside reaches, elsewhere than EXPOSE says.
//
//	l := ports.Listening(build)
//	… l.Who, l.Ports, l.Local …
//
// It speaks only where the configuration in the image, the command or the manual of a server
// tells for certain. It uses package kubernetes, which has the chapter's other rules of the image.
package ports
