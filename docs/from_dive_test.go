package docs

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// ofDive is every flag, subcommand, key, setting and field of dive 0.13, as its
// help, its README and its sources have them.
var ofDive = strings.Fields(`
	dive_IMAGE dive_build_ARGS dive_version dive_completion
	--ci --ci-config_FILE --config_FILE --help -h --highestUserWastedPercent --highestWastedBytes -i --ignore-errors
	-j --json_FILE --lowestEfficiency --source -v --version docker://IMAGE podman://IMAGE docker-archive://FILE
	CI DIVE_… DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_API_VERSION
	Ctrl+C q Tab Ctrl+F Ctrl+/ Esc PgUp u PgDn d ↑ k ↓ j ← h → l Ctrl+A Ctrl+L Space Ctrl+Space Ctrl+R Ctrl+M Ctrl+U Ctrl+B
	Ctrl+O Ctrl+E Ctrl+P
	container-engine ignore-errors log.enabled log.path log.level diff.hide filetree.collapse-dir filetree.pane-width
	filetree.show-attributes layer.show-aggregated-changes keybinding.quit keybinding.toggle-view keybinding.filter-files
	keybinding.close-filter-files keybinding.compare-all keybinding.compare-layer keybinding.toggle-collapse-dir
	keybinding.toggle-collapse-all-dir keybinding.toggle-sort-order keybinding.toggle-filetree-attributes
	keybinding.toggle-added-files keybinding.toggle-removed-files keybinding.toggle-modified-files
	keybinding.toggle-unmodified-files keybinding.toggle-unchanged-files keybinding.toggle-wrap-tree keybinding.extract-file
	keybinding.page-up keybinding.page-down keybinding.up keybinding.down keybinding.left keybinding.right
	lowestEfficiency lowest-efficiency highestWastedBytes highest-wasted-bytes highestUserWastedPercent
	highest-user-wasted-percent
	layer[].index layer[].id layer[].digestId layer[].sizeBytes layer[].command layer[].fileList layer[].fileList[].path
	layer[].fileList[].typeFlag layer[].fileList[].linkName layer[].fileList[].size layer[].fileList[].fileMode
	layer[].fileList[].uid layer[].fileList[].gid layer[].fileList[].isDir image.sizeBytes image.inefficientBytes
	image.efficiencyScore image.fileReference image.fileReference[].count image.fileReference[].sizeBytes
	image.fileReference[].file`)

var (
	quoted    = regexp.MustCompile("`([^`]+)`")
	flagNamed = regexp.MustCompile(`--[a-z-]+`)
	fieldName = regexp.MustCompile(`^(?:layers|instructions|files|entries|findings)\[\](?:\.(\w+))?$|^(image|summary)\.(\w+)$`)
	actionIn  = regexp.MustCompile(`keys: \{([a-z-]+):`)
)

// TestFromDive holds that docs/from-dive.md has a place for everything that
// dive's users know, and that what it sends them to is there.
func TestFromDive(t *testing.T) {
	page := readPage(t, "docs/from-dive.md").text
	known := make(map[string]bool)
	var there strings.Builder // tare's columns
	for _, line := range strings.Split(page, "\n") {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) < 2 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[0], -1) {
			known[strings.ReplaceAll(m[1], " ", "_")] = true
		}
		there.WriteString(strings.Join(cells[1:], " | ") + "\n")
	}
	for _, thing := range ofDive {
		if !known[thing] {
			t.Errorf("dive's %s has no row", thing)
		}
	}

	commands, actions := readPage(t, "docs/commands.md").text, readPage(t, "docs/interface.md").text
	for _, flag := range flagNamed.FindAllString(there.String(), -1) {
		if !strings.Contains(commands, flag) {
			t.Errorf("tare has no flag %s", flag)
		}
	}
	names := actionIn.FindAllStringSubmatch(there.String(), -1)
	_, keys, _ := strings.Cut(page, "## Keys\n")
	keys, _, _ = strings.Cut(keys, "\n## ")
	for _, line := range strings.Split(keys, "\n") {
		if cells := strings.Split(line, " | "); len(cells) == 4 {
			names = append(names, quoted.FindAllStringSubmatch(cells[2], -1)...)
			listed := false
			for _, action := range quoted.FindAllStringSubmatch(cells[2], -1) {
				listed = listed || sharesKey(actions, action[1], cells[3])
			}
			if strings.Contains(cells[2], "`") && !listed {
				t.Errorf("the interface has other keys than %s", line)
			}
		}
	}
	if len(names) < 30 {
		t.Errorf("only %d actions are named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(actions, "\n| `"+name[1]+"` |") {
			t.Errorf("the interface has no action %s", name[1])
		}
	}

	fields := schemaFields(t)
	seen := 0
	for _, m := range quoted.FindAllStringSubmatch(there.String(), -1) {
		if f := fieldName.FindStringSubmatch(m[1]); f != nil {
			seen++
			if name := f[1] + f[3]; name != "" && !fields[name] {
				t.Errorf("the report has no field %s", m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d fields are named", seen)
	}
}

// sharesKey reports whether the interface's page gives an action the first key of a
// cell.
func sharesKey(page, action, cell string) bool {
	_, row, ok := strings.Cut(page, "\n| `"+action+"` | ")
	row, _, _ = strings.Cut(row, " | ")
	for _, key := range quoted.FindAllString(cell, -1) {
		if ok && strings.Contains(row, key) {
			return true
		}
	}
	return false
}

// schemaFields are the names of all properties in the report's schema.
func schemaFields(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any `json:"properties"`
		Defs       map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]bool)
	for name := range schema.Properties {
		fields[name] = true
	}
	for _, def := range schema.Defs {
		for name := range def.Properties {
			fields[name] = true
		}
	}
	return fields
}
