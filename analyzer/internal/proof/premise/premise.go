// Package premise holds what a proof demands of bind values and assumes of the
// data, and the algebra of it.
//
// A need is a demand on a bind value, an assumption a fact about the data; an
// alternative is one way to tie, with all that it needs and assumes. Lists of
// alternatives are sorted and minimal: none contains another. It knows no SQL but
// the predicates that an alternative cites.
package premise

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// NeedKind is what a bind value must be.
type NeedKind uint8

// The needs of a proof. Linking adds none of its own.
const (
	Tenant    NeedKind = iota // the value is the caller's tenant
	Principal                 // the value is the authenticated user
	Key                       // the value is a key of a row of Table that is the tenant's
	NonZero                   // the value is not NULL, empty or zero
	Zero                      // the value is NULL, empty or zero

	// SecondTenant is the caller's tenant of the second level. A proof says Tenant and
	// Second; who keeps obligations by kind tells the levels apart by this.
	SecondTenant

	// Setting is the caller's tenant in a variable of the session, which a policy of
	// row-level security reads: it was given to the connection of the statement.
	Setting

	// InTransaction is what a connection must be for a variable to be set for its
	// transaction alone. No proof demands it.
	InTransaction
)

// Need is a demand on one hole.
type Need struct {
	Kind  NeedKind
	Hole  int    // number of the hole, from 1
	Table string // Key: the table whose key it is (schema-qualified unless default)
	// Column is, of a Key, the key column. Of a Tenant it is the column that the
	// hole is compared with: the tenant column, or that of the second level, or the
	// key of the table of either. Messages name it; two needs do not differ by it. Of a
	// Setting, which has no hole, it is the variable.
	Column string
	// Element tells that the hole is an array whose every element must meet the need.
	Element bool
	// Second tells, of a Tenant, that the tenant of the second level is meant: the
	// value must be the caller's project where organizations have projects, and the
	// organization will not do. A Key has no level: the row that it names must be the
	// caller's on every level that its table has.
	Second bool
	// Null tells, with Zero, that only NULL will do.
	Null bool
}

// AssumptionKind is a class of facts about the data that a proof may rest on.
type AssumptionKind uint8

// The assumptions of proof.md.
const (
	Ref          AssumptionKind = iota // along Edge both rows have one tenant
	FixT                               // Table's tenant column never changes
	Uniq                               // Columns of Table are unique over all tenants
	NullShare                          // Table shares its rows with a NULL tenant (declared)
	TriggerFills                       // a trigger fills Table's tenant column
	PublicRows                         // Table is declared public
	Secret                             // Columns of Table hold secrets
)

// Assumption is one fact that the proof used and the schema does not enforce,
// or enforces (Hard).
type Assumption struct {
	Kind     AssumptionKind
	Table    string
	Columns  []string
	To       string // Ref: the table that the columns refer to
	Hard     bool   // the database enforces it
	Inferred bool   // rests on a name only: of an edge, or of a secret
}

// Excuse is why an alternative that ties nothing to the tenant is fine.
type Excuse string

// The excuses that SQL alone can give.
const (
	NoExcuse   Excuse = ""
	OwnRows    Excuse = "own rows"   // [user]
	Credential Excuse = "credential" // [secret]
	Public     Excuse = "public"
	NewTenant  Excuse = "new tenant" // INSERT into the tenants table
)

// Alternative is one way to tie; all of its needs must hold together.
// Alternatives are sorted, and no alternative contains another.
type Alternative struct {
	Needs   []Need
	Assumes []Assumption
	Cites   []sqltree.Expr // the predicates that it used, in source order
	Rules   []string       // the names of the rules, such as "col", "down"
	Excuse  Excuse
}

// Undecided begins the reason of a statement with a table of which something was not
// read that may say whose its rows are; the name of the table and what it was follow.
const Undecided = "undecided table "
