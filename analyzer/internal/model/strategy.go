package model

import (
	"gorm.io/gorm/schema"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A program may tell gorm how to name tables and columns, in the configuration of a
// connection. What it tells is followed where it is the library's own strategy, with
// constants in it, and the same for all connections that it opens: which of them a
// statement runs on is not asked. Where that is not so, no name is that of the naming.

// strategy is how gorm names things in a program.
type strategy struct {
	names   schema.NamingStrategy
	tables  bool // the names of tables are known
	columns bool // and those of columns
}

func defaultStrategy() strategy {
	return strategy{names: schema.NamingStrategy{IdentifierMaxLength: 64}, tables: true, columns: true}
}

// strategyOf is that of a program: the one that all configurations have.
func strategyOf(units []*unit.Unit) strategy {
	out := defaultStrategy()
	first := true
	for _, u := range units {
		for _, f := range u.Functions {
			for i := range f.Stores {
				s := &f.Stores[i]
				if s.Type != unit.Naming || s.Field != "gorm" {
					continue
				}
				x := strategyIn(s)
				if !first {
					x.tables = x.tables && out.tables && x.names == out.names
					x.columns = x.columns && out.columns && x.names.NoLowerCase == out.names.NoLowerCase
				}
				out, first = x, false
			}
		}
	}
	return out
}

// strategyIn is what one configuration says.
func strategyIn(s *unit.Store) strategy {
	out := defaultStrategy()
	if zero, known := term.Zeroness(s.Value); known && zero {
		return out
	}
	x, ok := s.Value.(*term.Struct)
	if !ok || x.Base != nil {
		return strategy{names: out.names}
	}
	prefix, known := textIn(x, "TablePrefix")
	single, knownSingle := isSet(x, "SingularTable")
	exact, knownCase := isSet(x, "NoLowerCase")
	replaced, knownReplacer := term.Zeroness(fieldIn(x, "NameReplacer"))
	out.names.TablePrefix, out.names.SingularTable, out.names.NoLowerCase = prefix, single, exact
	out.columns = knownCase && knownReplacer && replaced
	out.tables = out.columns && known && knownSingle
	return out
}

func fieldIn(x *term.Struct, name string) term.Term {
	return term.Select(x, term.Step{Kind: term.FieldStep, Name: name})
}

func textIn(x *term.Struct, name string) (s string, known bool) {
	t := fieldIn(x, name)
	if zero, ok := term.Zeroness(t); ok && zero {
		return "", true
	}
	c, ok := t.(*term.Const)
	if !ok {
		return "", false
	}
	return c.Text, true
}

func isSet(x *term.Struct, name string) (is, known bool) {
	s, known := textIn(x, name)
	return s == "true", known
}
