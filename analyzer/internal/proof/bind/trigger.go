package bind

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Fills finds a trigger that stores something in a row before it is inserted,
// "" if there is none: anything at all, or the tenant column.
func (p *Binder) Fills(t *catalogue.Table, anything bool) string {
	for _, tr := range p.TriggersOf(t, "INSERT") {
		if !tr.Before {
			continue
		}
		f := p.Function(tr.Function)
		if anything || f != nil && storesColumn(f.Body, t.Column) {
			return tr.Function
		}
	}
	return ""
}

// TriggersOf lists the triggers of a table that an event fires.
func (p *Binder) TriggersOf(t *catalogue.Table, event string) []*schema.Trigger {
	if p.Cat.Diagram == nil {
		return nil
	}
	var out []*schema.Trigger
	for _, tr := range p.Cat.Diagram.Triggers {
		if tr.Table != t.Name && tr.Table != formula.Qualified(t) {
			continue
		}
		for _, e := range tr.Events {
			if e == event {
				out = append(out, tr)
			}
		}
	}
	return out
}

// Function finds a function of the schema by name, nil if there is none.
func (p *Binder) Function(name string) *schema.Function {
	if p.Cat.Diagram == nil {
		return nil
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	for _, f := range p.Cat.Diagram.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// storesColumn reports whether a body assigns NEW.column.
func storesColumn(body, column string) bool {
	body = strings.ToLower(body)
	target := "new." + column
	for {
		i := strings.Index(body, target)
		if i < 0 || column == "" {
			return false
		}
		body = body[i+len(target):]
		rest := strings.TrimLeft(body, " \t\r\n\"")
		if strings.HasPrefix(rest, ":=") || strings.HasPrefix(rest, "=") && assignsHere(rest) {
			return true
		}
	}
}

// assignsHere tells `NEW.c = x;` from a comparison: the statement ends before a THEN.
func assignsHere(rest string) bool {
	end := strings.IndexByte(rest, ';')
	return end > 0 && !strings.Contains(rest[:end], "then")
}
