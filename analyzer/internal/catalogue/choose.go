package catalogue

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// choose settles the tenant column, its root, and the second level. Without a
// winner there is still a catalogue: its tables are shared, and why says what a
// person would have to name.
func (d *decision) choose() {
	for _, c := range d.candidates {
		d.cat.Candidates = append(d.cat.Candidates, c.public())
	}
	if d.settings.TenantColumn != "" {
		d.chooseDeclared()
	} else if len(d.candidates) > 0 {
		d.winner = d.candidates[0]
		d.climb()
	} else if d.winner = d.ofUser(); d.winner != nil {
		d.cat.Candidates = append(d.cat.Candidates, d.winner.public())
	}
	if d.winner == nil {
		d.cat.Why = d.whyNone()
		return
	}
	d.cat.Column, d.cat.Root = d.winner.name(), d.winner.root
	d.cat.OfUsers = d.winner.people && d.winner.root == d.cat.Principal && d.winner.class == trust.Unlisted
	// Ids of other systems matter only where they look like the tenant's.
	d.alien = map[*Table]string{}
	for _, a := range d.aliens {
		if a.named == d.winner.root {
			d.alien[a.table] = a.column
		}
	}
	d.chooseSecond()
	d.judge()
}

// chooseDeclared follows the setting tenant_column: the candidate of that name,
// or the tables that have the column whatever else they look like.
func (d *decision) chooseDeclared() {
	want := trust.Norm(d.settings.TenantColumn)
	if d.winner = d.candidateOf(want); d.winner != nil {
		d.winner.take(d, want)
		return
	}
	noun, _ := d.words.ColumnNoun(d.settings.TenantColumn)
	g := &candidate{noun: noun, columns: map[*Table]*member{}, root: d.tableOf(noun, "")}
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if trust.Norm(c.Name) != want || t == g.root || t.PartitionOf != "" {
				continue
			}
			e := t.edgeOf(c.Name)
			if e != nil && g.root == nil {
				g.root = e.To
			}
			g.columns[t] = &member{column: c.Name, bare: naming.Bare(c.Name, d.columns[t]), edge: e, exact: true}
		}
	}
	if len(g.columns) == 0 {
		d.missing = append(d.missing, absent{"tenant_column", d.settings.TenantColumn})
		return
	}
	// The root may have a column of that name, for its parent.
	delete(g.columns, g.root)
	d.winner = g
}

// candidateOf is the candidate in which most tables have the column, nil if none has.
func (d *decision) candidateOf(want string) *candidate {
	var best *candidate
	most := 0
	for _, c := range d.candidates {
		n := 0
		for _, m := range c.columns {
			if trust.Norm(m.column) == want {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}

// take adds the tables that have the column by name and stand elsewhere: one name
// means one thing, whether a foreign key says so or not.
func (g *candidate) take(d *decision, want string) {
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if trust.Norm(c.Name) == want && t != g.root && t.PartitionOf == "" && g.columns[t] == nil {
				g.columns[t] = &member{column: c.Name, bare: naming.Bare(c.Name, d.columns[t]), edge: t.edgeTo(c.Name, g.root), exact: true}
			}
		}
	}
}

// climb goes from a winner to what contains it: the root of a project carries the
// organization, and it is organizations that users belong to. Most tables may name
// the project all the same, so the score alone would stop too low.
func (d *decision) climb() {
	seen := map[*candidate]bool{}
	for !seen[d.winner] {
		seen[d.winner] = true
		for _, up := range d.candidates {
			if d.encloses(up, d.winner) && !d.encloses(d.winner, up) && up.class < trust.Unlisted &&
				(up.people || !d.winner.people && len(up.columns) > 1) && !(up.class > trust.Surely && d.winner.class == trust.Surely && d.winner.people) {
				d.winner = up
				break
			}
		}
	}
}

// encloses tells that things of low belong to things of up: low's root has
// up's column.
func (d *decision) encloses(up, low *candidate) bool {
	return up != low && low.root != nil && up.columns[low.root] != nil
}

// chooseSecond takes the level below the tenant that most tables name. It is
// required in a proof only if the settings name it: many statements bind the first
// level alone, on purpose.
func (d *decision) chooseSecond() {
	want := trust.Norm(d.settings.SecondLevel)
	for _, c := range d.all {
		if want != "" && trust.Norm(c.name()) == want {
			d.second = c
			break
		}
		wide := len(c.columns) >= 3 && 100*len(c.columns) >= 15*d.size
		if want == "" && c != d.winner && c.class < trust.Unlisted && wide && d.encloses(d.winner, c) {
			d.second = c
			break
		}
	}
	if d.second != nil {
		d.cat.Level2, d.cat.Level2Required = d.second.name(), want != ""
	} else if want != "" {
		d.missing = append(d.missing, absent{"second_level", d.settings.SecondLevel})
	}
}

// judge settles how trust.Surely the tenant column stands, and says why. Low confidence
// withholds findings, so doubt is stated in the sentence that a person reads, with
// the setting that ends it.
func (d *decision) judge() {
	w, c := d.winner, d.cat
	if d.settings.TenantColumn != "" {
		c.Confidence, c.Why = High, fmt.Sprintf("%s is the tenant column by the settings: %s", c.Column, tables(len(w.columns)))
		return
	}
	rival := d.rival()
	if rival != nil {
		c.Confidence = Low
		c.Why = fmt.Sprintf("tenant column unclear: %s or %s: name the right one as tenant_column in .tenantvet.yml", w, rival)
		return
	}
	n := len(w.columns)
	below, names := d.levels()
	wide := n+below >= 5 || n > 1 && 5*n >= d.size
	c.Why = fmt.Sprintf("%s, %s of %d%s%s", c.Column, tables(n), d.size, names, d.rootPhrase())
	if c.OfUsers {
		c.Why = "nothing looks like an organization, so the user is the tenant: " + c.Why
	}
	if wide && d.firm() {
		c.Confidence = High
		return
	}
	c.Why += "; not sure: " + d.doubt(wide) + ": name the right one as tenant_column in .tenantvet.yml"
}

// levels counts the tables that belong to the winner by a level below it: where
// few tables but projects name the organization, the others name the project.
func (d *decision) levels() (n int, phrase string) {
	var names []string
	for _, c := range d.candidates {
		if !d.encloses(d.winner, c) || d.encloses(c, d.winner) {
			continue
		}
		added := 0
		for t := range c.columns {
			if d.winner.columns[t] == nil && t != d.winner.root {
				added++
			}
		}
		if added > 0 {
			names = append(names, fmt.Sprintf("%d by %s", added, c.name()))
		}
		n += added
	}
	if n == 0 {
		return 0, ""
	}
	return n, " (" + strings.Join(names, ", ") + ")"
}

// rootPhrase says which table the tenants are in. None is common where another
// service keeps them, and is no reason for doubt by itself.
func (d *decision) rootPhrase() string {
	if d.winner.root == nil {
		return ", no table of tenants in the schema"
	}
	return ", root " + d.winner.root.FullName()
}

// doubt is the reason why the winner is not sure, for the sentence that a
// program without settings prints once.
func (d *decision) doubt(wide bool) string {
	if !wide {
		return "few tables have it"
	}
	return "no foreign key backs it"
}

// firm tells that the schema backs the winner: foreign keys to its root, or a name
// that means a tenant, with users that belong to its table, on columns that are
// NOT NULL, or in most tables. A name alone, however telling, is not enough.
func (d *decision) firm() bool {
	declared, notNull := 0, 0
	for t, m := range d.winner.columns {
		if m.edge != nil && !m.edge.Inferred {
			declared++
		}
		if c := t.Table.Column(m.column); c != nil && c.NotNull {
			notNull++
		}
	}
	w, n := d.winner, len(d.winner.columns)
	if d.cat.OfUsers && w.root != nil {
		return true // [decision.ofUser] has asked for more
	}
	return declared > 0 && w.root != nil ||
		w.class == trust.Surely && (5*notNull >= 4*n || w.people && w.root != nil || n >= 5 && 2*n >= d.size)
}

// rival is the best candidate that is neither above nor below the winner, has
// no owner in it, and comes near its score; nil if there is none.
func (d *decision) rival() *candidate {
	for _, c := range d.candidates {
		if c == d.winner || d.encloses(c, d.winner) || d.encloses(d.winner, c) || d.below(c) || d.together(c) {
			continue
		}
		if c.score >= 0.6*d.winner.score {
			return c
		}
	}
	return nil
}

// below tells that the root of a candidate is reached from the winner over edges,
// so that it is a thing that tenants own. Edges by way of the users do not count:
// they lead everywhere.
func (d *decision) below(c *candidate) bool {
	seen := map[*Table]bool{}
	var reach func(t *Table) bool
	reach = func(t *Table) bool {
		if t == nil || seen[t] {
			return false
		}
		seen[t] = true
		if d.winner.columns[t] != nil || t == d.winner.root {
			return true
		}
		for _, e := range t.Edges {
			if e.To != d.cat.Principal && e.notNull() && reach(e.To) {
				return true
			}
		}
		return false
	}
	return reach(c.root)
}

// together tells that a candidate without a root stands beside the winner in
// nearly all its tables: a finer level, not another tenant.
func (d *decision) together(c *candidate) bool {
	both := 0
	for t := range c.columns {
		if d.winner.columns[t] != nil {
			both++
		}
	}
	return c.root == nil && len(c.columns) < len(d.winner.columns) && 10*both >= 8*len(c.columns)
}

// whyNone says what a schema without a tenant looks like.
func (d *decision) whyNone() string {
	users := 0
	for _, t := range d.cat.Tables {
		for _, c := range t.Columns {
			if d.userColumn(t, c.Name) {
				users++
				break
			}
		}
	}
	switch {
	case len(d.cat.Tables) == 0:
		return "no tables were found"
	case users > 0:
		return fmt.Sprintf("no tenant column: rows belong to users (%s), not to tenants; name the column under tenant_column: if there is one", tables(users))
	}
	return "no tenant column: no column name or foreign key says tenant, organization, workspace or the like; name it under tenant_column:"
}
