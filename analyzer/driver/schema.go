package driver

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/live"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// schema prints the catalogue: what every verdict rests on, and what a person
// corrects first. It needs no Go code that compiles.
func (c *command) schema(args []string) int {
	fs := flag.NewFlagSet("schema", flag.ContinueOnError)
	dir := fs.String("C", ".", "")
	format := fs.String("format", "text", "")
	var o report.SchemaOptions
	fs.BoolVar(&o.Verbose, "v", false, "")
	fs.StringVar(&o.Why, "why", "", "")
	write := fs.Bool("write", false, "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) > 0 {
		return c.fail(fmt.Errorf("unexpected argument %q; tenantvet schema takes none", rest[0]))
	}
	if *format != "text" && *format != "json" {
		return c.fail(fmt.Errorf("--format is text or json, not %q", *format))
	}
	if err := isFolder(*dir); err != nil {
		return c.fail(err)
	}
	if *write {
		return c.writeCatalogue(*dir)
	}
	o.JSON = *format == "json"
	d, err := decided(*dir)
	if err != nil {
		return c.fail(err)
	}
	if err := report.Schema(c.stdout, d.Catalogues, o); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// writeCatalogue writes the file that stands for the schema files in hermetic builds.
func (c *command) writeCatalogue(dir string) int {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return c.fail(err)
	}
	file, data, err := p.Catalogue()
	if err != nil {
		return c.fail(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return c.fail(fmt.Errorf("writing the catalogue: %w", err))
	}
	fmt.Fprintf(c.stdout, "%s is written; name it under catalogue: in %s\n", p.Rel(file), config.Name)
	return exitClean
}

// decided is the decision of the project of dir. It is always made anew: who asks
// for it may just have edited it.
func decided(dir string) (*project.Decision, error) {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	return p.Decide()
}

// rls prints the second wall, table by table.
func (c *command) rls(args []string) int {
	fs := flag.NewFlagSet("rls", flag.ContinueOnError)
	dir := fs.String("C", ".", "")
	format := fs.String("format", "text", "")
	fix := fs.Bool("fix", false, "")
	dsn := fs.String("dsn", "", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) > 0 {
		return c.fail(fmt.Errorf("unexpected argument %q; tenantvet rls takes none", rest[0]))
	}
	if *format != "text" && *format != "json" {
		return c.fail(fmt.Errorf("--format is text or json, not %q", *format))
	}
	if err := isFolder(*dir); err != nil {
		return c.fail(err)
	}
	if *fix && *dsn != "" {
		return c.fail(errors.New("--fix writes migrations, and --dsn only looks; one of them"))
	}
	p, err := project.Find(*dir, os.Getenv)
	if err != nil {
		return c.fail(err)
	}
	d, err := p.Decide()
	if err != nil {
		return c.fail(err)
	}
	switch {
	case *fix:
		return c.fixSecurity(p, d)
	case *dsn != "":
		return c.liveSecurity(p, d, *dsn, *format == "json")
	}
	if err := report.Security(c.stdout, d.Catalogues, *format == "json"); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// fixSecurity writes migrations that add what is missing of the second wall.
func (c *command) fixSecurity(p *project.Project, d *project.Decision) int {
	written := 0
	once, _ := rls.Once(d.Catalogues)
	for _, cat := range once {
		files := cat.Diagram.Files
		if len(files) == 0 {
			continue
		}
		last := files[len(files)-1]
		text, err := index.ReadRegular(filepath.Join(p.Root, last))
		if err != nil {
			return c.fail(fmt.Errorf("reading the last migration: %w", err))
		}
		for _, f := range rls.FixOf(cat).Files([]schema.Text{{File: last, Text: string(text)}}) {
			out, err := os.OpenFile(filepath.Join(p.Root, f.Path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err == nil {
				_, err = out.WriteString(f.Text)
				err = errors.Join(err, out.Close())
			}
			if err != nil {
				return c.fail(fmt.Errorf("writing the migration: %w", err))
			}
			fmt.Fprintf(c.stdout, "%s is written; read it before it runs\n", f.Path)
			written++
		}
	}
	if written == 0 {
		fmt.Fprintln(c.stdout, "nothing is written: no table of a tenant lacks what can be added, or no policy says by which variable")
	}
	return exitClean
}

// liveSecurity prints the second wall as a running database has it, beside the migrations.
// It exits with 1 where they differ.
func (c *command) liveSecurity(p *project.Project, d *project.Decision, dsn string, asJSON bool) int {
	db, err := live.Read(context.Background(), dsn)
	if err != nil {
		return c.fail(err)
	}
	database := p.DecideOn(d.Settings, schema.Replay(db.Name, []schema.Text{db.Text}))
	out := &report.LiveDatabase{
		Name: db.Name, Version: db.Version, Role: db.Role.Name, Past: db.Role.Past(), Owns: ownTables(database, db.Role.Owns),
		Tables: append([]rls.Overview{}, rls.Tables(database)...), Findings: report.GapsOf(rls.Check(database)),
		Differences: []rls.Difference{}, Catalogue: database,
	}
	if files := nearest(d.Catalogues, database); files != nil {
		out.Migrations = files.Diagram.Name
		out.Differences = append(out.Differences, rls.Differences(files, database, db.Owners)...)
	}
	if err := report.Live(c.stdout, out, asJSON); err != nil {
		return c.fail(err)
	}
	if len(out.Differences) > 0 {
		return exitFound
	}
	return exitClean
}

// ownTables are those of some tables that a tenant owns.
func ownTables(c *catalogue.Catalogue, names []string) []string {
	out := []string{}
	for _, o := range rls.Tables(c) {
		if slices.Contains(names, o.Table) {
			out = append(out, o.Table)
		}
	}
	return out
}

// nearest is the catalogue of the migrations that has most tables of a database, nil if none
// has one.
func nearest(list []*catalogue.Catalogue, database *catalogue.Catalogue) *catalogue.Catalogue {
	var best *catalogue.Catalogue
	most := 0
	for _, c := range list {
		n := 0
		for _, t := range c.Tables {
			if database.Diagram.Find(t.FullName()) != nil {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}
