package project

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/link"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// What people have said of findings: settings exclude some and weigh others, the baseline
// knows some, a directive allows calls. All drivers heed them alike.

// readBaseline reads the baseline at the root, nil if there is none. The error is one of
// the file.
func (p *Project) readBaseline() (*baseline.Baseline, error) {
	return ReadBaseline(filepath.Join(p.Root, baseline.Name), baseline.Name)
}

// ReadBaseline reads a baseline, nil if there is no such file; shown is how the report
// names it.
func ReadBaseline(file, shown string) (*baseline.Baseline, error) {
	data, err := index.ReadRegular(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	b, err := baseline.Read(shown, string(data))
	if wrong := (*baseline.Error)(nil); errors.As(err, &wrong) {
		return nil, &config.Error{File: file, Line: wrong.Line, Message: wrong.Message}
	}
	return b, err
}

// unknownRules is the error of settings that name a rule that there is not.
func unknownRules(s *config.Settings) error {
	var names []string
	for _, r := range finding.Rules() {
		names = append(names, r.Name)
	}
	var all []error
	check := func(key, rule string, line int) {
		if rule == "" || slices.Contains(names, rule) {
			return
		}
		text := fmt.Sprintf("%s: no rule %q", key, rule)
		if meant := config.Nearest(rule, names); meant != "" {
			text += fmt.Sprintf(", did you mean %q?", meant)
		}
		all = append(all, &config.Error{File: s.File, Line: line, Message: text})
	}
	for _, x := range s.Exclude {
		check("exclude", x.Rule, x.Line)
	}
	for _, r := range slices.Sorted(maps.Keys(s.Severity)) {
		check("severity", r, s.Line("severity", r))
	}
	return errors.Join(all...)
}

// heed applies what people have said to a run, and counts.
func (d *Decision) heed(run *finding.Run) {
	for i := range run.Findings {
		f := &run.Findings[i]
		for _, x := range d.Settings.Exclude {
			if f.Excluded == "" && x.Holds(f.File, f.Rule) {
				f.Excluded = x.Reason
			}
		}
		switch w := d.Settings.Severity[f.Rule]; w.To {
		case config.Off:
			f.Excluded = f.Rule + " is off: " + w.Reason
		case config.AsWarning:
			f.Tier = finding.Warning
		case config.AsError:
			f.Tier = finding.Error
		}
	}
	for i := range run.Calls {
		c := &run.Calls[i]
		if words, ok := strings.CutPrefix(c.Reason, finding.Allowed+": "); ok {
			if name, _ := finding.CategoryIn(words); finding.CategoryOf(name) != nil {
				c.Category = name
			}
		}
	}
	if d.Baseline != nil {
		d.Baseline.Mark(run)
	}
	run.Count()
}

// idleDirectives are the directives without which nothing else would have been said in
// any program: the call is gone, proved by now, or was never meant. Only a driver that
// links all programs can tell.
func idleDirectives(programs []Program, reports []*link.Report) []finding.Setup {
	heeded := map[finding.Setup]bool{}
	for i, r := range reports {
		for _, d := range r.Directives {
			s := finding.Setup{File: d.File, Line: d.Line, Idle: true, Message: "tenantvet:allow is not needed: without it nothing would be said here"}
			heeded[s] = heeded[s] || d.Heeded || programs[i].clausedAt(d)
		}
	}
	var out []finding.Setup
	for s, used := range heeded {
		if !used {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b finding.Setup) int {
		return finding.Place{File: a.File, Line: a.Line}.Compare(finding.Place{File: b.File, Line: b.Line})
	})
	return out
}

// clausedAt reports whether a directive is the one at the program's package clause: it
// speaks of the program as a whole.
func (x *Program) clausedAt(d link.Directive) bool {
	return d.File == x.Clause.File && d.Line <= x.Clause.Line && x.allows()
}

// idleExclusions are the entries of exclude: that take nothing out.
func (d *Decision) idleExclusions(p *Project, run *finding.Run) []finding.Setup {
	var out []finding.Setup
	for _, x := range d.Settings.Exclude {
		if !slices.ContainsFunc(run.Findings, func(f finding.Finding) bool { return x.Holds(f.File, f.Rule) }) {
			out = append(out, finding.Setup{File: p.Rel(d.Settings.File), Line: x.Line, Idle: true, Message: "exclude: no finding is excluded by this entry"})
		}
	}
	return out
}

// idle says what people said of findings that are no more: directives, entries of
// exclude:, entries of the baseline. It is for who has linked all programs.
func (d *Decision) idle(p *Project, run *finding.Run, directives []finding.Setup) []finding.Setup {
	out := append(directives, d.idleExclusions(p, run)...)
	if d.Baseline == nil {
		return out
	}
	for _, e := range d.Baseline.Gone(run) {
		out = append(out, finding.Setup{File: d.Baseline.File, Line: e.Line, Idle: true,
			Message: fmt.Sprintf("%s at %s is gone or another by now; `tenantvet baseline write` drops the entry", e.Rule, e.Place)})
	}
	return out
}

// undecidedTables are the tables that belong to no tenant and that no person has named,
// where the settings ask for them, or a baseline has recorded those of its day.
func (d *Decision) undecidedTables() []finding.Finding {
	if !d.Settings.AskNewTables && (d.Baseline == nil || !d.Baseline.Tables) {
		return nil
	}
	var out []finding.Finding
	for _, c := range d.Catalogues {
		for _, t := range c.Tables {
			named := slices.ContainsFunc(slices.Concat(d.Settings.Shared, d.Settings.Public), func(name string) bool {
				return strings.EqualFold(name, t.FullName()) || strings.EqualFold(name, t.Name)
			})
			if t.Tenancy != catalogue.Shared || t == c.Principal || named {
				continue
			}
			name := t.FullName()
			id := finding.Identity{Rule: finding.UndecidedTable, Table: name}
			out = append(out, finding.Finding{
				Rule: finding.UndecidedTable, Tier: finding.Error, Place: finding.Place{File: t.Table.File, Line: t.Table.Line, Column: 1},
				Table: name, Fingerprint: id.Fingerprint(),
				Message: fmt.Sprintf("%s: it belongs to no tenant (%s), and nobody has said that this is right; name it under shared: in %s, or give it %s%s",
					name, t.Why, config.Name, ownColumn(c), looksOwned(t)),
			})
		}
	}
	return out
}

// ownColumn is what a table of a tenant has.
func ownColumn(c *catalogue.Catalogue) string {
	if c.Column == "" {
		return "the tenant's column"
	}
	return c.Column
}

// looksOwned names what speaks for an owner: columns that could refer to a table of a
// tenant and have no foreign key.
func looksOwned(t *catalogue.Table) string {
	var loose []string
	for _, col := range t.Columns {
		if !strings.HasSuffix(col.Name, "_id") {
			continue
		}
		bound := slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return slices.Contains(k.Columns, col.Name) })
		if !bound {
			text := col.Name + " has no foreign key"
			if !col.NotNull {
				text += " and may be null"
			}
			loose = append(loose, text)
		}
	}
	if len(loose) == 0 {
		return ""
	}
	return " (" + strings.Join(loose, "; ") + ")"
}
