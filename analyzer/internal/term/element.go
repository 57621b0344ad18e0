package term

import (
	"hash/fnv"
	"slices"
)

// The elements of a list are told apart by a number. One that is read by a constant index
// has the index plus one, and is the same element in every function. Numbers from LoopTag
// on belong to one function: the element that its loop has in hand, or what it has made
// of a value. Outside it that is no more than some element.
const (
	LoopTag = 1000 // an element that a loop, or a computed index, has in hand
	PartTag = 2000 // the parts that a text is cut into, by their position: the same everywhere
	MadeTag = 3000 // what is made of a value, and is another one of its kind, not a part of it
	SubTag  = 3500 // a part of a list, whose elements stand elsewhere
	HeadTag = 3750 // a part of a list from its beginning: its elements stand where they stood
	RowTag  = 4000 // a value that is one of several, by the number of the element: the rows of a statement

	cutTag  = 1 << 17 // a text by how it is cut into parts: the same everywhere
	picked  = 1 << 19 // some element, which another function has in hand; plus MadeTag, something made
	perCall = 1 << 20 // between the functions through which a value goes inward
)

// Elements is any element of a list; a list that is not known as one stands for its
// elements.
func Elements(t Term) Term {
	if l, ok := t.(*List); ok && len(l.Elems) > 0 {
		return JoinOf(l.Elems...)
	}
	return Select(t, Step{Kind: ElemStep})
}

// isOwn reports whether a number belongs to one function.
func isOwn(tag int) bool {
	return tag < 0 || tag > LoopTag && tag < PartTag || tag >= MadeTag && !isCut(tag)
}

// Cut is the step to a text as it is cut by a function and its arguments: the parts that
// one of them gives are not those of another.
func Cut(how string) Step {
	h := fnv.New32a()
	h.Write([]byte(how))
	return Step{Kind: ElemStep, Index: cutTag + int(h.Sum32()%cutTag)}
}

func isCut(tag int) bool { return tag >= cutTag && tag < 2*cutTag }

// atHome is a number as the function has it that it belongs to.
func atHome(tag int) int { return max(tag, -tag) % perCall }

// inward are the steps of a caller's term where a function that it calls names it: an
// element that the caller has in hand is none that the function itself has.
func inward(steps []Step) []Step {
	return retag(steps, func(tag int) int {
		if tag < 0 {
			return tag - perCall
		}
		return -tag
	})
}

// outward undoes inward. An element that a callee has in hand is some element to its
// caller.
func outward(steps []Step) []Step {
	return retag(steps, func(tag int) int {
		switch {
		case tag >= picked:
			return tag
		case tag >= MadeTag:
			return picked + MadeTag
		case tag >= 0:
			return picked
		case tag < -perCall:
			return tag + perCall
		}
		return -tag
	})
}

func retag(steps []Step, f func(tag int) int) []Step {
	at := slices.IndexFunc(steps, func(s Step) bool { return s.Kind == ElemStep && isOwn(s.Index) })
	if at < 0 {
		return steps
	}
	out := slices.Clone(steps)
	for i := at; i < len(out); i++ {
		if out[i].Kind == ElemStep && isOwn(out[i].Index) {
			out[i].Index = f(out[i].Index)
		}
	}
	return out
}

// SelectInside is the part of a callee's term that the steps of its caller lead to.
func SelectInside(t Term, steps []Step) Term { return Select(t, inward(steps)...) }

// SelectOutside is the part of a caller's term that the steps of its callee lead to.
func SelectOutside(t Term, steps []Step) Term { return Select(t, outward(steps)...) }

// Inside is a part of the request as a callee names what its caller has in hand.
func Inside(o *Origin) *Origin {
	out := *o
	out.Steps = inward(o.Steps)
	return &out
}

// outside undoes Inside.
func outside(o *Origin) *Origin {
	steps := outward(o.Steps)
	if len(steps) == 0 || &steps[0] == &o.Steps[0] {
		return o
	}
	out := *o
	out.Steps = steps
	return &out
}

// IsRequest reports whether a value is what a client has sent.
func IsRequest(t Term) bool {
	o, ok := t.(*Origin)
	return ok && o.Kind == Request
}

// IsPicked reports whether a term speaks of an element that another function had in hand.
func IsPicked(t Term) bool {
	return t != nil && Any(t, func(x Term) bool {
		_, steps := RootOf(x)
		return slices.ContainsFunc(steps, func(s Step) bool { return s.Kind == ElemStep && s.Index > 0 && s.Index&picked != 0 })
	})
}

// maxInward is how many functions an element may have come in through.
const maxInward = 3

// IsRemote reports whether a term speaks of an element that has come in through so many
// functions that it comes round in circles: a context key that is written from itself.
func IsRemote(t Term) bool {
	return t != nil && Any(t, func(x Term) bool {
		_, steps := RootOf(x)
		return slices.ContainsFunc(steps, func(s Step) bool { return s.Kind == ElemStep && s.Index < -maxInward*perCall })
	})
}

// sameRoot are the steps of two terms that start from the same root.
func sameRoot(a, b Term) (stepsA, stepsB []Step, ok bool) {
	switch x := a.(type) {
	case *Path:
		y, same := b.(*Path)
		if same && x.Root == y.Root && x.Index == y.Index && x.Name == y.Name {
			return x.Steps, y.Steps, true
		}
	case *Result:
		if y, same := b.(*Result); same && x.Call == y.Call {
			return x.Steps, y.Steps, true
		}
	case *Origin:
		y, same := b.(*Origin)
		if same && x.Kind == y.Kind && x.Group == y.Group && x.Name == y.Name {
			return x.Steps, y.Steps, true
		}
	}
	return nil, nil, false
}

// isMade reports whether a step leads to something that is made of a value.
func isMade(s Step) bool {
	tag := atHome(s.Index) &^ picked
	return s.Kind == ElemStep && tag >= MadeTag && !isCut(tag)
}

// SameElement reports whether a value is, or is of, the element of a list that a part is
// of; a part of no particular element is of all of them.
func SameElement(part, t *Result) bool {
	if slices.ContainsFunc(t.Steps, isEarlier) && !slices.ContainsFunc(part.Steps, isEarlier) {
		return false
	}
	at := slices.IndexFunc(part.Steps, isParticular)
	if at < 0 {
		return true
	}
	if isMade(part.Steps[at]) { // the rows of a statement carry the mark behind the column
		return slices.ContainsFunc(t.Steps, func(s Step) bool { return s == part.Steps[at] })
	}
	return len(t.Steps) > at && slices.Equal(part.Steps[:at+1], t.Steps[:at+1])
}

func isParticular(s Step) bool { return s.Kind == ElemStep && s.Index != 0 && !isCut(s.Index) }

// earlierTurn marks what a variable has kept from an earlier turn of a loop.
const earlierTurn = RowTag + 999

// Earlier is a result that a variable has kept from an earlier turn of a loop.
func Earlier(r *Result) Term {
	if slices.ContainsFunc(r.Steps, isEarlier) {
		return r
	}
	return Select(r, Step{Kind: ElemStep, Index: earlierTurn})
}

func isEarlier(s Step) bool { return s.Kind == ElemStep && atHome(s.Index) == earlierTurn }

// InHand reports whether a value is a part of an element that a loop has in hand.
func InHand(t Term) bool {
	var steps []Step
	switch x := t.(type) {
	case *Path:
		steps = x.Steps
	case *Result:
		steps = x.Steps
	case *Origin:
		steps = x.Steps
	}
	return slices.ContainsFunc(steps, isInHand)
}

func isInHand(s Step) bool { return s.Kind == ElemStep && s.Index > LoopTag && s.Index < PartTag }

// OfAny is a part of the element that a loop has in hand as a part of any element.
func OfAny(t Term) Term {
	switch x := t.(type) {
	case *Path:
		out := *x
		out.Steps = ofAny(x.Steps)
		return &out
	case *Result:
		return &Result{Call: x.Call, Steps: ofAny(x.Steps)}
	case *Origin:
		out := *x
		out.Steps = ofAny(x.Steps)
		return &out
	}
	return t
}

func ofAny(steps []Step) []Step {
	return retag(steps, func(tag int) int {
		if tag > LoopTag && tag < PartTag {
			return 0
		}
		return tag
	})
}

// IsColumn reports whether a result is, or is of, a row of a statement.
func IsColumn(r *Result) bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Kind == ColumnStep })
}

// WithoutMarks is a part of a result without the marks that tell it from those of other
// elements.
func WithoutMarks(r *Result) *Result {
	if !slices.ContainsFunc(r.Steps, isMade) {
		return r
	}
	return &Result{Call: r.Call, Steps: slices.DeleteFunc(slices.Clone(r.Steps), isMade)}
}

// AsElement writes t, a part of some element of a list, as the same part of the element
// elem; ok is false if they are not of one list.
func AsElement(elem, t Term) (as Term, ok bool) {
	have, steps, ok := sameRoot(elem, t)
	if !slices.ContainsFunc(have, isSub) {
		steps = ofWhole(steps) // an element of a part is one of the whole
	}
	n := len(have)
	if !ok || n == 0 || len(steps) < n || have[n-1].Kind != ElemStep || steps[n-1].Kind != ElemStep {
		return nil, false
	}
	if !slices.Equal(have[:n-1], steps[:n-1]) {
		return nil, false
	}
	return Select(elem, steps[n:]...), true
}

// ofWhole are the steps to an element of the whole list instead of a part of it.
func ofWhole(steps []Step) []Step {
	if !slices.ContainsFunc(steps, isSub) {
		return steps
	}
	return slices.DeleteFunc(slices.Clone(steps), isSub)
}

// isHead reports whether a step leads to a part of a list from its beginning.
func isHead(s Step) bool { return s.Kind == ElemStep && s.Index >= HeadTag && s.Index < RowTag }

// isSub reports whether a step leads to a part of a list.
func isSub(s Step) bool {
	tag := atHome(s.Index)
	return s.Kind == ElemStep && tag >= SubTag && tag < RowTag
}
