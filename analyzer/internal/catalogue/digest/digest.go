// Package digest identifies what a catalogue has decided, as far as a proof can see it.
//
// In goes a catalogue, out comes a hash: not of files, comments or reasons, so that a
// migration that changes nothing changes nothing.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// Of is the digest of a catalogue.
func Of(c *catalogue.Catalogue) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %d %q\n", c.Column, c.Level2, c.Confidence, c.Diagram.Packages)
	for _, t := range []*catalogue.Table{c.Root, c.Principal} {
		if t != nil {
			fmt.Fprintf(h, "%q", t.FullName())
		}
		fmt.Fprintln(h)
	}
	for _, t := range c.Tables {
		table(h, t)
	}
	for _, v := range c.Diagram.Views {
		fmt.Fprintf(h, "view %q %q %q %v %v %q\n", v.Schema, v.Name, v.Query, v.Materialized, v.Invoker, v.OwnedBy)
	}
	for _, f := range c.Diagram.Functions {
		fmt.Fprintf(h, "function %q %q %q %q %q %v %v %q %q %q %+v\n", f.Language, f.Was, f.Schema, f.Name, f.Args, f.Definer, f.Aggregate, f.Body, f.OwnedBy, f.Sets, f.Signature)
	}
	for _, t := range c.Diagram.Triggers {
		fmt.Fprintf(h, "trigger %q %q %v %q %q\n", t.Table, t.Function, t.Before, t.Events, t.When)
	}
	for _, x := range c.Diagram.Domains {
		fmt.Fprintf(h, "domain %q %q\n", x.Name, x.Text)
	}
	fmt.Fprintf(h, "casts %q\n", c.Diagram.Casts)
	for _, r := range c.Diagram.Rules {
		fmt.Fprintf(h, "rule %q %q\n", r.Table, r.Event)
	}
	for _, r := range c.Diagram.Roles {
		fmt.Fprintf(h, "role %q %v %v\n", r.Name, r.Bypass, r.Superuser)
	}
	for _, x := range c.Diagram.Defaults {
		fmt.Fprintf(h, "default %q %q %q %q\n", x.Role, x.Database, x.Name, x.Value)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// table writes what a proof can see of a table. Reasons are left out, and so
// are positions: both change without changing any proof.
func table(w io.Writer, t *catalogue.Table) {
	fmt.Fprintf(w, "table %q %d %q %q %q %v %v %d %q %q %v\n", t.FullName(), t.Tenancy, t.Column, t.Level2, t.User, t.Public, t.SharesNull, t.Confidence, t.PartitionOf, t.Undecided, t.Unsure)
	fmt.Fprintf(w, " secured %v %v\n", t.Security.Enabled, t.Security.Forced)
	for _, p := range t.Security.Policies {
		fmt.Fprintf(w, " policy %q %v %q %q %q %q\n", p.Name, p.Restrictive, p.Command, p.Roles, p.Using, p.Check)
	}
	if t.Held != nil {
		fmt.Fprintf(w, " held %q %v %q %q\n", t.Held.Setting, t.Held.Owner, t.Held.Past, t.Held.Refers)
	}
	for _, c := range t.Columns {
		fmt.Fprintf(w, " %q %q %v %q %v %v %q %q\n", c.Name, c.Type, c.NotNull, c.Default, c.Identity, c.Generated, c.Computed, c.Domain)
	}
	for _, c := range t.Checks {
		fmt.Fprintf(w, " check %q %v %q\n", c.NonZero, c.NotValid, c.Text)
	}
	for _, x := range t.Indexes {
		fmt.Fprintf(w, " index %q\n", x.Text)
	}
	fmt.Fprintf(w, " parted %q\n", t.PartitionBy)
	for _, f := range t.ForeignKeys {
		fmt.Fprintf(w, " key of %q %q %q %q %d %d\n", f.Columns, f.RefSchema, f.RefTable, f.RefColumns, f.OnDelete, f.OnUpdate)
	}
	for _, e := range t.Edges {
		owns := e == t.Owner || strings.Contains(ownerList(t), label(e))
		fmt.Fprintf(w, " %s %v %v %v\n", label(e), e.Inferred, e.SameTenant, owns)
	}
	fmt.Fprintf(w, " tokens %q named %q users %q\n", t.Tokens, t.Named, t.Users)
	for _, keys := range [][]*schema.Key{t.Keys, t.Unique, t.SoftUnique, t.Secrets} {
		for _, k := range keys {
			fmt.Fprintf(w, " key %q %q %v %v %q %v\n", k.Name, k.Columns, k.Primary, k.Expressions, k.Where, k.NullsNotDistinct)
		}
		fmt.Fprintln(w)
	}
}

// label names an edge by its columns.
func label(e *catalogue.Edge) string {
	return fmt.Sprintf("%q -> %q %q", e.Columns, e.To.FullName(), e.RefColumns)
}

// ownerList are the labels of an exclusive arc.
func ownerList(t *catalogue.Table) string {
	var b strings.Builder
	for _, e := range t.Owners {
		b.WriteString(label(e) + "\n")
	}
	return b.String()
}
