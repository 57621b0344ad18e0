package compile

import (
	"regexp"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
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
}

// separately evaluates a text and its bind values once for each way to build
// them, if they are built in steps.
func (b *body) separately(r *unit.Run, c *flow.Call) {
	text := c.Arg(c.Model.Of)
	if text == nil || r.Named != nil || !built(r) {
		return
	}
	ways, ok := b.waysOf(c, text)
	if !ok || len(ways) == 0 {
		return
	}
	if texts, args, ok := common(ways); ok {
		r.Text, r.Args, r.Spread = texts, args, false
	}
}

// built tells whether a text may have several forms, or has one that is not
// known without its course.
func built(r *unit.Run) bool {
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
func (b *body) waysOf(c *flow.Call, text ssa.Value) ([]way, bool) {
	seen := map[string]bool{}
	var out []way
	few := true
	ok := b.f.Along(c.Instr, func(possible func() bool) {
		if !few {
			return
		}
		t := b.f.Term(text, c.Instr)
		args, spread := b.boundAlong(c)
		if !possible() {
			return
		}
		for _, leaf := range term.Leaves(t) {
			w := way{leaf, args, spread}
			if key := leaf.String() + (&term.List{Elems: args}).String(); !seen[key] && !refused(leaf) {
				seen[key] = true
				out = append(out, w)
			}
		}
		few = len(out) <= term.MaxTexts
	})
	return out, ok && few
}

// boundAlong are the bind values on a course.
func (b *body) boundAlong(c *flow.Call) ([]term.Term, bool) {
	at := c.Model.Args
	if at < 0 || at >= len(c.Args) {
		return nil, false
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		t := b.f.Term(c.Args[at], c.Instr)
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
		out = append(out, b.f.Term(a, c.Instr))
	}
	return out, false
}

// empty is where a clause or list has nothing in it: every database refuses such
// a text, so that way is never gone to its end.
var empty = regexp.MustCompile(`(?is)\bIN\s*\(\s*\)|\bVALUES\s*(;|\bON\b.*|\bRETURNING\b.*)?$|\bSET\s*(\bWHERE\b.*)?$|\b(WHERE|AND|OR)\s*$|\bSET\s+WHERE\b|\b(AND|WHERE|OR)\s*(\)|ORDER\b|GROUP\b|LIMIT\b|RETURNING\b)`)

// refused tells whether a known text is no statement.
func refused(t term.Term) bool {
	c, ok := t.(*term.Const)
	return ok && empty.MatchString(c.Text)
}

// common puts the ways together under one list of bind values. It is false if
// that cannot be done, because the values are not known one by one or a text has
// placeholders that are not seen.
func common(ways []way) (text term.Term, args []term.Term, ok bool) {
	var texts []term.Term
	var slots []term.Term
	for _, w := range ways {
		if w.spread {
			return nil, nil, false
		}
		var numbers []int
		slots, numbers = placed(slots, w.args)
		t, fits := numbered(w.text, numbers, len(ways) > 1)
		if !fits {
			return nil, nil, false
		}
		if t != nil {
			texts = append(texts, t)
		}
	}
	if len(texts) == 0 {
		return nil, nil, false
	}
	return term.JoinOf(texts...), slots, true
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
