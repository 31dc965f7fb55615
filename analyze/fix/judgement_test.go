package fix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze"
	"github.com/tare-oci/tare/analyze/fix"
	follow "github.com/tare-oci/tare/analyze/replay"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/model"
)

// fixed is what tare fix makes of a Dockerfile whose image is followed without a build, and
// why it leaves what it leaves.
func fixed(t *testing.T, dockerfile string, opt fix.Options) (edited, left string) {
	t.Helper()
	return fixedTarget(t, dockerfile, "", opt)
}

// fixedTarget is fixed for a Dockerfile with more stages behind the one that the image is of
// (docker build --target).
func fixedTarget(t *testing.T, dockerfile, behind string, opt fix.Options) (edited, left string) {
	t.Helper()
	_, plan := planned(t, dockerfile, behind, follow.Options{}, opt)
	for _, l := range plan.Left {
		left += l.Rule + ": " + l.Why + "\n"
	}
	return string(plan.New), left
}

// planned is the plan for a Dockerfile whose image is followed, with others' stages behind, and how large
// that image is.
func planned(t *testing.T, dockerfile, behind string, context follow.Options, opt fix.Options, neighbours ...rules.Neighbour) (size int64, plan *fix.Result) {
	t.Helper()
	img, err := follow.Replay([]byte(dockerfile), context)
	dockerfile += behind
	if err != nil {
		t.Fatal(err)
	}
	archive, err := img.Archive()
	if err != nil {
		t.Fatal(err)
	}
	in := analyze.InMemory{Name: "app", Archive: archive, Size: archive.Size(), Dockerfile: []byte(dockerfile)}
	h, err := analyze.OpenInMemory(t.Context(), in, analyze.Options{NeedBuild: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	result, err := h.Analyze(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	result.Build.Neighbours = neighbours
	opt.Build, opt.Floor = result.Build, model.Floor(result.Report.Summary.Own.Size)
	if plan, err = fix.Plan(result.Report, []byte(dockerfile), opt); err != nil {
		t.Fatal(err)
	}
	return result.Report.Image.Size, plan
}

const withoutRecommends = "--no-install-recommends"

// TestOptionThatItsAuthorTurnedOff: who has commented the option out has tried it.
func TestOptionThatItsAuthorTurnedOff(t *testing.T) {
	for _, test := range []struct {
		name, install string
		edits         bool
	}{
		{"the line above", "#RUN apt-get install -y --no-install-recommends \\\nRUN apt-get update && apt-get install -y git python3-pip", false},
		{"a comment above that tells of it", "# --no-install-recommends breaks the fonts\nRUN apt-get update && apt-get install -y git python3-pip", false},
		{"in the RUN", "RUN apt-get update && apt-get install -y \\\n  #  --no-install-recommends \\\n  git python3-pip", false},

		{"another comment", "# without recommended packages, some day\nRUN apt-get update && apt-get install -y git python3-pip", true},
		{"a comment of another paragraph", "# apt-get install --no-install-recommends curl\n\nRUN apt-get update && apt-get install -y git python3-pip", true},
		{"the option in another RUN", "RUN apt-get update && apt-get install -y --no-install-recommends curl\nRUN apt-get update && apt-get install -y git python3-pip", true},
	} {
		edited, left := fixed(t, "FROM debian:bookworm-slim\n"+test.install+"\nCMD [\"git\", \"daemon\"]\n", fix.Options{})
		edits := strings.Count(edited, "\n    && apt-get install -y "+withoutRecommends)+strings.Count(edited, "install -y "+withoutRecommends+" git")+strings.Count(edited, "install -y "+withoutRecommends+" \\\n  git") > 0
		if edits != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\n%s", test.name, edits, test.edits, edited, left)
		}
		if !test.edits && !strings.Contains(left, "took --no-install-recommends out again") {
			t.Errorf("%s: left:\n%s", test.name, left)
		}
	}
}

// TestEditsThatAreHardlyWorthIt: an edit that names more than it saves, and saves little, is
// left, but where somebody asks for it.
func TestEditsThatAreHardlyWorthIt(t *testing.T) {
	for _, test := range []struct {
		name, rest string
		opt        fix.Options
		edits      bool
	}{
		{"little is saved, for people", "RUN apt-get update && apt-get install -y wget curl && rm -rf /var/lib/apt/lists/*\n", fix.Options{}, false},
		{"asked for", "RUN apt-get update && apt-get install -y wget curl && rm -rf /var/lib/apt/lists/*\n", fix.Options{Rules: []string{"apt-recommends"}}, true},
		{"nothing has to be named", "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nCMD [\"git\", \"log\"]\n", fix.Options{}, true},
		{"much is saved", "RUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*\nCMD [\"python3\", \"-m\", \"x\"]\n", fix.Options{}, true},
	} {
		edited, left := fixed(t, "FROM debian:bookworm-slim\n"+test.rest, test.opt)
		if got := strings.Contains(edited, withoutRecommends); got != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\n%s", test.name, got, test.edits, edited, left)
		}
		if !test.edits && !strings.Contains(left, "select it with --rule") {
			t.Errorf("%s: left:\n%s", test.name, left)
		}
	}
}

// TestWhatALaterInstallWouldHaveBrought: a package that goes with the edit of one install, and
// that a later one recommends, too, is named there if that one needs it.
func TestWhatALaterInstallWouldHaveBrought(t *testing.T) {
	const first = "RUN apt-get update && apt-get install -y build-essential git && rm -rf /var/lib/apt/lists/*\n"
	for _, test := range []struct {
		name, next, want string
	}{
		{"in a later install", "RUN apt-get update && apt-get install -y xvfb && rm -rf /var/lib/apt/lists/*\nCMD [\"xvfb-run\", \"x\"]\n", "xvfb xauth &&"},
		{"for a later install that says how", "RUN apt-get update && apt-get install -y --no-install-recommends xvfb && rm -rf /var/lib/apt/lists/*\nCMD [\"Xvfb\", \":1\"]\n", " xauth &&"},
		{"a later install that does without", "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCMD [\"curl\", \"x\"]\n", ""},
		{"no later install", "CMD [\"git\", \"log\"]\n", ""},
	} {
		edited, left := fixed(t, "FROM debian:bookworm-slim\n"+first+test.next, fix.Options{})
		edited = strings.ReplaceAll(edited, " \\\n    ", " ")
		if !strings.Contains(edited, withoutRecommends+" build-essential git") {
			t.Errorf("%s: the first install is not edited:\n%s\n%s", test.name, edited, left)
		}
		if lines := strings.Count(edited, withoutRecommends); lines > 1 && strings.Contains(left, "apt-recommends: it saves less") {
			t.Errorf("%s: an edited line stands under what is left:\n%s", test.name, left)
		}
		if strings.Contains(edited, "xauth") != (test.want != "") || !strings.Contains(edited, test.want) {
			t.Errorf("%s: want %q:\n%s\n%s", test.name, test.want, edited, left)
		}
	}
}

// TestRemovedWhereItWasFirst: a file that one RUN makes, one stores again with another owner,
// and one removes, is removed in the first one; else that would still hold it.
func TestRemovedWhereItWasFirst(t *testing.T) {
	edited, left := fixed(t, `FROM debian:bookworm-slim
COPY app.jar /app/app.jar
RUN head -c 20000000 /dev/urandom > /app/blob.bin
RUN useradd shop && chown -R shop:shop /app
RUN rm /app/blob.bin
USER shop
CMD ["java", "-jar", "/app/app.jar"]
`, fix.Options{})
	made, removed := strings.Index(edited, "head -c"), strings.Index(edited, "rm /app/blob.bin")
	if made < 0 || removed < made || strings.Contains(edited[made:removed], "\nRUN") {
		t.Errorf("%s\n%s", edited, left)
	}
}

// TestUselessCleanUp: the RUN by which an author removes the lists goes where each RUN removes its
// own, with apt-get clean, which had nothing else to clean.
func TestUselessCleanUp(t *testing.T) {
	const start = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nCOPY x /x\nRUN apt-get install -y --no-install-recommends wget\n"
	for _, test := range []struct{ name, last, want string }{
		{"rm alone", "RUN rm -rf /var/lib/apt/lists/*\n", ""},
		{"beside apt-get clean", "RUN apt-get clean && rm -rf /var/lib/apt/lists/*\n", ""},
		{"beside another rm", "RUN rm -rf /var/lib/apt/lists/* && rm -rf /x\n", "RUN rm -rf /x\n"},
	} {
		edited, left := fixed(t, start+test.last+"CMD [\"curl\", \"x\"]\n", fix.Options{})
		if strings.Count(edited, "apt-get update") != 2 || !strings.HasSuffix(edited, "    && rm -rf /var/lib/apt/lists/*\n"+test.want+"CMD [\"curl\", \"x\"]\n") {
			t.Errorf("%s: want %q behind the last install:\n%s\n%s", test.name, test.want, edited, left)
		}
	}
}

// TestIndexThatAScriptReads: apk add --no-cache leaves no index for a script that adds packages
// in the same RUN.
func TestIndexThatAScriptReads(t *testing.T) {
	for _, test := range []struct{ name, script, run, want string }{
		{"a script that adds", "apk add bash", "apk update && apk add curl && /x.sh", "rm -rf /var/cache/apk/*"},
		{"a script that fetches its own index", "apk add --no-cache bash", "apk update && apk add curl && /x.sh", "RUN apk add --no-cache curl && /x.sh"},
		{"a script that does something else", "echo", "apk update && apk add curl && /x.sh", "RUN apk add --no-cache curl && /x.sh"},
		{"one that nobody has read", "echo", "apk update && apk add curl && curl -s https://example.org/install.sh | sh", "rm -rf /var/cache/apk/*"},
	} {
		edited, left := fixed(t, "FROM alpine:3.20\nRUN printf '#!/bin/sh\\n"+test.script+"\\n' > /x.sh && chmod +x /x.sh\nRUN "+test.run+"\nCMD [\"curl\", \"x\"]\n", fix.Options{})
		if !strings.Contains(edited, test.want) {
			t.Errorf("%s: want %q:\n%s\n%s", test.name, test.want, edited, left)
		}
	}
}

// TestGuesses: an edit that would name a compiler, or an ssh, for whoever may want one is made on
// request; one that names what a command calls is made by itself.
func TestGuesses(t *testing.T) {
	const guess = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y vim python3-pip && rm -rf /var/lib/apt/lists/*\nRUN pip3 install requests\nCMD [\"bash\"]\n"
	const known = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y python3-pip curl && rm -rf /var/lib/apt/lists/*\nRUN curl -O https://example.org/x\nCMD [\"python3\", \"-m\", \"http.server\"]\n"
	edited, left := fixed(t, guess, fix.Options{})
	if strings.Contains(edited, withoutRecommends) || !strings.Contains(left, "needed is a guess; --rule apt-recommends writes the edit") {
		t.Errorf("a guess:\n%s\n%s", edited, left)
	}
	if edited, left := fixed(t, guess, fix.Options{Rules: []string{"apt-recommends"}}); !strings.Contains(edited, withoutRecommends) || !strings.Contains(edited, "build-essential") {
		t.Errorf("on request:\n%s\n%s", edited, left)
	}
	const small = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y git python3-pip && rm -rf /var/lib/apt/lists/*\nCMD [\"python3\", \"-m\", \"http.server\"]\n"
	if edited, left := fixed(t, small, fix.Options{}); strings.Contains(edited, withoutRecommends) || !strings.Contains(left, "is a guess") {
		t.Errorf("a small one:\n%s\n%s", edited, left)
	}
	if edited, left := fixed(t, known, fix.Options{}); !strings.Contains(edited, withoutRecommends+" python3-pip curl") {
		t.Errorf("known:\n%s\n%s", edited, left)
	}
}

// TestGuessesAboutTools: in the stage that runs there are no build tools, so that a guess about them
// keeps no recommended packages in it.
func TestGuessesAboutTools(t *testing.T) {
	const dockerfile = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y autoconf libtool build-essential curl python3 tcpdump libpcap-dev && rm -rf /var/lib/apt/lists/*\n" +
		"WORKDIR /opt\nRUN curl -LO https://example.org/daq-2.0.tar.gz && tar xzf daq-2.0.tar.gz && mv daq-2.0 daq && rm daq-2.0.tar.gz\n" +
		"WORKDIR /opt/daq\nRUN autoreconf -f -i && ./configure && make && make install\nCOPY app.py /srv/app.py\nCMD [\"python3\", \"/srv/app.py\"]\n"
	edited, left := fixed(t, dockerfile, fix.Options{Stage: fix.AnyStage})
	_, runs, ok := strings.Cut(edited, "\nFROM ")
	if _, packages, found := strings.Cut(runs, "apt-get install -y "); !ok || !found || !strings.HasPrefix(packages, withoutRecommends) || strings.Contains(runs, "automake") {
		t.Errorf("%s\n%s", edited, left)
	}
}

// TestScriptsOfArchives: the script of a package archive fetches lists when it runs, also where an
// earlier RUN has downloaded it; that one gets neither a clean-up nor a mount.
func TestScriptsOfArchives(t *testing.T) {
	const dockerfile = "FROM debian:bookworm-slim\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends wget ca-certificates\n" +
		"RUN wget https://deb.nodesource.com/setup_20.x\nRUN bash setup_20.x\nRUN apt-get install -y --no-install-recommends nodejs\nCMD [\"node\", \"-v\"]\n"
	for _, mounts := range []bool{false, true} {
		edited, left := fixed(t, dockerfile, fix.Options{CacheMount: mounts})
		if strings.Count(edited, "apt-get update") != 1 || !strings.Contains(edited, "\nRUN wget https://deb.nodesource.com/setup_20.x\nRUN bash setup_20.x") || strings.Count(edited, "rm -rf /var/lib/apt/lists/*") != 2 {
			t.Errorf("mounts %v:\n%s\n%s", mounts, edited, left)
		}
	}
}

// TestScriptsThatDidNotRun: a script that is piped into a shell fetches nothing where the program is missing
// that downloads it, so that the RUN installs from the lists of the one before.
func TestScriptsThatDidNotRun(t *testing.T) {
	const dockerfile = "FROM debian:bookworm-slim\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends git\n" +
		"RUN curl -fsSL https://deb.nodesource.com/setup_21.x | bash - && apt-get install -y --no-install-recommends nodejs\nCMD [\"node\"]\n"
	for _, mounts := range []bool{false, true} {
		edited, left := fixed(t, dockerfile, fix.Options{CacheMount: mounts})
		if strings.Count(edited, "RUN ") != 1 || strings.Count(edited, "apt-get update") != 1 {
			t.Errorf("mounts %v:\n%s\n%s", mounts, edited, left)
		}
	}
}

// TestListsThatAreKept: who writes that the lists stay means it.
func TestListsThatAreKept(t *testing.T) {
	for comment, keeps := range map[string]bool{"# keep the lists: users install things": true, "# the lists": false} {
		edited, left := fixed(t, "FROM debian:bookworm-slim\n"+comment+"\nRUN apt-get update && apt-get install -y --no-install-recommends wget\nCMD [\"wget\", \"x\"]\n", fix.Options{})
		if strings.Contains(edited, "rm -rf") == keeps || strings.Contains(left, "a comment says that the package lists stay") != keeps {
			t.Errorf("%s:\n%s\n%s", comment, edited, left)
		}
	}
}

// TestStatementsStayApart: a RUN that goes on after a failure is not joined with one that does not.
func TestStatementsStayApart(t *testing.T) {
	const next = "RUN apt-get install -y --no-install-recommends tzdata && dpkg-reconfigure -f noninteractive tzdata\nCMD [\"wget\", \"x\"]\n"
	for _, test := range []struct {
		first string
		runs  int
	}{
		{"RUN apt-get update; \\\n    apt-get install -y --no-install-recommends wget;", 2},
		{"RUN apt-get update && \\\n    apt-get install -y --no-install-recommends wget", 1},
		{"RUN apt-get update && apt-get install -y --no-install-recommends wget; \\\n    wget https://example.org/a.deb; \\\n    dpkg -i a.deb; \\\n    rm a.deb;", 2},
		{"RUN set -e; apt-get update; apt-get install -y --no-install-recommends wget", 1},
	} {
		edited, left := fixed(t, "FROM debian:bookworm-slim\n"+test.first+"\n"+next, fix.Options{})
		if got := strings.Count(edited, "RUN "); got != test.runs || !strings.Contains(edited, "/var/lib/apt/lists") {
			t.Errorf("%d RUNs, want %d:\n%s\n%s", got, test.runs, edited, left)
		}
	}

	// The first RUN leaves lists for the second, which fetches its own instead.
	const unread = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends wget ca-certificates; \\\n    wget https://example.org/a.deb -O a.deb; \\\n    dpkg -i a.deb; \\\n    rm a.deb;\n" +
		"RUN ln -fs /usr/share/zoneinfo/UTC /etc/localtime && apt-get install -y --no-install-recommends tzdata && dpkg-reconfigure -f noninteractive tzdata\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends jq\nCMD [\"jq\", \".\"]\n"
	if edited, left := fixed(t, unread, fix.Options{}); strings.Count(edited, "RUN ") != 3 || strings.Count(edited, "apt-get update") != 3 {
		t.Errorf("joined:\n%s\n%s", edited, left)
	}
}

// TestEditsInTheWayOfAStage: where other edits were asked for, and they stand in the way of a stage,
// nobody is told that there cannot be one.
func TestEditsInTheWayOfAStage(t *testing.T) {
	const file = "FROM debian:bookworm-slim\nRUN apt-get update\nRUN apt-get install -y nodejs npm make g++\nWORKDIR /app\nCOPY . .\nRUN npm install\nRUN npm run build\nRUN id node || useradd -m node\nRUN chown -R node:node /app\nUSER node\nCMD [\"node\", \"server.js\"]\n"
	if edited, left := fixed(t, file, fix.Options{Stage: fix.SureStage}); !strings.Contains(edited, " AS build\n") {
		t.Errorf("by default:\n%s\n%s", edited, left)
	}
	if edited, left := fixed(t, file, fix.Options{}); strings.Contains(edited, " AS build\n") || !strings.Contains(left, "Other edits stand in the way of that stage") {
		t.Errorf("without:\n%s\n%s", edited, left)
	}
}

// TestListsThatPlaywrightFetches: a RUN that fetches the lists by a program leaves as much again, so
// that no removal before it saves anything, unless that RUN removes them, too.
func TestListsThatPlaywrightFetches(t *testing.T) {
	const file = "FROM node:20-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nENV X=/y\nRUN npx playwright install-deps\nRUN apt-get install -y --no-install-recommends firefox-esr\nCMD [\"curl\", \"x\"]\n"
	edited, left := fixed(t, file, fix.Options{})
	if first, _, _ := strings.Cut(edited, "ENV X"); strings.Contains(first, "rm -rf") != strings.Contains(edited[len(first):], "rm -rf") {
		t.Errorf("%s\n%s", edited, left)
	}
}

// TestHadolint: what an author tells hadolint to leave alone stays as it is.
func TestHadolint(t *testing.T) {
	for code, edited := range map[string]bool{"DL3009": false, "DL3008,DL3009": false, "DL3008": true} {
		file, left := fixed(t, "FROM debian:bookworm-slim\n# hadolint ignore="+code+"\nRUN apt-get update && apt-get install -y --no-install-recommends wget\nCMD [\"wget\", \"x\"]\n", fix.Options{})
		if strings.Contains(file, "rm -rf") != edited || strings.Contains(left, "tells hadolint that its author wants it so (DL3009)") == edited {
			t.Errorf("%s:\n%s\n%s", code, file, left)
		}
	}
}

// TestImagesForPeople: in an image that runs nothing by itself, or what a Makefile says, recommended
// packages that somebody may call go on request; those that nobody calls go by themselves.
func TestImagesForPeople(t *testing.T) {
	const end = " && rm -rf /var/lib/apt/lists/*\n"
	for _, test := range []struct {
		install, command string
		edited           bool
	}{
		{"python3-pip curl", `"bash"`, false},
		{"python3-pip curl", `"python3", "-m", "http.server"`, true},
		{"build-essential", `"bash"`, true},
		{"build-essential", `"make"`, false},
		{"build-essential", `"dune", "test"`, false}, // it may call any compiler
		{"openssh-server curl", `"/usr/sbin/sshd", "-D"`, false},
		{"iptables curl", `"bash"`, false},
		{"openssh-server curl", `"/bin/sh", "-c", "service ssh start && python3 -m http.server"`, false},
	} {
		file, left := fixed(t, "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y "+test.install+end+"CMD ["+test.command+"]\n", fix.Options{})
		if strings.Contains(file, withoutRecommends) != test.edited {
			t.Errorf("%s for %s: edited %v, want %v:\n%s\n%s", test.install, test.command, !test.edited, test.edited, file, left)
		}
	}
}

// TestCompilersOneByOne: what g++ needs, gcc recommends, so that the flag has to be on the install of each.
func TestCompilersOneByOne(t *testing.T) {
	const file = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y python3 && apt-get install -y gcc && apt-get install -y g++ && rm -rf /var/lib/apt/lists/*\nCMD [\"python3\", \"-m\", \"http.server\"]\n"
	edited, left := fixed(t, file, fix.Options{Rules: []string{"apt-recommends"}})
	if flag := "apt-get install -y " + withoutRecommends; !strings.Contains(edited, flag+" gcc") || !strings.Contains(edited, flag+" g++") {
		t.Errorf("%s\n%s", edited, left)
	}
}

// TestRecommendsOfALaterInstall: what an edit leaves out of one install, and a later one names, brings
// its own recommended packages there, so that one is edited, too.
func TestRecommendsOfALaterInstall(t *testing.T) {
	const file = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y python3-pip && rm -rf /var/lib/apt/lists/*\nCOPY x /x\nRUN apt-get update && apt-get install -y build-essential && rm -rf /var/lib/apt/lists/*\nRUN make -C /x\nCMD [\"python3\", \"-m\", \"http.server\"]\n"
	edited, left := fixed(t, file, fix.Options{Rules: []string{"apt-recommends"}})
	if strings.Count(edited, withoutRecommends) != 2 {
		t.Errorf("%s\n%s", edited, left)
	}
}

// TestWhatIsStoredTwiceGoesOnce: where a chown stores a cache once more that an edit keeps from being
// written, nothing is to be removed behind the chown.
func TestWhatIsStoredTwiceGoesOnce(t *testing.T) {
	for _, run := range []string{"pip install pandas numpy", "npm install -g serve"} {
		file := "FROM node:20-bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*\nRUN useradd -m app\nENV HOME=/home/app\nRUN " + run + "\nRUN chown -R app:app $HOME\nUSER app\nCMD [\"serve\"]\n"
		edited, left := fixed(t, file, fix.Options{})
		if !strings.Contains(edited, "pip install --no-cache-dir") && !strings.Contains(edited, "rm -rf /home/app/.npm") {
			t.Errorf("%s: the cache stays:\n%s\n%s", run, edited, left)
		}
		if !strings.Contains(edited, "\nRUN chown -R app:app $HOME\n") || strings.Contains(left, "-cache: ") {
			t.Errorf("%s: something is done behind the chown:\n%s\n%s", run, edited, left)
		}
	}
}

// TestWhatIsMadeAnewGoesTwice: another apt-get update makes the lists anew, whoever deletes the first.
func TestWhatIsMadeAnewGoesTwice(t *testing.T) {
	for _, file := range []string{
		"FROM debian:bookworm\nRUN apt-get update -y\nRUN dpkg --add-architecture armhf\nRUN apt-get update -y\nRUN apt-get install -y --no-install-recommends zip\nRUN apt-get install -y --no-install-recommends unzip\n",
		"FROM debian:bookworm\nRUN apt-get update\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends zip\n",
	} {
		edited, left := fixed(t, file, fix.Options{})
		update, install := strings.Index(edited, "apt-get update"), strings.Index(edited, "apt-get install")
		if update < 0 || install < update || strings.Count(edited, "apt-get update") != 1 || !strings.Contains(edited, "&& rm -rf /var/lib/apt/lists/*") {
			t.Errorf("the same update twice:\n%s\n%s", edited, left)
		}
	}
	file := "FROM php:8.2-apache\nRUN apt-get update -y\nRUN apt-get update -y && apt-get install -y --no-install-recommends zip unzip\nRUN docker-php-ext-install mysqli\n"
	edited, left := fixed(t, file, fix.Options{})
	if strings.Count(edited, "apt-get update") != 1 || !strings.Contains(edited, "&& rm -rf /var/lib/apt/lists/*") {
		t.Errorf("the lists stay:\n%s\n%s", edited, left)
	}
}

// TestDirectoriesThatACacheMade: a command that names such a directory finds it, and the cache is gone
// from the image all the same.
func TestDirectoriesThatACacheMade(t *testing.T) {
	for _, test := range []struct{ lines, want string }{
		{"RUN pip install pandas numpy\nRUN chown -R 1000 /root/.cache", "RUN pip install pandas numpy && chown -R 1000 /root/.cache && rm -rf /root/.cache/pip"},
		{"RUN pip install pandas numpy && chmod -R 777 /root/.cache", "RUN pip install pandas numpy && chmod -R 777 /root/.cache && rm -rf /root/.cache/pip"},
		{"RUN pip install pandas numpy\nRUN rm -rf /root/.cache", "RUN pip install --no-cache-dir pandas numpy"},
	} {
		edited, left := fixed(t, "FROM python:3.11\n"+test.lines+"\nCMD [\"python3\"]\n", fix.Options{})
		if got := strings.ReplaceAll(edited, " \\\n    ", " "); !strings.Contains(got, test.want) {
			t.Errorf("%s becomes\n%s\n%s", test.lines, edited, left)
		}
	}
}

// TestUpdatesAreRepeatedAsTheyAre: an update that may fail, or that has variables in front of it, is not
// written elsewhere without that; and none is taken out in front of what nobody knows.
func TestUpdatesAreRepeatedAsTheyAre(t *testing.T) {
	for _, update := range []string{"apt-get update || true", "http_proxy=http://p:3128 apt-get update"} {
		edited, left := fixed(t, "FROM debian:bookworm\nRUN "+update+"\nCOPY a /a\nRUN apt-get install -y --no-install-recommends tree\nCOPY b /b\nRUN apt-get install -y --no-install-recommends jq\n", fix.Options{})
		if strings.Contains(edited, "RUN apt-get update \\\n") || strings.Contains(edited, "&& apt-get update") {
			t.Errorf("%s is repeated as it is not:\n%s\n%s", update, edited, left)
		}
	}
	edited, left := fixed(t, "FROM debian:bookworm\nRUN apt-get update && make -C /src deps\nCOPY a /a\nRUN apt-get install -y --no-install-recommends jq\n", fix.Options{})
	if !strings.Contains(edited, "apt-get update && make -C /src deps") {
		t.Errorf("make has no lists:\n%s\n%s", edited, left)
	}
}

// TestStagesThatGoOn: what another stage works with stays, though the image does without, also
// where that stage stands behind the image's own.
func TestStagesThatGoOn(t *testing.T) {
	const node = "FROM node:20-bookworm-slim AS base\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\n"
	const last = "FROM base\nCOPY . .\nCMD [\"node\", \"server.js\"]\n"
	const prod = "FROM debian:bookworm-slim AS prod\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nCMD [\"curl\"]\n"
	for _, test := range []struct {
		name, dockerfile, behind, edit string
		edits                          bool
	}{
		{"no other stage", node + last, "", "--omit=dev", true},
		{"tests in another", node + "FROM base AS test\nRUN npm test\n" + last, "", "--omit=dev", false},
		{"a server for development in another", node + "FROM base AS dev\nCMD [\"npx\", \"nodemon\"]\n" + last, "", "--omit=dev", false},
		{"tests behind", node + "CMD [\"node\", \"server.js\"]\n", "FROM base AS test\nRUN npm test\n", "--omit=dev", false},
		{"an install behind", prod, "FROM prod AS dev\nRUN apt-get install -y git\n", "rm -rf", false},
		{"an install behind that fetches for itself", prod, "FROM prod AS dev\nRUN apt-get update && apt-get install -y git\n", "rm -rf", true},
	} {
		edited, left := fixedTarget(t, test.dockerfile, test.behind, fix.Options{})
		if strings.Contains(edited, test.edit) != test.edits {
			t.Errorf("%s: edited %v, want %v:\n%s\nleft: %s", test.name, !test.edits, test.edits, edited, left)
		}
	}
}

// TestRemovesItsOwn: of a directory that a later RUN removes, an earlier one removes what it has made:
// others have files there that are needed until then.
func TestRemovesItsOwn(t *testing.T) {
	const make9MB = "RUN mkdir -p /opt/tools/%[1]s && cd /opt/tools/%[1]s && dd if=/dev/urandom of=x bs=1M count=9\n"
	dockerfile := "FROM debian:bookworm-slim\n" + fmt.Sprintf(make9MB, "a") + "\n" + fmt.Sprintf(make9MB, "b") + "\nRUN mkdir -p /opt/c && cp /opt/tools/a/x /opt/c/x\nENV A=1\nRUN rm -rf /opt/tools\nCMD [\"sleep\"]\n"
	edited, left := fixed(t, dockerfile, fix.Options{})
	if !strings.Contains(edited, "\n    && rm -rf /opt/tools/b\n") || strings.Count(edited, "rm -rf /opt/tools") != 2 {
		t.Errorf("got\n%s\n%s", edited, left)
	}
}

// TestCacheOfSeveralRunsStoredAgain: a chown stores again what several RUNs put into a cache; it needs no
// clean-up of its own where the last of them has emptied the cache.
func TestCacheOfSeveralRunsStoredAgain(t *testing.T) {
	const file = "FROM debian:bookworm\nRUN apt-get update && apt-get install -y --no-install-recommends wget ca-certificates bzip2 && rm -rf /var/lib/apt/lists/*\nRUN useradd -m python\n" +
		"RUN wget -q https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh && bash Miniconda3-latest-Linux-x86_64.sh -b -p /home/python/anaconda && rm Miniconda3-latest-Linux-x86_64.sh\n" +
		"ENV PATH=/home/python/anaconda/bin:$PATH\nRUN conda install -y numpy\nENV B=c\nRUN chown -R python:python /home/python\nCMD [\"python\"]\n"
	edited, left := fixed(t, file, fix.Options{})
	if !strings.Contains(edited, "rm -rf /home/python/anaconda/pkgs") || !strings.Contains(edited, "RUN chown -R python:python /home/python\nCMD") {
		t.Errorf("got\n%s\n%s", edited, left)
	}
}

// TestRemovalOfWhatIsNotThere: apt-get remove knows the name of a package that is not installed from its
// lists, and fails without them.
func TestRemovalOfWhatIsNotThere(t *testing.T) {
	const script, end = "curl -s https://deb.nodesource.com/setup_18.x | bash && apt-get install -y --no-install-recommends nodejs\n", "CMD [\"node\"]\n"
	for _, test := range []struct{ before, after string }{
		{"RUN apt-get update\nRUN apt-get remove -y tree && " + script, "apt-get update \\\n    && apt-get remove -y tree"},
		{"RUN apt-get update\nRUN apt-get remove -y nodejs && " + script + "RUN apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*\n", "apt-get update \\\n    && apt-get remove -y nodejs"},
		{"RUN apt-get update\nRUN apt-get remove -y autoconf && " + script, "RUN apt-get remove -y autoconf"},
	} {
		edited, left := fixed(t, "FROM php:8.1-apache\n"+test.before+end, fix.Options{})
		if !strings.Contains(edited, test.after) || !strings.Contains(edited, "rm -rf /var/lib/apt/lists/*") {
			t.Errorf("got\n%s\n%s", edited, left)
		}
	}
}

// TestRemovalBeforeUse: a directory that a later RUN removes stays until then where one in between may mean it.
func TestRemovalBeforeUse(t *testing.T) {
	const make9MB = "RUN mkdir -p /opt/tools/%[1]s && cd /opt/tools/%[1]s && dd if=/dev/urandom of=x bs=1M count=9\n"
	for _, between := range []string{
		"RUN cp /opt/tools/a/x /opt/c && cp /etc/hostname /opt/tools/b/y", "ENV T=/opt/tools\nRUN cp /opt/tools/a/x /opt/c && cd $T/b && ls", "RUN cp /opt/tools/a/x /opt/c && ln -s /opt/tools/b /opt/d",
		"RUN cp /opt/tools/a/x /opt/c && find / -xdev -name x -size +8000k -exec cp {} /opt/big ';'", "RUN tar cf /b.tar -C /opt tools/b",
	} {
		dockerfile := "FROM debian:bookworm-slim\n" + fmt.Sprintf(make9MB, "a") + "\n" + fmt.Sprintf(make9MB, "b") + "\n" + between + "\nENV A=1\nRUN rm -rf /opt/tools\nCMD [\"sleep\"]\n"
		if edited, left := fixed(t, dockerfile, fix.Options{}); strings.Count(edited, "rm -rf /opt/tools") != 1 {
			t.Errorf("%s: got\n%s\n%s", between, edited, left)
		}
	}
}

// TestOfferThatEditsRuleOut: where edits stand in the way of a stage that is made on request, the plan says
// so, and does not say that there can be none.
func TestOfferThatEditsRuleOut(t *testing.T) {
	const start = "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv python3-dev build-essential vim gunicorn && rm -rf /var/lib/apt/lists/*\n" +
		"WORKDIR /app\nCOPY . /app\nRUN python3 -m venv /opt/venv\nRUN /opt/venv/bin/pip install numpy pandas\n"
	const joined = "RUN id api || useradd -r -m -d /home/api api\nRUN chown -R api:api /opt/venv\n"
	for blocked, end := range map[bool]string{true: joined, false: ""} {
		_, plan := planned(t, start+end+"CMD [\"/opt/venv/bin/python\", \"app.py\"]\n", "", follow.Options{}, fix.Options{Stage: fix.SureStage})
		if plan.Offer == nil || plan.Offer.Blocked != blocked {
			t.Errorf("blocked %v: %+v\n%s", blocked, plan.Offer, plan.New)
		}
		for _, l := range plan.Left {
			if strings.Contains(l.Why, "cannot work such a stage out") {
				t.Errorf("blocked %v: %s: %s", blocked, l.Rule, l.Why)
			}
		}
	}
}

// TestBuildersThatRefuseMounts: where whoever builds the image refuses cache mounts, caches are removed, and
// the plan says why; a mount that the author wrote shows that somebody builds with them.
func TestBuildersThatRefuseMounts(t *testing.T) {
	for _, test := range []struct {
		builder, run string
		mounts       bool
	}{
		{"", "apt-get update && apt-get install -y curl", true},
		{"Heroku", "apt-get update && apt-get install -y curl", false},
		{"Heroku", "--mount=type=cache,target=/x apt-get update && apt-get install -y curl", true},
	} {
		dockerfile := "FROM debian:bookworm-slim\nRUN " + test.run + "\nCMD [\"curl\", \"x\"]\n"
		_, plan := planned(t, dockerfile, "", follow.Options{}, fix.Options{CacheMount: true}, rules.Neighbour{Name: "heroku.yml", Builder: test.builder})
		edited, why := string(plan.New), plan.NoMounts
		if got := strings.Contains(edited, "target=/var/lib/apt/lists"); got != test.mounts || (why != "") == test.mounts || why != "" && why != "heroku.yml points to a builder that refuses them (Heroku)" {
			t.Errorf("%s, %q:\n%s", test.builder, why, edited)
		}
		if !test.mounts && !strings.Contains(edited, "rm -rf /var/lib/apt/lists") {
			t.Errorf("the lists stay:\n%s", edited)
		}
	}
}
