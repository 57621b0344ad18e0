// Package walls asks for both walls: a call must be proved by what the statement and the
// program ask for, and by the policies of row-level security, each by itself.
//
// In goes a program; out comes its report, in which calls that one wall alone proves are
// findings that name the other one, or unproven where that one is not understood. What is
// excused, found or unproven without that stays what it is, and a wall that is excused is
// not missing.
//
// Invariant: no call comes out better than from [link.Program].
//
// It costs three links of a program where one is enough for either wall.
package walls

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/connection"
)

// Program links a program of which both walls are asked for.
func Program(in link.Input) *link.Report {
	r := link.Program(in)
	for _, wall := range []connection.Wall{connection.Filter, connection.Policies} {
		in.Settings.Wall = wall
		ask(r, link.Program(in), wall)
	}
	return r
}

// ask takes from proved calls of a report what one wall alone does not prove.
func ask(r, alone *link.Report, wall connection.Wall) {
	for i := range r.Calls {
		c := &r.Calls[i]
		if c.Verdict != finding.Proved && !missesWall(c) || len(c.Tables) == 0 {
			continue
		}
		if len(alone.Calls) != len(r.Calls) || alone.Calls[i].Symbol != c.Symbol || alone.Calls[i].Ordinal != c.Ordinal || alone.Calls[i].Place != c.Place {
			c.Verdict, c.Reason = finding.Unproven, "internal error: the walls do not see the same calls"
			continue
		}
		lay(c, &alone.Calls[i], wall)
	}
}

// missesWall tells a call that is found for a wall alone.
func missesWall(c *link.Call) bool {
	return c.Verdict == finding.Found && !slices.ContainsFunc(c.Problems, func(f finding.Finding) bool { return f.Rule != finding.RLSRequired })
}

// lay puts what one wall says of a call beside what is known of it.
func lay(c, alone *link.Call, wall connection.Wall) {
	switch alone.Verdict {
	case finding.Proved:
		c.Assumes = union(c.Assumes, alone.Assumes)
		c.Unconfirmed = union(c.Unconfirmed, alone.Unconfirmed)
	case finding.Unproven:
		if alone.Verdict.Worse(c.Verdict) {
			c.Verdict, c.Reason = alone.Verdict, alone.Reason
		}
	case finding.Found:
		c.Verdict, c.Reason = finding.Found, finding.RLSRequired
		for _, f := range alone.Problems {
			c.Problems = append(c.Problems, missing(f, wall))
		}
	}
}

// missing is a finding of one wall as one on the other's being alone.
func missing(f finding.Finding, wall connection.Wall) finding.Finding {
	f.Rule = finding.RLSRequired
	if wall == connection.Filter {
		subject, why, _ := strings.Cut(f.Message, ": ")
		f.Message = subject + ": policies alone hold it, and rls: required asks for both walls: " + why
	}
	return f
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
