package sqltree

import (
	"slices"
	"strings"
)

// Definitions are read into changes: small structs of names, one for each thing
// that a statement does to a diagram. The grammar's own nodes stay behind
// package pgddl, so that package schema replays without knowing the parser.

// ObjectName is a possibly qualified name; Schema is "" where the text names none.
type ObjectName struct{ Schema, Name string }

// Change is one effect of a data-definition statement: *CreateTable,
// *AlterTable, *CreateIndex, *CreateView, *CreateFunction, *CreateTrigger,
// *CreateRule, *CreatePolicy, *AlterPolicy, *AlterView, *OwnRoutine, *SetRole, *SessionDefault, *Membership, *CreateDomain, *AlterDomain, *CreateCast, *DropObject, *RenameObject, *MoveObject, *SearchPath or
// *DoBlock. Offsets are into the text that package pgddl was given.
type Change interface{ change() }

// CreateTable is CREATE TABLE in all its forms. Constraints holds those of the
// table and those written at a column, in source order.
type CreateTable struct {
	Pos         Pos
	Name        ObjectName
	IfNotExists bool
	Temporary   bool
	Columns     []ColumnDef
	Constraints []ConstraintDef
	Likes       []LikeDef
	Inherits    []ObjectName
	PartitionOf ObjectName // Name is "" if the table is no partition
	Query       []AsColumn // CREATE TABLE AS: what the select list shows
	PartitionBy string     // the expressions by which rows are parted, "" if there are none
}

// ColumnDef is a column's definition. Primary keys and references written at
// the column stand in the Constraints beside it.
type ColumnDef struct {
	Pos       Pos
	Name      string
	Type      string // lower case, without modifiers: "uuid", "character varying", "text[]"
	NotNull   bool
	Default   string
	Identity  bool // identity or serial
	Generated bool
	Computed  string // GENERATED: the expression
}

// ConstraintKind tells the constraints of a table apart.
type ConstraintKind uint8

// The kinds of constraint. Exclusions are OtherConstraint.
const (
	PrimaryKey ConstraintKind = iota
	UniqueKey
	ForeignKey
	CheckConstraint
	OtherConstraint
)

// ConstraintDef is a constraint of a table. Index is set for USING INDEX, which
// names no columns. For a foreign key RefColumns may be empty: the primary key.
type ConstraintDef struct {
	Pos              Pos
	Kind             ConstraintKind
	Name             string // "" where the text names none
	Columns          []string
	RefTable         ObjectName
	RefColumns       []string
	OnDelete         Action
	OnUpdate         Action
	MatchFull        bool
	NotValid         bool // NOT VALID or NOT ENFORCED
	NullsNotDistinct bool
	Index            string
	NonZero          []string // CHECK: the columns of which it says that they are not zero
	MayBeNull        bool     // a primary key whose columns may hold NULL: SQLite's
	Text             string   // CHECK, exclusion: what is evaluated
}

// Action is what a foreign key does to the rows that refer to a row which is
// deleted, or whose key is changed. NoAction is RESTRICT, too: nothing is changed.
type Action uint8

// The actions of a foreign key.
const (
	NoAction Action = iota
	Cascade
	SetNull
	SetDefault
)

// LikeDef is LIKE other INCLUDING ….
type LikeDef struct {
	Table                       ObjectName
	Defaults, Identity, Indexes bool
}

// AsColumn is one element of the select list of CREATE TABLE AS: a named
// column, or all columns of From. Column is the column of From that it copies,
// where that can be seen.
type AsColumn struct {
	Name   string
	Star   bool
	From   ObjectName
	Column string
}

// AlterTable is ALTER TABLE with its actions in order.
type AlterTable struct {
	Pos       Pos
	Table     ObjectName
	MissingOK bool
	Actions   []TableAction
}

// TableAction is *AddColumn, *DropColumn, *AlterColumn, *AddConstraint,
// *DropConstraint, *ValidateConstraint, *AttachPartition, *SetParent, *RowSecurity or
// *ChangeOwner.
type TableAction interface{ tableAction() }

// AddColumn is ADD COLUMN with the constraints written at it.
type AddColumn struct {
	Column      ColumnDef
	Constraints []ConstraintDef
	IfNotExists bool
}

// DropColumn is DROP COLUMN.
type DropColumn struct{ Name string }

// AlterColumn is ALTER COLUMN; what stays as it was is nil or "".
type AlterColumn struct {
	Name     string
	NotNull  *bool
	Default  *string
	Identity *bool
	Type     string
	Computed string
}

// AddConstraint is ADD CONSTRAINT.
type AddConstraint struct{ Constraint ConstraintDef }

// DropConstraint is DROP CONSTRAINT.
type DropConstraint struct{ Name string }

// ValidateConstraint is VALIDATE CONSTRAINT.
type ValidateConstraint struct{ Name string }

// AttachPartition is ATTACH PARTITION, or DETACH PARTITION.
type AttachPartition struct {
	Partition ObjectName
	Detach    bool
}

// SetParent is INHERIT, or NO INHERIT.
type SetParent struct {
	Parent ObjectName
	Drop   bool
}

// CreateIndex is CREATE INDEX. Columns holds the plain columns only.
type CreateIndex struct {
	Pos              Pos
	Name             string
	Table            ObjectName
	IfNotExists      bool
	Unique           bool
	Columns          []string
	Expressions      bool
	Where            string
	NullsNotDistinct bool
	Text             string // the expressions that it is of
}

// CreateView is CREATE [MATERIALIZED] VIEW; Query is the text after AS.
type CreateView struct {
	Pos          Pos
	Name         ObjectName
	Columns      []string
	Query        string
	Materialized bool
	Invoker      bool // WITH (security_invoker): who asks is who is held by policies
}

// The languages of what is called like a function and has no text: operators, and
// types of ranges, which make a value of their arguments.
const (
	OperatorLanguage = "operator"
	TypeLanguage     = "type"
)

// CreateFunction is CREATE FUNCTION, PROCEDURE, AGGREGATE, OPERATOR or TYPE AS RANGE. Of an
// aggregate and an operator the Body lists the functions that they are made of.
type CreateFunction struct {
	Pos       Pos
	Name      ObjectName
	Language  string
	Args      []string
	Body      string
	Definer   bool
	FixedPath bool     // SET search_path
	Sets      []string // the variables that it sets while it runs
	Trigger   bool
	Aggregate bool
	Signature
}

// Signature is what a call of a function needs to know of it.
type Signature struct {
	// Types are those of the arguments, one for each; nil where they are not known, or where
	// the last takes any number.
	Types []string
	// Returns is the type of the one value that it gives, "" where it gives none, or rows.
	Returns string
	// Strict tells that it gives NULL where an argument is NULL, and is not run.
	Strict bool
	// Steady tells STABLE and IMMUTABLE: it sees the rows as they were before the statement.
	Steady bool
	// Constant tells IMMUTABLE: of constants it is asked once, when a statement is planned, and a
	// plan may be kept.
	Constant bool
}

// SameTypes reports whether two functions of a name are one. Where the types of either are not
// known, the number of arguments decides.
func (s *Signature) SameTypes(o *Signature, args, ofOther int) bool {
	if s.Types == nil || o.Types == nil {
		return args == ofOther
	}
	return slices.Equal(s.Types, o.Types)
}

// Takes reports whether types, as a text names a function by them, are those of its arguments;
// nil are any. A text may leave a type's schema out.
func (s *Signature) Takes(types []string) bool {
	bare := func(a, b string) bool {
		return a[strings.LastIndexByte(a, '.')+1:] == b[strings.LastIndexByte(b, '.')+1:]
	}
	return types == nil || s.Types == nil || slices.EqualFunc(s.Types, types, bare)
}

// CreateTrigger is CREATE TRIGGER.
type CreateTrigger struct {
	Pos      Pos
	Name     string
	Table    ObjectName
	Function string
	Before   bool
	Events   []string
	// NewTable and OldTable are the names of REFERENCING NEW TABLE and OLD TABLE.
	NewTable, OldTable string
	When               string
}

// CreateRule is CREATE RULE: what a statement on a table runs besides, or instead.
type CreateRule struct {
	Pos   Pos
	Name  string
	Table ObjectName
	Event string // "SELECT", "INSERT", "UPDATE" or "DELETE"
}

// CreateDomain is CREATE DOMAIN. Text is what is evaluated of it: checks, a default.
type CreateDomain struct {
	Name    ObjectName
	Type    string
	NotNull bool
	Text    string
}

// AlterDomain is ALTER DOMAIN that adds something to evaluate.
type AlterDomain struct {
	Name ObjectName
	Text string
}

// CreateCast is CREATE CAST … WITH FUNCTION.
type CreateCast struct{ Function string }

// ObjectKind tells what a DROP, RENAME or SET SCHEMA is about.
type ObjectKind uint8

// The kinds of object that a diagram knows.
const (
	TableObject ObjectKind = iota
	ViewObject
	IndexObject
	FunctionObject
	TriggerObject
	ColumnObject
	ConstraintObject
	SchemaObject
	RuleObject
	PolicyObject
)

// DropObject is DROP of one object. On is the table of a trigger, rule or policy.
type DropObject struct {
	Pos       Pos
	Kind      ObjectKind
	Name      ObjectName
	On        ObjectName
	MissingOK bool
	// Types are those of a function's arguments, nil where the text does not say them.
	Types []string
}

// RenameObject is RENAME. Name is the object, or the table whose column,
// constraint or trigger Sub is renamed.
type RenameObject struct {
	Pos       Pos
	Kind      ObjectKind
	Name      ObjectName
	Sub       string
	To        string
	MissingOK bool
}

// MoveObject is SET SCHEMA.
type MoveObject struct {
	Pos       Pos
	Kind      ObjectKind
	Name      ObjectName
	Schema    string
	MissingOK bool
	Types     []string // of a function's arguments, nil where the text does not say them
}

// SearchPath is SET search_path; empty for DEFAULT and RESET.
type SearchPath struct{ Schemas []string }

// DoBlock is DO with the definitions that its body runs where a condition
// allows. Opaque tells that the body also builds table definitions as text.
type DoBlock struct {
	Pos    Pos
	Parts  []BlockPart
	Opaque bool
}

// BlockPart is one statement of a block, at an offset of the whole text
// (NoPos where it cannot be told).
type BlockPart struct {
	Text   string
	Offset Pos
}

func (*CreateTable) change()    {}
func (*AlterTable) change()     {}
func (*CreateIndex) change()    {}
func (*CreateView) change()     {}
func (*CreateFunction) change() {}
func (*CreateTrigger) change()  {}
func (*CreateRule) change()     {}
func (*CreateDomain) change()   {}
func (*AlterDomain) change()    {}
func (*CreateCast) change()     {}
func (*DropObject) change()     {}
func (*RenameObject) change()   {}
func (*MoveObject) change()     {}
func (*SearchPath) change()     {}
func (*DoBlock) change()        {}

func (*AddColumn) tableAction()          {}
func (*DropColumn) tableAction()         {}
func (*AlterColumn) tableAction()        {}
func (*AddConstraint) tableAction()      {}
func (*DropConstraint) tableAction()     {}
func (*ValidateConstraint) tableAction() {}
func (*AttachPartition) tableAction()    {}
func (*SetParent) tableAction()          {}
