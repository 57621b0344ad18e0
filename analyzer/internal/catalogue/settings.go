package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Settings correct a decision in a line. They are followed to the letter, and
// what they name is looked for as a person would write it.

// Settings are what a person corrects; see package config.
type Settings = config.Settings

// named finds the table of a setting: as it is written, or by its name without
// regard to case and separators.
func (g *graph) named(name string) *Table {
	schemaName, table, ok := strings.Cut(name, ".")
	if !ok {
		schemaName, table = "", name
	}
	if t := g.cat.Lookup(schemaName, table); t != nil {
		return t
	}
	var found []*Table
	for _, t := range g.cat.Tables {
		if trust.Norm(t.FullName()) == trust.Norm(name) || trust.Norm(t.Name) == trust.Norm(name) {
			found = append(found, t)
		}
	}
	return sole(found)
}

// declared tells that a list of the settings names a table. It looks names up and
// does not compare texts, so a list may spell a table with or without its schema.
func (g *graph) declared(list []string, t *Table) bool {
	return slices.ContainsFunc(list, func(name string) bool { return g.named(name) == t })
}

// said is where the settings say something, for a reason. The line is that of the
// name, so that a person who disagrees is one click away.
func (g *graph) said(key string, t *Table) string {
	file := g.settings.File
	if file == "" {
		file = "the settings"
	}
	for _, name := range []string{t.FullName(), t.Name} {
		if line := g.settings.Line(key, name); line > 0 {
			return fmt.Sprintf("%s under %s in %s:%d", "named", key, file, line)
		}
	}
	return fmt.Sprintf("named under %s in %s", key, file)
}

// settingAt is the line of the settings that gives the key this value.
func settingAt(s Settings, key, value string) schema.Position {
	return schema.Position{File: s.File, Line: s.Line(key, value)}
}

// note records something that a person should look at, and where.
func (g *graph) note(at schema.Position, format string, args ...any) {
	g.cat.Notes = append(g.cat.Notes, schema.Note{Position: at, Message: fmt.Sprintf(format, args...)})
}

// checkSettings notes tables that the settings name and the schema lacks. They may
// be in another database of the module, so whether it is worth a word is decided
// over all of them.
func (g *graph) checkSettings() {
	for _, list := range []struct {
		key   string
		names []string
	}{
		{"members", g.settings.Members}, {"shared", g.settings.Shared},
		{"public", g.settings.Public}, {"shares_null", g.settings.SharesNull},
	} {
		for _, name := range list.names {
			if g.named(name) == nil {
				g.missing = append(g.missing, absent{list.key, name})
			}
		}
	}
}
