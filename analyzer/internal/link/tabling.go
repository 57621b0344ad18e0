package link

import "math"

// tabling keeps the questions that are being decided. A question that is asked
// while it is open does not hold: nothing supports itself. What was decided while
// it leaned on an open question further out is true only as long as that one is
// open, so it must not be remembered: the memo of answers is sound because an
// answer enters it only when the outermost question that it leaned on is itself
// (Tarjan's condition for the root of a strongly connected component, as in the
// tabling of logic programs).
type tabling struct {
	open   map[string]int // the depth of each open question
	keys   []string       // by depth
	lowest int            // the outermost open question that was asked again
}

// question is an open question.
type question struct {
	key   string
	depth int
}

// opened is what it takes to end a question.
type opened struct {
	question
	above int // lowest before it was asked
}

func newTabling() *tabling { return &tabling{open: map[string]int{}, lowest: math.MaxInt} }

// leansOn reports whether a question is open, and then notes that whoever asks
// leans on it.
func (t *tabling) leansOn(key string) bool {
	depth, open := t.open[key]
	if open {
		t.lowest = min(t.lowest, depth)
	}
	return open
}

// leansOnOpen is leansOn for a question at the depth that it had.
func (t *tabling) leansOnOpen(q question) bool {
	depth, open := t.open[q.key]
	return open && depth == q.depth && t.leansOn(q.key)
}

// begin opens a question.
func (t *tabling) begin(key string) opened {
	o := opened{question{key, len(t.keys)}, t.lowest}
	t.push(key)
	t.lowest = math.MaxInt
	return o
}

func (t *tabling) push(key string) {
	t.open[key] = len(t.keys)
	t.keys = append(t.keys, key)
}

func (t *tabling) pop() {
	last := len(t.keys) - 1
	delete(t.open, t.keys[last])
	t.keys = t.keys[:last]
}

// leader is the outermost question that the one which is open leaned on, nil if it
// leaned on none further out.
func (t *tabling) leader(o opened) *question {
	if t.lowest >= o.depth {
		return nil
	}
	return &question{t.keys[t.lowest], t.lowest}
}

// end closes a question. It reports whether its answer may be remembered.
func (t *tabling) end(o opened) bool {
	complete := t.lowest >= o.depth
	t.pop()
	if complete {
		t.lowest = o.above
	} else {
		t.lowest = min(t.lowest, o.above)
	}
	return complete
}

// hold opens a question that has no memo of its own; the result closes it.
func (t *tabling) hold(key string) func() {
	t.push(key)
	return t.pop
}
