package need

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/rules/instructions"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// aptLists is where apt keeps its package lists.
const aptLists = "/var/lib/apt/lists"

// Lists says what becomes of the apt package lists that a RUN leaves.
type Lists struct {
	// Used is the last RUN that installs from them, or may: lists that it fetches
	// besides are among them, and so are what installs from those.
	Used int
	// Why says what uses them, as Use.Why; "" where no later RUN does.
	Why string
	// Unsure says why nobody can tell; "" where it can be told.
	Unsure string
}

// AptLists follows apt's package lists from a RUN that fetches them on.
func (r *Room) AptLists(made int) Lists {
	l := Lists{Used: made}
	all := r.Instructions.All
	for i := made + 1; i < len(all); i++ {
		if i-made > instructions.MaxLater {
			l.Unsure = fmt.Sprintf("more than %d instructions follow", instructions.MaxLater)
			return l
		}
		f := r.factsOf(i)
		if f.kind == keeps || f.kind == harmless || f.kind == places {
			continue
		}
		u := r.aptUseOf(i)
		if u.why != "" {
			if f.kind != runs {
				l.Unsure = r.sentence(i, u.why)
				return l
			}
			l.Used, l.Why = i, r.sentence(i, u.why)
		}
		if u.fetches && l.Used != i {
			return l // from here on there are others
		}
	}
	return l
}

// FetchesLists reports whether a RUN fetches apt's lists, whatever else happens.
func (r *Room) FetchesLists(at int) bool { return r.aptUseOf(at).fetches }

// UsesLists reports whether a RUN installs from apt's lists, or may, or leaves some.
func (r *Room) UsesLists(at int) bool {
	if u := r.aptUseOf(at); u.why != "" || u.fetches {
		return true
	}
	return r.LeavesLists(at)
}

// LeavesLists reports whether a layer of an instruction holds package lists.
func (r *Room) LeavesLists(at int) bool {
	if r.Tree == nil {
		return false
	}
	node, ok := r.Tree.Lookup(aptLists[1:])
	if !ok {
		return false
	}
	for child := range r.Tree.Children(node) {
		for id := r.Tree.Nodes[child].Last; id != noRecord; id = r.Tree.Below(id) {
			record := &r.Tree.Records[id]
			layer := int(record.Layer)
			if record.Kind == model.File && record.Size.Bytes() > 0 && layer < len(r.Layers) && r.Layers[layer].Instruction != nil && *r.Layers[layer].Instruction == at {
				return true
			}
		}
	}
	return false
}

// aptUseOf is aptUse of an instruction of the image, remembered.
func (r *Room) aptUseOf(at int) *aptUse {
	if r.apt == nil {
		r.apt = make([]*aptUse, len(r.Instructions.All))
	}
	if r.apt[at] == nil {
		u := r.aptUse(at, r.factsOf(at))
		r.apt[at] = &u
	}
	return r.apt[at]
}

// aptUse is what a RUN does with the apt lists that it finds.
type aptUse struct {
	why     string // the command that needs lists from before, "" for none
	fetches bool   // it fetches lists, whatever else happens
}

// aptUse looks at a RUN, whose place in the history is -1 where it is of another stage.
func (r *Room) aptUse(at int, f *facts) (u aptUse) {
	if f.opaque != "" {
		if at < 0 || r.Instructions.CallsApt(at) || r.Instructions.Text(at) == "" && r.installed(at) {
			u.why = f.opaque
		}
		return u
	}
	calls := 0
	for i := range f.calls {
		c := &f.calls[i]
		command := c.command()
		sub, _, isApt := command.Apt()
		reads := command.NeedsLists()
		if isApt || reads {
			calls++
		}
		switch {
		case !c.maybe && (isApt && sub == "update" || c.name == "add-apt-repository" && !slices.Contains(c.words, "-n")):
			u.fetches = true
			continue
		case reads && !u.fetches && u.why == "":
			u.why = c.source
		case c.opaque && !u.fetches && u.why == "" && r.installed(at):
			u.why = c.source
		}
		if c.name != "rm" && c.name != "find" && u.why == "" && !u.fetches && slices.ContainsFunc(c.paths, func(p string) bool { return strings.HasPrefix(p, aptLists) }) {
			u.why = c.source
		}
	}
	if u.why == "" && at >= 0 && r.Instructions.AptCalls(at) > calls {
		u.why = brief(bodyOf(r.Instructions.Text(at)))
	}
	return u
}

// command is the call as package rewrite has it.
func (c *call) command() rewrite.Command {
	words := make([]rewrite.Word, len(c.words))
	for i, word := range c.words {
		words[i] = rewrite.Word{Text: word, Literal: true}
	}
	return rewrite.Command{Words: words, DirKnown: true}
}

// installed reports whether the layer of an instruction changed what dpkg knows to be
// installed: then the instruction installed something, whatever its text says. Where
// the layers are not known, it may have.
func (r *Room) installed(at int) bool {
	if r.Tree == nil || at < 0 {
		return true
	}
	node, ok := r.Tree.Lookup("var/lib/dpkg/status")
	if !ok {
		return r.unknownLayer(at)
	}
	for id := r.Tree.Nodes[node].Last; id != noRecord; id = r.Tree.Below(id) {
		layer := int(r.Tree.Records[id].Layer)
		if layer < len(r.Layers) && r.Layers[layer].Instruction != nil && *r.Layers[layer].Instruction == at {
			return true
		}
	}
	return false
}

// unknownLayer reports whether an instruction made a layer in which package lists
// lie, though no package database is known.
func (r *Room) unknownLayer(at int) bool {
	node, ok := r.Tree.Lookup(aptLists[1:])
	if !ok {
		return false
	}
	for child := range r.Tree.Children(node) {
		for id := r.Tree.Nodes[child].Last; id != noRecord; id = r.Tree.Below(id) {
			layer := int(r.Tree.Records[id].Layer)
			if layer < len(r.Layers) && r.Layers[layer].Instruction != nil && *r.Layers[layer].Instruction == at {
				return true
			}
		}
	}
	return false
}
