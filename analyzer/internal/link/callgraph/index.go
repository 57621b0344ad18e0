package callgraph

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Index is what the units of a module hold, by name.
type Index struct {
	Funcs   map[string]*Function
	entries map[string]*unit.Entry // by symbol
	types   map[string]*unit.Type
	units   map[*unit.Unit]bool
	fields  map[string][]term.Term     // "pkg.T.f" -> the function values that are stored there
	calls   map[string]map[string]bool // interface -> the methods that are called on it

	Columns map[string][]string // field -> the columns that structs read it from, by their tags
}

// NewIndex makes an empty index.
func NewIndex() *Index {
	return &Index{
		Funcs: map[string]*Function{}, entries: map[string]*unit.Entry{}, types: map[string]*unit.Type{}, units: map[*unit.Unit]bool{},
		calls: map[string]map[string]bool{}, fields: map[string][]term.Term{}, Columns: map[string][]string{},
	}
}

func (s *Index) add(u *unit.Unit) {
	if s.units[u] {
		return
	}
	s.units[u] = true
	for _, c := range u.Columns {
		s.Columns[c.Field] = append(s.Columns[c.Field], c.Name)
	}
	for _, f := range u.Functions {
		x := &Function{Function: f, Unit: u, Ops: map[int]Operation{}}
		for i := range f.Runs {
			x.Ops[f.Runs[i].N] = Operation{Run: &f.Runs[i]}
		}
		for i := range f.Calls {
			x.Ops[f.Calls[i].N] = Operation{Call: &f.Calls[i]}
			s.called(&f.Calls[i])
		}
		for i := range f.Stores {
			key := f.Stores[i].Type + "." + f.Stores[i].Field
			s.fields[key] = append(s.fields[key], f.Stores[i].Value)
		}
		x.Entry = s.entries[f.Symbol]
		s.Funcs[f.Symbol] = x
	}
	for i := range u.Entries {
		// A registration may tell the entry, in another package than the function's.
		s.entries[u.Entries[i].Symbol] = &u.Entries[i]
		if f := s.Funcs[u.Entries[i].Symbol]; f != nil {
			f.Entry = &u.Entries[i]
		}
	}
	for i := range u.Types {
		t := &u.Types[i]
		if t.Pointer {
			s.types["*"+t.Name] = t
		} else {
			s.types[t.Name] = t
		}
	}
}

func (s *Index) called(c *unit.Call) {
	if c.Kind != unit.Interface {
		return
	}
	if s.calls[c.Symbol] == nil {
		s.calls[c.Symbol] = map[string]bool{}
	}
	s.calls[c.Symbol][c.Method] = true
}

// Function finds a function of the program by symbol, nil if it has none.
func (p *Graph) Function(symbol string) *Function {
	f := p.Index.Funcs[symbol]
	if f == nil || !p.has[f.Unit.Path] {
		return nil
	}
	return f
}

// typeOf finds a concrete type by name, with or without pointer.
func (p *Graph) typeOf(name string) *unit.Type {
	bare := strings.TrimPrefix(name, "*")
	if t := p.Index.types["*"+bare]; t != nil {
		return t
	}
	return p.Index.types[bare]
}
