package fix_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestWhatIsJoined: RUNs become one where they are one step already; in other places each cleans
// up behind itself, or is left as it is.
func TestWhatIsJoined(t *testing.T) {
	const debian, centos = "FROM debian:bookworm-slim\n", "FROM centos:7\n"
	const own, clean, yum = "RUN apt-get update && ", " && rm -rf /var/lib/apt/lists/*", " && yum clean all && rm -rf /var/cache/yum"
	for _, test := range []struct {
		name, before, after string // after: with what stands in several lines in one
	}{
		// One step.
		{"an update and its installs",
			debian + "RUN apt-get update\nRUN apt-get install -y tree\nRUN apt-get install -y jq",
			debian + own + "apt-get install -y tree && apt-get install -y jq" + clean},
		{"what is done at once between them",
			debian + "RUN apt-get update\nRUN apt-get install -y tree\nRUN ln -s /usr/bin/tree /t\nRUN apt-get install -y jq",
			debian + own + "apt-get install -y tree && ln -s /usr/bin/tree /t && apt-get install -y jq" + clean},
		{"the last goes on to something else",
			debian + "RUN apt-get update\nRUN apt-get install -y tree\nRUN apt-get install -y jq && seq 3",
			debian + own + "apt-get install -y tree && apt-get install -y jq && seq 3" + clean},
		{"three, the second does more",
			debian + "RUN apt-get update\nRUN apt-get install -y tree && seq 3\nRUN apt-get install -y jq",
			debian + own + "apt-get install -y tree && seq 3 && apt-get install -y jq" + clean},
		{"the removal of a cache behind its RUN",
			centos + "RUN yum install -y wget\nRUN yum clean all && rm -rf /var/cache/yum",
			centos + "RUN yum install -y wget" + yum},

		{"a list of lines that each install something",
			debian + "RUN apt-get update" + strings.Repeat("\nRUN apt-get install -y tree", 8) + "\nWORKDIR /a\nRUN apt-get install -y jq",
			debian + own[:len(own)-4] + strings.Repeat(" && apt-get install -y tree", 8) + clean + "\nWORKDIR /a\n" + own + "apt-get install -y jq" + clean},
		{"the last two are too few for a step of their own",
			debian + "RUN apt-get update && apt-get install -y jq && true\n" + strings.Repeat("RUN apt-get install -y tree && true\n", 6) + "WORKDIR /a\nRUN apt-get install -y jq",
			debian + own + "apt-get install -y jq && true" + strings.Repeat(" && apt-get install -y tree && true", 6) + clean + "\nWORKDIR /a\n" + own + "apt-get install -y jq" + clean},

		{"a RUN that fetches behind its install",
			debian + "RUN apt-get update && apt-get upgrade -y\nRUN apt-get install -y tree && apt-get update\nRUN apt-get install -y jq\nWORKDIR /a\nRUN apt-get install -y less",
			debian + own + "apt-get upgrade -y && apt-get install -y tree && apt-get update && apt-get install -y jq" + clean + "\nWORKDIR /a\n" + own + "apt-get install -y less" + clean},
		{"a RUN that fetches for others only",
			debian + "RUN echo 3 > /a && apt-get update\nENV A=3\nRUN apt-get install -y tree",
			debian + "RUN echo 3 > /a\nENV A=3\n" + own + "apt-get install -y tree" + clean},

		// Each by itself.
		{"seven",
			debian + "RUN apt-get update\nRUN apt-get install -y tree\nRUN ln -s /usr/bin/tree /t\nRUN chmod 755 /t\nRUN apt-get install -y jq\nRUN apt-get install -y less && seq 3\nRUN apt-get install -y file",
			debian + own + "apt-get install -y tree && ln -s /usr/bin/tree /t && chmod 755 /t && apt-get install -y jq" + clean + "\n" +
				own + "apt-get install -y less && seq 3 && apt-get install -y file" + clean},
		{"a list of installs, and a long RUN that does more",
			debian + "RUN apt-get update" + strings.Repeat("\nRUN apt-get install -y tree", 5) + "\nRUN seq 3 && apt-get install -y jq && seq 4",
			debian + own[:len(own)-4] + strings.Repeat(" && apt-get install -y tree", 5) + clean + "\nRUN seq 3 && apt-get update && apt-get install -y jq && seq 4" + clean},
		{"four, the second does more",
			debian + "RUN apt-get update\nRUN apt-get install -y tree && seq 3\nRUN apt-get install -y jq\nRUN apt-get install -y less",
			debian + own + "apt-get install -y tree && seq 3 && apt-get install -y jq" + clean + "\n" + own + "apt-get install -y less" + clean},
		{"one would need ( )",
			debian + "RUN apt-get update && apt-get install -y tree && cd /opt && seq 3 > a\nRUN apt-get install -y jq && seq 3 > b",
			debian + own + "apt-get install -y tree && cd /opt && seq 3 > a" + clean + "\n" + own + "apt-get install -y jq && seq 3 > b" + clean},
		{"something else between them",
			debian + "RUN apt-get update && apt-get install -y tree\nRUN seq 3 > a\nRUN apt-get install -y jq",
			debian + own + "apt-get install -y tree" + clean + "\nRUN seq 3 > a\n" + own + "apt-get install -y jq" + clean},
		{"the cache of yum, removed behind something else",
			centos + "RUN yum install -y wget\nRUN yum install -y git\nRUN seq 3 > a\nRUN yum install -y unzip && yum clean all && rm -rf /var/cache/yum",
			centos + "RUN yum install -y wget && yum install -y git" + yum + "\nRUN seq 3 > a\nRUN yum install -y unzip" + yum},
		{"the cache of yum, removed by a RUN that does nothing else",
			centos + "RUN yum -y update\nRUN yum install -y git\nRUN yum clean all",
			centos + "RUN yum -y update && yum install -y git && yum clean all"},
		{"the cache of yum, emptied under a condition",
			centos + "RUN yum install -y git\nRUN test -z \"$X\" || yum clean all",
			centos + "RUN yum install -y git && { test -z \"$X\" || yum clean all; }" + yum},
		{"the cache of yum, emptied before a change of its sources",
			centos + "RUN yum install -y wget\nRUN yum clean all\nRUN sed -i s/a/b/ /etc/yum.repos.d/x.repo\nRUN yum install -y git",
			centos + "RUN yum install -y wget && yum clean all\nRUN sed -i s/a/b/ /etc/yum.repos.d/x.repo\nRUN yum install -y git" + yum},
		{"the cache of yum, with a commented-out RUN between them",
			centos + "RUN yum install -y wget\n# RUN yum install -y vim\nRUN yum install -y git",
			centos + "RUN yum install -y wget" + yum + "\n# RUN yum install -y vim\nRUN yum install -y git" + yum},
		{"the cache of yum, removed by the sixth",
			centos + "RUN yum install -y wget\nRUN mkdir /a\nRUN mkdir /b\nRUN mkdir /c\nRUN mkdir /d\nRUN yum install -y unzip && yum clean all && rm -rf /var/cache/yum",
			centos + "RUN yum install -y wget" + yum + "\nRUN mkdir /a\nRUN mkdir /b\nRUN mkdir /c\nRUN mkdir /d\nRUN yum install -y unzip" + yum},
	} {
		edited, left := fixed(t, test.before+"\nCMD [\"cat\"]\n", fix.Options{})
		got := strings.ReplaceAll(edited, " \\\n    ", " ")
		if got = strings.TrimSuffix(got, "\nCMD [\"cat\"]\n"); got != test.after {
			t.Errorf("%s:\n%s\nwant:\n%s\nleft:\n%s", test.name, got, test.after, left)
		}
	}
}
