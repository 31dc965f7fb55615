package structure_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// owned makes an image of instructions, each followed by what its layer holds: a path
// with its owner and perhaps its mode, "app/a 5:5 755"; a directory's path ends in a
// slash. Equal paths have equal contents, unless a ! follows; a file with a % is small, and
// a name with a * stands for ten files.
func owned(t *testing.T, text string) rulestest.Image {
	t.Helper()
	var img rulestest.Image
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		file, isFile := strings.CutPrefix(line, "+ ")
		if !isFile {
			if line != "" {
				img.Steps = append(img.Steps, rulestest.Step{By: line})
			}
			continue
		}
		last := &img.Steps[len(img.Steps)-1]
		if stem, many := strings.CutSuffix(strings.Fields(file)[0], "*"); many {
			for i := range 10 {
				last.Files = append(last.Files, ownedFile(t, strings.Replace(file, stem+"*", stem+strconv.Itoa(i), 1)))
			}
			continue
		}
		f := ownedFile(t, file)
		if f.Path == "etc/passwd" {
			f = imagetest.Text(f.Path, "root:x:0:0::/root:/bin/sh\napp:x:5:5::/:/bin/sh\nprivoxy:x:5:5::/:/bin/sh\ndb:x:5:5::/:/bin/sh\n")
			last.Files = append(last.Files, imagetest.Text("etc/group", "root:x:0:\napp:x:5:\ndb:x:5:\n"))
		}
		last.Files = append(last.Files, f)
	}
	return img
}

// ownedFile reads a file in the words of owned.
func ownedFile(t *testing.T, text string) imagetest.File {
	t.Helper()
	if name, original, hard := strings.Cut(text, " => "); hard {
		return imagetest.HardLink(name, original)
	}
	if gone, ok := strings.CutPrefix(text, "-"); ok {
		return imagetest.Whiteout(gone)
	}
	fields := strings.Fields(text)
	name, of, same := strings.Cut(fields[0], "=")
	name, other := strings.CutSuffix(name, "!")
	name, small := strings.CutSuffix(name, "%")
	f := filled(name, name+fmt.Sprint(other))
	if small {
		f = imagetest.Same(name, name, 80)
	}
	if same {
		f = filled(name, of+"false")
	}
	if strings.HasSuffix(name, "/") {
		f = imagetest.Dir(strings.TrimSuffix(name, "/"))
	}
	if len(fields) > 1 {
		if _, err := fmt.Sscanf(fields[1], "%d:%d", &f.UID, &f.GID); err != nil {
			t.Fatal(err)
		}
	}
	if len(fields) > 2 {
		mode, err := strconv.ParseInt(fields[2], 8, 32)
		if err != nil {
			t.Fatal(err)
		}
		f.Mode = mode
	}
	return f
}

// filled is a file of 8 KiB that begins with a word, and has nothing else in which secrets
// would be looked for, as they are in programs of these names.
func filled(name, word string) imagetest.File {
	body := make([]byte, 8<<10)
	copy(body, word)
	return imagetest.File{Path: name, Body: body}
}

// besideClone is a project with a clone of a library in it, a RUN that makes /app/v, and a chown of
// all of it.
func besideClone(run string) string {
	return `
		WORKDIR /app
		+ app/
		COPY . .
		+ app/vendor/lib/.git/HEAD
		+ app/a
		RUN ` + run + `
		+ app/v
		COPY x /x
		+ x
		RUN chown -R app:app /app
		+ app/ 5:5
		+ app/vendor/ 5:5
		+ app/vendor/lib/ 5:5
		+ app/vendor/lib/.git/ 5:5
		+ app/vendor/lib/.git/HEAD 5:5
		+ app/a 5:5
		+ app/v 5:5`
}

// user is what the images of these cases begin with: there is a user.
const user = "RUN useradd app\n+ etc/passwd\n+ srv/\n+ bin/\n"

// ownerCase is an image in the words of owned, and the edit of it, "" for none.
type ownerCase struct{ name, image, want string }

// TestOwnersMove moves changes of owner and mode to where files are made, or leaves
// them where a layer speaks against it.
func TestOwnersMove(t *testing.T) {
	for _, test := range slices.Concat(ownerCases, wholeCases) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			image := test.image
			for i := 0; strings.Contains(image, "app/#\n"); i++ { // the same names in both layers
				image = strings.Replace(strings.Replace(image, "app/#\n", fmt.Sprintf("app/%d\n", i), 1), "app/# ", fmt.Sprintf("app/%d ", i), 1)
			}
			got := ""
			for _, f := range owned(t, image).Findings(t, "metadata-copy") {
				if f.Fix.After == nil {
					continue
				}
				if got != "" && got != *f.Fix.After {
					t.Errorf("findings of one RUN have different edits: %s\n%s", got, *f.Fix.After)
				}
				got = *f.Fix.After
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// ownerCases are about files that can be named, or that a COPY brings.
var ownerCases = []ownerCase{
	{"a RUN and a COPY", user + `
			WORKDIR /app
			+ app/
			RUN npm ci
			+ app/
			+ app/node_modules/
			+ app/node_modules/a
			COPY . .
			+ app/b
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/node_modules/ 5:5
			+ app/node_modules/a 5:5
			+ app/b 5:5`,
		"RUN npm ci \\\n    && chown -R app:app /app/node_modules\nCOPY --chown=app:app . .\nRUN chown app:app /app"},
	{"a directory that the RUN makes", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/b
			RUN mkdir /app/up && chown -R app:app /app
			+ app/ 5:5
			+ app/up/ 5:5
			+ app/b 5:5`,
		"COPY --chown=app:app . .\nRUN mkdir /app/up && chown app:app /app /app/up"},
	{"a tree that the RUN makes", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/b
			RUN make && chown -R app:app .
			+ app/ 5:5
			+ app/out/ 5:5
			+ app/out/x 5:5
			+ app/b 5:5`,
		"COPY --chown=app:app . .\nRUN make && chown app:app . && chown -R app:app out"},
	{"what the RUN makes behind it", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/b
			RUN chown -R app:app /app && touch /app/log
			+ app/ 5:5
			+ app/log
			+ app/b 5:5`,
		"COPY --chown=app:app . .\nRUN chown app:app /app && touch /app/log"},
	{"variables", user + `
			ENV HOME_DIR=/srv/app
			RUN mkdir /srv
			+ srv/
			COPY . ${HOME_DIR}
			+ srv/app/
			+ srv/app/b
			RUN chown -R app $HOME_DIR
			+ srv/app/ 5:0
			+ srv/app/b 5:0`,
		"COPY --chown=app:0 . ${HOME_DIR}"},
	{"a WORKDIR that is a variable", user + `
			ENV D=/srv/app
			WORKDIR $D
			+ srv/
			+ srv/app/
			COPY . .
			+ srv/app/b
			RUN chown -R app:app $D
			+ srv/app/ 5:5
			+ srv/app/b 5:5`,
		"COPY --chown=app:app . .\nRUN chown app:app $D"},
	{"the user's own group", user + `
			COPY . /app
			+ app/
			+ app/b
			RUN chown -R app: /app
			+ app/ 5:5
			+ app/b 5:5`, "COPY --chown=app:app . /app"},
	{"another group of the user's", user + `
			COPY . /app
			+ app/
			+ app/b
			RUN chown -R app: /app
			+ app/ 5:7
			+ app/b 5:7`, "COPY --chown=app:7 . /app"},
	{"several directories", user + `
			COPY a /a
			+ a/
			+ a/x
			COPY b /b
			+ b/
			+ b/y
			RUN mkdir /c && chown -R app:app /a /b /c && ls
			+ a/ 5:5
			+ a/x 5:5
			+ b/ 5:5
			+ b/y 5:5
			+ c/ 5:5`,
		"COPY --chown=app:app a /a\nCOPY --chown=app:app b /b\nRUN mkdir /c && chown app:app /c && ls"},
	{"the user made in the same RUN", `
			COPY . /app
			+ app/
			+ app/b
			RUN useradd app && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/b 5:5`, "RUN useradd app\nCOPY --chown=app:app . /app"},
	{"the user made in between", `
			COPY . /app
			+ app/
			+ app/b
			RUN useradd app
			+ etc/passwd
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/b 5:5`, "RUN useradd app\nCOPY --chown=app:app . /app"},
	{"the user with a number, made in between", `
			COPY . /app
			+ app/
			+ app/b
			RUN useradd --uid 5 --user-group app
			+ etc/passwd
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/b 5:5`, "RUN useradd --uid 5 --user-group app\nCOPY --chown=app:app . /app"},
	{"a user of the system whose home is there", `
			COPY . /app
			+ app/
			+ app/b
			RUN useradd -r -d /app app && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/b 5:5`, "RUN useradd -r -d /app app\nCOPY --chown=app:app . /app"},
	{"a mode, with BuildKit", `
			RUN --mount=type=cache,target=/c true
			+ c/
			+ bin/
			COPY app /bin/app
			+ bin/app 0:0 644
			RUN chmod +x /bin/app
			+ bin/app 0:0 755`, "COPY --chmod=755 app /bin/app"},
	{"owner, then mode, with BuildKit", user + `
			RUN --mount=type=cache,target=/c true
			+ c/
			COPY app /app
			+ app/ 0:0 755
			+ app/a 0:0 644
			RUN set -e; chown -R app:app /app; chmod -R 750 /app; ls
			+ app/ 5:5 750
			+ app/a 5:5 750`, "COPY --chmod=750 --chown=app:app app /app\nRUN set -e; ls"},
	{"a mode of a few small files stays", user + `
			COPY app /app
			+ app/
			+ app/a
			+ app/s/x.sh 0:0 644
			` + strings.Repeat("+ app/#\n", 60) + `
			RUN chown -R app:app /app && chmod +x /app/s/x.sh
			+ app/ 5:5
			+ app/a 5:5
			` + strings.Repeat("+ app/# 5:5\n", 60) + `
			+ app/s/ 5:5
			+ app/s/x.sh 5:5 755`, "COPY --chown=app:app app /app\nRUN chmod +x /app/s/x.sh"},

	{"a mode, without BuildKit", `
			COPY app /bin/app
			+ bin/app 0:0 644
			RUN chmod +x /bin/app
			+ bin/app 0:0 755`, ""},
	{"a mode of one of many files", `
			RUN --mount=type=cache,target=/c true
			+ c/
			COPY . /app
			+ app/
			+ app/a 0:0 644
			+ app/b 0:0 644
			RUN chmod +x /app/a
			+ app/a 0:0 755`, ""},
	{"what a package brought is in the directory, too", `
			RUN apt-get install privoxy
			+ etc/passwd
			+ etc/privoxy/
			+ etc/privoxy/a 0:0
			COPY c /etc/privoxy/config
			+ etc/privoxy/config
			USER root
			RUN chown -R privoxy /etc/privoxy
			+ etc/privoxy/ 5:0
			+ etc/privoxy/a 5:0
			+ etc/privoxy/config 5:0`, ""},
	{"the COPY fills more than that", user + `
			COPY . /srv
			+ srv/
			+ srv/a
			+ srv/b/c
			RUN chown -R app:app /srv/b
			+ srv/b/ 5:5
			+ srv/b/c 5:5`, ""},
	{"a user that a package makes", `
			COPY conf /etc/db
			+ etc/db/
			+ etc/db/a
			RUN apt-get install -y db && chown -R db:db /etc/db
			+ etc/passwd
			+ etc/db/ 5:5
			+ etc/db/a 5:5`, ""},
	{"a user whose home is there", `
			COPY . /app
			+ app/
			+ app/a
			RUN useradd -m -d /app app && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"a user of the system whose home is made there", `
			COPY . /app
			+ app/
			+ app/a
			RUN useradd -r -md /app app && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"what find asks of owners", `
			COPY . /app
			+ app/
			+ app/b
			RUN useradd app && find /app -user root -delete; chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/b 5:5`, ""},
	{"a user made by a variable that is set in between", `
			COPY . /app
			+ app/
			+ app/a
			ARG NAME=app
			RUN useradd $NAME && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"another user in between", user + `
			COPY . /app
			+ app/
			+ app/a
			USER app
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"git looks at who owns it", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/.git/HEAD
			+ app/a
			RUN make version
			+ app/v
			COPY x /x
			+ x
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/.git/ 5:5
			+ app/.git/HEAD 5:5
			+ app/a 5:5
			+ app/v 5:5`, ""},
	{"a tool that asks no clone below", user + besideClone("python3 -m compileall -q v"), "COPY --chown=app:app . .\nRUN python3 -m compileall -q v \\\n    && chown app:app /app/v\nCOPY x /x\nRUN chown app:app /app"},
	{"a tool that is told of a clone below", user + besideClone("pip install ./vendor/lib"), ""},
	{"npm runs scripts as the owner", user + `
			COPY . /app
			+ app/
			+ app/a
			WORKDIR /app
			RUN npm run build
			+ app/dist/
			+ app/dist/x
			COPY x /x
			+ x
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/a 5:5
			+ app/dist/ 5:5
			+ app/dist/x 5:5`, ""},
	{"a small directory of another COPY", user + `
			COPY storage /app/init/
			+ app/
			+ app/init/
			+ app/init/a
			+ app/init/sub/
			+ app/init/sub/b
			COPY . /app
			` + strings.Repeat("+ app/#\n", 400) + `
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/init/ 5:5
			+ app/init/a 5:5
			+ app/init/sub/ 5:5
			+ app/init/sub/b 5:5
			` + strings.Repeat("+ app/# 5:5\n", 400), "COPY --chown=app:app storage /app/init/\nCOPY --chown=app:app . /app\nRUN chown app:app /app"},
	{"a few files of a small COPY", user + "WORKDIR /app\n+ app/\nCOPY a b /app/\n+ app/a\n+ app/b\nCOPY . /app\n" + strings.Repeat("+ app/#\n", 400) +
		"RUN chown -R app:app /app\n+ app/ 5:5\n+ app/a 5:5\n+ app/b 5:5\n" + strings.Repeat("+ app/# 5:5\n", 400), "COPY --chown=app:app a b /app/\nCOPY --chown=app:app . /app\nRUN chown app:app /app"},
	{"copied on with its owner", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/a
			RUN cp -a a /b
			+ b
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"a version that nobody names", user + `
			WORKDIR /opt
			+ opt/
			RUN ./fetch
			+ opt/sdk-1.2.3/
			+ opt/sdk-1.2.3/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/sdk-1.2.3/ 5:5
			+ opt/sdk-1.2.3/a 5:5`, "RUN ./fetch \\\n    && chown -R app:app /opt\nCOPY x /x"},
	{"a name that an argument gives", user + `
			ARG FLAVOR=full
			WORKDIR /opt
			+ opt/
			RUN ./fetch $FLAVOR
			+ opt/full/
			+ opt/full/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/full/ 5:5
			+ opt/full/a 5:5`, "RUN ./fetch $FLAVOR \\\n    && chown -R app:app /opt\nCOPY x /x"},
	{"a cache that another edit removes", user + `
			WORKDIR /home/app
			+ home/app/
			RUN mkdir -p /home/app/.npm && ./fetch
			+ home/app/.npm/
			+ home/app/.npm/a
			COPY x /x
			+ x
			RUN chown -R app:app /home
			+ home/ 5:5
			+ home/app/ 5:5
			+ home/app/.npm/ 5:5
			+ home/app/.npm/a 5:5`, "RUN mkdir -p /home/app/.npm && ./fetch \\\n    && chown -R app:app /home\nCOPY x /x"},
	{"directories of the context", user + `
			WORKDIR /app
			+ app/
			COPY . .
			+ app/a
			+ app/config/
			+ app/config/dev/
			+ app/config/dev/b
			COPY config ./config
			+ app/config/
			+ app/config/dev/
			+ app/config/dev/b!
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/a 5:5
			+ app/config/ 5:5
			+ app/config/dev/ 5:5
			+ app/config/dev/b! 5:5`, ""},
	{"a version that is named", user + `
			WORKDIR /opt
			+ opt/
			RUN ./fetch sdk-1.2.3
			+ opt/sdk-1.2.3/
			+ opt/sdk-1.2.3/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/sdk-1.2.3/ 5:5
			+ opt/sdk-1.2.3/a 5:5`, "RUN ./fetch sdk-1.2.3 \\\n    && chown -R app:app /opt/sdk-1.2.3\nCOPY x /x\nRUN chown app:app /opt"},
	{"a condition", user + `
			COPY . /app
			+ app/
			+ app/a
			RUN if true; then chown -R app:app /app; fi
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"found files", user + `
			COPY . /app
			+ app/
			+ app/a
			RUN find /app -type f | xargs chown app && chown -R app /app
			+ app/ 5:0
			+ app/a 5:0`, ""},
	{"two owners", user + `
			COPY . /app
			+ app/
			+ app/a
			+ app/b/c
			RUN chown -R app:app /app && chown -R 7:7 /app/b
			+ app/ 5:5
			+ app/a 5:5
			+ app/b/ 7:7
			+ app/b/c 7:7`, ""},
	{"a link with a name", user + `
			COPY --link . /app
			+ app/
			+ app/a
			RUN chown -R app:app /app
			+ app/ 5:5
			+ app/a 5:5`, ""},
	{"the base's", `
			FROM debian
			ADD rootfs.tar /
			+ usr/
			+ usr/a
			CMD ["bash"]
			RUN chown -R 5:5 /usr
			+ usr/ 5:5
			+ usr/a 5:5`, ""},
}
