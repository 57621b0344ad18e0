package asifalone

import (
	"context"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

var power = flag.Int("asifalone.power", 0, "how many statements each wrong reading of policies has until it is caught; 0 tries none")

// A fault is a wrong reading of policies: what of them is not looked at, or taken for
// something else.
type fault struct {
	name string
	// read changes the policies of a table before it is decided whether they hold it, body what
	// they call, and held what comes out of that.
	read func(t *catalogue.Table)
	body func(f *schema.Function)
	held func(t *catalogue.Table)
}

// texts is a reading of the texts of policies.
func texts(change func(string) string) func(*catalogue.Table) {
	return func(t *catalogue.Table) {
		for _, p := range t.Security.Policies {
			p.Using, p.Check = change(p.Using), change(p.Check)
		}
	}
}

// without is a reading that some policies are missing from.
func without(is func(i int, p *schema.Policy) bool) func(*catalogue.Table) {
	return func(t *catalogue.Table) {
		var kept []*schema.Policy
		for i, p := range t.Security.Policies {
			if !is(i, p) {
				kept = append(kept, p)
			}
		}
		t.Security.Policies = kept
	}
}

func replacing(pattern, by string) func(string) string {
	re := regexp.MustCompile(pattern)
	return func(s string) string { return re.ReplaceAllString(s, by) }
}

// bodies is a reading of the bodies of functions.
func bodies(pattern, by string) func(*schema.Function) {
	change := replacing(pattern, by)
	return func(f *schema.Function) { f.Body = change(f.Body) }
}

var faults = []fault{
	{name: "WITH CHECK is not looked at", read: func(t *catalogue.Table) {
		for _, p := range t.Security.Policies {
			if p.Using != "" {
				p.Check = ""
			}
		}
	}},
	{name: "USING is not looked at beside WITH CHECK", read: func(t *catalogue.Table) {
		for _, p := range t.Security.Policies {
			if p.Check != "" {
				p.Using = p.Check
			}
		}
	}},
	{name: "restrictive policies are not looked at", read: without(func(_ int, p *schema.Policy) bool { return p.Restrictive })},
	{name: "only the first policy is looked at", read: without(func(i int, _ *schema.Policy) bool { return i > 0 })},
	{name: "policies for SELECT are not looked at", read: without(func(_ int, p *schema.Policy) bool { return p.Command == "SELECT" })},
	{name: "policies for INSERT are not looked at", read: without(func(_ int, p *schema.Policy) bool { return p.Command == "INSERT" })},
	{name: "policies for UPDATE are not looked at", read: without(func(_ int, p *schema.Policy) bool { return p.Command == "UPDATE" })},
	{name: "policies for DELETE are not looked at", read: without(func(_ int, p *schema.Policy) bool { return p.Command == "DELETE" })},
	{name: "policies for everybody are taken for those of a role", read: func(t *catalogue.Table) {
		for i, p := range t.Security.Policies {
			if i > 0 {
				p.Roles = []string{"somebody"}
			}
		}
	}},
	{name: "whether it is enabled is not looked at", read: func(t *catalogue.Table) {
		t.Security.Enabled = t.Security.Enabled || len(t.Security.Policies) > 0
	}},
	{name: "another variable is taken for the tenant's", read: texts(replacing(`app\.other`, "app.tenant"))},
	{name: "a value in the place of none is not looked at", read: texts(replacing(`(?i)COALESCE\(current_tenant\(\), [^()]*\)`, "current_tenant()"))},
	{name: "a comparison is taken for equality", read: texts(replacing(` (?:>=|<=|<>) (\(?NULLIF|current_|\(SELECT)`, " = $1"))},
	{name: "NOT is not looked at", read: texts(replacing(`\bNOT `, ""))},
	{name: "OR is taken for AND", read: texts(replacing(` OR `, " AND "))},
	{name: "what stands behind OR is not looked at", read: texts(replacing(`^([^()]* = \(?(?:NULLIF|current_).*?) OR .*`, "$1"))},
	{name: "NOT FALSE is taken for TRUE", read: texts(replacing(`IS NOT (?:FALSE|UNKNOWN)`, "IS TRUE"))},
	{name: "a default of true is taken for false", read: texts(replacing(`(COALESCE\(.*), true\)`, "$1, false)"))},
	{name: "ELSE is not looked at", read: texts(replacing(`(?s)CASE WHEN .*? THEN (.*?) ELSE .* END`, "$1"))},
	{name: "BETWEEN is taken for equality", read: texts(replacing(`BETWEEN (current_tenant\(\)) AND (?:'\w[\w-]*'::\w+|[^()]+(?:\(\))?)`, "= $1"))},
	{name: "arguments of a function are taken for each other", body: func(f *schema.Function) { slices.Reverse(f.Args) }},
	{name: "STRICT is not looked at", body: func(f *schema.Function) { f.Strict = false }},
	{name: "with whose rights a function asks is not looked at", body: func(f *schema.Function) { f.Definer = false }},
	{name: "IF in a function is not looked at", body: bodies(`IF .* END IF;`, "")},
	{name: "EXCEPTION in a function is not looked at", body: bodies(`EXCEPTION .* END`, "END")},
	{name: "types of arguments are not looked at", body: func(f *schema.Function) {
		if slices.Equal(f.Types, []string{"text"}) {
			f.Name = "another"
		}
	}},
	{name: "what a function calls beside is not looked at", body: bodies(`SELECT (?:x IS NOT NULL OR |NOT )says`, "SELECT says")},
	{name: "what references rest on is not told", held: func(t *catalogue.Table) { t.Held.Rests = nil }},
	{name: "whose a row of another table is that a policy asks for is not looked at", read: texts(replacing(`(?i)EXISTS \(SELECT 1 FROM "?\w+"? q WHERE [^()]*\)`, "true"))},
}

// TestPower reads policies wrongly in each of many ways, and demands that the campaign catches
// that within some statements.
//
//	go test ./analyzer/internal/oracle/asifalone -run TestPower -asifalone.power=5000 -timeout 60m
func TestPower(t *testing.T) {
	if *power == 0 {
		t.Skip("asked for by -asifalone.power")
	}
	s := server(t)
	all := seeds(t)
	for _, f := range faults {
		t.Run(strings.ReplaceAll(f.name, " ", "_"), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			c := &Campaign{Server: s, Prove: proof.Prove, Seeds: all, Seed: *seed, N: *power, DataSets: *dataSets, Only: *world, Policies: true}
			var wrong atomic.Int64
			c.Hold = func(cat *catalogue.Catalogue) { wrong.Add(int64(f.hold(cat))) }
			caught, tried := 0, 0
			c.Progress = func(sum *Tally) {
				if caught += len(sum.Cases); caught > 0 {
					cancel()
					return
				}
				tried = sum.Statements + sum.Refused
			}
			if _, err := c.Run(ctx); caught == 0 {
				assert.NoError(t, err)
			}
			t.Logf("after %d statements, %d tables read wrongly", tried, wrong.Load())
			if wrong.Load() == 0 && f.held == nil {
				t.Skip("not tried: no policy was drawn that it reads otherwise")
			}
			assert.Positive(t, caught, "not caught within %d statements", tried)
		})
	}
}

// hold decides which tables the policies of a catalogue hold, as the fault reads them, and
// tells of how many that is wrong.
func (f fault) hold(c *catalogue.Catalogue) (wrong int) {
	rls.Hold(c)
	truth := make([]string, len(c.Tables))
	for i, t := range c.Tables {
		truth[i], t.Held = heldText(t), nil
	}
	type kept struct {
		security schema.Security
		policies []schema.Policy
	}
	before := make([]kept, len(c.Tables))
	for i, t := range c.Tables {
		before[i].security = t.Security
		before[i].security.Policies = slices.Clone(t.Security.Policies)
		for _, p := range t.Security.Policies {
			before[i].policies = append(before[i].policies, *p)
		}
		if f.read != nil {
			f.read(t)
		}
	}
	functions := c.Diagram.Functions
	if f.body != nil {
		c.Diagram.Functions = nil
		for _, x := range functions {
			y := *x
			y.Args = slices.Clone(x.Args)
			f.body(&y)
			c.Diagram.Functions = append(c.Diagram.Functions, &y)
		}
	}
	rls.Hold(c)
	c.Diagram.Functions = functions
	for i, t := range c.Tables {
		t.Security = before[i].security
		for j, p := range t.Security.Policies {
			*p = before[i].policies[j]
		}
		if f.held != nil && t.Held != nil {
			f.held(t)
		}
		if heldText(t) != truth[i] {
			wrong++
		}
	}
	return wrong
}

// heldText is what the policies of a table make of it.
func heldText(t *catalogue.Table) string {
	if t.Held == nil {
		return ""
	}
	return fmt.Sprint(*t.Held)
}
