package caches_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestListsOfRunsApart: RUNs that a COPY keeps apart fetch and remove lists of their
// own, where it is sure that they fetch the same.
func TestListsOfRunsApart(t *testing.T) {
	const first = `
		RUN apt-get -qq update && apt-get install -y a
		+ var/lib/apt/lists/x_Packages
		+ usr/bin/a
		`
	const known = first + "+ var/lib/dpkg/status\n"
	const cleaned = "RUN apt-get -qq update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*\n"
	for _, test := range []struct{ name, image, want string }{
		{"a COPY", first + `COPY x /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"an ENV, and a RUN that needs none", first + `ENV A=b
			RUN make
			+ out
			RUN set -e; apt-get install -y b; make
			+ usr/bin/b`,
			cleaned + "ENV A=b\nRUN make\nRUN set -e; apt-get -qq update; apt-get install -y b; make; \\\n    rm -rf /var/lib/apt/lists/*"},
		{"a RUN behind them that installs from new lists", first + `COPY x /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b
			RUN echo deb http://x.example/debian all main > /etc/apt/sources.list.d/x.list
			+ etc/apt/sources.list.d/x.list
			RUN apt-get update
			RUN apt-get install -y c
			+ usr/bin/c`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"new lists at the end of one that installs", first + `COPY x /x
			+ x
			RUN apt-get install -y b; apt-get check; apt-get update
			+ usr/bin/b
			+ var/lib/apt/lists/x_Packages
			ENV A=b
			RUN apt-get install -y c
			+ usr/bin/c`,
			"RUN apt-get install -y b; apt-get check; rm -rf /var/lib/apt/lists/*\nENV A=b\nRUN apt-get update \\\n    && apt-get install -y c \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a line for people's shells between them", `RUN apt-get update
			+ var/lib/apt/lists/x_Packages
			RUN echo "source /opt/x" >> ~/.bashrc
			+ root/.bashrc
			RUN apt-get install -y b
			+ usr/bin/b`,
			"RUN echo \"source /opt/x\" >> ~/.bashrc\nRUN apt-get update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a small step between them", `RUN apt-get update
			+ var/lib/apt/lists/x_Packages
			RUN echo x > /etc/motd
			+ etc/motd
			RUN apt-get install -y b
			+ usr/bin/b`,
			"RUN apt-get update \\\n    && echo x > /etc/motd \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"removed at the end", first + `COPY x /x
			+ x
			RUN apt-get install -y b && rm -rf /var/lib/apt/lists/*
			+ usr/bin/b
			+ !var/lib/apt/lists/x_Packages`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b && rm -rf /var/lib/apt/lists/*"},
		{"a script behind it that does not", known + `COPY x.sh /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b
			RUN sh /x
			+ y`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a compiler behind it that did nothing", known + `COPY x /x
			+ x
			RUN /opt/x/bin/x86_64-apple-darwin20.4-clang x.c`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script behind it that is asked for its version", known + `COPY x.sh /x.sh
			+ x.sh
			RUN /x.sh --version`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script behind it that did nothing", known + `COPY x.sh /x
			+ x
			RUN sh /x`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && sh /x \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script behind it, where no package database is known", first + `COPY x.sh /x
			+ x
			RUN ./x
			+ y`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && ./x \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script behind it that installs", known + `COPY x.sh /x
			+ x
			RUN bash ./x --install
			+ var/lib/dpkg/status`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && bash ./x --install \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script of the network that did nothing", known + `COPY x.sh /x
			+ x
			RUN sh -c "$(curl -fsSL https://x.example/setup)"`,
			""},
		{"a script of the network that installs something else", known + `COPY x.sh /x
			+ x
			RUN curl -fsSL https://x.example/setup | sh
			+ root/.x/bin/x`,
			strings.TrimSuffix(cleaned, "\n")},
		{"rustup, of which nothing is seen", known + `COPY x.sh /x
			+ x
			RUN curl https://sh.rustup.rs -sSf | sh -s -- -y`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that is sourced", known + `COPY x.sh /x
			+ x
			RUN . $NVM_DIR/nvm.sh && nvm install 16`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script of a user who may not install", known + `COPY x.sh /x
			+ x
			USER app
			RUN /x.sh`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that runs its arguments, and gets an option", known + `COPY x.sh /
			+ x.sh text #!/bin/sh|set -e|exec "$@"
			RUN /x.sh -m`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that runs its arguments, and says that it clones", known + `COPY x.sh /
			+ github-clone.sh text #!/bin/sh|set -e|exec "$@"
			RUN bash /github-clone.sh a/b`,
			strings.Replace(strings.TrimSuffix(cleaned, "\n"), "x.sh", "github-clone.sh", 1)},
		{"a script that says that it builds", known + `COPY x.sh /x
			+ x
			RUN ./build-x.sh`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that says that it installs", known + `COPY x.sh /x
			+ x
			RUN /x/install-x.sh`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && /x/install-x.sh \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script that others wrote", known + `COPY x.sh /x
			+ x
			RUN /opt/other/bin/installDeps.sh`,
			""},
		{"a script that others wrote, which installed something", known + `COPY x.sh /x
			+ x
			RUN /opt/other/bin/installDeps.sh
			+ var/lib/dpkg/status`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && /opt/other/bin/installDeps.sh \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script of another stage", known + `COPY --from=build /x /x
			+ x
			RUN /x/install-x.sh`,
			""},
		{"a script that prints a word", known + `COPY x.sh /x
			+ x
			RUN curl -L -o /x.tgz $(sh /x/url.sh)`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that prints a word for echo", known + `COPY x.sh /x
			+ x
			RUN echo "from "$(sh /x/install-url.sh a)`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that prints, and one that installs", known + `COPY x.sh /x
			+ x
			RUN echo "from "$(sh /x/url.sh) && /x/setup.sh`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && echo \"from \"$(sh /x/url.sh) && /x/setup.sh \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script of a package", known + `COPY x.sh /x
			+ x
			RUN /var/lib/dpkg/info/a.postinst configure`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script of a user who calls sudo", known + `COPY x.sh /x
			+ x
			USER app
			RUN sudo /x.sh`, ""},
		{"a script that runs only what it is given, and gets nothing", known + `COPY x.sh /
			+ x.sh text #!/bin/sh|set -e|exec "$@"
			RUN /x.sh`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a script that runs what it is given", known + `COPY x.sh /
			+ x.sh text #!/bin/sh|set -e|exec "$@"
			RUN /x.sh install-all`,
			cleaned + "COPY x.sh /\nRUN apt-get -qq update \\\n    && /x.sh install-all \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script that sets an archive up, of which nothing is seen", known + `COPY x.sh /x
			+ x
			RUN curl -sL https://deb.nodesource.com/setup_16.x | bash -`,
			strings.TrimSuffix(cleaned, "\n")},
		{"make behind it that installs", known + `COPY Makefile /
			+ Makefile
			RUN make prepare
			+ var/lib/dpkg/status`,
			cleaned + "COPY Makefile /\nRUN apt-get -qq update \\\n    && make prepare \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"make deps behind it that did nothing", known + `COPY Makefile /
			+ Makefile
			RUN make deps`,
			cleaned + "COPY Makefile /\nRUN apt-get -qq update \\\n    && make deps \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"make deps behind it that fetches what else it needs", known + `COPY Makefile /
			+ Makefile
			RUN make deps
			+ go/pkg/x`,
			strings.TrimSuffix(cleaned, "\n")},
		{"make behind dpkg", known + `COPY a.deb /
			+ a.deb
			RUN dpkg -i /a.deb && make
			+ var/lib/dpkg/status`,
			strings.TrimSuffix(cleaned, "\n")},
		{"./configure && make behind it", known + `COPY x /x
			+ x
			RUN ./configure && make`,
			strings.TrimSuffix(cleaned, "\n")},
		{"a RUN that has nothing to do with it", first + `RUN npm install -g x
			+ usr/lib/x
			RUN apt-get install -y b
			+ usr/bin/b`,
			cleaned + "RUN npm install -g x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script that has nothing to do with it", first + `RUN ./configure
			+ out
			RUN apt-get install -y b
			+ usr/bin/b`,
			cleaned + "RUN ./configure\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a variable in front", first + `COPY x /x
			+ x
			RUN DEBIAN_FRONTEND=noninteractive apt-get install -y b
			+ usr/bin/b`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && DEBIAN_FRONTEND=noninteractive apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"groups", first + `RUN apt-get install -y c
			+ usr/bin/c
			RUN npm install -g x
			+ usr/lib/x
			RUN apt-get install -y b
			+ usr/bin/b
			RUN mkdir /d
			+ d/x
			RUN apt-get install -y e
			+ usr/bin/e`,
			"RUN apt-get -qq update && apt-get install -y a \\\n    && apt-get install -y c \\\n    && rm -rf /var/lib/apt/lists/*\nRUN npm install -g x\n" +
				"RUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && mkdir /d \\\n    && apt-get install -y e \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"an update alone, then something else", `
			RUN apt-get update
			+ var/lib/apt/lists/x_Packages
			RUN npm install -g x
			+ usr/lib/x
			RUN apt-get install -y b
			+ usr/bin/b`,
			"RUN npm install -g x\nRUN apt-get update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script that sets apt up and fetches", first + `RUN npm install -g x
			+ usr/lib/x
			RUN curl https://x.example/setup | sh -
			+ etc/apt/sources.list.d/x.list
			+ var/lib/apt/lists/y_Packages
			RUN apt-get install -y b
			+ usr/bin/b`,
			"RUN curl https://x.example/setup | sh - \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"removed later, behind something else", first + `RUN npm install -g x
			+ usr/lib/x
			RUN rm -rf /var/lib/apt/lists/*
			+ !var/lib/apt/lists/x_Packages`,
			strings.TrimSuffix(cleaned, "\n")},
		{"removed later, by what runs behind another install", first + `RUN npm install -g x
			+ usr/lib/x
			RUN apt-get install -y b
			+ usr/bin/b
			RUN x --version && rm -rf /var/lib/apt/lists/*
			+ !var/lib/apt/lists/x_Packages`,
			cleaned + "RUN npm install -g x\nRUN apt-get -qq update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"removed later without -f, behind something else", first + `RUN npm install -g x
			+ usr/lib/x
			RUN rm -r /var/lib/apt/lists/*
			+ !var/lib/apt/lists/x_Packages`,
			"RUN apt-get -qq update && apt-get install -y a \\\n    && npm install -g x \\\n    && rm -r /var/lib/apt/lists/*"},
		{"removed later, behind a small thing", first + `RUN mkdir /d
			+ d/x
			RUN rm -rf /var/lib/apt/lists/*
			+ !var/lib/apt/lists/x_Packages`,
			"RUN apt-get -qq update && apt-get install -y a \\\n    && mkdir /d \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"small things between", first + `RUN mkdir /d
			+ d/x
			RUN apt-get install -y b
			+ usr/bin/b`,
			"RUN apt-get -qq update && apt-get install -y a \\\n    && mkdir /d \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},

		{"a script that may install", first + `COPY x.sh /x
			+ x
			RUN sh /x && apt-get install -y b
			+ usr/bin/b`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && sh /x && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive, which fetches its own", first + `COPY x /x
			+ x
			RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs
			+ usr/bin/node`,
			cleaned + "COPY x /x\nRUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive, right behind", first + `RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs
			+ usr/bin/node`,
			cleaned + "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive, saved to a file", first + `COPY x /x
			+ x
			RUN curl -o n.sh https://deb.nodesource.com/setup_20.x && bash n.sh && apt-get install -y nodejs
			+ usr/bin/node`,
			cleaned + "COPY x /x\nRUN curl -o n.sh https://deb.nodesource.com/setup_20.x && bash n.sh && apt-get install -y nodejs \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive behind an install", first + `COPY x /x
			+ x
			RUN apt-get install -y b && curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs
			+ usr/bin/node`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && apt-get install -y b && curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive, on a condition", first + `COPY x /x
			+ x
			RUN if [ "$NODE" = yes ]; then curl -sL https://deb.nodesource.com/setup_20.x | bash -; fi && apt-get install -y jq
			+ usr/bin/jq`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && if [ \"$NODE\" = yes ]; then curl -sL https://deb.nodesource.com/setup_20.x | bash -; fi && apt-get install -y jq \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"the script of an archive, where something is missing", first + `COPY x /x
			+ x
			RUN [ -e /usr/bin/node ] || curl -sL https://deb.nodesource.com/setup_20.x | bash -; apt-get install -y jq
			+ usr/bin/jq`,
			cleaned + "COPY x /x\nRUN apt-get -qq update \\\n    && { [ -e /usr/bin/node ] || curl -sL https://deb.nodesource.com/setup_20.x | bash -; apt-get install -y jq; } \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"another script before that of an archive", first + `COPY x.sh /x
			+ x
			RUN sh /x && curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs
			+ usr/bin/node`,
			cleaned + "COPY x.sh /x\nRUN apt-get -qq update \\\n    && sh /x && curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script behind it that fetches its own", first + `COPY x.sh /x
			+ x
			RUN sh /x
			+ var/lib/apt/lists/y`,
			"RUN sh /x \\\n    && rm -rf /var/lib/apt/lists/*"},

		{"one that fetches lists itself, too late", first + `RUN npm install -g x
			+ usr/lib/x
			RUN x; apt-get install -y ./b.deb; apt-get update; apt-get install -y c
			+ usr/bin/b`, ""},
		{"one that fetches lists itself, too late, but begins with an install", first + `RUN npm install -g x
			+ usr/lib/x
			RUN apt-get install -y ./b.deb; apt-get update; apt-get install -y c
			+ usr/bin/b`,
			cleaned + "RUN npm install -g x\nRUN apt-get -qq update \\\n    && apt-get install -y ./b.deb; apt-get update; apt-get install -y c \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"another source in between", first + `COPY more.list /etc/apt/sources.list.d/
			+ etc/apt/sources.list.d/more.list
			RUN apt-get install -y b
			+ usr/bin/b`, ""},
		{"a source that is named", first + `COPY x /x
			+ x
			RUN rm /etc/apt/sources.list.d/a.list && apt-get install -y b
			+ usr/bin/b`, ""},
		{"a key that a package brings", first + `ENV A=b
			RUN apt-get install -y b
			+ etc/apt/trusted.gpg.d/b.gpg`, ""},
		{"another user", first + `USER app
			RUN sudo apt-get install -y b
			+ usr/bin/b`, ""},
		{"behind sudo", first + `COPY x /x
			+ x
			RUN sudo apt-get install -y b
			+ usr/bin/b`, ""},
		{"from a list", first + `COPY x /x
			+ x
			RUN xargs apt-get install -y < /x
			+ usr/bin/b`, ""},
		{"perhaps", first + `COPY x /x
			+ x
			RUN if test -f /x; then apt-get install -y b; fi
			+ usr/bin/b`, ""},
		{"an update that depends", `
			RUN apt-get update $OPTIONS && apt-get install -y a
			+ var/lib/apt/lists/x_Packages
			COPY x /x
			+ x
			RUN apt-get install -y b
			+ usr/bin/b`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range rulestest.Parse(t, test.image+"\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "apt-lists") {
				if f.Fix.After != nil {
					got = *f.Fix.After
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
