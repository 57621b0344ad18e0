package sqltree

// What definitions say of row-level security: who may see which rows of a table, and
// what goes past that.

// CreatePolicy is CREATE POLICY. Command is "ALL", "SELECT", "INSERT", "UPDATE" or
// "DELETE"; no roles are PUBLIC. An expression is "" where the text has none.
type CreatePolicy struct {
	Pos          Pos
	Name         string
	Table        ObjectName
	Restrictive  bool
	Command      string
	Roles        []string
	Using, Check string
}

// AlterPolicy is ALTER POLICY; what stays as it was is nil or "".
type AlterPolicy struct {
	Pos          Pos
	Name         string
	Table        ObjectName
	Roles        []string
	Using, Check string
}

// AlterView is ALTER VIEW … SET (security_invoker = …).
type AlterView struct {
	Name    ObjectName
	Invoker bool
}

// OwnRoutine is OWNER TO of a function or a procedure, or one thing that ALTER FUNCTION makes
// of it.
type OwnRoutine struct {
	Name ObjectName
	Role string
	// Sets is a variable that the routine is made to set while it runs; Role is "" then.
	Sets string
	// Types are those of its arguments, nil where the text does not say them.
	Types []string
	// These are nil where the text leaves them as they are.
	Definer, Strict, Steady, Constant *bool
}

// SetRole is CREATE ROLE and ALTER ROLE; what the text does not say is nil.
type SetRole struct {
	Pos                      Pos
	Name                     string
	Bypass, Superuser, Login *bool
}

// Membership is GRANT of roles to roles, and its REVOKE.
type Membership struct {
	Revoke         bool
	Roles, Members []string
}

// SessionDefault is SET of a variable for the sessions of a role, of a database, or of both, or its
// RESET. No role is all of them, no database the one that the files are about.
type SessionDefault struct {
	Pos            Pos
	Role, Database string
	Name           string // of the variable; "" with Reset: all of them
	Value          string
	Reset          bool
}

// Grant is GRANT and REVOKE of privileges on tables, on all tables of schemas, or, by
// default, on those that come later. No privileges are all of them; PUBLIC is "public".
type Grant struct {
	Pos             Pos
	Revoke, Default bool
	Privileges      []string // in upper case
	Tables          []ObjectName
	Schemas         []string
	Roles           []string
}

// RowSecurity is ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY; what stays as it
// was is nil.
type RowSecurity struct{ Enabled, Forced *bool }

// ChangeOwner is OWNER TO.
type ChangeOwner struct{ Role string }

func (*CreatePolicy) change()   {}
func (*AlterPolicy) change()    {}
func (*AlterView) change()      {}
func (*OwnRoutine) change()     {}
func (*SetRole) change()        {}
func (*SessionDefault) change() {}
func (*Membership) change()     {}
func (*Grant) change()          {}

func (*RowSecurity) tableAction() {}
func (*ChangeOwner) tableAction() {}
