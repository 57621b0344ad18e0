package link

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/connection"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
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
	// Wall is what may prove a statement.
	Wall connection.Wall
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
	Enforcers []finding.Enforcer
	Setup     []finding.Setup
	Entries   int // live request entries
	Jobs      int // live functions that only main reaches

	Directives []Directive // in no order
}

// Directive is one that allows, with a reason.
type Directive struct {
	File   string
	Line   int
	Heeded bool // something would have been said without it
}

// Call is one database call with the program's vote on it.
type Call struct {
	finding.Call
	Symbol   string // the function that the call stands in
	Ordinal  int    // its number there
	Problems []finding.Finding

	textHash string // of the texts that it runs
}

// maxTexts is how many texts of one call the document holds whole.
const maxTexts = 4

// record writes down what the call runs, and what that does to which tables.
func (c *Call) record(list []*statement.Statement, run *unit.Run) {
	for _, s := range list {
		c.Tables = append(c.Tables, s.Tables()...)
		if c.Statement == "" {
			c.Statement = s.Name()
		}
		c.touch(s)
		if len(c.Statements) < maxTexts {
			c.Statements = append(c.Statements, finding.Statement{Text: s.Text, Proof: explained(s)})
		}
	}
	slices.Sort(c.Tables)
	c.Tables = slices.Compact(c.Tables)
	slices.SortFunc(c.Touches, func(a, b finding.Touch) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Verb, b.Verb))
	})
	c.Touches = slices.Compact(c.Touches)
	c.textHash = hashOf(list)
	if len(list) == 0 {
		c.textHash = hashed(constantsOf(run))
	}
}

// constantsOf are what is known of a text that is not: the constants that it is put together
// from. They tell one such text from another.
func constantsOf(run *unit.Run) []string {
	var out []string
	add := func(t term.Term) {
		if c, ok := t.(*term.Const); ok {
			out = append(out, c.Text)
		}
	}
	term.Visit(run.Text, add)
	for _, w := range run.Ways {
		term.Visit(w.Text, add)
	}
	return out
}

// verbs are the columns of the matrix of tables and what is done to them.
var verbs = [...]string{proof.Reads: "read", proof.Inserts: "insert", proof.Changes: "update", proof.Deletes: "delete"}

// touch notes what a statement does to each owned table: its command to its target,
// reading to the others.
func (c *Call) touch(s *statement.Statement) {
	if s.Proof == nil {
		return
	}
	for i := range s.Proof.Relations {
		r := &s.Proof.Relations[i]
		verb := verbs[proof.Reads]
		if r.Target && s.Proof.Shape != nil {
			verb = verbs[s.Proof.Shape.Verb]
		}
		c.Touches = append(c.Touches, finding.Touch{Table: statement.TableName(r.Table), Verb: verb})
	}
}

// explained is the proof of a statement relation by relation, or why there is none.
func explained(s *statement.Statement) string {
	if s.Broken != "" || s.Proof == nil {
		return s.Broken
	}
	var b strings.Builder
	if err := proof.Explain(&b, nil, s.Cat, s.Proof); err != nil {
		return err.Error()
	}
	return strings.TrimRight(b.String(), "\n")
}

// hashOf identifies the texts of a call, whatever their layout and comments at the
// ends of lines; "" if none is known.
func hashOf(list []*statement.Statement) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.Text
	}
	return hashed(texts)
}

// hashed identifies texts, "" if there are none.
func hashed(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	for i, s := range texts {
		texts[i] = strings.Join(strings.Fields(s), " ")
	}
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(texts), "\x00")))
	return hex.EncodeToString(sum[:])
}
