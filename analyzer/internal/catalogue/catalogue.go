// Package catalogue decides which tables a tenant owns, by which column or
// parent, why, and how surely.
//
// In go a diagram of the schema and the settings; out comes a [Catalogue]. The
// decision never looks at the statements of a program, so that two programs of
// a module agree.
//
// Terms. A table is owned (it has the tenant column), root (the tenants table
// itself), child (owned through a parent's key), membership (joins principals
// to tenants) or shared.
package catalogue

import "github.com/tenantvet/tenantvet/analyzer/internal/schema"

// Tenancy is what a table is to a tenant.
type Tenancy uint8

// The tenancies. Unclear tables have a tenant column candidate that lost.
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
	Edges      []*Edge       // every edge to another table, declared or inferred, in source order
	User       string        // Membership: the column of the principal
	Public     bool          // declared to hold rows that every tenant may read
	SharesNull bool          // declared to share its rows with a NULL tenant
	Secrets    []*schema.Key // unique keys whose value is a secret (hash, token)
	Unique     []*schema.Key // keys that are unique over all tenants, in source order
	Why        string
	Confidence Confidence
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
}

// Catalogue is the decision for one database.
type Catalogue struct {
	Column     string // the tenant column by name, "" if none was found
	Level2     string
	Root       *Table   // nil if the tenants table is not in the schema
	Principal  *Table   // the users table, nil if unknown
	Tables     []*Table // sorted by schema and name
	Diagram    *schema.Diagram
	Confidence Confidence
	Why        string
	Candidates []Candidate // best first
}

// Candidate is a name that could be the tenant column.
type Candidate struct {
	Column string
	Tables int
	Score  float64
	Why    string
}

// Lookup finds a table by schema ("" is the default schema) and name, nil if
// there is none.
func (c *Catalogue) Lookup(schemaName, name string) *Table {
	if schemaName == "public" {
		schemaName = ""
	}
	for _, t := range c.Tables {
		if t.Name == name && t.Schema == schemaName {
			return t
		}
	}
	return nil
}
