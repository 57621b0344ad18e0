// Package catalogue decides which tables a tenant owns, by which column or
// parent, why, and how surely.
//
// In go a diagram of the schema and the settings; out comes a [Catalogue]. The
// decision never looks at the statements of a program, so that two programs of
// a module agree.
//
// Terms. A table is owned (it has the tenant column), root (the tenants table
// itself), child (owned through a parent's key), membership (joins principals
// to tenants) or shared. A candidate is a column name, or several that refer to
// one table, that could be the tenant column; a level is a candidate in a row
// of candidates that contain each other, such as project under organization.
//
// Invariants: every table has one tenancy with a reason; a partition has that
// of its parent; equal diagrams and settings give equal catalogues, in any
// order of tables.
//
// It cannot see tenancy that is only in data (a type column beside an id), in
// separate schemas or databases per tenant, or in the program. Counting the
// statements that bind a column would decide more cases, and would let two
// programs of one module disagree.
package catalogue

import "github.com/tenantvet/tenantvet/analyzer/internal/schema"

// Tenancy is what a table is to a tenant.
type Tenancy uint8

// The tenancies. A table whose tenancy is unclear is Shared with low confidence,
// and undecided.
const (
	Shared Tenancy = iota
	Owned
	Root
	Child
	Membership
)

// Confidence is how surely a decision stands.
type Confidence uint8

// Low decisions never make an error.
const (
	Low Confidence = iota
	High
)

// Table is a table with what was decided about it.
type Table struct {
	*schema.Table
	Tenancy    Tenancy
	Column     string        // the tenant column (Owned, Membership), the root's key (Root), else ""
	Level2     string        // the second-level tenant column, "" if none
	Owner      *Edge         // the owning edge of a Child, nil otherwise
	Owners     []*Edge       // an exclusive arc: nullable edges of which one is set and owns; Owner is the first; empty otherwise
	Edges      []*Edge       // every edge to another table, declared or inferred, in source order
	User       string        // Membership: the column of the principal
	Users      []string      // the columns that hold the key of a user whose personal row it is
	Public     bool          // declared to hold rows that every tenant may read
	SharesNull bool          // declared to share its rows with a NULL tenant
	Secrets    []*schema.Key // unique keys whose value is a secret (hash, token)
	Tokens     []string      // columns that hold a random secret, with or without a key
	Named      []string      // columns of Secrets and Tokens that are secrets by their names alone
	Unique     []*schema.Key // keys that are unique over all tenants, in source order
	SoftUnique []*schema.Key // columns that the server makes unique (identity, uuid default) without a key of their own
	Why        string
	Confidence Confidence
	Undecided  string // why nothing may rest on the tenancy, "" if it stands
	Unsure     bool   // undecided by weak signs only: beside a table of a tenant its rows are taken for that table's
	Held       *Held  // what row-level security makes of it, nil if nothing may rest on that
}

// Held tells that the policies of a table show and let write, in every command, only the
// rows of the tenant that a variable of the session names, and none where it names none.
type Held struct {
	Setting string   // the variable
	Owner   bool     // the owner of the table is held, too
	Past    []string // the roles by name that a policy lets see other rows, sorted
	// Rests are the references along which both rows must have one tenant, for the policies
	// look at rows of other tables by them.
	Rests []*Edge
	// Refers lists the columns of which every policy demands, of a row that is written, that
	// the row which they refer to is the same tenant's.
	Refers []string
}

// Edge is a foreign key from one table to another.
type Edge struct {
	From       *Table
	Columns    []string
	To         *Table
	RefColumns []string
	Inferred   bool // by name only, no foreign key in the DDL
	// SameTenant tells that the database makes both rows have one tenant:
	// a composite key with the tenant column, NOT NULL or MATCH FULL, valid.
	SameTenant bool

	declared   *schema.ForeignKey // nil if inferred
	ofPeople   bool               // it says who acted, or leads to the users
	ofActor    bool               // it says who acted
	parentLike bool               // its column is called after the table that it refers to
}

// Siblings are the other columns of a table that refer to the rows which one of its columns
// refers to, as where a transfer goes beside where it comes from: what is known of the one
// row says nothing of the other. None says who acted, and of none does the database see to it
// that both rows have one tenant.
func (c *Catalogue) Siblings(t *Table, column string) []string {
	var out []string
	among := func(e *Edge) bool { return len(e.Columns) == 1 && !e.SameTenant && !e.ofActor && e.To != c.Principal }
	for _, e := range t.Edges {
		if !among(e) || e.Columns[0] != column {
			continue
		}
		for _, o := range t.Edges {
			if among(o) && o.To == e.To && o.Columns[0] != column {
				out = append(out, o.Columns[0])
			}
		}
	}
	return out
}

// Catalogue is the decision for one database.
type Catalogue struct {
	Column string // the tenant column by name, "" if none was found
	Level2 string
	// Level2Required: the settings ask for the second level, so a proof needs it.
	Level2Required bool
	Root           *Table   // nil if the tenants table is not in the schema
	OfUsers        bool     // there is no organization: each user is a tenant, and Root is Principal
	Principal      *Table   // the users table, nil if unknown
	Tables         []*Table // sorted by schema and name
	Diagram        *schema.Diagram
	Confidence     Confidence
	Why            string
	Candidates     []Candidate   // best first
	Notes          []schema.Note // what a person should look at
	Missing        []Missing     // of the first catalogue: settings that no schema can follow

	index    map[string]*Table // by full name; nil in hand-made catalogues
	policies bool              // proofs may rest on the policies of tables
}

// UnderPolicies is the catalogue by which proofs may rest on the policies of its tables.
func (c *Catalogue) UnderPolicies() *Catalogue {
	out := *c
	out.policies = true
	return &out
}

// Policies reports whether proofs may rest on the policies of the tables.
func (c *Catalogue) Policies() bool { return c.policies }

// HeldBy is what row-level security makes of a table, nil if proofs may not rest on that.
func (c *Catalogue) HeldBy(t *Table) *Held {
	if !c.policies {
		return nil
	}
	return t.Held
}

// Missing is a setting that names what no schema has.
type Missing struct {
	Key, Name string
	Meant     string // what was probably meant, "" if nothing is near
}

// Candidate is a name that could be the tenant column.
type Candidate struct {
	Column string
	Tables int
	Score  float64
	Why    string
}

// String is the word for a tenancy in texts and JSON.
func (t Tenancy) String() string {
	return [...]string{"shared", "owned", "root", "child", "membership"}[t]
}

// String is "low" or "high".
func (c Confidence) String() string {
	return [...]string{"low", "high"}[c]
}
