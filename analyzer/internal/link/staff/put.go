package staff

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// What a middleware has found out of the caller stands under a key of its own:
//
//	c.Set("permissions", &Permissions{IsSuperAdmin: role == "super_admin", …})
//
// An attribute of that is the caller's if it is so wherever somebody puts it there.

// ownPut reports whether an attribute that is found under a context key is the caller's at
// each writer of the key.
func (p *Staff) ownPut(x *term.Path, r trust.Rank, depth int) obligation.Value {
	writes := p.graph.Puts[x.Name]
	if len(writes) == 0 || r != trust.Staff {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, w := range writes {
		v = obligation.And(v, p.ownValue(p.conds.At(w.Fn, w.Facts), term.Select(w.Value, x.Steps...), depth))
	}
	v.Fails = nil
	return v
}

// sentIn reports whether a part of what is put under a context key is what a client has sent,
// and whether all that is put there is: who asks the caller's key for a role is told what the
// request says.
func (p *Staff) sentIn(x *term.Path) (sent, all bool) {
	all = true
	for _, w := range p.graph.Puts[x.Name] {
		for _, leaf := range term.Leaves(term.Select(w.Value, x.Steps...)) {
			if zero, known := term.Zeroness(leaf); known && zero {
				continue
			}
			by := term.IsRequest(leaf)
			sent, all = sent || by, all && by
		}
	}
	return sent, sent && all
}

// ownValue reports whether each value that is put can only mean staff where it says so of the
// caller, or where a staff test is in force. A value that is zero says nothing of anybody.
func (p *Staff) ownValue(e *pathcond.Env, t term.Term, depth int) obligation.Value {
	if depth == 0 {
		return obligation.Value{}
	}
	v := obligation.Yes(obligation.Notes{})
	for _, leaf := range term.Leaves(t) {
		if zero, known := term.Zeroness(leaf); known && zero {
			continue
		}
		v = obligation.And(v, p.ownLeaf(e, leaf, depth))
	}
	return v
}

func (p *Staff) ownLeaf(e *pathcond.Env, t term.Term, depth int) obligation.Value {
	if test, ok := t.(*term.Test); ok {
		if name, rank := p.staffName(test.Fact); rank == trust.Staff {
			return p.own(e, test.Fact.A, rank, depth-1).Noted(p.staffNotes(name))
		}
		return obligation.Value{}
	}
	if c, ok := t.(*term.Const); ok {
		if c.Kind == term.Text && p.access.Names.StaffRank(c.Text) != trust.Staff {
			return obligation.Yes(obligation.Notes{}) // another word is not the one that is asked for
		}
		if n, ok := p.byStaff(e); ok {
			return obligation.Yes(n)
		}
		return obligation.Value{}
	}
	if v := p.own(e, t, trust.Staff, depth-1); len(v.Alts) > 0 {
		return v
	}
	// What is true of staff alone: whether a row was found by a word that means staff.
	n, ok := p.byStaff(p.conds.At(e.Fn, append(slices.Clone(e.Facts), term.Fact{Op: term.True, A: t})))
	if !ok {
		return obligation.Value{}
	}
	return obligation.Yes(n)
}
