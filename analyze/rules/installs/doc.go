// Package installs works out what the installs of an image have to name: which of the packages that
// apt installs only because others recommend them the image cannot do without, and which package
// could be replaced by a smaller one. Both answers become edits of the install.
//
// An install with --no-install-recommends leaves all recommended packages out. Most of them are
// documentation, fonts and daemons that a container never uses. Some are the other half of what was
// asked for: gcc recommends libc6-dev, and compiles nothing without it. An edit that adds the option
// must name those, or it breaks the build or the program.
//
// The packages to keep are found in this order:
//
//   - A program that a later command, a script or the container calls is a file of the package, or
//     one of them names a path of the package.
//   - A program in the image that no package brought is linked with a library of the package, may open
//     one, names one of its files, or is a script that the package runs.
//   - The table of [pairs] says which packages cannot do their main job without another one, and what
//     pip, npm, gem and R need to compile what they install. The layers show whether they compiled
//     anything.
//   - If a script cannot be read, or a Makefile may call anything, the package is one of those that
//     people's build scripts call.
//
// A package that is kept brings along what it depends on, and the table is asked again about that.
//
// A wrong edit is far worse than one that saves less, so an unclear case keeps the package. Only what
// this package cannot know is missed: a library that an interpreter's program opens, or a module of an
// interpreter that application code imports and that no package of its kind recommends.
//
// A smaller variant is proposed only if the image already has it as a part of the full one, and
// nothing shows that the rest is needed; see [variants].
//
// All functions read the image's instructions and scripts again each time, in time proportional to
// these, to the packages and to the files of the layers from the install on. They keep no state
// beyond what the Build keeps.
package installs
