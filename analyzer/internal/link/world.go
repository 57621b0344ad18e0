package link

import (
	"math"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Shared is what the programs of one module have in common: the index of units
// and the proofs. It is not safe for concurrent use.
type Shared struct {
	funcs  map[string]*fn
	types  map[string]*unit.Type
	units  map[*unit.Unit]bool
	fields map[string][]term.Term     // "pkg.T.f" -> the function values that are stored there
	calls  map[string]map[string]bool // interface -> the methods that are called on it
	proofs map[proofKey]*stmt

	columns map[string][]string // field -> the columns that structs read it from, by their tags
}

// NewShared makes an empty Shared.
func NewShared() *Shared {
	return &Shared{
		funcs: map[string]*fn{}, types: map[string]*unit.Type{},
		units: map[*unit.Unit]bool{}, calls: map[string]map[string]bool{}, fields: map[string][]term.Term{}, columns: map[string][]string{}, proofs: map[proofKey]*stmt{},
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

func (s *Shared) add(u *unit.Unit) {
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
		s.funcs[f.Symbol] = x
	}
	for i := range u.Entries {
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

func (s *Shared) called(c *unit.Call) {
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
	in     Input
	shared *Shared
	has    map[string]bool // import paths
	names  *names

	impls  map[string]*implementations
	live   map[*fn]*liveness
	order  []*fn // live functions, in the order they were reached
	stores map[string][]write
	puts   map[string][]write
	edges  map[*fn][]*edge
	allows *allows               // made when it is first asked for
	thunks map[*unit.Call]*thunk // of calls that send messages

	courses    map[*fn][]chain
	takenBy    map[string][]*fn // by function: those in whose operations its value is
	mounting   map[string]bool  // routers of which is being asked where they are mounted
	populating *populator
	readBefore map[string]bool // the parts of the request that some of those read

	outcomes map[outcomeKey]outcome
	staffish map[*fn]bool    // functions that were asked whether they test for staff
	tenanted map[string]bool // context keys whose objects name a tenant; nil until asked

	keys       map[string]*keyAnswer // what the writers of context keys are worth, by atom
	proved     map[string]value
	busy       map[string]int // depth
	lowest     int            // the outermost atom that was asked for while it was being decided
	expanded   map[string]*env
	resolved   map[*unit.Run]*texts
	virtual    map[operation]*unit.Run
	outer      []term.Term // terms of callers that callees cannot name
	foreigners map[string]int
	rising     map[string][]context
	climbing   map[string]int
	// provisional are answers inside of a cycle of calls, for as long as the question
	// that the cycle began with is open.
	provisional map[string]provision
	budget      int
	nested      int // environments that are being made

	trusted int // how often a value held because it is the caller's tenant or principal
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
		in: in, shared: in.Shared, has: map[string]bool{},
		impls: map[string]*implementations{}, live: map[*fn]*liveness{},
		stores: map[string][]write{}, puts: map[string][]write{}, edges: map[*fn][]*edge{},
		courses: map[*fn][]chain{}, mounting: map[string]bool{},
		staffish: map[*fn]bool{}, outcomes: map[outcomeKey]outcome{},
		keys: map[string]*keyAnswer{}, proved: map[string]value{}, busy: map[string]int{}, lowest: math.MaxInt,
		expanded: map[string]*env{}, rising: map[string][]context{}, climbing: map[string]int{}, provisional: map[string]provision{}, resolved: map[*unit.Run]*texts{}, foreigners: map[string]int{}, virtual: map[operation]*unit.Run{},
	}
	sort.SliceStable(in.Units, func(i, j int) bool { return in.Units[i].Path < in.Units[j].Path })
	for _, u := range in.Units {
		p.shared.add(u)
		p.has[u.Path] = true
	}
	p.names = newNames(in.Catalogues, in.Settings.Words)
	p.indexConversions()
	return p
}

// function finds a function of the program by symbol, nil if it has none.
func (p *program) function(symbol string) *fn {
	f := p.shared.funcs[symbol]
	if f == nil || !p.has[f.unit.Path] {
		return nil
	}
	return f
}

// typeOf finds a concrete type by name, with or without pointer.
func (p *program) typeOf(name string) *unit.Type {
	bare := strings.TrimPrefix(name, "*")
	if t := p.shared.types["*"+bare]; t != nil {
		return t
	}
	return p.shared.types[bare]
}

// catalogueOf picks the catalogue in which the table names are known; with one
// catalogue there is nothing to pick.
func (p *program) catalogues() []*catalogue.Catalogue { return p.in.Catalogues }
