// Package body writes down what one function does by itself: its calls, what it
// stores, reads, uses, puts into contexts and gives back, each with the facts in force.
//
// The statements, the function values and the entries have floors of their own below.
package body

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/dispatch"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/entry"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/funcvalue"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/rewrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/run"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Body writes down the operations of one function.
type Body struct {
	*source.Function
	statements *run.Statements
	values     *funcvalue.Values
	entries    *entry.Entries
	stoppable  map[string]bool
	later      map[string]bool
}

// Shared is what the functions of a package share: what is found of them goes into it.
type Shared struct {
	Abstract  map[string]bool // methods of interfaces that are taken as values
	Loose     map[string]bool // entries told by a signature with more parameters
	stoppable map[string]bool // types of requests that a call stops
	later     map[string]bool // places that are set as a whole, and not only where their object is made
}

// NewShared is that of a package of which no function has been seen.
func NewShared(lib *library.Set) *Shared {
	return &Shared{Abstract: map[string]bool{}, Loose: map[string]bool{}, stoppable: stoppableTypes(lib), later: map[string]bool{}}
}

// New makes the body of a function.
func New(f *source.Function, s *Shared) *Body {
	statements := &run.Statements{Function: f}
	values := &funcvalue.Values{Function: f, Statements: statements, Abstract: s.Abstract}
	entries := &entry.Entries{Function: f, Values: values, Loose: s.Loose}
	return &Body{Function: f, statements: statements, values: values, entries: entries, stoppable: s.stoppable, later: s.later}
}

// Operations writes down all of them.
func (b *Body) Operations() {
	for _, call := range b.Frame.Calls() {
		b.call(call)
	}
	for _, block := range b.Frame.Fn.Blocks {
		for _, instr := range block.Instrs {
			b.handsVariable(instr)
			if v, ok := instr.(ssa.Value); ok {
				b.lendsParameters(v)
			}
			switch instr := instr.(type) {
			case *ssa.Store:
				b.store(instr)
			case *ssa.MapUpdate:
				b.storeEntry(instr)
			case *ssa.Send:
				b.storeElement(instr.Chan, instr.X, instr)
				b.keeps(instr.Chan, nil, instr.X, instr)
			case *ssa.Select:
				b.sends(instr)
			case *ssa.Lookup:
				b.readEntry(instr)
				b.findsEntry(instr.X, instr.Index, instr)
			case *ssa.Range:
				b.findsEntry(instr.X, nil, instr)
			case *ssa.MakeInterface:
				b.putContext(instr)
			case *ssa.UnOp:
				b.findsWhole(instr)
				if fa, ok := instr.X.(*ssa.FieldAddr); ok {
					b.read(b.Frame.Term(instr, instr), fa.Pos(), fa.Pos(), b.Frame.ModelAt(fa))
				}
			}
		}
	}
	soleValues(b)
	b.carried()
	b.values.Takes()
	b.values.Owners()
	b.gives()
	b.left()
	b.before()
	b.entries.BySignature()
}

// call writes down one call, if it is of interest by its kind.
func (b *Body) call(c *callsite.Call) {
	b.changes(c)
	if lib := b.Library.Unread(c.Function()); lib != "" && c.Model == nil { // one may stand for a method that is known
		b.statements.Refuse(c, "a library that is not modelled yet: "+lib)
	}
	switch c.Kind {
	case callsite.Builtin:
		return
	case callsite.Static, callsite.Interface, callsite.Dynamic:
		if b.entries.Hands(c) {
			return
		}
		if b.Frame.Fn.Synthetic == "" || c.Method != "" || b.Package.Calls[c.Instr.Common().Pos()] != nil {
			b.keep(c, library.NoRole) // not the initialisation of an import
		}
		return
	}
	m := c.Model
	b.models(c)
	if dispatch.Reflects(c) {
		b.reflected(c)
		return
	}
	if m == nil {
		if lib := b.Library.Package(unit.PackageOf(c.Symbol)); lib != nil && lib.Database && !lib.Unmodelled {
			b.statements.Refuse(c, "a function of a database's library that is not described")
			return
		}
		if b.values.HandsOver(c) || listens(c.Symbol) || b.Frame.Program.Decides(c) {
			b.keep(c, library.NoRole)
			return
		}
		b.uses(c)
		return
	}
	switch m.Verb {
	case library.Runs:
		b.statements.Write(c)
		if m.Call != "" { // and what it hands its rows to
			with := *c
			with.N = b.Frame.NextNumber()
			b.keep(&with, m.Call)
		}
	case library.Plays:
		if m.Role() == library.Keeps || m.Role() == library.Finds || m.Role() == library.Shares {
			b.asCache(c)
			return
		}
		b.keep(c, m.Role())
		b.entries.Registered(c)
		if m.Role() == library.Stops {
			b.uses(c) // with an answer
		}
	case library.Refuses:
		b.refused(c)
	case library.Puts:
		b.put(c)
	case library.Gets:
		if c.Stored() != nil {
			b.put(c)
		}
	case library.Request:
		b.readCall(c)
	case library.Rows:
		if b.values.HandsOver(c) {
			b.keep(c, library.Calls)
		}
	case library.Ignore:
		b.uses(c)
	case library.Changes:
		b.uses(c)
		rewrite.Function{Function: b.Function}.Call(c)
	case library.Starts:
		b.opens(c)
		if b.Frame.Program.LosesPrefix(c) {
			b.statements.Refuse(c, "a connection that is handed on with what its next statement does")
		}
	case library.Builds, library.Writes:
		// What is built is followed to where it runs.
	case library.Text:
		if b.leaves(c) {
			b.uses(c)
		}
	case library.Fills:
		b.readCall(c)
	default:
		if m.Call != "" {
			b.keep(c, m.Call)
		}
	}
}

// uses notes the rows that a library call gets, which is where they leave what
// units follow: as a response, into a log.
func (b *Body) uses(c *callsite.Call) {
	if source.GivesBool(c.Sig) {
		return
	}
	values := c.Args
	if c.Recv != nil && b.isBuffer(c.Recv) { // buffer.WriteTo(w)
		values = c.All()
	}
	for _, a := range values {
		if b.usesElements(c, a) {
			continue
		}
		t := b.Frame.At(a, c.Instr)
		if !source.Converts(c.Sig) {
			b.Fn.Send(t)
		}
		if unit.HoldsRow(t) {
			b.Fn.Uses = append(b.Fn.Uses, unit.Use{Value: t, Site: b.Site(c), If: b.Frame.FactsAt(c.Instr)})
		}
	}
}

// usesElements notes the elements of a list that a library call gets, each where it was
// appended: what was checked there was checked of what is used, and so was what a loop over
// the whole list has found of each.
func (b *Body) usesElements(c *callsite.Call, list ssa.Value) bool {
	grown, ok := b.Frame.Grown(list)
	if !ok {
		return false
	}
	each := b.Frame.EveryOf(list, c.Instr)
	for _, by := range grown {
		for _, v := range callsite.Elements(by.Args[1]) {
			if t := b.Frame.At(v, by.Instr); unit.HoldsRow(t) {
				b.Fn.Uses = append(b.Fn.Uses, unit.Use{Value: t, Site: b.Site(c), If: slices.Concat(b.Frame.Facts(by.Instr.Block()), each)})
			}
		}
	}
	return true
}

// leaves reports whether what a text function is handed goes where it is not followed:
// printed to anything but a buffer whose text is.
func (b *Body) leaves(c *callsite.Call) bool {
	switch c.Model.Text() {
	case library.Pairs, library.WritePrint:
		return true
	case library.Write, library.WriteFmt:
		into := c.All()
		return len(into) > 0 && !b.isBuffer(into[0])
	}
	return false
}

// isBuffer reports whether a value is a text buffer, as it is or as a writer.
func (b *Body) isBuffer(v ssa.Value) bool { return b.Frame.Program.IsBuffer(v) }

func (b *Body) keep(c *callsite.Call, role library.Role) {
	kinds := map[callsite.Kind]unit.CalleeKind{callsite.Static: unit.Static, callsite.Interface: unit.Interface, callsite.Dynamic: unit.Dynamic, callsite.Library: unit.Library}
	call := unit.Call{
		N: c.N, Kind: kinds[c.Kind], Symbol: c.Symbol, Role: role,
		Site: b.Site(c), If: b.Frame.FactsAt(c.Instr),
	}
	switch c.Instr.(type) {
	case *ssa.Defer:
		call.Mode = unit.Deferred
	case *ssa.Go:
		call.Mode = unit.Spawned
	}
	if c.Kind == callsite.Interface {
		call.Method = c.Method
	}
	if c.Kind == callsite.Dynamic {
		call.Value = b.values.Called(c.Instr.Common().Value, c.Instr)
		call.Signature = source.SignatureText(c.Instr.Common().Value.Type())
	}
	for _, a := range c.All() {
		call.Args = append(call.Args, b.values.Called(a, c.Instr))
	}
	if signed := b.Frame.Signed(c); signed != nil {
		call.Args = []term.Term{signed}
	}
	call.ArgSites = b.ArgSites(c, len(call.Args))
	call.Messages, call.Rows = b.messages(c), b.Frame.Program.Rows(c)
	if c.Kind == callsite.Static {
		call.Types = callsite.TypeArgs(c)
	}
	b.statements.SeparateArgs(&call, c)
	call.Allow = b.AllowAt(call.Site)
	b.Fn.Calls = append(b.Fn.Calls, call)
}

func (b *Body) put(c *callsite.Call) {
	p := unit.Put{Key: b.Frame.Key(c.Arg(c.Model.At), c.Instr), Value: term.Why("no value"), Site: b.Site(c), If: b.Frame.FactsAt(c.Instr)}
	if v := c.Stored(); v != nil {
		p.Value = b.Frame.Kept(v, c.Instr)
	}
	b.Fn.Puts = append(b.Fn.Puts, p)
}

// putContext notes what an own context is handed on with: as it stands where a function
// is called with it, and what is written to it later.
func (b *Body) putContext(v *ssa.MakeInterface) {
	key := b.Frame.Program.OwnContext(v.X.Type())
	if key == "" || !b.Frame.Program.IsContext(v.Type()) {
		return
	}
	at := ssa.Instruction(v)
	if refs := *v.Referrers(); len(refs) == 1 {
		if call, ok := refs[0].(*ssa.Call); ok {
			at = call
		}
	}
	pos := v.X.Pos() // a conversion that nobody wrote has no place
	b.Fn.Puts = append(b.Fn.Puts, unit.Put{Key: key, Value: b.Frame.Kept(v.X, at), Site: b.Sites.At(pos, pos), If: b.Frame.Facts(v.Block())})
}

// readCall notes where a part of the request is read.
func (b *Body) readCall(c *callsite.Call) {
	if c.Model.Verb == library.Fills {
		if c.Model.Group != "" {
			b.Fn.Reads = append(b.Fn.Reads, unit.Read{Origin: &term.Origin{Kind: term.Request, Group: c.Model.Group}, Site: b.Site(c)})
		}
		return
	}
	v, ok := c.Instr.(ssa.Value)
	if !ok {
		return
	}
	if origin := b.Frame.Requested(c, v); origin != nil {
		b.Fn.Reads = append(b.Fn.Reads, unit.Read{Origin: origin, Site: b.Site(c)})
	}
}

// readEntry notes an entry of a map of request data that is read.
func (b *Body) readEntry(v *ssa.Lookup) {
	if v.CommaOk {
		return
	}
	if o, ok := b.Frame.Term(v, v).(*term.Origin); ok && o.Kind == term.Request {
		b.Fn.Reads = append(b.Fn.Reads, unit.Read{Origin: o, Site: b.Sites.At(v.Pos(), v.Pos())})
	}
}

// gives writes down the returns, one per way in where the results differ by it.
func (b *Body) gives() {
	marks := b.marks()
	for _, block := range b.Frame.Fn.Blocks {
		if block == b.Frame.Fn.Recover || len(block.Instrs) == 0 {
			continue
		}
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		site := b.Sites.At(ret.Pos(), ret.Pos())
		if n := returnStmt(b.Frame.Fn.Syntax(), ret); n != nil {
			site = b.Sites.Node(n)
		}
		if ways := b.silentReturns(ret, marks, site); ways != nil {
			b.Fn.Gives = append(b.Fn.Gives, ways...)
			continue
		}
		for _, way := range b.Frame.Returns(ret) {
			b.Fn.Gives = append(b.Fn.Gives, unit.Give{Results: way.Results, If: way.Facts, After: dominating(marks, ret), Site: site})
		}
	}
}

// returnStmt finds the statement of a return.
func returnStmt(fn ast.Node, ret *ssa.Return) ast.Node {
	if fn == nil || !ret.Pos().IsValid() {
		return nil
	}
	var found ast.Node
	ast.Inspect(fn, func(n ast.Node) bool {
		if found != nil || n == nil || n.Pos() > ret.Pos() || n.End() < ret.Pos() {
			return false
		}
		if r, ok := n.(*ast.ReturnStmt); ok && r.Return == ret.Pos() {
			found = r
		}
		return true
	})
	return found
}

// listens tells a library function that waits for clients by its name: link
// must know that the program serves somebody.
func listens(symbol string) bool {
	switch symbol[strings.LastIndexByte(symbol, '.')+1:] {
	case "Listen", "ListenTLS", "ListenTCP", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
		return true
	}
	return false
}
