package fix

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

const lists = "var/lib/apt/lists/deb.mirror.lan_debian_dists_trixie_main_binary-amd64_Packages"

// cases are Dockerfiles with what is found in the images they make. The expected
// diffs are in testdata/diffs.txtar; -update writes it anew.
var cases = []struct {
	name       string
	dockerfile string
	findings   []model.Finding
	opt        Options
	saved      int64
	left       int // edits that were blocked
}{
	{name: "three RUNs", dockerfile: "FROM debian\nRUN apt-get update\nRUN apt-get install -y git\nRUN rm -rf /var/lib/apt/lists/*\nCMD [\"git\"]\n",
		findings: []model.Finding{
			shadowed("apt-lists", "deleted", 20e6, 1, 3, lists),
			shadowed("package-db-churn", "replaced", 100e3, 1, 2, "var/lib/dpkg/status"),
		}, saved: 20.1e6},
	{name: "comments and blank lines between", dockerfile: "FROM debian\n\n# lists\nRUN apt-get update\n\n# hadolint ignore=DL3008\n  # the tool\nRUN apt-get install -y git\n# away with them\nRUN rm -rf /var/lib/apt/lists/*\n\n# start\nCMD [\"git\"]\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}, saved: 20e6},
	{name: "CMD between", dockerfile: "FROM debian\nRUN apt-get update\n# run it\nCMD [\"git\"]\n# the tool\nRUN apt-get install -y git\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "continued lines and comments inside", dockerfile: "FROM debian\nRUN apt-get update \\\n  # why git\n  && apt-get install -y \\\n\n      git\nEXPOSE 80\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "CRLF", dockerfile: "FROM debian\r\nRUN apt-get update\r\nRUN apt-get install -y git\r\nEXPOSE 80\r\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "no final newline", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y git",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "no final newline, joined", dockerfile: "FROM debian\nRUN apt-get update\n\nRUN apt-get install -y git",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "indented", dockerfile: "FROM debian\n  RUN apt-get update && \\\n      apt-get install -y git  \nEXPOSE 80\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "escape directive", dockerfile: "# escape=`\nFROM debian\nRUN apt-get update `\n && apt-get install -y git\nRUN echo a\\nb\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, opt: Options{Build: &rules.Build{}}, saved: 20e6},
	{name: "escape directive, backslash in use", dockerfile: "# escape=`\nFROM debian\nRUN apt-get update && apt-get install -y git && printf 'a\\nb'\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, left: 1},
	{name: "syntax directive and ARG", dockerfile: "# syntax=docker/dockerfile:1\nARG TAG=trixie\nFROM debian:${TAG}\nARG PACKAGE=git\nENV A=\"b c\" \\\n    D=e\nRUN apt-get update && apt-get install -y $PACKAGE\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "ARG between", dockerfile: "FROM debian\nRUN apt-get update\nARG PACKAGE=git\nRUN apt-get install -y $PACKAGE\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "heredoc", dockerfile: "# syntax=docker/dockerfile:1\nFROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y git\nEOF\nCOPY <<A <<B /\na\nA\nRUN b\nB\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "heredoc without set -e", dockerfile: "FROM debian\nRUN <<EOF\napt-get update\napt-get install -y x\nEOF\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "update that nothing uses", dockerfile: "FROM debian\n\n# the base\n\n# fresh lists\nRUN apt-get update\n\nCOPY x /x\nCMD [\"/x\"]\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists), leftover("apt-cache", 2e6, 1, "var/cache/apt/pkgcache.bin"), leftover("logs", 1e6, 1, "var/log/x")}, saved: 23e6},
	{name: "update that nothing uses, with a comment on more", dockerfile: "FROM debian\n# the program\nRUN apt-get update\nCOPY x /x\nCMD [\"/x\"]\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "update that nothing uses, last", dockerfile: "FROM debian\nCOPY x /x\nCMD [\"/x\"]\nRUN apt-get update",
		findings: []model.Finding{leftover("apt-lists", 20e6, 2, lists)}, saved: 20e6},
	{name: "copy and chown", dockerfile: "FROM debian\nRUN useradd app\n# the program\nCOPY app /srv/app\n# belongs to it\nRUN chown -R app:app /srv/app\nUSER app\n",
		findings: []model.Finding{shadowed("metadata-copy", "copied", 5e6, 2, 3, "srv/app/x")}, saved: 5e6},
	{name: "two copies, one chown", dockerfile: "FROM debian\nCOPY a /srv/app/a\nENV X=y\nCOPY b /srv/app/b\nRUN chown -R 1:2 /srv/app && ls\n",
		findings: []model.Finding{shadowed("metadata-copy", "copied", 5e6, 1, 3, "srv/app/a/x"), shadowed("metadata-copy", "copied", 4e6, 2, 3, "srv/app/b/x")}, saved: 9e6},
	{name: "two copies with a repository each, one chown", dockerfile: "FROM debian\nCOPY a /srv/app/a\nCOPY b /srv/app/b\nRUN chown -R 1:2 /srv/app\n",
		findings: []model.Finding{
			shadowed("vcs-metadata", "copied", 8e6, 1, 3, "srv/app/a/.git/HEAD"), shadowed("metadata-copy", "copied", 5e6, 1, 3, "srv/app/a/x"),
			shadowed("metadata-copy", "copied", 4e6, 2, 3, "srv/app/b/x"), shadowed("vcs-metadata", "copied", 7e6, 2, 3, "srv/app/b/.git/HEAD"),
			shadowed("vcs-metadata", "replaced", 6e6, 2, 3, "srv/app/b/c/.git/HEAD"),
		}, left: 1, saved: 24e6},
	{name: "everything in one RUN", dockerfile: "FROM debian\nRUN apt-get update\nRUN apt-get install -y git && make -C /tmp/x\nRUN rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{
			leftover("temp-files", 7e6, 2, "tmp/x/y"),
			shadowed("apt-lists", "deleted", 20e6, 1, 3, lists),
			leftover("apt-cache", 1e6, 2, "var/cache/apt/archives/git.deb"),
			leftover("temp-files", 500, 1, "tmp/x/z"),
		}, saved: 28000500},
	{name: "later stage only", dockerfile: "FROM debian AS build\nRUN apt-get update && apt-get install -y gcc\n\nFROM debian\nRUN apt-get update && apt-get install -y git\nCOPY --from=build /a /a\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "picked by rule", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y git\nRUN make\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists), leftover("temp-files", 1e6, 2, "tmp/x")},
		opt:      Options{Rules: []string{"temp-files"}}, saved: 1e6},
	{name: "removed later", dockerfile: "FROM debian\nRUN make -C /src\nENV A=b\nRUN rm -rf /src\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 3e6, 1, 2, "src/a")}, saved: 3e6},
	{name: "dockerignore", dockerfile: "FROM debian\nWORKDIR /app\nCOPY . .\nRUN rm -rf data /app/test\nCMD [\"./run\"]\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 3e6, 1, 2, "app/data/big", "app/test/x")},
		opt:      Options{Ignore: []byte("node_modules")}, saved: 3e6},
	{name: "dockerignore, another stage copies it", dockerfile: "FROM debian AS build\nCOPY . /src\nFROM debian\nCOPY . /app\nRUN rm -rf /app/data\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 3e6, 1, 2, "app/data/big")}, left: 1},
	{name: "cache mount", dockerfile: "FROM debian\nRUN apt-get update\nRUN apt-get install -y git\nRUN rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists), leftover("apt-cache", 30e6, 2, "var/cache/apt/archives/git.deb")},
		opt:      Options{CacheMount: true}, saved: 50e6},
	{name: "cache mount instead of a flag", dockerfile: "FROM python\nRUN pip install numpy\n",
		findings: []model.Finding{leftover("pip-cache", 20e6, 1, "root/.cache/pip/http-v2/a")},
		opt:      Options{CacheMount: true}, saved: 20e6},
	{name: "flag, then clean-up", dockerfile: "FROM python\nRUN apt-get update && apt-get install -y git && pip install numpy\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists), leftover("pip-cache", 2e6, 1, "root/.cache/pip/http-v2/a")}, saved: 22e6},
	{name: "cache mount for another user", dockerfile: "FROM python\nUSER app\nRUN pip install numpy\n",
		findings: []model.Finding{leftover("pip-cache", 20e6, 1, "root/.cache/pip/http-v2/a")},
		opt:      Options{CacheMount: true}, saved: 20e6},
	{name: "the same RUN twice", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y git\nCOPY x /x\nRUN apt-get update && apt-get install -y git\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists), leftover("apt-lists", 10e6, 3, lists)}, saved: 30e6},
	{name: "the same pip twice, one without a finding", dockerfile: "FROM python\nRUN pip install a\nCOPY x /x\nRUN pip install a\n",
		findings: []model.Finding{leftover("pip-cache", 20e6, 3, "root/.cache/pip/http-v2/a")}, saved: 20e6},
	{name: "lists that are used behind xargs", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN xargs apt-get install -y < /src/list\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "lists that are used behind a pipe to xargs", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN cat /src/list | xargs -r apt-get install -y\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "lists that are used behind timeout", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN timeout 100 apt-get install -y gcc\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "lists that are used behind a variable", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN APT=\"apt-get -y\"; $APT install gcc\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "lists that are used behind eval", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN eval \"apt-get install -y gcc\"\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "lists that only apt's name is near", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY src /src\nRUN apt-get clean && ls /etc/apt\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "npm that works offline", dockerfile: "FROM debian\nRUN npm ci\nCOPY src /src\nRUN npm install --offline\n",
		findings: []model.Finding{leftover("npm-cache", 20e6, 1, "root/.npm/_cacache/a")}},
	{name: "npm's cache, filled on purpose", dockerfile: "FROM debian\n# warm up the npm cache\nRUN npm ci\nCOPY src /src\n",
		findings: []model.Finding{leftover("npm-cache", 20e6, 1, "root/.npm/_cacache/a")}, left: 1},
	{name: "npm's cache, filled on purpose, by mounts", dockerfile: "FROM debian\n# warm up the npm cache\nRUN npm ci\nCOPY src /src\n",
		findings: []model.Finding{leftover("npm-cache", 20e6, 1, "root/.npm/_cacache/a")}, opt: Options{CacheMount: true}, left: 1},
	{name: "npm's cache, removed later", dockerfile: "FROM debian\nRUN npm ci\nCOPY src /src\nRUN rm -rf /root/.npm\n",
		findings: []model.Finding{leftover("npm-cache", 20e6, 1, "root/.npm/_cacache/a")}, saved: 20e6},
	{name: "packages that are installed from the cache", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -dy gcc\nCOPY src /src\nRUN dpkg -i /var/cache/apt/archives/*.deb\n",
		findings: []model.Finding{leftover("apt-cache", 20e6, 1, "var/cache/apt/archives/gcc.deb")}},
	{name: "packages that are not to be downloaded", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -dy gcc\nCOPY src /src\nRUN apt-get install -y --no-download gcc\n",
		findings: []model.Finding{leftover("apt-cache", 20e6, 1, "var/cache/apt/archives/gcc.deb")}},
	{name: "wheels from the cache", dockerfile: "FROM debian\nRUN pip install y\nCOPY src /src\nRUN pip install --no-index --find-links /root/.cache/pip/wheels z\n",
		findings: []model.Finding{leftover("pip-cache", 20e6, 1, "root/.cache/pip/wheels/a.whl")}},
	{name: "a temporary file that cd reaches", dockerfile: "FROM debian\nRUN gen /tmp\nCOPY src /src\nRUN cd /tmp && ./app.sh\n",
		findings: []model.Finding{leftover("temp-files", 20e6, 1, "tmp/app.sh")}},
	{name: "a temporary file behind TMPDIR", dockerfile: "FROM debian\nRUN gen /tmp\nCOPY src /src\nRUN $TMPDIR/app.sh\n",
		findings: []model.Finding{leftover("temp-files", 20e6, 1, "tmp/app.sh")}},
	{name: "sudo", dockerfile: "FROM debian\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y curl\nCMD [\"x\"]\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}},
	{name: "a stage that another copies from", dockerfile: "FROM debian AS build\nRUN apt-get update && apt-get install -y curl\nFROM debian AS other\nCOPY --from=build /var/lib/apt/lists /l\nFROM build\nRUN x\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, left: 1},
	{name: "a stage that another copies something else from", dockerfile: "FROM debian AS build\nRUN apt-get update && apt-get install -y curl\nFROM debian AS other\nCOPY --from=build /usr/bin/curl /var /x/\nFROM build\nRUN x\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, saved: 20e6},
	{name: "a stage that another continues and installs in", dockerfile: "FROM debian AS build\nRUN apt-get update && apt-get install -y curl\nFROM build AS test\nRUN apt-get install -y gcc\nFROM build\nRUN x\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, left: 1},
	{name: "an old frontend", dockerfile: "# syntax=docker/dockerfile:1.0\nFROM python\nRUN pip install numpy\n", opt: Options{CacheMount: true},
		findings: []model.Finding{leftover("pip-cache", 20e6, 1, "root/.cache/pip/http-v2/a")}, left: 1},
	{name: "COPY --link and a name", dockerfile: "FROM debian\nCOPY --link a /app/\nRUN chown -R app:app /app/\n",
		findings: []model.Finding{shadowed("metadata-copy", "copied", 20e6, 1, 2, "app/a")}},
	{name: "COPY --link and numbers", dockerfile: "FROM debian\nCOPY --link a /app/\nRUN chown -R 1:1 /app/\n",
		findings: []model.Finding{shadowed("metadata-copy", "copied", 20e6, 1, 2, "app/a")}, saved: 20e6},
	{name: "files that a COPY took before they were removed", dockerfile: "FROM debian AS build\nRUN make big\nFROM build\nCOPY --from=build /opt/big/tool /usr/local/bin/tool\nRUN rm -rf /opt/big\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 20e6, 1, 3, "opt/big/a")}},
	{name: "comments of joined RUNs", dockerfile: "FROM debian\n# one: the lists\nRUN apt-get update\n# two: the tool\nRUN apt-get install -y --no-install-recommends curl\n# three: the clean-up\n# of the lists\nRUN rm -rf /var/lib/apt/lists/*\nCMD [\"curl\"]\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}, saved: 20e6},
	{name: "comments of joined RUNs, CRLF and indented", dockerfile: "FROM debian\r\nRUN apt-get update && \\\r\n\tapt-get install -y curl\r\n\t# the clean-up\r\n\tRUN rm -rf /var/lib/apt/lists/*\r\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 2, lists)}, saved: 20e6},
	{name: "comments of joined RUNs, escape directive", dockerfile: "# escape=`\nFROM debian\nRUN apt-get update `\n && apt-get install -y curl\n# the `clean-up`\nRUN rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 2, lists)}, opt: Options{Build: &rules.Build{}}, saved: 20e6},
	{name: "kept apart by a comment", dockerfile: "FROM debian\n# hardly ever changes\nRUN make base\n# changes every week\nRUN make app && rm -rf /opt/x\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 20e6, 1, 2, "opt/x")}, left: 1},
	{name: "kept apart by a comment, another edit", dockerfile: "FROM debian\n# hardly ever changes\nRUN apt-get update && apt-get install -y curl\n# changes every week\nRUN rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 2, lists)}, saved: 20e6},
	{name: "the author's clean-up has nothing left to do", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\n\nCOPY app /app\n\n# clean up\nRUN apt-get clean && rm -rf /var/lib/apt/lists/*\n\nCMD [\"/app\"]\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}, saved: 20e6},
	{name: "the author's clean-up behind something else", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN useradd app && rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}, saved: 20e6},
	{name: "the author's clean-up behind what may fill it", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN /app/setup && rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}},
	{name: "the author's clean-up has more to do", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN rm -rf /var/lib/apt/lists/* /app/test\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists), shadowed("removed-later", "deleted", 1e6, 2, 3, "app/test/x")}, opt: Options{Floor: 2e6}, saved: 20e6},
	{name: "the author's clean-up of a later update", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists)}, saved: 20e6},
	{name: "the author's clean-up cleans something else, too", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get clean && rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 3, lists), shadowed("apt-cache", "deleted", 900e3, 1, 3, "var/cache/apt/pkgcache.bin")}, opt: Options{Floor: 2e6}, saved: 20e6},
	{name: "lists that a later RUN fetches again", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get update && apt-get install -y git\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists)}, saved: 26e6},
	{name: "lists that a later RUN fetches again, a small finding", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get update && apt-get install -y git\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists), leftover("apt-lists", 3e3, 3, lists+"2")}, opt: Options{Floor: 1e6}, saved: 26003000},
	{name: "one flag more of a kind, below the floor", dockerfile: "FROM python\nRUN pip install a\nCOPY app /app\nRUN pip install b\n",
		findings: []model.Finding{leftover("pip-cache", 26e6, 1, "root/.cache/pip/http-v2/a"), leftover("pip-cache", 2e6, 3, "root/.cache/pip/http-v2/b")}, opt: Options{Floor: 20e6}, saved: 28e6},
	{name: "one flag more of a kind that saves next to nothing", dockerfile: "FROM python\nRUN pip install a\nCOPY app /app\nRUN pip install b\n",
		findings: []model.Finding{leftover("pip-cache", 26e6, 1, "root/.cache/pip/http-v2/a"), leftover("pip-cache", 200e3, 3, "root/.cache/pip/http-v2/b")}, opt: Options{Floor: 20e6}, saved: 26.2e6},
	{name: "clean-ups of a kind, together above the floor", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y a\nCOPY app /app\nRUN apt-get update && apt-get install -y b\n",
		findings: []model.Finding{leftover("apt-lists", 12e6, 1, lists), leftover("apt-lists", 11e6, 3, lists+"2")}, opt: Options{Floor: 20e6}, saved: 23e6},
	{name: "clean-ups of a kind, together below the floor", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y a\nCOPY app /app\nRUN apt-get update && apt-get install -y b\n",
		findings: []model.Finding{leftover("apt-lists", 8e6, 1, lists), leftover("apt-lists", 7e6, 3, lists+"2")}, opt: Options{Floor: 20e6}},
	{name: "a part of what the last RUN removes", dockerfile: "FROM debian\nRUN make -C /src a\nCOPY x /x\nRUN make -C /src b\nRUN rm -rf /src\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 4, "src/a.o"), shadowed("removed-later", "deleted", 9e6, 3, 4, "src/b.o")}, left: 1},
	{name: "most of what the last RUN removes", dockerfile: "FROM debian\nRUN make -C /src a\nCOPY x /x\nRUN make -C /src b\nRUN rm -rf /src\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 9e6, 1, 4, "src/a.o"), shadowed("removed-later", "deleted", 90e6, 3, 4, "src/b.o")}, saved: 90e6},
	{name: "a comment on a RUN whose settings come first", dockerfile: "FROM debian\nRUN wget -O /a.tgz x\n# unpack it\nRUN set -ex \\\n    && tar xf /a.tgz \\\n    && rm /a.tgz\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 2, "a.tgz")}, saved: 90e6},
	{name: "five RUNs that do different things", dockerfile: "FROM debian\nRUN wget -O /tmp/a.tgz x && tar xf /tmp/a.tgz\nRUN make b\nRUN make c\nRUN make d\nRUN service x start && rm -rf /tmp/*\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 5, "tmp/a.tgz")}, left: 1},
	{name: "four RUNs that do different things", dockerfile: "FROM debian\nRUN wget -O /tmp/a.tgz x && tar xf /tmp/a.tgz\nRUN make b\nRUN make c\nRUN service x start && rm -rf /tmp/*\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 4, "tmp/a.tgz")}, saved: 90e6},
	{name: "the author's clean-up of several RUNs has nothing left to do", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nCOPY app /app\nRUN apt-get update && apt-get install -y --no-install-recommends git\nCOPY b /b\n\n# Cleanup\nRUN rm -rf /var/lib/apt/lists/*\n\nCMD [\"/app\"]\n",
		findings: []model.Finding{shadowed("apt-lists", "deleted", 20e6, 1, 5, lists), shadowed("apt-lists", "deleted", 20e6, 3, 5, lists)}, saved: 40e6},
	{name: "a RUN that is commented out between", dockerfile: "FROM debian\n# fetch it\nRUN wget -O /a.tgz x\n#RUN wget -O /b.tgz x\n# unpack it\n\n# away with it\nRUN tar xf /a.tgz && rm /a.tgz\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 2, "a.tgz")}, saved: 90e6},
	{name: "a heading between", dockerfile: "FROM debian\nRUN wget -O /a.tgz x\n##########\n# Unpack #\n##########\nRUN tar xf /a.tgz && rm /a.tgz\n",
		findings: []model.Finding{shadowed("removed-later", "deleted", 90e6, 1, 2, "a.tgz")}, left: 1},
	{name: "flags of a kind below the floor", dockerfile: "FROM python\nRUN pip install a\nCOPY app /app\nRUN pip install b\n",
		findings: []model.Finding{leftover("pip-cache", 9e6, 1, "root/.cache/pip/http-v2/a"), leftover("pip-cache", 2e6, 3, "root/.cache/pip/http-v2/b")}, opt: Options{Floor: 20e6}},
	{name: "another cache of a RUN that is edited, below the floor", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl && npm install -g b\nCOPY app /app\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists), leftover("npm-cache", 2e6, 1, "root/.npm/_cacache/b")}, opt: Options{Floor: 20e6}, saved: 28e6},
	{name: "another cache of a RUN that is edited, of next to nothing", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl && npm install -g b\nCOPY app /app\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists), leftover("npm-cache", 200e3, 1, "root/.npm/_cacache/b")}, opt: Options{Floor: 20e6}, saved: 26e6},
	{name: "one clean-up more of a kind, below the floor", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN npm install -g b\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists), leftover("npm-cache", 2e6, 3, "root/.npm/_cacache/b")}, opt: Options{Floor: 20e6}, saved: 26e6},
	{name: "lists that a later RUN fetches again and removes", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists)}, saved: 26e6},
	{name: "lists that a later RUN fetches again and cannot be edited", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN [\"sh\", \"-c\", \"apt-get update && apt-get install -y git\"]\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists)}, left: 1},
	{name: "lists that later RUNs mount", dockerfile: "FROM debian\nRUN apt-get update && apt-get install -y curl\nCOPY app /app\nRUN apt-get update && apt-get install -y git\nCOPY b /b\nRUN apt-get update && apt-get install -y vim\n",
		findings: []model.Finding{leftover("apt-lists", 26e6, 1, lists)}, opt: Options{CacheMount: true}, saved: 26e6},
	{name: "dnf's cache, filled again", dockerfile: "FROM fedora\nRUN dnf install -y git\nCOPY a /a\nRUN dnf install -y vim\n",
		findings: []model.Finding{leftover("dnf-cache", 26e6, 1, "var/cache/dnf/fedora.solv")}, saved: 26e6},
	{name: "cache mount in a heredoc", dockerfile: "# syntax=docker/dockerfile:1\nFROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y git\nEOF\n",
		findings: []model.Finding{leftover("apt-lists", 20e6, 1, lists)}, opt: Options{CacheMount: true}, saved: 20e6},
	{name: "nothing to fix", dockerfile: "FROM debian\nRUN true\n"},
}

var update = flag.Bool("update", false, "write the diffs in testdata anew")

func TestPlan(t *testing.T) {
	const golden = "testdata/diffs.txtar"
	want := make(map[string]string)
	if file, err := txtar.ParseFile(golden); err == nil {
		for _, f := range file.Files {
			want[f.Name] = string(f.Data)
		}
	}
	var out txtar.Archive
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			r := reportOf(t, test.dockerfile, test.findings...)
			result, err := Plan(r, []byte(test.dockerfile), test.opt)
			if err != nil {
				t.Fatal(err)
			}
			diff, err := result.Diff("Dockerfile", ".dockerignore")
			if err != nil {
				t.Fatal(err)
			}
			name := strings.ReplaceAll(test.name, " ", "-") + ".diff"
			// A txtar file has no bare CR and ends in a newline.
			shown := strings.ReplaceAll(diff, "\r", "<CR>")
			out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(shown)})
			if d := cmp.Diff(want[name], shown); d != "" && !*update {
				t.Errorf("diff (-want +got):\n%s\nleft: %+v", d, result.Left)
			}
			if result.SavedBytes != test.saved || result.Size != r.Image.Size-test.saved {
				t.Errorf("saves %d bytes and leaves %d, want %d; left: %+v", result.SavedBytes, result.Size, test.saved, result.Left)
			}
			if (test.saved > 0) != result.Changed() {
				t.Errorf("changed: %v", result.Changed())
			}
			blocked := 0
			for _, l := range result.Left {
				if l.Blocked {
					blocked++
				}
				if l.Why == "" || strings.Contains(l.Why, "\n") {
					t.Errorf("no line: %q", l.Why)
				}
			}
			if blocked != test.left {
				t.Errorf("%d edits were blocked, want %d: %+v", blocked, test.left, result.Left)
			}
			if err := valid(result.New); err != nil {
				t.Errorf("BuildKit refuses the result: %v\n%s", err, result.New)
			}
			patch(t, result, diff)
		})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(&out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// patch applies a diff with the real program and compares what comes out.
func patch(t *testing.T, r *Result, diff string) {
	t.Helper()
	program, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("patch is not installed")
	}
	if diff == "" {
		return
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		if content == nil {
			return
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("Dockerfile", r.Old)
	write(".dockerignore", r.OldIgnore)
	cmd := exec.Command(program, "-p1", "--fuzz=0")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("patch: %v\n%s\n%s", err, out, diff)
	}
	for name, content := range map[string][]byte{"Dockerfile": r.New, ".dockerignore": r.NewIgnore} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && content != nil || !bytes.Equal(got, content) {
			t.Errorf("%s after patch is %q (%v), want %q", name, got, err, content)
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	r := reportOf(t, "FROM debian\nRUN a\nCOPY a b\n")
	for _, test := range []struct{ dockerfile, want string }{
		{"FROM debian\nCOPY a b\nRUN a\n", `the Dockerfile is not the one the image was read with: line 2 should have RUN, but the line begins with "COPY"; pass the Dockerfile that built the image`},
		{"FROM debian\nRUN a\n", `the Dockerfile is not the one the image was read with: line 3 should have COPY, but there are 2 lines; pass the Dockerfile that built the image`},
		{"", `the Dockerfile is not the one the image was read with: line 2 should have RUN, but there are 0 lines; pass the Dockerfile that built the image`},
	} {
		_, err := Plan(r, []byte(test.dockerfile), Options{})
		if err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
	if _, err := Plan(r, []byte("FROM debian\nRUN a\nCOPY a b\n"), Options{Rules: []string{"no-such"}}); err == nil || !strings.Contains(err.Error(), `no rule "no-such"`) {
		t.Errorf("error %v", err)
	}
}
