package leftovers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestUnpackedArchives removes archives where they are unpacked, or finds that
// something may still want them.
func TestUnpackedArchives(t *testing.T) {
	for _, test := range []struct{ name, image, want string }{
		{"relative to WORKDIR", "WORKDIR /opt\nRUN wget x/a.zip && unzip a.zip\n+ opt/a.zip", "RUN wget x/a.zip && unzip a.zip \\\n    && rm -f /opt/a.zip"},
		{"with a version", "ENV V=1.2\nRUN wget x/a-$V.tgz && tar xf a-${V}.tgz\n+ a-1.2.tgz", "RUN wget x/a-$V.tgz && tar xf a-${V}.tgz \\\n    && rm -f /a-${V}.tgz"},
		{"a package", "RUN cd /root && wget x/a.deb && apt-get install -y ./a.deb\n+ root/a.deb", "RUN cd /root && wget x/a.deb && apt-get install -y ./a.deb \\\n    && rm -f /root/a.deb"},
		{"in the next RUN", "RUN wget -P /opt x/a.tgz\n+ opt/a.tgz\nRUN tar xf /opt/a.tgz -C /opt\n+ opt/a", "RUN wget -P /opt x/a.tgz \\\n    && tar xf /opt/a.tgz -C /opt \\\n    && rm -f /opt/a.tgz"},
		{"a COPY, with BuildKit", "COPY a.tgz /opt/\n+ opt/a.tgz\nRUN --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt\n+ opt/a", "RUN --mount=type=bind,source=a.tgz,target=/opt/a.tgz --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt"},
		{"a COPY that is removed, with BuildKit", "COPY a.tgz /opt/\n+ opt/a.tgz\nENV A=b\nRUN --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt && rm /opt/a.tgz\n+ opt/a\n+ !opt/a.tgz", "ENV A=b\nRUN --mount=type=bind,source=a.tgz,target=/opt/a.tgz --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt"},
		{"a COPY into /tmp, with BuildKit", "COPY a.tgz /tmp/\n+ tmp/a.tgz\nRUN --mount=type=cache,target=/c tar xf /tmp/a.tgz -C /opt\n+ opt/a", "RUN --mount=type=bind,source=a.tgz,target=/tmp/a.tgz --mount=type=cache,target=/c tar xf /tmp/a.tgz -C /opt"},

		{"a COPY, without BuildKit", "COPY a.tgz /opt/\n+ opt/a.tgz\nRUN tar xf /opt/a.tgz -C /opt\n+ opt/a", ""},
		{"two files of a COPY", "COPY a.tgz b.tgz /opt/\n+ opt/a.tgz\n+ opt/b.tgz\nRUN --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt\n+ opt/a", ""},
		{"a COPY that a program writes to", "COPY a.tgz /opt/\n+ opt/a.tgz\nRUN --mount=type=cache,target=/c gunzip -k /opt/a.tgz && tar xf /opt/a.tgz && rm /opt/a.tgz\n+ opt/a\n+ !opt/a.tgz", ""},
		{"a COPY that is used twice", "COPY a.tgz /opt/\n+ opt/a.tgz\nRUN --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt\n+ opt/a\nRUN tar xf /opt/a.tgz -C /srv\n+ srv/a", ""},
		{"removed with others", "COPY a.tgz /opt/\n+ opt/a.tgz\nRUN --mount=type=cache,target=/c tar xf /opt/a.tgz -C /opt && rm -rf /opt/*.tgz\n+ opt/a\n+ !opt/a.tgz", ""},
		{"copied on", "RUN wget x/a.tgz && tar xf a.tgz && cp a.tgz /srv\n+ a.tgz", ""},
		{"used by a later RUN", "RUN wget x/a.tgz && tar xf a.tgz\n+ a.tgz\nRUN sha256sum /*.tgz > /sums\n+ sums", ""},
		{"the program's", "RUN wget x/a.tgz && tar xf a.tgz\n+ a.tgz\nconfig {\"Cmd\": [\"serve\", \"/a.tgz\"]}", ""},
		{"in the environment", "RUN wget x/a.tgz && tar xf a.tgz\n+ a.tgz\nconfig {\"Cmd\": [\"serve\"], \"Env\": [\"DATA=/a.tgz\"]}", ""},
		{"not unpacked", "RUN wget x/a.tgz\n+ a.tgz", ""},
		{"another archive", "RUN wget x/a.tgz && tar xf b.tgz\n+ a.tgz", ""},
		{"made, not read", "RUN tar czf /a.tgz /etc\n+ a.tgz", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, f := range rulestest.Parse(t, test.image).Report(t).Findings {
				if f.Wasted() && f.Fix != nil && f.Fix.After != nil {
					got = *f.Fix.After
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
