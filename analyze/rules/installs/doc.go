// Package installs says what an image's installs have to name: which of the packages
// that apt brings only because others recommend them the image cannot do without, and
// which package a smaller one could replace. Both answers are edits of the install.
//
// An install with --no-install-recommends leaves them all out. Most are documentation,
// fonts and daemons that a container never calls. Some are the other half of what was
// asked for: gcc recommends libc6-dev, and compiles nothing without it. An edit that
// adds the option must name those, or it breaks the build, or what runs.
//
// What is kept is found in this order:
//
//   - a program that a later command, a script or the container calls is a file of the
//     package, or a path that one of them names is;
//   - a program in the image that no package brought is linked with a library of the
//     package, may open one, names a file of it, or is a script that it runs;
//   - the table of [pairs]: what a package does not do its main job without, and what
//     pip, npm, gem and R need to compile what they install. Whether they compiled
//     anything is seen in the layers;
//   - where a script cannot be read, or a Makefile may call anything, what people's
//     build scripts call.
//
// What is kept brings along what it depends on, and the table is asked again of that.
//
// A wrong edit is far worse than one that saves less, so a case that is not clear keeps
// the package. Only what this package does not know stays out: a library that a program
// of an interpreter opens, or a module of an interpreter that application code imports
// and that no package of its own kind recommends.
//
// A smaller variant is proposed only where the image has it already as a part of the
// full one, and nothing shows that the rest is needed; see [variants].
//
// All functions read the image's instructions and the scripts that the scan kept anew
// each time they are asked, in time in proportion to these, to the packages and to the
// files of the layers from the install on. They keep no state but what the Build keeps.
package installs
