package caches_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestListsOfToolsThatInstall: programs that call apt themselves install from the lists of earlier
// RUNs. Those get lists of their own, or the lists stay.
func TestListsOfToolsThatInstall(t *testing.T) {
	const (
		first = `
			RUN apt-get update && apt-get install -y a
			+ var/lib/apt/lists/x_Packages
			+ var/lib/dpkg/status
			COPY x /x
			+ x
			`
		cleaned = "RUN apt-get update && apt-get install -y a \\\n    && rm -rf /var/lib/apt/lists/*"
		status  = "\n+ var/lib/dpkg/status"
	)
	own := func(command string) string {
		return cleaned + "\nCOPY x /x\nRUN apt-get update \\\n    && " + command + " \\\n    && rm -rf /var/lib/apt/lists/*"
	}
	for _, test := range []struct{ name, later, want string }{
		{"rosdep", "RUN rosdep update && rosdep install -i -y --from-paths /x" + status, own("rosdep update && rosdep install -i -y --from-paths /x")},
		{"rosdep that installed nothing this time", "RUN rosdep install --from-paths /x -y", own("rosdep install --from-paths /x -y")},
		{"wajig", "RUN wajig install -y b" + status, own("wajig install -y b")},
		{"a program that nobody knows, which installed something", "RUN Rscript -e 'pak::pkg_install(\"x\")'" + status, own("Rscript -e 'pak::pkg_install(\"x\")'")},
		{"a program that nobody knows, in a shell", "RUN bash -c 'x-setup --all'" + status, own("bash -c 'x-setup --all'")},
		{"gdebi", "RUN gdebi -n /x/b.deb" + status, own("gdebi -n /x/b.deb")},
		{"a user who may not fetch lists", "USER app\nRUN rosdep install -y --from-paths /x" + status, ""},

		{"rosdep that only fetches its rules", "RUN rosdep init && rosdep update\n+ root/.ros/x", cleaned},
		{"rosdep behind lists of its own", "RUN apt-get update && rosdep install -y --from-paths /x\n+ var/lib/apt/lists/x_Packages" + status, "RUN apt-get update && rosdep install -y --from-paths /x \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a program that nobody knows, which installed nothing", "RUN x-setup --all\n+ opt/y", cleaned},
		{"a program that left lists of its own", "RUN x-setup --all\n+ var/lib/apt/lists/y_Packages" + status, "RUN x-setup --all \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"a script that updates before each install", "RUN sh /s/x.sh\n+ s/x.sh text #!/bin/sh|if ! type -p b; then apt-get update && apt-get install -y b; fi|apt-get update && apt-get install -y c" + status, cleaned},
		{"a script that updates before one of its installs", "RUN sh /s/x.sh\n+ s/x.sh text #!/bin/sh|if ! type -p b; then apt-get install -y b; fi|apt-get update && apt-get install -y c" + status, own("sh /s/x.sh")},
		{"a script that updates under a condition of its own", "RUN sh /s/x.sh\n+ s/x.sh text #!/bin/sh|if ! type -p b; then if test -e /y; then apt-get update; fi && apt-get install -y b; fi" + status, own("sh /s/x.sh")},
		{"a script that updates one source", "RUN sh /s/x.sh\n+ s/x.sh text #!/bin/sh|if ! type -p b; then apt-get update -o Dir::Etc::sourcelist=x.list && apt-get install -y b; fi" + status, own("sh /s/x.sh")},
		{"an update of one source", "RUN apt-get update -o Dir::Etc::sourcelist=x.list && apt-get install -y b" + status, cleaned + "\nCOPY x /x\nRUN apt-get update -o Dir::Etc::sourcelist=x.list && apt-get update \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*"},
		{"Playwright, which fetches lists itself", "RUN npx -y playwright@1.40.0 install --with-deps chromium" + status, cleaned},
		{"the packages of Playwright", "RUN python3 -m playwright install-deps" + status, cleaned},
		{"a package from its file, made by a program", "RUN fpm -s empty -t deb -p /a.deb && dpkg -i /a.deb" + status, cleaned},
		{"ruby-install, without the packages that it needs", "RUN ruby-install --no-install-deps ruby 3.3" + "\n+ opt/y", cleaned},
		{"Conan, which installs what it lacks", "RUN conan install . -c tools.system.package_manager:mode=install" + status, cleaned},
		{"browsers without packages", "RUN npx playwright install chromium\n+ root/.cache/ms-playwright/x", cleaned},
		{"dpkg", "RUN dpkg -i /x/b.deb" + status, cleaned},
		{"a package that is held", "RUN apt-mark hold a" + status, cleaned},
		{"settings of a package", "RUN echo a | debconf-set-selections && x-setup" + status, cleaned},
		{"the database itself", "RUN sed -i s/a/b/ /var/lib/dpkg/status" + status, cleaned},
		{"minideb's own script", "RUN install_packages b" + status, cleaned},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range rulestest.Parse(t, first+test.later+"\nconfig {\"Cmd\": [\"/app\"]}").Findings(t, "apt-lists") {
				if f.Fix.After != nil {
					got = *f.Fix.After
				}
			}
			if diff := cmp.Diff(strings.TrimSpace(test.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
