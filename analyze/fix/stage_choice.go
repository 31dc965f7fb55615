package fix

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/fix/multistage"
	"github.com/tare-oci/tare/model"
)

// Stage says when a build stage is made.
type Stage uint8

const (
	// NoStage makes none; Result.Left says where one could be made.
	NoStage Stage = iota
	// SureStage makes one where nothing about it is a guess and it saves much.
	SureStage
	// AnyStage makes one where it can be worked out.
	AnyStage
)

// Offer is a build stage that a plan does without.
type Offer struct {
	// Bytes is what the image would have less than with the plan.
	Bytes int64
	// Why is why the stage is made only if somebody asks for it, in words for the middle
	// of a sentence and in one line.
	Why string
	// Findings are those that the stage settles, indexes in the report.
	Findings []int
	// Instead is true where the stage takes the place of the plan's mounts of caches.
	Instead bool
	// Blocked is true where edits of the plan stand in the stage's way, so that it cannot be made
	// once they are.
	Blocked bool
}

// A second stage is more to read and to keep than any other edit. So one that nobody asked for
// has to save this share of the own bytes that the other edits leave the image, and that many
// bytes.
const (
	minStageShare = 0.15
	minStageBytes = 10 * model.MinFloor
)

// planDocument is Plan on a document that parse cuts into pieces, anew each time.
func planDocument(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options) *Result {
	if opt.Own > 0 {
		opt.Floor = model.Floor(opt.Own)
	}
	noMounts := ""
	if opt.CacheMount && !bytes.Contains(dockerfile, []byte("--mount=")) { // with one, whoever builds it knows them
		noMounts = opt.Build.RefusesMounts()
		opt.CacheMount = noMounts == ""
	}
	for {
		result := planAbove(r, parse, dockerfile, opt)
		result.Floor, result.NoMounts = opt.Floor, noMounts
		floor := model.Floor(max(opt.Own-result.SavedBytes, 0))
		if opt.Own == 0 || floor >= opt.Floor || !slices.ContainsFunc(result.Left, func(l Left) bool { return l.Small && l.Saves >= floor }) {
			return result
		}
		opt.Floor = floor // what was small is not, beside what stays
	}
}

// planAbove is planDocument with a floor that stays.
func planAbove(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options) *Result {
	without := opt
	without.Stage = min(opt.Stage, SureStage)
	plain := planOrders(r, parse, dockerfile, without)
	if opt.CacheMount && plain.staged && opt.Stage == NoStage {
		plain.Offer = offerInstead(r, parse, dockerfile, opt, plain)
	}
	if opt.Stage == NoStage || !plain.staged {
		return plain
	}
	asked := opt.Stage == AnyStage
	opt.Stage = AnyStage
	with := planStage(r, parse, dockerfile, opt)
	switch saves := with.SavedBytes - plain.SavedBytes; {
	case with.stage == nil && asked:
		return with
	case with.stage == nil:
		return plain
	case saves <= 0 || saves < opt.Floor:
		plain.tellOfStage(" A build stage would save no more than the other edits, or hardly more.")
		return plain
	case asked:
		return with
	}
	if plain.Offer = offerOf(r, plain, with); plain.Offer == nil {
		return with
	}
	plain.tellOfStage("")
	return plain
}

// offerInstead returns what a build stage would save more than mounts of caches, with which none
// is made; nil where that is not worth a word.
func offerInstead(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options, plain *Result) *Offer {
	opt.CacheMount, opt.Stage = false, AnyStage
	with := planStage(r, parse, dockerfile, opt)
	if saves := with.SavedBytes - plain.SavedBytes; with.stage != nil && saves > 0 && saves >= opt.Floor {
		return &Offer{Bytes: saves, Why: "this strategy makes no build stage", Instead: true}
	}
	return nil
}

// tellOfStage replaces what is said of a build stage about findings that stay: also that there can be
// none, which is so with the edits of this plan, and not with others.
func (out *Result) tellOfStage(what string) {
	for i := range out.Left {
		if l := &out.Left[i]; l.unstaged != "" {
			l.Why = out.mask.Text(l.unstaged) + what
		}
	}
}

// offerOf returns a plan with a build stage as an offer beside the one without, nil where it is
// to be made.
func offerOf(r *model.Report, plain, with *Result) *Offer {
	offer := &Offer{Bytes: with.SavedBytes - plain.SavedBytes, Blocked: with.inTheWay}
	for i := range with.Applied {
		if a := &with.Applied[i]; a.Strategy == model.MultiStage {
			offer.Findings = slices.DeleteFunc(slices.Concat(a.Findings, a.Also), func(i int) bool { return !with.Saved[i] })
		}
	}
	doubts := with.stage.Doubts
	switch {
	case len(doubts) > 0:
		offer.Why = with.mask.Text(string(doubts[0]))
	case offer.Bytes < max(minStageBytes, int64(minStageShare*float64(r.Summary.Own.Size-plain.SavedBytes))):
		offer.Why = "that is too little for a second stage"
	default:
		return nil
	}
	return offer
}

// HasStage reports whether a build stage was made.
func (out *Result) HasStage() bool { return out.stage != nil }

// StageDoubts are the doubts about the build stage that was made.
func (out *Result) StageDoubts() []multistage.Doubt {
	if out.stage == nil {
		return nil
	}
	return out.stage.Doubts
}

// maxBlockers is how many times edits that stand in the way of a build stage are left out.
const maxBlockers = 4

// planStage is planOrders for a build stage. Where edits stand in its way, they are left out, if
// the stage saves more than they do.
func planStage(r *model.Report, parse func() (*document, []*piece), dockerfile []byte, opt Options) *Result {
	best := planOrders(r, parse, dockerfile, opt)
	now := best
	for range maxBlockers {
		var why *multistage.Refusal
		if now.stage != nil || !errors.As(now.refused, &why) {
			break
		}
		reject := maps.Clone(opt.Reject)
		if reject == nil {
			reject = make(map[int]string)
		}
		for i := range now.Applied {
			if overlap(now.Applied[i].Instructions, why.Origins) {
				for _, finding := range now.Applied[i].Findings {
					reject[finding] = "its edit conflicts with the build stage, which saves more"
				}
			}
		}
		if len(reject) == len(opt.Reject) {
			break
		}
		opt.Reject = reject
		now = planOrders(r, parse, dockerfile, opt)
	}
	if now.stage != nil && now.SavedBytes > best.SavedBytes {
		best, now.inTheWay = now, best.stage == nil
	}
	if !opt.guessTools && best.stage != nil && slices.ContainsFunc(r.Findings, func(f model.Finding) bool { return f.Fix != nil && guessesTools(f.Fix) }) {
		opt.guessTools = true
		if now = planStage(r, parse, dockerfile, opt); now.stage != nil && now.SavedBytes > best.SavedBytes && !now.namesGuessed(r) {
			now.inTheWay = now.inTheWay || best.inTheWay
			return now
		}
	}
	return best
}

// namesGuessed reports whether the edited file names a package that an edit of it only guesses to be
// needed, and that its author does not name.
func (out *Result) namesGuessed(r *model.Report) bool {
	named := func(file []byte, name string) bool { return slices.Contains(strings.Fields(string(file)), name) }
	for i := range r.Findings {
		if f := r.Findings[i].Fix; f != nil && slices.ContainsFunc(f.Guessed, func(name string) bool { return named(out.New, name) && !named(out.Old, name) }) {
			return true
		}
	}
	return false
}
