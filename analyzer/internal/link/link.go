// Package link links the units of a program and gives each of its database
// calls a verdict.
//
// In go the units of a program's import closure, the catalogues of its module
// and a few settings; out comes a [Report]. [Merge] turns the reports of all
// programs into one run: the worst vote wins.
//
// Terms. A *function* is live if the program reaches it; a *root* is main, an
// initialiser, or an entry that a framework calls with a request. An *atom* is
// a demand on one value, such as tenant@p2; a statement's proof is a
// disjunction of conjunctions of atoms. Atoms are proved in an *environment*,
// a function with the facts in force at a place of it. What stays open there
// (it speaks of parameters) *rises* to every live caller, until it holds, by
// origin, by a row of a proved statement or by a guard, or stands at a root and
// fails there; that is a *context*.
//
// Invariant: what is not understood never proves anything. Every cap, every
// recursion and every unknown value makes the result weaker, never stronger.
// Two exceptions are named where they are: the cycle of a recursive function
// adds no context of its own, and a reader of a tenant's context key trusts its
// writers, each of which is judged once.
//
// It cannot see Go code, only units; it does not follow values through
// channels, goroutine results and reflection, nor rows through wrappers that
// take the text of the statement.
//
// Why not propagate facts from the roots down: a program has many roots and
// contexts, and few statements; demand from the statement upwards touches only
// what decides it, and can be memoised by function and formula.
package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Settings is what link needs of the settings; everything about tables is in
// the catalogue.
type Settings struct {
	// TenantSource is "request" where the callers of the program's API are
	// trusted to name the tenant.
	TenantSource string
	// Checkers are functions that decide access to their id arguments, as
	// symbols; they count as understood.
	Checkers []string
	// Staff are the words of staff tests behind which every tenant may be seen.
	Staff []string
	// Assumes are the soft premises that a person has confirmed, by their texts.
	Assumes []string
	// Words are those by which things are told; nil for the built-in ones.
	Words *trust.Words
}

// Shared is what the programs of one module have in common: the index of units
// and the proofs. It is not safe for concurrent use.
type Shared struct {
	index  *index
	proofs proofs
}

// NewShared makes an empty Shared.
func NewShared() *Shared { return &Shared{newIndex(), proofs{}} }

// Input is one program.
type Input struct {
	// Program is the import path of the main package, or "library" for the
	// pseudo-program of the packages that no program contains: there every
	// exported function that takes no part of another is a root.
	Program    string
	Units      []*unit.Unit
	Catalogues []*catalogue.Catalogue
	Settings   Settings
	// Shared holds what programs of a module have in common; nil is fine.
	Shared *Shared
}

// Library is the name of the pseudo-program.
const Library = "library"

// Report is what one program says.
type Report struct {
	Program   string
	Calls     []Call
	Findings  []finding.Finding // that belong to no call: bad writers of context keys
	Questions []finding.Question
	Setup     []finding.Setup
	Entries   int // live request entries
	Jobs      int // live functions that only main reaches
}

// Call is one database call with the program's vote on it.
type Call struct {
	finding.Call
	Symbol   string // the function that the call stands in
	Ordinal  int    // its number there
	Problems []finding.Finding
}

// Program links one program. A failure of link itself is said, and leaves the
// program's calls unproven; it never ends the run.
func Program(in Input) (r *Report) {
	defer func() {
		if what := recover(); what != nil {
			r = failed(in, what)
		}
	}()
	return newProgram(in).judge()
}

// failed is the report of a program that could not be linked.
func failed(in Input, what any) *Report {
	r := &Report{Program: in.Program, Setup: []finding.Setup{{Message: fmt.Sprintf("internal error while linking %s: %v; its calls are unproven", in.Program, what)}}}
	for _, u := range in.Units {
		for _, f := range u.Functions {
			for i := range f.Runs {
				c := Call{Symbol: f.Symbol, Ordinal: f.Runs[i].N}
				c.Place, c.Function = place(&fn{Function: f, unit: u}, f.Runs[i].Site), f.Symbol
				c.Verdict, c.Reason, c.Reached = finding.Unproven, "internal error", true
				r.Calls = append(r.Calls, c)
			}
		}
	}
	return r
}
