package driver

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

const usage = `tenantvet proves that every query of a Go program stays inside the caller's tenant.

usage:
  tenantvet [flags] [packages]                   all programs of the module; reports on the packages, by default ./...
  go vet -vettool=$(which tenantvet) ./...       the same errors, cached, under go vet

flags:
  -C DIR              run in DIR
  --format FORMAT     text (default), %s;
                      FORMAT=FILE writes to a file, and several may be given
  -o FILE             write the report to FILE
  --new-from REV      report only what is not there at the merge base with REV
  --baseline FILE     report only what the file does not hold; by default %s
                      at the root, if there is one; --no-baseline passes over it
  --max-unproven N    more than N unproven calls that are new fail, too
  --strict            warnings, unproven calls, unconfirmed assumptions, exemptions that
                      nothing needs, and a set-up that hides calls fail, too
  --fix               mend what can be mended where the caller's tenant is in reach; each fix is
                      analysed before it is written, and told on the standard error
  --all               list every call with its verdict
  -q                  print findings and the result alone, and no progress
  --tags LIST         build tags, as for go build
  --version           print the version

subcommands:
%s
exit codes: 0 clean, 1 errors, or nothing could be judged (with --strict also warnings, unproven calls, unconfirmed assumptions, a set-up that hides calls), 2 settings or loading failed
settings are read from %s, found upwards from the module; see tenantvet help settings
`

const initUsage = `usage: tenantvet init [-C DIR] [--tags LIST]

Writes %s at the root: the tenant column if it is sure, the tables that no tenant owns,
and the questions with their answers left open, for a person to review. A file that is
there is not touched.
`

const rlsUsage = `usage: tenantvet rls [-C DIR] [--format text|json]
       tenantvet rls --dsn DSN [-C DIR] [--format text|json]
       tenantvet rls --fix [-C DIR]

Shows what the migrations say of row-level security: for each table of a tenant whether it
is enabled and forced, the policies by which each command passes, and the rules that find a
gap; tenantvet explain RULE tells what is wrong and how to mend it. It needs no Go code that
compiles, and without --dsn looks at no running server.

With --dsn it reads the same from the catalogue of a running PostgreSQL, in one transaction
that is read-only, and tells in what the database differs from the migrations; then the exit
code is 1. DSN is a URL or a list of key=value; a password may stand in PGPASSWORD or
~/.pgpass instead, where no list of processes shows it. Connect as the application does: what
the role of the connection is let past, and which tables it owns, is told, too.

With --fix it writes a migration, in the form that the files of the folder have, which adds
what needs no thought: row-level security enabled and forced, a policy by the variable that
the others read, views that read as whoever asks.
`

const baselineUsage = `usage: tenantvet baseline write [-C DIR] [--baseline FILE] [--tags LIST] [--accept-new]

Writes what is found and unproven today into %s at the root of the project,
one entry a line, to be reviewed and committed; runs then report only what is new. A
file that is there only gets shorter: entries that name nothing any more are dropped,
notes, owners and categories are kept, and what is new stays out unless accepted.

  --accept-new   take in what is new, too

Categories, as category=NAME in an entry or after //tenantvet:allow: %s.
`

const explainUsage = `usage: tenantvet explain [WORD]

Says what a word of a report means: a rule, with code before and after; a verdict, an
excuse, an assumption, a reason for which a call is unproven, a category.
`

const whyUsage = `usage: tenantvet why [-C DIR] [--tags LIST] FILE:LINE

Shows all that is known of the calls on a line, or of those with a finding that stands
or passes there: the verdict, the statement, its proof relation by relation, what it
rests on, the path of each finding.
`

const schemaUsage = `usage: tenantvet schema [-C DIR] [-v] [--why TABLE] [--format text|json] [--write]

Shows the tables of the module's schema and whose they are: owned by a tenant, the
tenants themselves, children of owned tables, memberships, or shared.

  -v             also show the files, and the statements that could not be read
  --why TABLE    only this table, with all reasons
  --format       text (default) or json
  --write        write the committed catalogue, for hermetic builds: see docs/hermetic.md
`

const proveUsage = `usage: tenantvet prove [-C DIR] [--schema DIR] 'SELECT …'

Shows, relation by relation, how a statement is tied to a tenant: by which predicates,
under which assumptions, or what is missing. Without --schema the schema of the module.
`

const settingsUsage = `settings in %s, all optional:

%s
lists are YAML lists of names; a name alone is a list of one
`

// help prints what is known of a topic: a subcommand, or the settings, which are
// described by the table that also reads them.
func (c *command) help(args []string) int {
	topic := ""
	if len(args) > 0 {
		topic = args[0]
	}
	switch topic {
	case "", "help":
		fmt.Fprintf(c.stdout, usage, strings.TrimPrefix(report.FormatNames(), "text, "), baseline.Name, summaries(), config.Name)
	case "explain":
		io.WriteString(c.stdout, explainUsage+"\n"+topics())
	case "init":
		fmt.Fprintf(c.stdout, initUsage, config.Name)
	case "completion":
		io.WriteString(c.stdout, "usage: tenantvet completion bash|zsh|fish\n")
	case "why":
		io.WriteString(c.stdout, whyUsage)
	case "baseline":
		fmt.Fprintf(c.stdout, baselineUsage, baseline.Name, finding.CategoryNames())
	case "schema":
		io.WriteString(c.stdout, schemaUsage)
	case "rls":
		io.WriteString(c.stdout, rlsUsage)
	case "prove":
		io.WriteString(c.stdout, proveUsage)
	case "version":
		io.WriteString(c.stdout, "usage: tenantvet version\n")
	case "settings":
		fmt.Fprintf(c.stdout, settingsUsage, config.Name, config.Help())
	default:
		return c.fail(fmt.Errorf("no help on %q; topics are settings and the subcommands", topic))
	}
	return exitClean
}

// summaries lists the subcommands with a line each, in the order of their table.
func summaries() string {
	var b strings.Builder
	for _, s := range subcommands() {
		fmt.Fprintf(&b, "  %-18s  %s\n", s.name, s.summary)
	}
	return b.String()
}
