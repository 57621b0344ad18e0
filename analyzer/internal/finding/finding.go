// Package finding is what a run says: findings with their steps, calls with
// their verdicts, questions, and the rules that findings belong to.
//
// In goes what link decided; out comes a [Run], plain records that formats
// render without any analysis. The JSON form of a Run is the canonical
// document; every other format can be made from it.
//
// Terms. A *call* is a database call and has exactly one verdict. A *finding*
// belongs to a rule and has a tier. A *question* groups warnings that one line
// of settings answers. A *setup* message is about the module, not about a call.
//
// Invariant: all slices are sorted; no field holds a time, an absolute path or
// anything that depends on the order of a map, so two runs over the same module
// are byte-identical.
//
// It cannot see programs or statements, and decides nothing: verdict, rule and
// tier are chosen in one place, link's judge.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// Verdict is what is known of a call.
type Verdict string

// The verdicts, from best to worst.
const (
	Proved   Verdict = "proved"
	Excused  Verdict = "excused"
	Unproven Verdict = "unproven"
	Found    Verdict = "finding"
)

// verdictOrder lists the verdicts from best to worst.
var verdictOrder = [...]Verdict{Proved, Excused, Unproven, Found}

func (v Verdict) rank() int {
	for i, x := range verdictOrder {
		if x == v {
			return i
		}
	}
	return -1
}

// Worse reports whether v is worse than w.
func (v Verdict) Worse(w Verdict) bool { return v.rank() > w.rank() }

// Tier is how surely a finding is one.
type Tier string

// The tiers.
const (
	Error   Tier = "error"
	Warning Tier = "warning"
)

// Place is a range in a file, relative to the module's root.
type Place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
}

// Compare orders places by file, line and column.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Before reports whether p comes before q.
func (p Place) Before(q Place) bool { return p.Compare(q) < 0 }

// Step is one place on the way from the source of a value to the query.
type Step struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Finding is one diagnostic.
type Finding struct {
	Rule    string `json:"rule"`
	Tier    Tier   `json:"tier"`
	Checker string `json:"checker,omitempty"`
	Place
	Message     string `json:"message"`
	Table       string `json:"table"`
	ColumnName  string `json:"column_name"`
	Fingerprint string `json:"fingerprint"`
	Steps       []Step `json:"steps"`
	Text        string `json:"text"` // of the statement

	// Root is the fingerprint of the first of several findings that have one cause: one
	// check that is missing before many handlers, one statement that many come to.
	Root     string `json:"root,omitempty"`
	Known    bool   `json:"known,omitempty"`    // the baseline holds it
	Excluded string `json:"excluded,omitempty"` // the reason that the settings give
	Category string `json:"category,omitempty"` // that the baseline gives

	Statement string `json:"-"` // symbol of the function that runs the statement
	Function  string `json:"-"` // symbol of the function at the place
	Package   string `json:"-"` // import path of the package at the place
	TextHash  string `json:"-"` // of all texts that the statement may be
	Source    string `json:"-"` // the source of the value, where it is reported once for each
	Cause     string `json:"-"` // what repairs all findings that share it
}

// Shown reports whether a person is to act on the finding: it is neither known from
// before nor excluded.
func (f *Finding) Shown() bool { return !f.Known && f.Excluded == "" }

// SetupRule is the rule of what is wrong with the set-up, where drivers can show nothing
// but findings. No code repairs it.
const SetupRule = "setup"

// Diagnostic is the finding as the one line that drivers show which show no steps: with
// the places of its path, and the rule at its end.
func (f *Finding) Diagnostic() string {
	var places []string
	for _, s := range f.Steps {
		if at := s.File + ":" + strconv.Itoa(s.Line); len(places) == 0 || places[len(places)-1] != at {
			places = append(places, at)
		}
	}
	text := f.Message
	if f.Rule == SetupRule {
		return text
	}
	if len(places) > 1 {
		text += " [" + strings.Join(places, " → ") + "]"
	}
	return text + " (" + f.Rule + ")"
}

// Identity is what a fingerprint is made of: no program and no line, so that it
// outlives an edit elsewhere in the file.
type Identity struct {
	Rule, Table, Column string
	Statement           string // the function of the statement
	Function            string // the function of the position
	Text                string // a hash of the statement's text: another statement is another finding
	Ordinal             int    // among findings that are otherwise the same
}

// closureNumber is how a symbol names the closures of a function, in their order.
var closureNumber = regexp.MustCompile(`\$\d+`)

// Plain is the identity without the numbers of closures, which another closure in the
// same function shifts.
func (i Identity) Plain() Identity {
	i.Statement = closureNumber.ReplaceAllString(i.Statement, "$$")
	i.Function = closureNumber.ReplaceAllString(i.Function, "$$")
	return i
}

// Fingerprint is the stable name of a finding.
func (i Identity) Fingerprint() string {
	parts := []string{i.Rule, i.Table, i.Column, i.Statement, i.Function, i.Text, strconv.Itoa(i.Ordinal)}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
