package link

import (
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// index is what the units of a module hold, by name.
type index struct {
	funcs   map[string]*fn
	entries map[string]*unit.Entry // by symbol
	types   map[string]*unit.Type
	units   map[*unit.Unit]bool
	fields  map[string][]term.Term     // "pkg.T.f" -> the function values that are stored there
	calls   map[string]map[string]bool // interface -> the methods that are called on it

	columns map[string][]string // field -> the columns that structs read it from, by their tags
}

// newIndex makes an empty index.
func newIndex() *index {
	return &index{
		funcs: map[string]*fn{}, entries: map[string]*unit.Entry{}, types: map[string]*unit.Type{}, units: map[*unit.Unit]bool{},
		calls: map[string]map[string]bool{}, fields: map[string][]term.Term{}, columns: map[string][]string{},
	}
}

// fn is a function of some unit.
type fn struct {
	*unit.Function
	unit  *unit.Unit
	entry *unit.Entry
	ops   map[int]op // by number
}

// op is a numbered operation: exactly one of run and call is set.
type op struct {
	run  *unit.Run
	call *unit.Call
}

func (s *index) add(u *unit.Unit) {
	if s.units[u] {
		return
	}
	s.units[u] = true
	for _, c := range u.Columns {
		s.columns[c.Field] = append(s.columns[c.Field], c.Name)
	}
	for _, f := range u.Functions {
		x := &fn{Function: f, unit: u, ops: map[int]op{}}
		for i := range f.Runs {
			x.ops[f.Runs[i].N] = op{run: &f.Runs[i]}
		}
		for i := range f.Calls {
			x.ops[f.Calls[i].N] = op{call: &f.Calls[i]}
			s.called(&f.Calls[i])
		}
		for i := range f.Stores {
			key := f.Stores[i].Type + "." + f.Stores[i].Field
			s.fields[key] = append(s.fields[key], f.Stores[i].Value)
		}
		x.entry = s.entries[f.Symbol]
		s.funcs[f.Symbol] = x
	}
	for i := range u.Entries {
		// A registration may tell the entry, in another package than the function's.
		s.entries[u.Entries[i].Symbol] = &u.Entries[i]
		if f := s.funcs[u.Entries[i].Symbol]; f != nil {
			f.entry = &u.Entries[i]
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

func (s *index) called(c *unit.Call) {
	if c.Kind != unit.Interface {
		return
	}
	if s.calls[c.Symbol] == nil {
		s.calls[c.Symbol] = map[string]bool{}
	}
	s.calls[c.Symbol][c.Method] = true
}

// program is the state of linking one program.
type program struct {
	main   string // the import path of its main package, or Library
	units  []*unit.Unit
	index  *index
	words  *trust.Words    // of the settings
	has    map[string]bool // import paths
	impls  map[string]*implementations
	live   map[*fn]*liveness
	order  []*fn // live functions, in the order they were reached
	stores map[string][]write
	puts   map[string][]write
	edges  map[*fn][]*edge
	thunks map[*unit.Call]*thunk // of calls that send messages

	cats     []*catalogue.Catalogue
	proofs   proofs
	resolved map[*unit.Run]*texts
	virtual  map[operation]*unit.Run

	outcomes   map[outcomeKey]outcome
	expanded   map[string]*env
	outer      []term.Term // terms of callers that callees cannot name
	foreigners map[string]int
	nested     int                  // environments that are being made
	derive     func(*env, *factSet) // adds what access decisions imply

	courses    map[*fn][]chain
	takenBy    map[string][]*fn // by function: those in whose operations its value is
	mounting   map[string]bool  // routers of which is being asked where they are mounted
	readBefore map[string]bool  // the parts of the request that middlewares read; nil until asked

	names    *names
	checkers []string // of the settings

	tenantSource string // of the settings
	populating   *populator
	keys         map[string]*keyAnswer // what the writers of context keys are worth, by atom
	proved       map[string]value
	tabling      *tabling
	budget       int
	trusted      int // how often a value held because it is the caller's tenant or principal
	callers      func(demand) []context
	testsStaff   func(f *fn, depth int) bool
	exempt       func(*env) (notes, bool)
	apart        func(question func())

	rising      map[string][]context
	climbing    map[string]bool
	provisional map[string]provision

	staffWords []string        // of the settings
	staffish   map[*fn]bool    // functions that were asked whether they test for staff
	tenanted   map[string]bool // context keys whose objects name a tenant; nil until asked

	allows    *allows  // made when it is first asked for
	confirmed []string // premises that the settings confirm
}

// write is a store or a put, with the function that it stands in.
type write struct {
	fn    *fn
	value term.Term
	site  int
	facts []term.Fact
}

func newProgram(in Input) *program {
	if in.Shared == nil {
		in.Shared = NewShared()
	}
	p := &program{
		main: in.Program, units: in.Units, cats: in.Catalogues, index: in.Shared.index, words: in.Settings.Words, proofs: in.Shared.proofs,
		checkers: in.Settings.Checkers, staffWords: in.Settings.Staff, tenantSource: in.Settings.TenantSource,
		has: map[string]bool{}, tabling: newTabling(),
		impls: map[string]*implementations{}, live: map[*fn]*liveness{},
		stores: map[string][]write{}, puts: map[string][]write{}, edges: map[*fn][]*edge{},
		courses: map[*fn][]chain{}, mounting: map[string]bool{},
		staffish: map[*fn]bool{}, outcomes: map[outcomeKey]outcome{}, proved: map[string]value{}, keys: map[string]*keyAnswer{},
		expanded: map[string]*env{}, rising: map[string][]context{}, climbing: map[string]bool{}, provisional: map[string]provision{}, resolved: map[*unit.Run]*texts{}, foreigners: map[string]int{}, virtual: map[operation]*unit.Run{},
	}
	p.apart, p.confirmed = p.askApart, in.Settings.Assumes
	p.derive, p.callers, p.testsStaff, p.exempt = p.accepted, p.contexts, p.hasStaffTest, p.onlyStaff
	sort.SliceStable(in.Units, func(i, j int) bool { return in.Units[i].Path < in.Units[j].Path })
	for _, u := range in.Units {
		p.index.add(u)
		p.has[u.Path] = true
	}
	p.names = newNames(in.Catalogues, in.Settings.Words)
	p.indexConversions()
	p.reach()
	return p
}

// function finds a function of the program by symbol, nil if it has none.
func (p *program) function(symbol string) *fn {
	f := p.index.funcs[symbol]
	if f == nil || !p.has[f.unit.Path] {
		return nil
	}
	return f
}

// typeOf finds a concrete type by name, with or without pointer.
func (p *program) typeOf(name string) *unit.Type {
	bare := strings.TrimPrefix(name, "*")
	if t := p.index.types["*"+bare]; t != nil {
		return t
	}
	return p.index.types[bare]
}
