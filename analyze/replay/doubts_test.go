package replay

import (
	"slices"
	"strings"
	"testing"
)

// lessonImage replays a RUN with a given context, as a lesson does.
func lessonImage(t *testing.T, script string) *Image {
	t.Helper()
	img, err := Replay([]byte("FROM debian:bookworm-slim\nCOPY big.bin notes.txt /srv/\nRUN "+script+"\n"), Options{
		Context: map[string]File{"big.bin": {Size: 5 << 20}, "notes.txt": {Body: []byte("one\n\ntwo\n")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestSizesOfFiles: programs that make files of a size make them of that size, whatever
// way the bytes take.
func TestSizesOfFiles(t *testing.T) {
	for script, want := range map[string]int64{
		"truncate -s 10M /f":                                       10 << 20,
		"truncate --size=10MB /f":                                  10_000_000,
		"truncate -s 3 /srv/notes.txt && cp /srv/notes.txt /f":     3,
		"truncate -s +1K /srv/big.bin && cp /srv/big.bin /f":       5<<20 + 1<<10,
		"truncate -s -1M /srv/big.bin && mv /srv/big.bin /f":       4 << 20,
		"fallocate -l 2G /f":                                       2 << 30,
		"dd if=/dev/zero of=/f bs=1M count=20":                     20 << 20,
		"dd if=/dev/urandom of=/f count=4":                         2048,
		"dd if=/srv/big.bin of=/f bs=1M count=2":                   2 << 20,
		"dd if=/srv/big.bin of=/f bs=1M count=200":                 5 << 20,
		"dd if=/dev/zero bs=1k count=3 > /f":                       3 << 10,
		"head -c 20M /dev/urandom > /f":                            20 << 20,
		"head -c 20MB </dev/zero >/f":                              20_000_000,
		"head --bytes=4 /srv/notes.txt > /f":                       4,
		"head -c 30M /dev/zero | tee /f > /dev/null":               30 << 20,
		"cat /srv/big.bin > /f":                                    5 << 20,
		"cat /srv/big.bin /srv/notes.txt > /f":                     5<<20 + 9,
		"cat /srv/notes.txt > /f":                                  9,
		"cat < /srv/big.bin > /f":                                  5 << 20,
		"for i in $(echo 1 2 3); do echo 123456789; done > /f":     30,
		"tar cf /f -C /srv notes.txt":                              10240,
		"tar -c -f /f /srv":                                        (5<<20 + 512*2 + 512*2 + 512 + 1024 + 10239) / 10240 * 10240,
		"sed -i s/one/three/ /srv/notes.txt; cp /srv/notes.txt /f": 11,
		"sed '/^$/d' /srv/notes.txt > /f":                          8,
		"find /srv -size +1M -exec cp {} /f \\;":                   5 << 20,
	} {
		t.Run(script, func(t *testing.T) {
			img := lessonImage(t, script)
			if len(img.Problems) > 0 || len(img.Unmodelled) > 0 {
				t.Fatalf("problems %q, unknown %q", img.Problems, img.Unmodelled)
			}
			layer := img.Layers[len(img.Layers)-1]
			at := slices.IndexFunc(layer.Entries, func(e Entry) bool { return e.Path == "f" })
			if at < 0 {
				t.Fatalf("there is no file: %v", layer.Entries)
			}
			if got := layer.Entries[at].Size(); got != want {
				t.Errorf("%d bytes, want %d", got, want)
			}
		})
	}
}

// TestSaysWhatItDoesNotKnow: what a lesson's replay would have to guess is named, and what a
// real build fails at is a problem.
func TestSaysWhatItDoesNotKnow(t *testing.T) {
	for script, want := range map[string]string{
		"dd if=/srv/big.bin of=/f seek=3":                "dd if=/srv/big.bin of=/f seek=3",
		"truncate -r /srv/big.bin /f":                    "truncate -r /srv/big.bin /f",
		"fallocate -p -l 1M /srv/big.bin":                "fallocate -p -l 1M /srv/big.bin",
		"apt-get source curl":                            "apt-get source",
		"pip compile x":                                  "pip compile",
		"npm rebuild":                                    "npm rebuild",
		"git gc":                                         "git gc",
		"go generate ./...":                              "go generate",
		"find / -newer /srv/big.bin -delete":             "find -newer",
		"find /srv ! -name big.bin -delete":              "find !",
		"find /srv -name a -o -name b -delete":           "find with -delete behind -o and without brackets",
		"sed -n 1,2p /srv/notes.txt":                     "sed -n",
		"sed -i 's/\\(a\\)/b/' /srv/notes.txt":           "sed 's/\\(a\\)/b/'",
		"awk '{s+=$1} END {print s}' /srv/notes.txt":     "awk with this program",
		"cut -c 1 /srv/notes.txt":                        "cut -c",
		"sort -rn /srv/notes.txt":                        "sort -n",
		"tr a-z A-Z < /srv/notes.txt":                    "tr with these sets",
		"cp -al /srv /copy":                              "cp -l",
		"ln /srv/big.bin /f":                             "ln without -s",
		"chown --from=0 1:1 /srv":                        "chown --from",
		"rsync -a --delete /srv/ /copy":                  "rsync --delete",
		"strip /usr/bin/perl":                            "strip on a program",
		"tar czf /f.tar.gz /srv":                         "tar -c with compression or a choice of files",
		"tar cf /f.tar /srv && tar xf /f.tar -C /opt":    "tar -x of an archive that was packed here",
		"tar cf - /srv | tar xf - -C /opt":               "tar -c into a pipe",
		"gzip /srv/big.bin":                              "gzip without -d",
		"grep -c x /srv/big.bin":                         "grep on a file whose text is made up",
		"python3 -c 'print(1)'":                          "python3 -c",
		"python3 -m compileall /srv":                     "python3 -m compileall",
		"service cron start":                             "service cron",
		"yes | head -c 1M > /f":                          "yes",
		"frobnicate --all":                               "frobnicate",
		"cp /srv/big.bin /srv/start.sh && /srv/start.sh": "start.sh, whose text is made up,",

		"dd if=/dev/zero of=/f":          "problem: dd: without count it never ends",
		"cat </dev/zero >/f":             "problem: /f: what is written to it never ends",
		"dd if=/none of=/f":              "problem: dd: there is no /none",
		"head -c 4 /none":                "problem: head: there is no /none",
		"rm /srv":                        "problem: rm: /srv is a directory, and -r is missing",
		"rmdir /srv":                     "problem: rmdir: /srv is not empty",
		"cp /srv /copy":                  "problem: cp: /srv is a directory, and -r is missing",
		"chgrp nobody-here /srv/big.bin": "problem: chgrp: there is no group nobody-here",
	} {
		t.Run(script, func(t *testing.T) {
			img := lessonImage(t, script)
			got := slices.Clone(img.Unmodelled)
			for _, p := range img.Problems {
				got = append(got, "problem: "+strings.TrimPrefix(p, "line 3: "))
			}
			if !slices.Contains(got, want) {
				t.Errorf("it says %q, want %q", got, want)
			}
		})
	}
}

// TestAttributesAreCopies: what changes a group, or what a program may, stores the file
// again.
func TestAttributesAreCopies(t *testing.T) {
	for _, script := range []string{"chgrp www-data /srv/big.bin", "chgrp -R www-data /srv", "setcap cap_net_bind_service=+ep /srv/big.bin", "install -o www-data /srv/big.bin /srv/big.bin2"} {
		img := lessonImage(t, script)
		if len(img.Problems) > 0 || len(img.Unmodelled) > 0 {
			t.Errorf("%s: problems %q, unknown %q", script, img.Problems, img.Unmodelled)
		}
		var sum int64
		for _, e := range img.Layers[len(img.Layers)-1].Entries {
			sum += e.Size()
		}
		if sum < 5<<20 {
			t.Errorf("%s stores %d bytes", script, sum)
		}
	}
}
