package link

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/lost"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// minStatements is how many statements it takes to contradict a catalogue.
const minStatements = 20

// checkProgram looks at the program as a whole: is the catalogue plausible, is there a
// trusted tenant at all?
func (p *verdict) checkProgram(r *Report) {
	p.contradicted(r)
	p.secured(r)
	r.Findings = append(r.Findings, p.settings.Findings()...)
	p.sourceless(r)
	p.problems(r)
	r.Enforcers = p.stmts.Enforcers()
}

// secured withholds what is said of tables whose policies are not understood, or leave a gap
// that a rule rls-… tells of, where the program gives the session what they read: nothing is
// proved by them, but they are a check that is not understood, and nobody is accused past
// one. A program that never sets the variable is held by no policy that reads it, and what
// is said of it stands.
func (p *verdict) secured(r *Report) {
	tables := p.settings.Secured()
	for i := range r.Calls {
		c := &r.Calls[i]
		if c.Verdict != finding.Found || len(tables) == 0 {
			continue
		}
		c.Problems = slices.DeleteFunc(c.Problems, func(f finding.Finding) bool { return tables[f.Table] })
		if len(c.Problems) == 0 {
			c.Verdict, c.Reason = finding.Unproven, finding.RowSecurity+": its policies are not understood, or leave a gap"
		}
	}
}

// contradicted withholds findings where hardly any statement binds the column
// that was decided: then the decision is wrong, not the program.
func (p *verdict) contradicted(r *Report) {
	for _, c := range p.stmts.Cats {
		owned, bound := p.privacy.Binding(c)
		if owned < minStatements || bound*100 >= owned*15 {
			continue
		}
		p.withhold(r, finding.Contradicted)
		p.setup(r, fmt.Sprintf("guess contradicted: only %d of %d statements on tables of a %s bind %s; name the right one as tenant_column in .tenantvet.yml",
			bound, owned, nounOf(c), c.Column))
	}
}

// withhold turns findings into unproven calls.
func (p *verdict) withhold(r *Report, reason string) {
	for i := range r.Calls {
		if c := &r.Calls[i]; c.Verdict == finding.Found {
			c.Verdict, c.Reason, c.Problems = finding.Unproven, reason, nil
		}
	}
	r.Findings = nil
}

// sourceless asks one question instead of a flood where no part of the program
// knows a tenant or a user of its caller, and requests name the tenant: then its API
// may take the tenant as an argument by design, or nobody is to be told apart. What is
// found beside that accuses nobody.
func (p *verdict) sourceless(r *Report) {
	if p.solver.Trusted > 0 || p.knowsCaller() {
		return
	}
	q := finding.Question{
		Text:    "nothing in the program knows the caller's tenant; are its callers trusted to name it?",
		Setting: "tenant_source: request",
	}
	named := func(f finding.Finding) bool { return f.Rule == finding.RequestTenant }
	for i := range r.Calls {
		c := &r.Calls[i]
		if len(c.Problems) > 0 && !slices.ContainsFunc(c.Problems, func(f finding.Finding) bool { return !named(f) }) {
			q.Calls++
			c.Verdict, c.Reason, c.Problems = finding.Unproven, "tenant from the request", nil
		}
	}
	if q.Calls == 0 {
		return
	}
	r.Questions = append(r.Questions, q)
	for i := range r.Calls {
		for k := range r.Calls[i].Problems {
			r.Calls[i].Problems[k].Tier = finding.Warning
		}
	}
}

// knowsCaller reports whether anything puts a tenant or a user into a context.
func (p *verdict) knowsCaller() bool {
	for key := range p.graph.Puts {
		if _, ok := p.access.TrustedKey(key); ok {
			return true
		}
	}
	return false
}

// checkerQuestions groups the warnings that wait for an answer about a checker.
func checkerQuestions(calls []finding.Call, findings []finding.Finding) []finding.Question {
	byChecker := map[string]*finding.Question{}
	for i := range findings {
		f := &findings[i]
		if f.Checker == "" {
			continue
		}
		q := byChecker[f.Checker]
		if q == nil {
			q = &finding.Question{Checker: f.Checker, Setting: answerTo(f.Checker), File: f.File, Line: f.Line}
			byChecker[f.Checker] = q
		}
		q.Findings = append(q.Findings, f.Fingerprint)
	}
	out := make([]finding.Question, 0, len(byChecker))
	for _, name := range slices.Sorted(maps.Keys(byChecker)) {
		q := byChecker[name]
		q.Calls = waiting(calls, q.Findings)
		q.Text = questionOn(name) + " " + waitFor(q.Calls)
		out = append(out, *q)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Calls > out[j].Calls })
	return out
}

// questionOn is what a person is asked about a checker, or about a staff test.
func questionOn(checker string) string {
	switch word, ok := strings.CutPrefix(checker, obligation.StaffMark); {
	case ok && strings.Contains(word, "."):
		return fmt.Sprintf("may a caller whom %s lets through see every tenant?", unit.Short(word))
	case ok:
		return fmt.Sprintf("may a caller who is %s see every tenant?", word)
	}
	return fmt.Sprintf("does %s decide access to what it is given?", unit.Short(checker))
}

// answerTo is the line of the settings that says yes.
func answerTo(checker string) string {
	if word, ok := strings.CutPrefix(checker, obligation.StaffMark); ok {
		return "staff: [" + word + "]"
	}
	return "checkers: [" + checker + "]"
}

// waitFor says how many calls wait.
func waitFor(n int) string {
	if n == 1 {
		return "1 call waits for the answer"
	}
	return fmt.Sprintf("%d calls wait for the answer", n)
}

func waiting(calls []finding.Call, fingerprints []string) int {
	n := 0
	for i := range calls {
		for _, f := range calls[i].Findings {
			if contained(fingerprints, f) {
				n++
				break
			}
		}
	}
	return n
}

func contained(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// setup adds what makes the result of the whole program hollow. It has no place:
// who reads the program's files knows its package clause.
func (p *verdict) setup(r *Report, message string) {
	r.Setup = append(r.Setup, finding.Setup{Message: message, Hollow: true})
}

// problems says what was wrong with the packages, once a package and kind: what
// does not type-check for one reason often does not for two hundred. What is not
// compiled may hide calls, or ways to them, so each makes the result hollow.
func (p *verdict) problems(r *Report) {
	for _, u := range p.graph.Units {
		var order []string
		count, first := map[string]int{}, map[string]finding.Setup{}
		for _, x := range u.Problems {
			if count[x.Kind]++; count[x.Kind] > 1 {
				continue
			}
			order = append(order, x.Kind)
			at := callgraph.Place(&callgraph.Function{Unit: u}, x.Site)
			first[x.Kind] = finding.Setup{File: at.File, Line: at.Line, Message: x.Kind + ": " + x.Message, Hollow: p.hides(x)}
		}
		for _, kind := range order {
			s := first[kind]
			if more := count[kind] - 1; more > 0 {
				s.Message += fmt.Sprintf(" (and %d more in package %s)", more, unit.Short(u.Path))
			}
			r.Setup = append(r.Setup, s)
		}
	}
}

// hides reports whether a problem may hide calls, or ways to them. A function over a budget
// that has its operations hides nothing else: its own calls are unproven.
func (p *verdict) hides(x unit.Problem) bool {
	if x.Kind != "budget" {
		return true
	}
	why, symbol, _ := strings.Cut(x.Message, ": ")
	f := p.graph.Function(symbol)
	return lost.Skips(why) || f == nil || len(f.Runs) > 0
}
