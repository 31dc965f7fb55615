// Package dockerfile makes images of Dockerfiles without building them.
//
// Simulate follows a Dockerfile instruction by instruction on a file system in
// memory. COPY takes files of an invented build context; RUN is interpreted by a
// real shell interpreter (mvdan.cc/sh/v3/interp) whose programs are models: apt-get
// installs packages of a Debian archive with their dependencies, recommended packages and
// sizes and leaves lists, logs and databases; pip, npm, make and the others leave what
// they leave in a build. What every instruction changed becomes its layer, with the
// history that BuildKit would write.
//
// The sizes are plausible, not real. Programs that have no model change nothing and
// succeed; Image.Unmodelled names them. Image.Problems names what would have failed in a
// real build, such as a package that is installed without lists: two Dockerfiles
// can be compared by it, before and after an edit.
//
// Everything is deterministic: the same Dockerfile and archive give the same bytes.
// No program of the machine runs and no file of it is touched.
package dockerfile
