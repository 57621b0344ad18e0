package report

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// Settings writes a settings file of what was decided, to be reviewed: the tenant column
// if it is sure, the tables that no tenant owns, and the questions with their answers left
// open. The error is that of the writer.
func Settings(w io.Writer, run *finding.Run) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	c := &run.Catalogue
	line("# Written by `tenantvet init` from what was decided. Each line is for a person to")
	line("# review; `tenantvet help settings` tells all keys.")
	line("")
	line("# %s", comment(c.Why))
	switch {
	case c.Column == "" || strings.Contains(c.Column, ","):
		line("# tenant_column: ")
	case c.Confidence == "high":
		line("tenant_column: %s", scalar(c.Column))
	default:
		line("# Not sure; take the mark away if it is right.")
		line("# tenant_column: %s", scalar(c.Column))
	}
	settingsTables(line, c.Tables)
	settingsQuestions(line, run)
	return written(w, b.String())
}

// settingsTables lists the tables: what a tenant owns as a comment, what nobody owns as a
// setting.
func settingsTables(line func(string, ...any), tables []finding.Table) {
	names := map[string][]string{}
	var shared, undecided []finding.Table
	for _, t := range tables {
		switch {
		case t.Undecided != "":
			undecided = append(undecided, t)
		case t.Tenancy == "shared":
			shared = append(shared, t)
		default:
			names[t.Tenancy] = append(names[t.Tenancy], t.Name)
		}
	}
	line("")
	for _, tenancy := range tenancyOrder {
		if len(names[tenancy]) > 0 {
			line("# %s: %s", tenancy, comment(strings.Join(names[tenancy], ", ")))
		}
	}
	if len(undecided) > 0 {
		line("")
		line("# Undecided: calls on these are unproven until somebody says whose they are.")
		for _, t := range undecided {
			line("#   %s: %s", comment(t.Name), comment(t.Undecided))
		}
	}
	line("")
	line("# Tables that no tenant owns. A new one is asked for: rule undecided-table.")
	line("ask_new_tables: true")
	if len(shared) == 0 {
		return
	}
	line("shared:")
	for _, t := range shared {
		line("  - %s  # %s", scalar(t.Name), comment(t.Why))
	}
}

// settingsQuestions lists what a person may answer, as comments.
func settingsQuestions(line func(string, ...any), run *finding.Run) {
	if len(run.Questions)+len(run.Summary.Unconfirmed) == 0 {
		return
	}
	line("")
	line("# Questions. To say yes take the mark away; several answers to one key are one list.")
	for _, q := range run.Questions {
		line("#   %s", comment(q.Text))
		if q.Setting != "" {
			line("# %s", comment(q.Setting))
		}
	}
	if len(run.Summary.Unconfirmed) > 0 {
		line("#   Proofs rest on these; list those that hold.")
		line("# assumes:")
		for _, p := range run.Summary.Unconfirmed {
			line("#   - %s  # %s", scalar(p.Text), amount(p.Calls, "call"))
		}
	}
}

// scalar is a text as YAML has it on one line.
func scalar(s string) string {
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsAny(s, "\n\r") {
		node.Style = yaml.DoubleQuotedStyle
	}
	data, err := yaml.Marshal(&node)
	if err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(string(data))
}

// comment is a text that stays within its comment.
func comment(s string) string { return plain.Line(s) }
