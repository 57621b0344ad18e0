package setting

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/setter"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What a statement can do so that the policies hold those after it no more, beside setting
// the variable: become another role, look names up elsewhere, change what the policies are.
// Two that look like it are none: where row_security is off a statement that a policy would
// hold fails, and a policy that is dropped only takes away.

// past lists what a text does to the policies that hold the statements after it.
func (p *Settings) past(text string) []Setting {
	if !slices.ContainsFunc(p.stmts.Cats, func(c *catalogue.Catalogue) bool { return c.Diagram.Speaks() == sqltree.Postgres }) {
		return nil
	}
	var out []Setting
	for _, piece := range sqltext.Split(text) {
		out = append(out, p.pastOf(piece.Text)...)
	}
	return out
}

// pastOf is past of one statement.
func (p *Settings) pastOf(text string) []Setting {
	words := sqltext.Lex(text)
	if len(words) == 0 {
		return nil
	}
	switch first := words[0]; {
	case first.Is("SET"):
		return p.pastSet(words[1:])
	case first.Is("DO"):
		if setter.InBody(text) {
			return []Setting{{}}
		}
	case first.Is("UPDATE") && slices.ContainsFunc(words, func(w sqltext.Lexeme) bool { return strings.EqualFold(w.Text, "pg_settings") }):
		return []Setting{{}}
	case first.Is("GRANT") && !slices.ContainsFunc(words, func(w sqltext.Lexeme) bool { return w.Is("ON") }):
		return []Setting{{Name: "role", Past: "a role is made a member of another"}}
	case first.Is("COMMIT"), first.Is("END"), first.Is("ABORT"), first.Is("ROLLBACK"):
		return []Setting{{Name: "transaction", Local: true, Past: "the transaction ends, or goes back to before"}}
	case first.Is("ALTER"), first.Is("CREATE"):
		return pastDefinition(text)
	}
	return nil
}

// pastSet reads what stands behind SET.
func (p *Settings) pastSet(words []sqltext.Lexeme) []Setting {
	local := len(words) > 0 && words[0].Is("LOCAL")
	if local || len(words) > 1 && words[0].Is("SESSION") && !words[1].Is("AUTHORIZATION") {
		words = words[1:]
	}
	if len(words) < 2 {
		return nil
	}
	name, value := strings.ToLower(words[0].Text), words[1:]
	if name == "session" && words[1].Is("AUTHORIZATION") {
		name, value = "session_authorization", words[2:]
	}
	if len(value) > 1 && (value[0].Is("TO") || value[0].Text == "=") {
		value = value[1:]
	}
	var names []string
	for _, w := range value {
		if w.Kind != sqltext.Punct {
			names = append(names, nameOf(w))
		}
	}
	if why := p.pastBy(name, names); why != "" {
		return []Setting{{Name: name, Local: local, Sure: true, Past: why}}
	}
	return nil
}

// nameOf is the name that a token of a SET is.
func nameOf(w sqltext.Lexeme) string {
	switch w.Kind {
	case sqltext.Quoted, sqltext.String:
		return strings.Trim(w.Text, `"'`)
	}
	return strings.ToLower(w.Text)
}

// pastBy is why a variable of the server that has these values may let the statements after
// it pass by the policies, "" if it does not.
func (p *Settings) pastBy(name string, values []string) string {
	switch name {
	case "role", "session_authorization":
		switch {
		case len(values) == 1 && slices.Contains([]string{"none", "default"}, values[0]):
		case len(values) == 1 && p.letPast(values[0]):
			return heldByNone
		case len(values) != 1 || !p.shown(values[0]):
			return "the role is changed to one that the policies are not known to hold"
		}
	case "search_path":
		if len(values) == 0 || !p.sameTables(values) {
			return "the search_path is changed, and the tables may be others"
		}
	}
	return ""
}

// heldByNone is why statements pass by the policies that run as a role which those let past.
const heldByNone = "the role is changed to one that the policies do not hold"

// letPast reports whether the schema says of a role that policies do not hold it.
func (p *Settings) letPast(role string) bool {
	for _, c := range p.stmts.Cats {
		if slices.ContainsFunc(c.Diagram.Roles, func(r *schema.Role) bool { return r.Name == role && (r.Bypass || r.Superuser) }) {
			return true
		}
		if slices.ContainsFunc(c.Tables, func(t *catalogue.Table) bool {
			return t.Held != nil && (slices.Contains(t.Held.Past, role) || t.OwnedBy == role && !t.Held.Owner)
		}) {
			return true
		}
	}
	return false
}

// shown reports whether the schema makes a role, or has a policy for it.
func (p *Settings) shown(role string) bool {
	for _, c := range p.stmts.Cats {
		if slices.ContainsFunc(c.Diagram.Roles, func(r *schema.Role) bool { return r.Name == role }) {
			return true
		}
		for _, t := range c.Tables {
			if t.Held != nil && slices.ContainsFunc(t.Security.Policies, func(x *schema.Policy) bool { return slices.Contains(x.Roles, role) }) {
				return true
			}
		}
	}
	return false
}

// sameTables reports whether names without a schema mean the tables that they are taken for
// where some schemas are searched: the files know the schemas, and no table of one has the
// name of another's.
func (p *Settings) sameTables(schemas []string) bool {
	return !slices.ContainsFunc(schemas, func(schema string) bool {
		if slices.Contains([]string{"public", "pg_catalog", "$user", "default"}, schema) {
			return false
		}
		known := false
		for _, c := range p.stmts.Cats {
			for _, t := range c.Tables {
				if t.Schema != schema {
					continue
				}
				known = true
				if slices.ContainsFunc(c.Tables, func(o *catalogue.Table) bool { return o != t && o.Name == t.Name }) {
					return true
				}
			}
		}
		return !known
	})
}

// pastDefinition reads what a definition changes of policies, and of who is held by them.
func pastDefinition(text string) []Setting {
	changes, err := sqlparse.Definitions(text, sqltree.Postgres)
	if err != nil {
		return nil
	}
	var out []Setting
	add := func(why string) { out = append(out, Setting{Name: "row_security", Past: why}) }
	for _, change := range changes {
		switch c := change.(type) {
		case *sqltree.AlterTable:
			if slices.ContainsFunc(c.Actions, loosens) {
				add("row-level security is switched off")
			}
		case *sqltree.CreatePolicy:
			if !c.Restrictive {
				add("a policy is added")
			}
		case *sqltree.AlterPolicy:
			add("a policy is changed")
		case *sqltree.SetRole:
			if isSet(c.Bypass) || isSet(c.Superuser) {
				add("a role is let past the policies")
			}
		case *sqltree.CreateFunction:
			add("a function is defined, which policies may call")
		}
	}
	return out
}

// loosens tells an action on a table after which its policies may not hold.
func loosens(a sqltree.TableAction) bool {
	switch x := a.(type) {
	case *sqltree.RowSecurity:
		return x.Enabled != nil && !*x.Enabled || x.Forced != nil && !*x.Forced
	case *sqltree.ChangeOwner:
		return true
	}
	return false
}

func isSet(b *bool) bool { return b != nil && *b }

// loose is why the connections of a program may pass by the policies whatever is done on
// them, "" if there is nothing: a request does something that lasts longer than its
// transaction, or the pool gives each connection a role that they do not hold.
func (p *Settings) loose() string {
	for _, f := range p.graph.Order {
		for i := range f.Runs {
			for _, s := range p.Sets(f, &f.Runs[i]) {
				if s.Past == "" || s.Local || p.resets(f, &f.Runs[i]) {
					continue
				}
				byHook := s.Past == heldByNone && (p.Hooked(f, library.Connected) || p.beforeUse(f))
				if byHook || p.graph.RootOf(f) == callgraph.RequestRoot {
					return s.Past + ", for longer than a transaction"
				}
			}
		}
	}
	return ""
}

// resets reports whether a function puts the connection of a statement back, wherever in it:
// to the role with which the program connects, or to nothing at all.
func (p *Settings) resets(f *callgraph.Function, run *unit.Run) bool {
	return run.On != nil && slices.ContainsFunc(f.Runs, func(r unit.Run) bool {
		return r.On != nil && term.Same(r.On, run.On) && slices.ContainsFunc(p.stmts.Of(f, &r).List, func(s *statement.Statement) bool {
			return resetText.MatchString(s.Text)
		})
	})
}

var resetText = regexp.MustCompile(`(?i)^\s*(?:reset\s+(?:role|session\s+authorization|all)|discard\s+all|set\s+(?:session\s+)?role\s+(?:to\s+)?none|set\s+session\s+authorization\s+default)\s*;?\s*$`)

// valuesOf are the values that a variable of the server has by a text, none where that is
// not known.
func valuesOf(v term.Term) []string {
	c, ok := v.(*term.Const)
	if !ok {
		return nil
	}
	out := strings.Split(c.Text, ",")
	for i := range out {
		out[i] = strings.Trim(out[i], ` "'`)
	}
	return out
}
