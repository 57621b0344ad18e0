package connection

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Wall is what may prove a statement.
type Wall uint8

// The walls.
const (
	Either   Wall = iota
	Filter        // what the statement and the program ask for, and no policy
	Policies      // what the policies of its tables hold, and no filter
)

// Alone decides a statement on tables of a tenant by their policies, where only those may
// prove it. What it is asked with may still come out of rows that a filter ties.
func (p *Connections) Alone(e *pathcond.Env, r *unit.Run, s *statement.Statement) (v obligation.Value, asked bool) {
	if p.wall != Policies || s.Broken != "" || s.Proof == nil || len(s.Proof.Relations) == 0 {
		return obligation.Value{}, false
	}
	ways := slices.DeleteFunc(p.Ways(s), func(w statement.Alternative) bool {
		return slices.ContainsFunc(w.Needs, func(n proof.Need) bool { return !isSetting(n) })
	})
	if len(ways) == 0 {
		return p.notHeld(s), true
	}
	return p.solver.AnyWay(e, r, s, ways).Noted(p.Premises(s)), true
}

// notHeld is why the policies of its tables do not hold a statement, wherever it runs.
func (p *Connections) notHeld(s *statement.Statement) obligation.Value {
	for i := range s.Proof.Relations {
		t := s.Proof.Relations[i].Table
		name := statement.TableName(t)
		switch {
		case t.Held == nil:
			return unheld(name, "no policy holds "+name)
		case !p.settings.Given(t.Held.Setting):
			return unheld(name, "nothing in the program sets "+t.Held.Setting+", which the policies of "+name+" read")
		}
	}
	return obligation.Why(obligation.Atom{T: term.Why("policies")}, finding.RowSecurity+": what the statement does past its policies is not understood")
}

func unheld(table, why string) obligation.Value {
	return obligation.No(obligation.Cause{Kind: obligation.NotHeld, Atom: obligation.Atom{T: term.ZeroTerm()}, Table: table, Reason: why})
}
