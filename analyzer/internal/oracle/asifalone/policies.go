package asifalone

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/policies"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/session"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
)

// Under policies a world has an owner of its own, who is no superuser, and an application's
// role, which runs the statements in a transaction that was given the viewer's tenant. What
// is held against the server are the alternatives that policies take part in: the others
// are the other campaign's.

// roles makes the roles of all worlds.
func (c *Campaign) roles(ctx context.Context) error {
	conn, err := c.Server.Database(ctx, "asifalone_roles")
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, role := range []string{policies.Owner, policies.App, policies.Reporting} {
		sql := "DO $$ BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
		if err := pgserver.Run(ctx, conn, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// role is who runs the statements, nil for whoever loads the data.
func (c *Campaign) role() *session.Role {
	if !c.Policies {
		return nil
	}
	return &session.Role{Name: policies.App, Owner: policies.Owner, Variable: policies.Variable, Other: policies.Other}
}

// secured opens a world, with the policies that were drawn for it and that the server takes.
func (w *worker) secured(ctx context.Context, r *rand.Rand, ddl string, settings catalogue.Settings) (*worlds.World, error) {
	world, err := w.open(ctx, ddl, settings)
	if err != nil || !w.Policies {
		return world, err
	}
	var taken strings.Builder
	for _, s := range strings.SplitAfter(policies.Draw(r, world), ";\n") {
		if pgserver.Run(ctx, w.sides[0].Conn, s) == nil {
			taken.WriteString(s)
		}
	}
	if world, err = w.open(ctx, ddl+"\n"+taken.String(), settings); err != nil {
		return nil, err
	}
	if w.Hold != nil {
		w.Hold(world.Cat)
	} else {
		rls.Hold(world.Cat)
	}
	world.Cat = world.Cat.UnderPolicies()
	return world, nil
}

// underPolicies leaves of a proof the alternatives that policies take part in.
func underPolicies(result *proof.Result, world *worlds.World, sql string) *proof.Result {
	out := *result
	tables := make([]*catalogue.Table, len(result.Relations))
	for i := range result.Relations {
		tables[i] = result.Relations[i].Table
	}
	past := rls.BypassOf(world.Cat.Diagram).Takes(tables, sql) || slices.ContainsFunc(tables, looksElsewhere)
	out.Alternatives = slices.DeleteFunc(slices.Clone(result.Alternatives), func(a proof.Alternative) bool {
		return past || slices.ContainsFunc(tables, func(t *catalogue.Table) bool { return !assumes(a, t) }) || a.Excuse != proof.NoExcuse || !slices.ContainsFunc(a.Needs, isSetting) || slices.ContainsFunc(a.Needs, ofStranger)
	})
	return &out
}

// assumes reports whether an alternative assumes all that the policies of a table rest on:
// they take part also where a filter ties the row.
func assumes(a proof.Alternative, t *catalogue.Table) bool {
	return t.Held == nil || !slices.ContainsFunc(t.Held.Rests, func(e *catalogue.Edge) bool {
		return !slices.ContainsFunc(a.Assumes, func(x proof.Assumption) bool {
			return x.Kind == proof.Ref && x.Table == e.From.FullName() && slices.Equal(x.Columns, e.Columns)
		})
	})
}

// looksElsewhere tells a table whose policies do not hold it: they may take rows away by what
// they find of other tenants', which no statement can help.
func looksElsewhere(t *catalogue.Table) bool { return t.Security.Enabled && t.Held == nil }

// ofStranger tells the need of a variable that the session gives to somebody else.
func ofStranger(n proof.Need) bool { return isSetting(n) && n.Column != policies.Variable }

func isSetting(n proof.Need) bool { return n.Kind == proof.Setting }

// meaning adds what the other bind values were meant to be: where a statement filters, too,
// anything else shows no row.
func meaning(needs, meant []proof.Need) []proof.Need {
	out := slices.Clone(needs)
	for _, m := range meant {
		if !slices.ContainsFunc(needs, func(n proof.Need) bool { return n.Hole == m.Hole }) {
			out = append(out, m)
		}
	}
	return out
}

// bound are the needs that bind values answer for.
func bound(needs []proof.Need) []proof.Need {
	return slices.DeleteFunc(slices.Clone(needs), isSetting)
}
