// Command corpus tries tare fix on many Dockerfiles whose images it makes without building them.
//
//	go run ./test/corpus image -o DIR [-archive FILE] DOCKERFILE
//	go run ./test/corpus run -tare BINARY -files DIR -out DIR [-archive FILE] [-repositories DIR]
//	go run ./test/corpus extract [-archive FILE] NAME… > debian
//
// image makes an OCI layout of one Dockerfile. run makes the image of every file in a
// directory, asks for the fix in its three strategies, and writes a table. Where a
// directory of repositories has one by a file's name, its Dockerfile stands at its place
// among the other files, and what it copies is read from there. The archive is what `apt-cache dumpavail` prints; without one, a small extract of
// Debian's that lies beside the simulation.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/tare-oci/tare/analyze/replay"
)

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say image, run or extract")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	archivePath := flags.String("archive", "", "what apt-cache dumpavail printed, plain or compressed by gzip")
	out := flags.String("o", "", "the directory of the image")
	r := runner{}
	flags.StringVar(&r.tare, "tare", "tare", "the program to try")
	flags.StringVar(&r.files, "files", "", "the directory of the Dockerfiles")
	flags.StringVar(&r.repositories, "repositories", "", "a directory with what the repositories of some Dockerfiles hold, by the names of these")
	flags.StringVar(&r.out, "out", "", "the directory for images, diffs and the table")
	flags.StringVar(&r.only, "only", "", "only files whose names contain this")
	flags.StringVar(&r.strategy, "strategy", "", "only this strategy: default, cache-mount, multi-stage, or the edits of a rule by its id")
	flags.BoolVar(&r.keep, "keep", false, "take the images that an earlier run left in -out")
	flags.IntVar(&r.parallel, "j", 1, "how many at once")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	archive, err := openArchive(*archivePath)
	if err != nil {
		return err
	}
	switch args[0] {
	case "image":
		return image(flags.Arg(0), *out, archive)
	case "run":
		r.archive = archive
		return r.run()
	case "extract":
		return archive.Extract(os.Stdout, flags.Args())
	}
	return fmt.Errorf("there is no command %q; say image, run or extract", args[0])
}

func openArchive(at string) (*replay.Archive, error) {
	if at == "" {
		return replay.Debian(), nil
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return replay.ReadArchive(f)
}

// image makes the image of one Dockerfile and says what it is.
func image(at, out string, archive *replay.Archive) error {
	data, err := os.ReadFile(at)
	if err != nil {
		return err
	}
	img, err := replay.Replay(data, replay.Options{Archive: archive})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d bytes in %d layers\n", img.Size(), len(img.Layers))
	for _, p := range img.Problems {
		fmt.Fprintln(os.Stderr, "would fail:", p)
	}
	for _, u := range img.Unmodelled {
		fmt.Fprintln(os.Stderr, "no model:", u)
	}
	return img.WriteOCI(out, new(replay.Digests))
}
