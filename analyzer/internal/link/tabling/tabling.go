// Package tabling keeps the questions of a search that asks itself, so that each answer that is
// remembered is supported by something else than itself.
package tabling

import "math"

// Tabling keeps the questions that are being decided. A question that is asked
// while it is open does not hold: nothing supports itself. What was decided while
// it leaned on an open question further out is true only as long as that one is
// open, so it must not be remembered: the memo of answers is sound because an
// answer enters it only when the outermost question that it leaned on is itself
// (Tarjan's condition for the root of a strongly connected component, as in the
// tabling of logic programs).
type Tabling struct {
	open   map[string]int // the depth of each open question
	keys   []string       // by depth
	lowest int            // the outermost open question that was asked again
}

// Question is an open question.
type Question struct {
	key   string
	depth int
}

// Opened is what it takes to end a question.
type Opened struct {
	Question
	above int // lowest before it was asked
}

// New gives a table without questions.
func New() *Tabling { return &Tabling{open: map[string]int{}, lowest: math.MaxInt} }

// LeansOn reports whether a question is open, and then notes that whoever asks
// leans on it.
func (t *Tabling) LeansOn(key string) bool {
	depth, open := t.open[key]
	if open {
		t.lowest = min(t.lowest, depth)
	}
	return open
}

// LeansOnOpen is leansOn for a question at the depth that it had.
func (t *Tabling) LeansOnOpen(q Question) bool {
	depth, open := t.open[q.key]
	return open && depth == q.depth && t.LeansOn(q.key)
}

// Begin opens a question.
func (t *Tabling) Begin(key string) Opened {
	o := Opened{Question{key, len(t.keys)}, t.lowest}
	t.push(key)
	t.lowest = math.MaxInt
	return o
}

func (t *Tabling) push(key string) {
	t.open[key] = len(t.keys)
	t.keys = append(t.keys, key)
}

func (t *Tabling) pop() {
	last := len(t.keys) - 1
	delete(t.open, t.keys[last])
	t.keys = t.keys[:last]
}

// Leader is the outermost question that the one which is open leaned on, nil if it
// leaned on none further out.
func (t *Tabling) Leader(o Opened) *Question {
	if t.lowest >= o.depth {
		return nil
	}
	return &Question{t.keys[t.lowest], t.lowest}
}

// End closes a question. It reports whether its answer may be remembered.
func (t *Tabling) End(o Opened) bool {
	complete := t.lowest >= o.depth
	t.pop()
	if complete {
		t.lowest = o.above
	} else {
		t.lowest = min(t.lowest, o.above)
	}
	return complete
}

// Hold opens a question that has no memo of its own; the result closes it.
func (t *Tabling) Hold(key string) func() {
	t.push(key)
	return t.pop
}

// Provisional keeps answers that leaned on an open question: each serves whoever asks the same
// while the outermost of those, the leader, is still open. That one asks all of them, so nothing
// is lost to it; without them a cycle of questions is walked along every path. An answer leaves
// out what only questions that have ended since would have added: it is less than could be
// known, never more.
type Provisional[V any] map[string]provision[V]

type provision[V any] struct {
	answer V
	leader Question
}

// Answer is what was found when a question of t was asked before under a leader that is still
// open; whoever takes it leans on the leader.
func (p Provisional[V]) Answer(t *Tabling, key string) (answer V, ok bool) {
	found, ok := p[key]
	if !ok {
		return answer, false
	}
	if !t.LeansOnOpen(found.leader) {
		delete(p, key)
		return answer, false
	}
	return found.answer, true
}

// End closes a question of t that was answered. It reports whether the answer may be
// remembered; otherwise it is kept for as long as it serves.
func (p Provisional[V]) End(t *Tabling, o Opened, answer V) bool {
	if leader := t.Leader(o); leader != nil {
		p[o.key] = provision[V]{answer, *leader}
	}
	return t.End(o)
}
