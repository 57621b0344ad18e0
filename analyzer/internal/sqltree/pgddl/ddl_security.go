package pgddl

import (
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// security reads what is about row-level security and roles. It reports whether it was.
func (r *ddlReader) security(n *pg.Node) bool {
	switch s := n.GetNode().(type) {
	case *pg.Node_CreatePolicyStmt:
		p := s.CreatePolicyStmt
		r.add(&sqltree.CreatePolicy{
			Pos: sqltree.Pos(p.Table.GetLocation()), Name: p.PolicyName, Table: pgnode.RangeName(p.Table), Restrictive: !p.Permissive,
			Command: strings.ToUpper(p.CmdName), Roles: roleNames(p.Roles), Using: exprText(p.Qual), Check: exprText(p.WithCheck),
		})
	case *pg.Node_AlterPolicyStmt:
		p := s.AlterPolicyStmt
		r.add(&sqltree.AlterPolicy{
			Pos: sqltree.Pos(p.Table.GetLocation()), Name: p.PolicyName, Table: pgnode.RangeName(p.Table),
			Roles: roleNames(p.Roles), Using: exprText(p.Qual), Check: exprText(p.WithCheck),
		})
	case *pg.Node_CreateRoleStmt:
		r.setRole(s.CreateRoleStmt.Role, s.CreateRoleStmt.Options, s.CreateRoleStmt.StmtType == pg.RoleStmtType_ROLESTMT_USER)
	case *pg.Node_AlterRoleStmt:
		r.setRole(roleName(s.AlterRoleStmt.Role), s.AlterRoleStmt.Options, false)
	case *pg.Node_AlterRoleSetStmt:
		r.setDefault(roleName(s.AlterRoleSetStmt.Role), s.AlterRoleSetStmt.Database, s.AlterRoleSetStmt.Setstmt)
	case *pg.Node_AlterDatabaseSetStmt:
		r.setDefault("", s.AlterDatabaseSetStmt.Dbname, s.AlterDatabaseSetStmt.Setstmt)
	case *pg.Node_AlterOwnerStmt:
		if f := s.AlterOwnerStmt.Object.GetObjectWithArgs(); f != nil {
			r.add(&sqltree.OwnRoutine{Name: pgnode.ObjectName(f.Objname), Types: argumentTypes(f), Role: roleName(s.AlterOwnerStmt.Newowner)})
		}
	case *pg.Node_AlterFunctionStmt:
		for _, a := range s.AlterFunctionStmt.Actions {
			r.alterFunction(s.AlterFunctionStmt.Func, a.GetDefElem())
		}
	case *pg.Node_GrantStmt:
		r.grant(s.GrantStmt, false)
	case *pg.Node_GrantRoleStmt:
		m := &sqltree.Membership{Revoke: !s.GrantRoleStmt.IsGrant, Members: roleNames(s.GrantRoleStmt.GranteeRoles)}
		for _, n := range s.GrantRoleStmt.GrantedRoles {
			m.Roles = append(m.Roles, n.GetAccessPriv().GetPrivName())
		}
		r.add(m)
	case *pg.Node_AlterDefaultPrivilegesStmt:
		r.grant(s.AlterDefaultPrivilegesStmt.Action, true)
	default:
		return false
	}
	return true
}

// grant reads who may do what with tables; privileges on anything else are left out.
func (r *ddlReader) grant(s *pg.GrantStmt, byDefault bool) {
	if s.GetObjtype() != pg.ObjectType_OBJECT_TABLE {
		return
	}
	out := &sqltree.Grant{Pos: sqltree.NoPos, Revoke: !s.IsGrant, Default: byDefault}
	for _, n := range s.Privileges {
		out.Privileges = append(out.Privileges, strings.ToUpper(n.GetAccessPriv().GetPrivName()))
	}
	for _, n := range s.Objects {
		if t := n.GetRangeVar(); t != nil {
			out.Tables = append(out.Tables, pgnode.RangeName(t))
			continue
		}
		out.Schemas = append(out.Schemas, n.GetString_().GetSval())
	}
	for _, n := range s.Grantees {
		name := roleName(n.GetRoleSpec())
		if name == "" {
			name = "public"
		}
		out.Roles = append(out.Roles, name)
	}
	r.add(out)
}

// roleNames are the roles of a list; PUBLIC, which is everybody, is no role.
func roleNames(nodes []*pg.Node) []string {
	var out []string
	for _, n := range nodes {
		if name := roleName(n.GetRoleSpec()); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// roleName is the name of a role, "" for PUBLIC.
func roleName(s *pg.RoleSpec) string {
	switch s.GetRoletype() {
	case pg.RoleSpecType_ROLESPEC_CURRENT_USER, pg.RoleSpecType_ROLESPEC_CURRENT_ROLE:
		return "current_user"
	case pg.RoleSpecType_ROLESPEC_SESSION_USER:
		return "session_user"
	}
	return s.GetRolename()
}

// setRole reads what a role may do; CREATE USER is a role that logs in.
func (r *ddlReader) setRole(name string, options []*pg.Node, user bool) {
	set := &sqltree.SetRole{Name: name}
	if user {
		set.Login = new(true)
	}
	for _, n := range options {
		e := n.GetDefElem()
		on := new(e.GetArg().GetBoolean().GetBoolval())
		switch e.GetDefname() {
		case "bypassrls":
			set.Bypass = on
		case "superuser":
			set.Superuser = on
		case "canlogin":
			set.Login = on
		}
	}
	r.add(set)
}

// setDefault reads what sessions begin with.
func (r *ddlReader) setDefault(role, database string, s *pg.VariableSetStmt) {
	set := &sqltree.SessionDefault{Pos: sqltree.NoPos, Role: role, Database: database, Name: strings.ToLower(s.GetName())}
	switch s.GetKind() {
	case pg.VariableSetKind_VAR_SET_VALUE:
		for _, n := range s.Args {
			set.Value += valueText(n.GetAConst())
		}
	case pg.VariableSetKind_VAR_SET_DEFAULT, pg.VariableSetKind_VAR_RESET, pg.VariableSetKind_VAR_RESET_ALL:
		set.Reset = true
	default:
		return
	}
	r.add(set)
}

// valueText is a constant as the text that a variable is set to.
func valueText(c *pg.A_Const) string {
	switch v := c.GetVal().(type) {
	case *pg.A_Const_Sval:
		return v.Sval.GetSval()
	case *pg.A_Const_Ival:
		return strconv.Itoa(int(v.Ival.GetIval()))
	case *pg.A_Const_Fval:
		return v.Fval.GetFval()
	case *pg.A_Const_Boolval:
		return strconv.FormatBool(v.Boolval.GetBoolval())
	}
	return ""
}

// rowSecurity reads the commands of ALTER TABLE that say who is held by policies, nil
// for others.
func rowSecurity(c *pg.AlterTableCmd) sqltree.TableAction {
	switch c.GetSubtype() {
	case pg.AlterTableType_AT_EnableRowSecurity:
		return &sqltree.RowSecurity{Enabled: new(true)}
	case pg.AlterTableType_AT_DisableRowSecurity:
		return &sqltree.RowSecurity{Enabled: new(false)}
	case pg.AlterTableType_AT_ForceRowSecurity:
		return &sqltree.RowSecurity{Forced: new(true)}
	case pg.AlterTableType_AT_NoForceRowSecurity:
		return &sqltree.RowSecurity{Forced: new(false)}
	case pg.AlterTableType_AT_ChangeOwner:
		return &sqltree.ChangeOwner{Role: roleName(c.Newowner)}
	}
	return nil
}

// invoker reads security_invoker among the options of a view; set is false if it is not
// there.
func invoker(options []*pg.Node) (on, set bool) {
	for _, n := range options {
		if e := n.GetDefElem(); e.GetDefname() == "security_invoker" {
			return optionOn(e.GetArg()), true
		}
	}
	return false, false
}

// optionOn is the value of a boolean option; without a value it is on.
func optionOn(n *pg.Node) bool {
	value := n.GetString_().GetSval()
	if n.GetTypeName() != nil { // a bare word is a name of a type to the grammar
		value = typeText(n.GetTypeName())
	}
	if n.GetInteger() != nil && n.GetInteger().GetIval() == 0 {
		value = "0"
	}
	switch strings.ToLower(value) {
	case "false", "off", "no", "0":
		return false
	}
	return true
}

// alterView reads ALTER VIEW … SET and RESET (security_invoker), and OWNER TO.
func (r *ddlReader) alterView(s *pg.AlterTableStmt) {
	for _, n := range s.Cmds {
		c := n.GetAlterTableCmd()
		on, set := invoker(c.GetDef().GetList().GetItems())
		switch {
		case c.GetSubtype() == pg.AlterTableType_AT_ChangeOwner:
			r.add(&sqltree.AlterTable{Pos: sqltree.Pos(s.Relation.GetLocation()), Table: pgnode.RangeName(s.Relation), Actions: []sqltree.TableAction{rowSecurity(c)}})
		case set && c.GetSubtype() == pg.AlterTableType_AT_SetRelOptions:
			r.add(&sqltree.AlterView{Name: pgnode.RangeName(s.Relation), Invoker: on})
		case set && c.GetSubtype() == pg.AlterTableType_AT_ResetRelOptions:
			r.add(&sqltree.AlterView{Name: pgnode.RangeName(s.Relation)})
		}
	}
}

// alterFunction reads one action of ALTER FUNCTION.
func (r *ddlReader) alterFunction(of *pg.ObjectWithArgs, action *pg.DefElem) {
	out := &sqltree.OwnRoutine{Name: pgnode.ObjectName(of.GetObjname()), Types: argumentTypes(of)}
	var f sqltree.CreateFunction
	functionOption(&f, action)
	switch action.GetDefname() {
	case "set":
		out.Sets = action.Arg.GetVariableSetStmt().GetName()
	case "security":
		out.Definer = &f.Definer
	case "strict":
		out.Strict = &f.Strict
	case "volatility":
		out.Steady, out.Constant = &f.Steady, &f.Constant
	default:
		return
	}
	r.add(out)
}
