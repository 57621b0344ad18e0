package discover

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A source is looked for by what files are, not by how a project is laid out:
// whatever holds definitions of tables, in the folder where it is.

// source is a set of files that say one database.
type source struct {
	name     string
	files    []string // in the order in which they run
	packages []string
	dialect  dialect
	sqlc     bool
	numbered bool // migrations, not a dump
	aside    bool // under a folder of tests or examples
	problems []schema.Problem
	loose    bool // it changes tables of another source and defines none of a database
}

// finder collects the sources of a module. Texts are read once, whoever asks for
// them first: guessing a dialect and replaying look at the same files.
type finder struct {
	disk    disk
	names   *names
	texts   map[string]loaded
	queries map[string]bool // files that sqlc reads as queries
	claimed map[string]bool // files that a sqlc entry has as its schema
	unbound []sqlcEntry     // sqlc entries that name no schema
	sources []*source
	unread  []schema.Problem // of files that belong to no source
	planned map[string]bool  // folders whose files a plan orders
}

// newFinder makes a finder over a disk, which notes what it looks at.
func newFinder(d *index.Disk) *finder {
	return &finder{disk: disk{d}, names: newNames(), texts: map[string]loaded{}, queries: map[string]bool{}, claimed: map[string]bool{}, planned: map[string]bool{}}
}

// bind gives the database to a package as well, once.
func (s *source) bind(pkg string) {
	if pkg != "" && !slices.Contains(s.packages, pkg) {
		s.packages = append(s.packages, pkg)
	}
}

// up leaves out the files that run on the way down only. Files with both ways are
// cut when they are read.
func (f *finder) up(files []string) []string {
	return slices.DeleteFunc(files, func(name string) bool { return f.names.down.MatchString(path.Base(name)) })
}

// numbered tells that files are migrations: one number is enough.
func (f *finder) numbered(files []string) bool {
	for _, name := range files {
		if f.names.versionOf(name).numbered() {
			return true
		}
	}
	return false
}

// read is the text of a file, read once; "" if it cannot be read, which the
// error tells.
func (f *finder) read(name string) string {
	text, _ := f.load(name)
	return text
}

// load is the text of a file, or why it could not be read, the same each time.
func (f *finder) load(name string) (string, error) {
	if got, ok := f.texts[name]; ok {
		return got.text, got.err
	}
	data, err := f.disk.ReadText(name)
	text := ""
	if err == nil {
		text, err = decoded(data)
	}
	f.texts[name] = loaded{text, err}
	return text, err
}

// loaded is a file's text, or why it could not be read.
type loaded struct {
	text string
	err  error
}

// sqlc's configuration is the best source there is: it names the schema, the
// queries, and the package of the generated code that uses them.

// sqlcEntry is one database of a sqlc configuration, with paths relative to
// the module's root.
type sqlcEntry struct {
	config  string // the configuration's path
	line    int
	engine  string
	schema  []string
	queries []string
	pkg     string // directory of the Go package, "" if none is generated
}

// cause is an error's reason without the machine's path, which would make two
// machines disagree.
func cause(err error) string {
	text := err.Error()
	return strings.TrimSpace(text[strings.LastIndex(text, ": ")+1:])
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
