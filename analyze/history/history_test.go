package history

import (
	"encoding/json"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/tare-oci/tare/model"
)

// checkConsistent holds what callers rely on for any history.
func checkConsistent(t testing.TB, config *v1.ConfigFile, layers int, steps []model.Instruction, layerStep []int) {
	t.Helper()
	if config != nil && len(steps) != len(config.History) {
		t.Fatalf("%d items became %d instructions", len(config.History), len(steps))
	}
	if len(layerStep) != layers {
		t.Fatalf("%d layers, %d ties", layers, len(layerStep))
	}
	last := -1
	tied := 0
	for layer, step := range layerStep {
		if step == -1 {
			continue
		}
		if step <= last || step >= len(steps) {
			t.Fatalf("layer %d is tied to %d after %d of %d", layer, step, last, len(steps))
		}
		if steps[step].Layer == nil || *steps[step].Layer != layer {
			t.Fatalf("layer %d is tied to instruction %d, which says %v", layer, step, steps[step].Layer)
		}
		last = step
		tied++
	}
	for i := range steps {
		if steps[i].Index != i || steps[i].How != model.FromHistory || steps[i].Text == "" {
			t.Fatalf("instruction %d: %+v", i, steps[i])
		}
		if steps[i].Layer != nil {
			tied--
		}
	}
	if tied != 0 {
		t.Fatal("an instruction names a layer that is not tied to it")
	}
	if n := BaseLayers(config, steps, layers); n < 0 || n > 0 && n >= layers {
		t.Fatalf("base of %d layers in %d", n, layers)
	}
}

func FuzzInstructions(f *testing.F) {
	for _, file := range []string{"classic", "buildkit", "podman", "podman-squash", "commit"} {
		config, layers := readRecorded(f, "testdata/"+file+".json")
		data, err := json.Marshal(config.History)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, layers)
	}
	f.Add([]byte(`[{"created_by":"|1 A"},{"created_by":"|9 =x /bin/sh -c "},{"created_by":"RUN |2 # buildkit"},{"comment":"x"},{}]`), 3)
	f.Add([]byte(`[{"created_by":"/bin/sh -c #(nop)  HEALTHCHECK &{[] \"5s\" \"\" \"\" '\\x'}"},{"created_by":"ENV ="},{"created_by":"ENV A= =b"}]`), 1)
	f.Fuzz(func(t *testing.T, data []byte, layers int) {
		config := &v1.ConfigFile{}
		if layers < 0 || layers > 100 || json.Unmarshal(data, &config.History) != nil {
			return
		}
		steps, layerStep, _ := Instructions(config, layers)
		if len(config.History) == 0 {
			return
		}
		checkConsistent(t, config, layers, steps, layerStep)
	})
}
