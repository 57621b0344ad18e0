package driver

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/discover"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// The subcommand prove shows the proof alone, without Go code: to learn what
// counts, to try a repair, and to report a mistake of the tool with three lines
// of SQL.

// prove explains the proof of one statement, given as an argument or, for "-",
// on the standard input. A statement that is not tied ends with exit code 1.
func (c *command) prove(args []string) int {
	fs := flag.NewFlagSet("prove", flag.ContinueOnError)
	dir := fs.String("C", ".", "")
	folder := fs.String("schema", "", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) != 1 {
		return c.fail(errors.New("tenantvet prove takes one statement, in quotes, or - to read it"))
	}
	text, err := c.statement(rest[0])
	if err != nil {
		return c.fail(err)
	}
	stmt, err := sqlparse.Parse(text, sqltree.Postgres)
	if err != nil {
		return c.fail(fmt.Errorf("the statement does not parse: %w", err))
	}
	cats, err := cataloguesOf(*dir, *folder)
	if err != nil {
		return c.fail(err)
	}
	// Nothing of owned tables in it is fine, too; that is no proof, and no gap.
	cat, result := best(stmt, cats)
	var b strings.Builder
	err = proof.Explain(&b, stmt, cat, result)
	if err == nil {
		_, err = io.WriteString(c.stdout, plain.Lines(b.String()))
	}
	if err != nil {
		return c.fail(err)
	}
	if len(result.Unproven) > 0 || len(result.Alternatives) == 0 && len(result.Relations) > 0 {
		return exitFound
	}
	return exitClean
}

// statement is the text to prove: the argument, or for "-" what stands on the
// standard input, as for long statements and for editors.
func (c *command) statement(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	data, err := io.ReadAll(c.stdin)
	if err != nil {
		return "", fmt.Errorf("reading the statement: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

// cataloguesOf are those of a folder of schema files, or of the project. A folder
// is taken without settings: whoever names one wants to try a statement, not a
// program.
func cataloguesOf(dir, folder string) ([]*catalogue.Catalogue, error) {
	if folder == "" {
		d, err := decided(dir)
		if err != nil {
			return nil, err
		}
		return found(d.Catalogues, "the module")
	}
	diagrams, err := discover.Load(folder, nil)
	if err == nil && len(diagrams) == 0 {
		diagrams, err = anyFiles(folder)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the schema in %s: %w", folder, err)
	}
	return found(catalogue.Decide(diagrams, config.Settings{}), folder)
}

// anyFiles reads all SQL files of a folder, whatever they are named.
func anyFiles(folder string) ([]*schema.Diagram, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil || len(files) == 0 {
		return nil, err
	}
	return discover.Load(folder, []string{"*.sql"})
}

// found refuses to prove against nothing; where says in the error what was looked
// through.
func found(cats []*catalogue.Catalogue, where string) ([]*catalogue.Catalogue, error) {
	if len(cats) == 0 {
		return nil, fmt.Errorf("no schema in %s; name a folder of migrations with --schema", where)
	}
	return cats, nil
}

// best proves the statement against each database and takes the first that
// knows its tables.
func best(stmt sqltree.Statement, cats []*catalogue.Catalogue) (*catalogue.Catalogue, *proof.Result) {
	first := proof.Prove(stmt, cats[0])
	if len(first.Unproven) > 0 {
		for _, cat := range cats[1:] {
			if r := proof.Prove(stmt, cat); len(r.Unproven) == 0 {
				return cat, r
			}
		}
	}
	return cats[0], first
}
