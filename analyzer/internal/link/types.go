package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// ballot is what one context says of a call.
type ballot struct {
	verdict finding.Verdict
	reason  string
	notes   obligation.Notes
	finding *finding.Finding
}

// count lets the worst ballot win.
func (c *Call) count(ballots []ballot) {
	c.Verdict = finding.Proved
	for _, b := range ballots {
		if b.verdict.Worse(c.Verdict) {
			c.Verdict, c.Reason = b.verdict, b.reason
		}
		if b.finding != nil {
			c.Problems = append(c.Problems, *b.finding)
		}
		for _, a := range b.notes.Assumes {
			if !slices.Contains(c.Assumes, a) {
				c.Assumes = append(c.Assumes, a)
			}
		}
		c.Unconfirmed = obligation.Union(c.Unconfirmed, b.notes.Soft)
	}
	slices.Sort(c.Assumes)
	if len(c.Tables) == 0 && c.Verdict == finding.Proved {
		c.Reason = finding.NoTable
	}
}

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
	index  *callgraph.Index
	proofs statement.Proofs
}

// NewShared makes an empty Shared.
func NewShared() *Shared { return &Shared{callgraph.NewIndex(), statement.Proofs{}} }

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
