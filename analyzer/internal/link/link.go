package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
)

// Program links one program. A failure of link itself is said, and leaves the
// program's calls unproven; it never ends the run.
func Program(in Input) (r *Report) {
	defer func() {
		if what := recover(); what != nil {
			r = failed(in, what)
		}
	}()
	return newVerdict(in).judge()
}

// failed is the report of a program that could not be linked.
func failed(in Input, what any) *Report {
	r := &Report{Program: in.Program, Setup: []finding.Setup{{Message: fmt.Sprintf("internal error while linking %s: %v; its calls are unproven", in.Program, what), Hollow: true}}}
	for _, u := range in.Units {
		for _, f := range u.Functions {
			for i := range f.Runs {
				c := Call{Symbol: f.Symbol, Ordinal: f.Runs[i].N}
				c.Place, c.Function = callgraph.Place(&callgraph.Function{Function: f, Unit: u}, f.Runs[i].Site), f.Symbol
				c.Verdict, c.Reason, c.Reached = finding.Unproven, "internal error", true
				r.Calls = append(r.Calls, c)
			}
		}
	}
	return r
}
