package callsite

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/local"
)

// WrittenIn are the parts of a captured variable that a closure, or one inside it, may
// write, each by the fields that lead there; the empty way is all of it.
func (p *Program) WrittenIn(fv *ssa.FreeVar) [][]string { return p.capturedIn(fv).ways }

// StoredIn reports whether a closure itself stores to a captured variable, or to a part of
// what it leads to, and does not only fill that as a whole or hand it on to be filled.
func (p *Program) StoredIn(fv *ssa.FreeVar) bool { return p.capturedIn(fv).stores }

func (p *Program) capturedIn(fv *ssa.FreeVar) *captured {
	w, known := p.captures[fv]
	if !known {
		w = &captured{calls: p, variable: true}
		w.address(fv, nil, true, 0)
		if p.captures == nil {
			p.captures = map[*ssa.FreeVar]*captured{}
		}
		p.captures[fv] = w
	}
	return w
}

// Leaves are the variables that a closure has captured and may write, in order.
func (p *Program) Leaves(fn *ssa.Function) []*ssa.FreeVar {
	var out []*ssa.FreeVar
	for _, fv := range fn.FreeVars {
		if len(p.WrittenIn(fv)) > 0 {
			out = append(out, fv)
		}
	}
	return out
}

// HandedOnce is the one call that a closure is an argument of, and which, the receiver
// counted, or the one that calls it where it is made, -1, if nothing else is done with it and the call runs it, if at all, while it lasts,
// as far as the caller can tell.
func (p *Program) HandedOnce(mc *ssa.MakeClosure) (call *ssa.Call, arg int, ok bool) {
	v := ssa.Value(mc)
	for {
		if len(*v.Referrers()) != 1 {
			return nil, 0, false
		}
		switch ref := (*v.Referrers())[0].(type) {
		case *ssa.ChangeType:
			v = ref
			continue
		case *ssa.Call:
			c := p.Classify(ref)
			if c.Kind == Builtin || c.Kind == Library && (c.Model == nil || !c.Model.Role().RunsNow()) {
				return nil, 0, false
			}
			if arg = slices.Index(c.All(), v); ref.Call.Value == v {
				return ref, -1, arg < 0
			}
			return ref, arg, arg >= 0
		}
		return nil, 0, false
	}
}

// AnyElement is the step of a way to some element of a list or map.
const AnyElement = "[]"

// WrittenBy are the parts of what a pointer parameter leads to, the receiver counted, that
// a function may write, itself or by functions of its package; the empty way is all of it,
// where the function leaves that to others.
func (p *Program) WrittenBy(fn *ssa.Function, i int) [][]string {
	if len(fn.Blocks) == 0 || i >= len(fn.Params) {
		return [][]string{nil}
	}
	w := &captured{calls: p}
	w.object(fn.Params[i], nil, 0)
	if len(w.ways) == 0 && p.Writes(fn, i) { // in a way that is not followed: a decoder
		return [][]string{nil}
	}
	return w.ways
}

// captured gathers the writes to a captured variable.
type captured struct {
	ways   [][]string
	stores bool     // one of them is a store
	calls  *Program // by which what an object is handed to is followed
	// variable says that it is one that was captured: what is handed to other packages from
	// there is theirs, unless a library fills it.
	variable bool
	seen     map[handedOn]int // parameters that were followed, and how deep
}

// handedOn is a parameter that an object, or a part of one, is handed to.
type handedOn struct {
	param *ssa.Parameter
	way   string
}

func (w *captured) add(way []string) { w.ways = append(w.ways, way) }

// maxCaptured is how deep a write may lie in fields and closures.
const maxCaptured = 8

// address follows the address of the variable itself, or that of a part of an object. Of
// the variable anything but a read may be a write: it may be handed on by its address.
func (w *captured) address(addr ssa.Value, way []string, itself bool, depth int) {
	if addr.Referrers() == nil || depth > maxCaptured {
		return
	}
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			w.object(ref, way, depth+1)
		case *ssa.FieldAddr:
			w.address(ref, then(way, fieldName(ref)), itself, depth+1)
		case *ssa.IndexAddr:
			w.address(ref, then(way, AnyElement), itself, depth+1)
		case *ssa.MakeClosure:
			if itself {
				w.closure(ref, addr, way, depth)
			}
		case *ssa.Store:
			w.stores = w.stores || itself || ref.Addr == addr
			if itself || ref.Addr == addr || w.calls.listedForRows(ref) {
				w.add(way)
			}
		case *ssa.MakeInterface:
			if w.stores = w.stores || itself; itself {
				w.add(way)
			} else {
				w.filled(ref, way)
			}
		case ssa.CallInstruction:
			w.stores = w.stores || itself
			if itself || w.calls.writesArg(ref, addr, 0) {
				w.add(way)
			}
		default:
			if w.stores = w.stores || itself; itself {
				w.add(way)
			}
		}
	}
}

// filled adds the way to what is handed on as anything, where that is filled.
func (w *captured) filled(v *ssa.MakeInterface, way []string) {
	for _, ref := range *v.Referrers() {
		st, isStore := ref.(*ssa.Store)
		call, isCall := ref.(ssa.CallInstruction)
		if isStore && w.calls.listedForRows(st) || isCall && w.calls.writesArg(call, v, 0) {
			w.add(way)
		}
	}
}

// closure follows a variable into a closure inside.
func (w *captured) closure(mc *ssa.MakeClosure, addr ssa.Value, way []string, depth int) {
	inner, ok := mc.Fn.(*ssa.Function)
	for i, b := range mc.Bindings {
		if ok && b == addr && i < len(inner.FreeVars) {
			w.address(inner.FreeVars[i], way, true, depth+1)
		}
	}
}

// object follows what a pointer, map or list leads to that was loaded: only what is set
// there is a write, what is handed on is the callee's.
func (w *captured) object(load ssa.Value, way []string, depth int) {
	if !Shares(load.Type()) && !types.IsInterface(load.Type()) || load.Referrers() == nil || depth > maxCaptured {
		return
	}
	for _, ref := range *load.Referrers() {
		switch ref := ref.(type) {
		case *ssa.ChangeInterface, *ssa.TypeAssert, *ssa.Extract:
			w.object(ref.(ssa.Value), way, depth+1)
		case *ssa.MapUpdate:
			if ref.Map == load {
				w.stores = true
				w.add(then(way, AnyElement))
			}
		case *ssa.FieldAddr:
			w.address(ref, then(way, fieldName(ref)), false, depth+1)
		case *ssa.IndexAddr:
			w.address(ref, then(way, AnyElement), false, depth+1)
		case *ssa.Store:
			if ref.Addr == load || w.calls.listedForRows(ref) {
				w.add(way)
			}
			for _, named := range local.Loads(ref.Addr) {
				w.object(named, way, depth+1)
			}
		case *ssa.Phi, *ssa.ChangeType:
			w.object(ref.(ssa.Value), way, depth+1)
		case *ssa.MakeInterface:
			w.filled(ref, way)
		case ssa.CallInstruction:
			w.handed(ref, load, way, depth)
		}
	}
}

// handed follows an object that is handed on.
func (w *captured) handed(call ssa.CallInstruction, v ssa.Value, way []string, depth int) {
	if !w.calls.writesArg(call, v, 0) {
		return
	}
	fn := call.Common().StaticCallee()
	if fn == nil || len(fn.Blocks) == 0 {
		if !w.variable || w.calls.Classify(call).Model != nil {
			w.add(way)
		}
		return
	}
	for i, a := range call.Common().Args {
		if a == v && i < len(fn.Params) && !w.followed(fn.Params[i], way, depth) {
			w.object(fn.Params[i], way, depth+1)
		}
	}
}

// followed reports whether a parameter has been followed from no deeper: functions that
// hand an object to one another would else be walked in all orders.
func (w *captured) followed(param *ssa.Parameter, way []string, depth int) bool {
	key := handedOn{param, strings.Join(way, ".")}
	if d, ok := w.seen[key]; ok && d <= depth {
		return true
	}
	if w.seen == nil {
		w.seen = map[handedOn]int{}
	}
	w.seen[key] = depth
	return false
}

func then(way []string, name string) []string { return append(way[:len(way):len(way)], name) }

func fieldName(fa *ssa.FieldAddr) string {
	if st, ok := StructOf(Deref(fa.X.Type())); ok {
		return st.Field(fa.Field).Name()
	}
	return "?"
}

// KeyFunction is the function behind a value, and the closure that it is, if it is
// one.
func KeyFunction(v ssa.Value) (*ssa.Function, *ssa.MakeClosure) {
	for {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
		case *ssa.MakeClosure:
			fn, _ := x.Fn.(*ssa.Function)
			return fn, x
		case *ssa.Function:
			return x, nil
		default:
			return nil, nil
		}
	}
}
