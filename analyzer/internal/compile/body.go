package compile

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// body writes down the operations of one function.
type body struct {
	c  *compiler
	f  *flow.Frame
	fn *unit.Function
}

func (b *body) operations() {
	for _, call := range b.f.Calls() {
		b.call(call)
	}
	for _, block := range b.f.Fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				b.store(instr)
			case *ssa.MapUpdate:
				b.storeEntry(instr)
			case *ssa.Send:
				b.storeElement(instr.Chan, instr.X, instr)
			case *ssa.Select:
				b.sends(instr)
			case *ssa.Lookup:
				b.readEntry(instr)
			case *ssa.UnOp:
				if fa, ok := instr.X.(*ssa.FieldAddr); ok {
					b.read(b.f.Term(instr, instr), fa.Pos(), fa.Pos(), b.f.ModelAt(fa))
				}
			}
		}
	}
	b.takes()
	b.owners()
	b.gives()
	b.before()
	b.entry()
}

// call writes down one call, if it is of interest by its kind.
func (b *body) call(c *callsite.Call) {
	switch c.Kind {
	case callsite.Builtin:
		return
	case callsite.Static, callsite.Interface, callsite.Dynamic:
		if b.f.Fn.Synthetic == "" || c.Method != "" || b.c.calls[c.Instr.Common().Pos()] != nil {
			b.keep(c, library.NoRole) // not the initialisation of an import
		}
		return
	}
	m := c.Model
	if reflects(c) {
		b.reflected(c)
		return
	}
	if m == nil {
		if lib := b.c.prog.Lib.Package(packageOf(c.Symbol)); lib != nil && lib.Database && !lib.Unmodelled {
			b.refuse(c, "a function of a database's library that is not described")
			return
		}
		if b.handsOver(c) || listens(c.Symbol) || b.f.Program.Decides(c) {
			b.keep(c, library.NoRole)
			return
		}
		b.uses(c)
		return
	}
	switch m.Verb {
	case library.Runs:
		b.run(c)
	case library.Plays:
		b.keep(c, m.Role())
		b.typedHandlers(c)
		if m.Role() == library.Stops {
			b.uses(c) // with an answer
		}
	case library.Refuses:
		b.refuse(c, m.Kind)
	case library.Puts:
		b.put(c)
	case library.Request:
		b.readCall(c)
	case library.Rows:
		if b.handsOver(c) {
			b.keep(c, library.Calls)
		}
	case library.Ignore, library.Changes:
		b.uses(c)
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

// handsOver tells whether an argument is or contains a function of the module.
func (b *body) handsOver(c *callsite.Call) bool {
	for _, a := range c.All() {
		if _, ok := a.Type().Underlying().(*types.Basic); ok {
			continue
		}
		if t := b.called(a, c.Instr); b.containsFunc(t, 0) || isFunction(a.Type()) && b.fromElsewhere(t) {
			return true
		}
	}
	return false
}

func isFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// fromElsewhere tells whether a function value may be one that the function was
// given, or that is kept.
func (b *body) fromElsewhere(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		switch leaf.(type) {
		case *term.Path, *term.Result:
			return true
		}
	}
	return false
}

func (b *body) containsFunc(t term.Term, depth int) bool {
	if depth > 4 {
		return false
	}
	switch t := t.(type) {
	case *term.Func:
		return b.c.ours(t.Symbol)
	case *term.List:
		return b.anyFunc(t.Elems, depth)
	case *term.Join:
		return b.anyFunc(t.Terms, depth)
	case *term.Struct:
		for _, f := range t.Fields {
			if b.containsFunc(f.Term, depth+1) {
				return true
			}
		}
	}
	return false
}

func (b *body) anyFunc(ts []term.Term, depth int) bool {
	for _, t := range ts {
		if b.containsFunc(t, depth+1) {
			return true
		}
	}
	return false
}

// uses notes the rows that a library call gets, which is where they leave what
// units follow: as a response, into a log.
func (b *body) uses(c *callsite.Call) {
	if answers(c.Sig) {
		return
	}
	values := c.Args
	if c.Recv != nil && b.isBuffer(c.Recv) { // buffer.WriteTo(w)
		values = c.All()
	}
	for _, a := range values {
		t := b.f.At(a, c.Instr)
		if holdsRow(t) {
			b.fn.Uses = append(b.fn.Uses, unit.Use{Value: t, Site: b.site(c), If: b.f.Facts(c.Instr.Block())})
		}
	}
}

// leaves reports whether what a text function is handed goes where it is not followed:
// printed to anything but a buffer whose text is.
func (b *body) leaves(c *callsite.Call) bool {
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
func (b *body) isBuffer(v ssa.Value) bool { return b.f.Program.IsBuffer(v) }

// answers tells a function that gives only a bool: a comparison uses no row.
func answers(sig *types.Signature) bool {
	r := sig.Results()
	return r.Len() == 1 && types.Identical(r.At(0).Type(), types.Typ[types.Bool])
}

// holdsRow tells whether a term has a part that a statement or call gave, other
// than how it ended.
func holdsRow(t term.Term) bool {
	found := false
	term.Map(t, func(x term.Term) term.Term {
		if r, ok := x.(*term.Result); ok {
			last := term.Step{}
			if n := len(r.Steps); n > 0 {
				last = r.Steps[n-1]
			}
			found = found || last.Kind != term.PseudoStep
		}
		return x
	})
	return found
}

func (b *body) keep(c *callsite.Call, role library.Role) {
	kinds := map[callsite.Kind]unit.CalleeKind{callsite.Static: unit.Static, callsite.Interface: unit.Interface, callsite.Dynamic: unit.Dynamic, callsite.Library: unit.Library}
	call := unit.Call{
		N: c.N, Kind: kinds[c.Kind], Symbol: c.Symbol, Role: role,
		Site: b.site(c), If: b.f.Facts(c.Instr.Block()),
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
		call.Value = b.called(c.Instr.Common().Value, c.Instr)
		call.Signature = signatureText(c.Instr.Common().Value.Type())
	}
	for _, a := range c.All() {
		call.Args = append(call.Args, b.called(a, c.Instr))
	}
	if signed := b.f.Signed(c); signed != nil {
		call.Args = []term.Term{signed}
	}
	call.ArgSites = b.argSites(c, len(call.Args))
	call.Messages = b.messages(c)
	b.separateArgs(&call, c)
	call.Allow = b.c.allowAt(call.Site)
	b.fn.Calls = append(b.fn.Calls, call)
}

func (b *body) site(c *callsite.Call) int {
	if call := b.c.calls[c.Instr.Common().Pos()]; call != nil {
		return b.c.sites.call(call)
	}
	return b.c.sites.at(c.Instr.Pos(), c.Instr.Pos())
}

// argSites are the ranges of the arguments; the receiver and what has no
// expression of its own stand at the call.
func (b *body) argSites(c *callsite.Call, n int) []int {
	call := b.c.calls[c.Instr.Common().Pos()]
	if call == nil || n == 0 {
		return nil
	}
	at := b.c.sites.call(call)
	out := make([]int, n)
	first := 0
	if c.Recv != nil {
		out[0], first = at, 1
		if len(call.Args) == n { // a method expression: the receiver is written as an argument
			first = 0
		}
	}
	for i := first; i < n; i++ {
		out[i] = at
		if i-first < len(call.Args) {
			out[i] = b.c.sites.node(call.Args[i-first])
		}
	}
	return out
}

// run writes down a statement.
func (b *body) run(c *callsite.Call) {
	m := c.Model
	r := unit.Run{
		N: c.N, Verb: m.Kind, Library: m.Key, Dialect: m.Dialect,
		Site: b.site(c), If: b.f.Facts(c.Instr.Block()),
	}
	if text := c.Arg(m.Of); text != nil {
		r.Text = b.f.At(text, c.Instr)
	} else {
		r.Text = term.Why("no text")
	}
	_, known := r.Text.(*term.Const)
	r.Prepared = m.Of == library.Recv && !known
	switch {
	case m.Kind == "copy":
		r.Copy = &unit.CopyTarget{Table: r.Text, Columns: b.f.At(c.Args[m.Of+1], c.Instr)}
		r.Text = &term.Const{Kind: term.Text}
		r.Args = []term.Term{b.f.At(c.Arg(m.Args), c.Instr)}
	case m.Args != library.None:
		r.Args, r.Spread = b.bound(c, m.Args)
		b.name(&r, c)
		if r.Named == nil {
			r.Nulls = nulls(c, m.Args)
		}
		b.separately(&r, c)
	}
	r.Allow = b.c.allowAt(r.Site)
	b.fn.Runs = append(b.fn.Runs, r)
}

// bound are the bind values from argument position at on.
func (b *body) bound(c *callsite.Call, at int) ([]term.Term, bool) {
	if at >= len(c.Args) {
		return nil, false
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		return b.f.Elements(c.Args[at], c.Instr)
	}
	var out []term.Term
	for _, a := range c.Args[at:] {
		out = append(out, b.f.At(a, c.Instr))
	}
	return out, false
}

// name takes named binds (pgx.NamedArgs, sql.Named) out of the arguments.
func (b *body) name(r *unit.Run, c *callsite.Call) {
	vals := callsite.Spread(c, c.Model.Args)
	var rest, fields []term.Term
	for i, v := range vals {
		if v == nil || i >= len(r.Args) {
			return
		}
		switch s := b.named(v, r.Args[i]); {
		case s == nil:
			rest = append(rest, r.Args[i])
		default:
			fields = append(fields, s)
		}
	}
	if fields == nil {
		return
	}
	var all []term.Field
	for _, s := range fields {
		st, ok := s.(*term.Struct)
		if !ok { // a map that is not written out
			r.Named, r.Args = s, rest
			return
		}
		all = append(all, st.Fields...)
	}
	r.Named, r.Args = term.StructOf("", nil, all), rest
}

// named is a bind value as a struct of named binds, nil if it is a plain one.
func (b *body) named(v ssa.Value, t term.Term) term.Term {
	if mi, ok := v.(*ssa.MakeInterface); ok {
		v = mi.X
	}
	switch b.f.Program.Lib.Kind(v.Type()) {
	case library.BindMap:
		return t
	case library.OneBind:
		if name, ok := b.f.NamedArg(v); ok {
			return term.StructOf("", nil, []term.Field{{Name: name, Term: t}})
		}
	}
	return nil
}

func (b *body) put(c *callsite.Call) {
	p := unit.Put{Key: b.f.Key(c.Arg(c.Model.At)), Value: term.Why("no value"), Site: b.site(c), If: b.f.Facts(c.Instr.Block())}
	if v := c.Arg(c.Model.Of); v != nil {
		p.Value = b.f.At(v, c.Instr)
	}
	b.fn.Puts = append(b.fn.Puts, p)
}

// readCall notes where a part of the request is read.
func (b *body) readCall(c *callsite.Call) {
	if c.Model.Verb == library.Fills {
		if c.Model.Group != "" {
			b.fn.Reads = append(b.fn.Reads, unit.Read{Origin: &term.Origin{Kind: term.Request, Group: c.Model.Group}, Site: b.site(c)})
		}
		return
	}
	v, ok := c.Instr.(ssa.Value)
	if !ok {
		return
	}
	if origin := b.f.Requested(c, v); origin != nil {
		b.fn.Reads = append(b.fn.Reads, unit.Read{Origin: origin, Site: b.site(c)})
	}
}

// readEntry notes an entry of a map of request data that is read.
func (b *body) readEntry(v *ssa.Lookup) {
	if v.CommaOk {
		return
	}
	if o, ok := b.f.Term(v, v).(*term.Origin); ok && o.Kind == term.Request {
		b.fn.Reads = append(b.fn.Reads, unit.Read{Origin: o, Site: b.c.sites.at(v.Pos(), v.Pos())})
	}
}

// gives writes down the returns, one per way in where the results differ by it.
func (b *body) gives() {
	marks := b.marks()
	for _, block := range b.f.Fn.Blocks {
		if block == b.f.Fn.Recover || len(block.Instrs) == 0 {
			continue
		}
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		site := b.c.sites.at(ret.Pos(), ret.Pos())
		if n := returnStmt(b.f.Fn.Syntax(), ret); n != nil {
			site = b.c.sites.node(n)
		}
		if ways := b.silentReturns(ret, marks, site); ways != nil {
			b.fn.Gives = append(b.fn.Gives, ways...)
			continue
		}
		for _, way := range b.f.Returns(ret) {
			b.fn.Gives = append(b.fn.Gives, unit.Give{Results: way.Results, If: way.Facts, After: dominating(marks, ret), Site: site})
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
