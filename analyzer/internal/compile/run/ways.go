package run

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A text that is built in steps has as many forms as there are ways to build it,
// and each has its own bind values. A run has one list of bind values for all its
// texts, so the placeholders are numbered anew: each way refers to its own values
// in the common list, and no text can be read with the values of another.

// way is one way to build a text.
type way struct {
	text   term.Term
	args   []term.Term
	spread bool
	facts  []term.Fact // hold if it is built that way
}

// separately evaluates a text and its bind values once for each way to build
// them, if they are built in steps.
func (s *Statements) separately(r *unit.Run, c *callsite.Call) {
	text := c.Arg(c.Model.Of)
	if text == nil || r.Named != nil {
		return
	}
	if through, at := s.through(text, r.Text); through != nil {
		s.before(r, c, through, at)
		return
	}
	if !built(r) {
		return
	}
	ways, ok := s.waysOf(c, text, func() ([]term.Term, bool) { return s.boundAlong(c, c.Model.Args) })
	if !ok || len(ways) == 0 {
		return
	}
	if texts, args, ok := common(ways); ok {
		r.Text, r.Args, r.Nulls, r.Spread = term.JoinOf(textsOf(texts)...), args, nil, false
		r.Ways = conditional(texts, r.If)
	}
}

// through is the call by which a function of the program writes a text in another way before
// it is run, and which of the call's arguments that is: s.q(query), which numbers the
// placeholders for the database that there is. nil if the text goes anywhere else.
func (s *Statements) through(text ssa.Value, t term.Term) (call *unit.Call, at int) {
	result, ok := t.(*term.Result)
	instr, isCall := text.(*ssa.Call)
	if !ok || !isCall || len(*instr.Referrers()) != 1 || !writesText(instr.Call.Signature()) {
		return nil, 0
	}
	for i := range s.Fn.Calls {
		if x := &s.Fn.Calls[i]; x.N == result.Call && len(x.Args) > 0 {
			return x, len(x.Args) - 1
		}
	}
	return nil, 0
}

// writesText reports whether a function makes a text of one text and of nothing else.
func writesText(sig *types.Signature) bool {
	isText := func(t *types.Tuple) bool {
		if t.Len() != 1 {
			return false
		}
		b, ok := t.At(0).Type().Underlying().(*types.Basic)
		return ok && b.Kind() == types.String
	}
	return isText(sig.Params()) && isText(sig.Results())
}

// before separates the ways of a text that a call writes in another way, together with the
// bind values of the run: what the call is handed has the placeholders of the common list.
func (s *Statements) before(r *unit.Run, c *callsite.Call, through *unit.Call, at int) {
	if !built(&unit.Run{Text: through.Args[at], Args: r.Args, Spread: r.Spread}) {
		return
	}
	args := c.Arg(c.Model.Of).(*ssa.Call).Call.Args
	ways, ok := s.waysOf(c, args[len(args)-1], func() ([]term.Term, bool) { return s.boundAlong(c, c.Model.Args) })
	if !ok || len(ways) == 0 {
		return
	}
	if texts, args, ok := common(ways); ok {
		through.Args[at], r.Args, r.Nulls, r.Spread = term.JoinOf(textsOf(texts)...), args, nil, false
		r.Ways = conditional(texts, r.If)
	}
}

// built reports whether a text may have several forms, or has one that is not
// known without its course.
func built(r *unit.Run) bool {
	if term.Built(r.Text) {
		return false // its clauses say themselves when they are there
	}
	switch r.Text.(type) {
	case *term.Join, *term.Concat, *term.Origin:
		return severalOrUnknown(r.Text)
	case *term.Const:
		return r.Spread && len(r.Args) == 1 && severalOrUnknown(r.Args[0])
	}
	return false
}

func severalOrUnknown(t term.Term) bool {
	switch x := t.(type) {
	case *term.Join:
		return true
	case *term.List:
		return x.Open
	case *term.Origin:
		return x.Kind == term.Unknown
	case *term.Concat:
		for _, p := range x.Parts {
			if severalOrUnknown(p) {
				return true
			}
		}
	}
	return false
}

// waysOf are the different ways to build a text and its bind values.
func (s *Statements) waysOf(c *callsite.Call, text ssa.Value, bound func() ([]term.Term, bool)) ([]way, bool) {
	seen := map[string]int{}
	var out []way
	few := true
	ok := s.Frame.Along(c.Instr, func(possible func() ([]term.Fact, bool)) {
		if !few {
			return
		}
		t := s.Frame.Term(text, c.Instr)
		args, spread := bound()
		facts, ok := possible()
		if !ok {
			return
		}
		for _, leaf := range term.Leaves(t) {
			key := leaf.String() + (&term.List{Elems: args}).String()
			if i, again := seen[key]; again {
				out[i].facts = both(out[i].facts, facts)
			} else {
				seen[key] = len(out)
				out = append(out, way{leaf, args, spread, facts})
			}
		}
		few = len(out) <= term.MaxTexts
	})
	return out, ok && few
}

// boundAlong are the bind values on a course.
func (s *Statements) boundAlong(c *callsite.Call, at int) ([]term.Term, bool) {
	if at < 0 || at >= len(c.Args) {
		return nil, false
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		t := s.Frame.Term(c.Args[at], c.Instr)
		switch x := t.(type) {
		case *term.List:
			if !x.Open {
				return x.Elems, false
			}
		case *term.Origin:
			if x.Kind == term.Zero {
				return nil, false
			}
		}
		return []term.Term{t}, true
	}
	var out []term.Term
	for _, a := range c.Args[at:] {
		out = append(out, s.Frame.Term(a, c.Instr))
	}
	return out, false
}

// common puts the ways together under one list of bind values. It is false if
// that cannot be done, because the values are not known one by one or a text has
// placeholders that are not seen.
func common(ways []way) (texts []unit.Way, args []term.Term, ok bool) {
	slots, place := agreed(ways)
	for _, w := range ways {
		if w.spread {
			return nil, nil, false
		}
		var numbers []int
		slots, numbers = place(slots, w.args)
		t, fits := numbered(w.text, numbers, len(ways) > 1)
		if !fits {
			return nil, nil, false
		}
		if t != nil {
			texts = append(texts, unit.Way{Text: t, If: w.facts})
		}
	}
	if len(texts) == 0 {
		return nil, nil, false
	}
	return texts, slots, true
}

// placement finds the bind values of a way their places in the common list.
type placement func(slots, args []term.Term) (all []term.Term, numbers []int)

// agreed is the start of the common list. If a text has a part that is not seen,
// its placeholders keep their numbers: there stands what any of the ways has at
// that place, and what is seen has places of its own.
func agreed(ways []way) ([]term.Term, placement) {
	known, longest := true, 0
	for _, w := range ways {
		_, isConst := w.text.(*term.Const)
		known, longest = known && isConst, max(longest, len(w.args))
	}
	if known {
		return nil, placed
	}
	slots := make([]term.Term, longest)
	for i := range slots {
		var any []term.Term
		for _, w := range ways {
			if i < len(w.args) {
				any = append(any, w.args[i])
			}
		}
		slots[i] = term.JoinOf(any...)
	}
	return slots, placed
}

func textsOf(ways []unit.Way) []term.Term {
	out := make([]term.Term, len(ways))
	for i, w := range ways {
		out[i] = w.Text
	}
	return out
}

// conditional are the texts that are built only where something is zero or not,
// once each, with what is not known of the run anyway.
func conditional(ways []unit.Way, known []term.Fact) []unit.Way {
	seen := map[string]int{}
	var all []unit.Way
	for _, w := range ways {
		if i, again := seen[w.Text.String()]; again {
			all[i].If = both(all[i].If, w.If)
			continue
		}
		seen[w.Text.String()] = len(all)
		all = append(all, w)
	}
	var out []unit.Way
	for _, w := range all {
		var facts []term.Fact
		for _, x := range w.If {
			if (x.Op == term.IsZero || x.Op == term.NonZero) && othersSay(x.A) && !contains(known, x) {
				facts = append(facts, x)
			}
		}
		if facts != nil {
			out = append(out, unit.Way{Text: w.Text, If: facts})
		}
	}
	return out
}

// othersSay reports whether it is for others to say if a value is zero.
func othersSay(t term.Term) bool {
	switch x := t.(type) {
	case *term.Path, *term.Result:
		return true
	case *term.Origin:
		return x.Kind != term.Zero && x.Kind != term.Unknown
	}
	return false
}

// both are the facts that are in both lists.
func both(a, b []term.Fact) []term.Fact {
	var out []term.Fact
	for _, x := range a {
		if contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

func contains(facts []term.Fact, x term.Fact) bool {
	return slices.ContainsFunc(facts, func(y term.Fact) bool { return x.String() == y.String() })
}

// placed finds each bind value a place in the common list: its own if that is
// free or has the same value, else one with the same value, else a new one.
func placed(slots, args []term.Term) (all []term.Term, numbers []int) {
	numbers = make([]int, len(args))
	for i, a := range args {
		k := i
		if i < len(slots) && slots[i].String() != a.String() {
			for k = 0; k < len(slots) && slots[k].String() != a.String(); k++ {
				continue
			}
		}
		if k >= len(slots) {
			k = len(slots)
			slots = append(slots, a)
		}
		numbers[i] = k + 1
	}
	return slots, numbers
}
