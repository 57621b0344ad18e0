package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Reports know nothing of catalogues; these are the records between them.

// Records is the decision as the record that reports show; tables of several
// databases stand together, sorted by name. Where databases disagree about the
// tenant column all columns are named, and the confidence is that of the last.
func (d *Decision) Records() finding.Catalogue {
	var out finding.Catalogue
	var columns, whys []string
	for _, c := range d.Catalogues {
		out.Sources = append(out.Sources, source(c))
		if c.Column != "" && !slices.Contains(columns, c.Column) {
			columns = append(columns, c.Column)
			out.Confidence = c.Confidence.String()
		}
		if c.Why != "" && !slices.Contains(whys, c.Why) {
			whys = append(whys, c.Why)
		}
		for _, t := range c.Tables {
			out.Tables = append(out.Tables, finding.Table{
				Name: t.FullName(), Tenancy: t.Tenancy.String(), Column: t.Column, Why: t.Why + nobodys(t), Confidence: t.Confidence.String(),
				Undecided: t.Undecided, File: t.Table.File, Line: t.Table.Line,
			})
		}
	}
	out.Column, out.Why = strings.Join(columns, ", "), strings.Join(whys, "; ")
	slices.SortStableFunc(out.Tables, func(a, b finding.Table) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// nobodys says that rows of a table may have no tenant.
func nobodys(t *catalogue.Table) string {
	if t.Tenancy == catalogue.Owned && t.Table.Nullable(t.Column) {
		return ", which may be null"
	}
	return ""
}

// source says where a catalogue was read. A single file speaks for itself.
func source(c *catalogue.Catalogue) string {
	d := c.Diagram
	if len(d.Files) == 1 && d.Files[0] == d.Name {
		return d.Name
	}
	return fmt.Sprintf("%s (%s)", d.Name, count(len(d.Files), "file"))
}

// count is a number with its noun.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
