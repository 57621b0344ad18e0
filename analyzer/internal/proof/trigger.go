package proof

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// fills finds a trigger that stores something in a row before it is inserted,
// "" if there is none: anything at all, or the tenant column.
func (p *binder) fills(t *catalogue.Table, anything bool) string {
	for _, tr := range p.triggersOf(t, "INSERT") {
		if !tr.Before {
			continue
		}
		f := p.function(tr.Function)
		if anything || f != nil && storesColumn(f.Body, t.Column) {
			return tr.Function
		}
	}
	return ""
}

// triggersOf lists the triggers of a table that an event fires.
func (p *binder) triggersOf(t *catalogue.Table, event string) []*schema.Trigger {
	if p.cat.Diagram == nil {
		return nil
	}
	var out []*schema.Trigger
	for _, tr := range p.cat.Diagram.Triggers {
		if tr.Table != t.Name && tr.Table != qualified(t) {
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

// function finds a function of the schema by name, nil if there is none.
func (p *binder) function(name string) *schema.Function {
	if p.cat.Diagram == nil {
		return nil
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	for _, f := range p.cat.Diagram.Functions {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// storesColumn tells whether a body assigns NEW.column.
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
