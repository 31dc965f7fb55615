package history

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// made is an item that claims a layer, empty one that does not.
func made(by string) v1.History { return v1.History{CreatedBy: by} }
func empty(by string) v1.History {
	return v1.History{CreatedBy: by, EmptyLayer: true}
}

func TestLayerInstructions(t *testing.T) {
	tests := []struct {
		name    string
		history []v1.History
		layers  int
		want    []int
		note    string // part of the only note; "" for none
	}{
		{"as many", []v1.History{made("ADD a /"), empty("CMD x"), made("RUN b")}, 2, []int{0, 2}, ""},
		{"schema 1: a layer for each", []v1.History{made("ADD a /"), made("ENV A=b"), made("RUN b")}, 3, []int{0, 1, 2}, ""},
		{"no history", nil, 2, []int{-1, -1}, "no history"},
		{"a base without history", []v1.History{made("COPY a /b"), made("RUN b")}, 4, []int{-1, -1, 0, 1}, "2 layers, the image has 4 layers; the lowest"},
		{"squashed", []v1.History{made("ADD a /"), made("RUN b"), made("RUN c")}, 2, []int{0, 1}, "the last steps"},
		{"settings not marked empty", []v1.History{made("ADD a /"), made("CMD x"), made("RUN b"), made("ENV A=b")}, 2, []int{0, 2}, "wrong items"},
		{"WORKDIR not marked empty", []v1.History{made("ADD a /"), made("WORKDIR /"), made("ENV A=b")}, 1, []int{0}, "wrong items"},
		{"all marked empty", []v1.History{empty("ADD a /"), empty("CMD x"), empty("RUN b")}, 2, []int{0, 2}, "wrong items"},
		{"marked the wrong way round", []v1.History{empty("COPY a /"), made("CMD x"), empty("RUN b")}, 2, []int{0, 2}, "wrong items"},
		{"one layer for all", []v1.History{made("ADD a /"), empty("RUN b"), made("CMD x")}, 2, []int{0, 2}, "several instructions into layer 1"},
		{"no layers", []v1.History{made("RUN a")}, 0, []int{}, "0 layers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config := &v1.ConfigFile{History: tt.history}
			steps, got, notes := Instructions(config, tt.layers)
			checkConsistent(t, config, tt.layers, steps, got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if tt.note == "" && len(notes) > 0 || tt.note != "" && (len(notes) != 1 || !strings.Contains(notes[0], tt.note)) {
				t.Errorf("notes %q, want %q", notes, tt.note)
			}
		})
	}
	if _, got, notes := Instructions(nil, 1); len(notes) != 1 || got[0] != -1 {
		t.Errorf("nil config: %v %q", got, notes)
	}
}

func TestBaseLayers(t *testing.T) {
	add := made("/bin/sh -c #(nop) ADD file:ce026b62356eec3ad1214f92be2c9dc063fe205bd5e600be3492c4dfb17148bd in / ")
	imported := v1.History{Comment: "Imported from -"}
	debian := v1.History{CreatedBy: "# debian.sh --arch 'amd64' out/ 'trixie' '@1'", Comment: "debuerreotype 0.17"}
	bazel := made("bazel build ...")
	tests := []struct {
		name    string
		history []v1.History
		layers  int
		want    int
	}{
		{"the base's CMD", []v1.History{add, empty(`CMD ["sh"]`), made("RUN a"), empty(`CMD ["b"]`)}, 2, 1},
		{"the last CMD a layer follows", []v1.History{add, empty(`CMD ["sh"]`), made("RUN a"), empty(`ENTRYPOINT ["b"]`), empty(`CMD ["b"]`), made("RUN c"), empty(`CMD ["d"]`)}, 3, 2},
		{"no layer follows, imported", []v1.History{imported, made("RUN a"), empty("CMD b")}, 2, 1},
		{"no layer follows, ADD", []v1.History{empty("ARG RELEASE"), add, made("RUN a"), empty("CMD b")}, 2, 1},
		{"BuildKit's ADD", []v1.History{made("ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit"), made("RUN a")}, 2, 1},
		{"debuerreotype", []v1.History{debian, made("RUN a")}, 2, 1},
		{"distroless", []v1.History{bazel, bazel, made("COPY a /b # buildkit"), empty(`ENTRYPOINT ["/b"]`)}, 3, 2},
		{"KIWI", []v1.History{made("KIWI 10.0.11"), made("RUN a")}, 2, 1},
		{"bazel alone", []v1.History{bazel, bazel}, 2, 0},
		{"imported alone", []v1.History{imported}, 1, 0},
		{"FROM scratch", []v1.History{made("COPY a / # buildkit"), made("RUN b # buildkit"), empty("CMD c")}, 2, 0},
		{"ADD of a file", []v1.History{made("ADD README.md /README.md # buildkit"), made("RUN b # buildkit")}, 2, 0},
		{"CMD before any layer", []v1.History{empty("CMD c"), made("COPY a /b # buildkit"), made("RUN b # buildkit")}, 2, 0},
		{"a base without history", []v1.History{empty("CMD c"), made("COPY a /b # buildkit")}, 3, 2},
		{"none", nil, 3, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config := &v1.ConfigFile{History: tt.history}
			steps, _, _ := Instructions(config, tt.layers)
			if got := BaseLayers(config, steps, tt.layers); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
