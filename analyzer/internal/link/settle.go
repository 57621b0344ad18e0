package link

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// minStatements is how many statements it takes to contradict a catalogue.
const minStatements = 20

// settle looks at the program as a whole: is the catalogue plausible, is there a
// trusted tenant at all?
func (p *program) settle(r *Report) {
	p.contradicted(r)
	p.sourceless(r)
	p.problems(r)
}

// contradicted withholds findings where hardly any statement binds the column
// that was decided: then the decision is wrong, not the program.
func (p *program) contradicted(r *Report) {
	for _, c := range p.cats {
		owned, bound := p.binding(c)
		if owned < minStatements || bound*100 >= owned*15 {
			continue
		}
		p.withhold(r, "tenant column contradicted")
		p.setup(r, fmt.Sprintf("guess contradicted: only %d of %d statements on tables of a %s bind %s; name the right one as tenant_column in .tenantvet.yml",
			bound, owned, nounOf(c), c.Column))
	}
}

// binding counts the live statements on owned tables of a catalogue, and those
// that compare the tenant column with a value.
func (p *program) binding(c *catalogue.Catalogue) (owned, bound int) {
	seen := map[*stmt]bool{}
	for _, f := range p.order {
		for i := range f.Runs {
			for _, s := range p.statements(f, &f.Runs[i]).list {
				if s.cat != c || seen[s] || s.broken != "" || len(s.proof.Relations) == 0 {
					continue
				}
				seen[s] = true
				owned++
				if bindsTenant(s) {
					bound++
				}
			}
		}
	}
	return owned, bound
}

func bindsTenant(s *stmt) bool {
	for i := range s.proof.Relations {
		if g := s.proof.Relations[i].Gap; g != nil && g.Partial {
			return true
		}
		if r := &s.proof.Relations[i]; r.Table.Tenancy == catalogue.Child && len(r.Alternatives) > 0 {
			return true // the owning key is what a child has for a tenant
		}
		for _, a := range s.proof.Relations[i].Alternatives {
			for _, n := range a.Needs {
				if n.Kind == proof.Tenant {
					return true
				}
			}
		}
	}
	return false
}

// withhold turns findings into unproven calls.
func (p *program) withhold(r *Report, reason string) {
	for i := range r.Calls {
		if c := &r.Calls[i]; c.Verdict == finding.Found {
			c.Verdict, c.Reason, c.Problems = finding.Unproven, reason, nil
		}
	}
	r.Findings = nil
}

// sourceless asks one question instead of a flood where no part of the program
// knows a tenant or a user of its caller: then its API may take the tenant as
// an argument by design.
func (p *program) sourceless(r *Report) {
	if p.trusted > 0 || p.knowsCaller() {
		return
	}
	q := finding.Question{
		Text:    "nothing in the program knows the caller's tenant; are its callers trusted to name it?",
		Setting: "tenant_source: request",
	}
	for i := range r.Calls {
		c := &r.Calls[i]
		if len(c.Problems) == 0 || !onlyRule(c.Problems, finding.RequestTenant) {
			continue
		}
		q.Calls++
		c.Verdict, c.Reason, c.Problems = finding.Unproven, "tenant from the request", nil
	}
	if q.Calls > 0 {
		r.Questions = append(r.Questions, q)
	}
}

func onlyRule(list []finding.Finding, rule string) bool {
	for i := range list {
		if list[i].Rule != rule {
			return false
		}
	}
	return true
}

// knowsCaller tells whether anything puts a tenant or a user into a context.
func (p *program) knowsCaller() bool {
	for key := range p.puts {
		if _, ok := p.trustedKey(key); ok {
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
			q = &finding.Question{Checker: f.Checker, Setting: answerTo(f.Checker)}
			byChecker[f.Checker] = q
		}
		q.Findings = append(q.Findings, f.Fingerprint)
	}
	out := make([]finding.Question, 0, len(byChecker))
	for _, name := range slices.Sorted(maps.Keys(byChecker)) {
		q := byChecker[name]
		q.Calls = waiting(calls, q.Findings)
		q.Text = fmt.Sprintf("%s %d calls wait for the answer", questionOn(name), q.Calls)
		out = append(out, *q)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Calls > out[j].Calls })
	return out
}

// questionOn is what a person is asked about a checker, or about a staff test.
func questionOn(checker string) string {
	if word, ok := strings.CutPrefix(checker, staffMark); ok {
		return fmt.Sprintf("may a caller who is %s see every tenant?", short(word))
	}
	return fmt.Sprintf("does %s decide access to what it is given?", short(checker))
}

// answerTo is the line of the settings that says yes.
func answerTo(checker string) string {
	if word, ok := strings.CutPrefix(checker, staffMark); ok {
		return "staff: [" + word + "]"
	}
	return "checkers: [" + checker + "]"
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
