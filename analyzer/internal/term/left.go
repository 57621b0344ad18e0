package term

// What a function value leaves in the variables that it has captured is a result of the call
// that it is handed to, as what a function leaves in its out parameters is one of its own
// call. It is numbered by the argument that the value is, and by the place of the variable
// among those, counted from the last one.

// The numbers of such results.
const (
	firstLeft = 1000
	maxLeft   = 100 // variables of one function value
)

// ByCallee stands for the number of an argument where the function value is what is called,
// there and then: func() { err = check(id) }(). What it leaves are the last of its results.
const ByCallee = 9999

// Among is the term that a result of a call is among those that the function returned; ok is
// false if it is none of them.
func (x *Result) Among(results []Term) (t Term, ok bool) {
	if len(x.Steps) == 0 || x.Steps[0].Kind != ResultStep {
		return nil, false
	}
	i := x.Steps[0].Index
	if n := i - firstLeft; n/maxLeft == ByCallee {
		i = len(results) - n%maxLeft
	}
	if i < 0 || i >= len(results) {
		return nil, false
	}
	return SelectInside(results[i], x.Steps[1:]), true
}

// LeftStep is the result of a call that argument arg leaves, the receiver counted, in the
// variable at a place from the last one; ok is false if there are too many.
func LeftStep(arg, fromLast int) (s Step, ok bool) {
	return Step{Kind: ResultStep, Index: firstLeft + maxLeft*arg + fromLast}, fromLast < maxLeft
}

// LeftBy tells which argument has left a result, and in which variable; ok is false if it
// is a result of another kind, or one of the callee itself.
func LeftBy(r *Result) (arg, fromLast int, ok bool) {
	if len(r.Steps) == 0 || r.Steps[0].Kind != ResultStep || r.Steps[0].Index < firstLeft {
		return 0, 0, false
	}
	n := r.Steps[0].Index - firstLeft
	return n / maxLeft, n % maxLeft, n/maxLeft != ByCallee
}
