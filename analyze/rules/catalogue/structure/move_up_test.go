package structure_test

import (
	"testing"
)

// TestModesMoveAlone: a chmod goes to the RUN that made the files, without the RUNs between,
// where those have nothing to do with the files.
func TestModesMoveAlone(t *testing.T) {
	for _, test := range []struct{ name, image, want string }{
		{"a RUN between", "RUN install /opt/a\n+ opt/a/b\nRUN make\n+ out\nRUN chmod -R 777 /opt/a\n+ opt/a/b 0:0 777",
			"RUN install /opt/a \\\n    && chmod -R 777 /opt/a\nRUN make"},
		{"a chown to root", "RUN install /opt/a\n+ opt/a/b 5:5\nRUN make\n+ out\nRUN chown -R root:root /opt/a\n+ opt/a/b",
			"RUN install /opt/a \\\n    && chown -R root:root /opt/a\nRUN make"},
		{"a RUN between that names them", "RUN install /opt/a\n+ opt/a/b\nRUN make -C /opt/a\n+ out\nRUN chmod -R 777 /opt/a\n+ opt/a/b 0:0 777",
			"RUN install /opt/a \\\n    && make -C /opt/a \\\n    && chmod -R 777 /opt/a"},
		{"a RUN between that adds one", "RUN install /opt/a\n+ opt/a/b\nRUN make\n+ opt/a/c\nRUN chmod -R 777 /opt/a\n+ opt/a/b 0:0 777\n+ opt/a/c 0:0 777",
			"RUN install /opt/a \\\n    && make \\\n    && chmod -R 777 /opt/a"},
		{"more than the mode", "RUN install /opt/a\n+ opt/a/b\nRUN make\n+ out\nRUN chmod -R 777 /opt/a && touch /x\n+ opt/a/b 0:0 777\n+ x",
			"RUN install /opt/a \\\n    && make \\\n    && chmod -R 777 /opt/a && touch /x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			for _, f := range owned(t, test.image).Findings(t, "metadata-copy") {
				if f.Fix.After != nil {
					got = *f.Fix.After
					break
				}
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
