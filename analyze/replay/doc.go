// Package replay makes images of Dockerfiles without building them: in lessons, where
// there is no engine, and in tests.
//
// Replay follows a Dockerfile instruction by instruction on a file system in
// memory. COPY takes the files of a build context; RUN is interpreted by a
// real shell interpreter (mvdan.cc/sh/v3/interp) whose programs are models: apt-get
// installs packages of a Debian archive with their dependencies, recommended packages and
// sizes and leaves lists, logs and databases; pip, npm, make and the others leave what
// they leave in a build. What every instruction changed becomes its layer, with the
// history that BuildKit would write. The image is then counted as any other is.
//
// Names, dependencies and sizes of packages are Debian's own; the sizes of the rest
// are plausible. A program that has no model changes nothing and succeeds;
// Image.Unmodelled names it, and a lesson says that it does not know it. Where the context
// is given, as in a lesson, calls of which a model knows a part alone are named, too
// (doubts.go): nothing is guessed there. Image.Problems
// names what would have failed in a real build, such as a package that is installed
// without lists: two Dockerfiles can be compared by it, before and after an edit.
//
// Everything is deterministic: the same Dockerfile, context and archive give the same
// bytes. No program of the machine runs and no file of it is touched.
package replay
