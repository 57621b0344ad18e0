// Package config finds, reads and hashes the settings of a module: the few
// lines by which a person corrects what tenantvet decides by itself.
//
// In goes a directory; out come [Settings], or an [Error] with file and line
// for everything that is wrong with them. Reading is strict: a key that is not
// known, or a value of another form, is an error and never ignored, because a
// misspelt `shared:` would otherwise silence or flood without a word.
//
// Invariant: settings that mean the same have the same [Settings.Digest];
// comments, order of keys and layout do not count.
//
// It cannot see whether a table that a setting names exists; the catalogue does.
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Name is the name of the settings file.
const Name = ".tenantvet.yml"

// The values of tenant_source.
const (
	FromContext = "context" // the program knows the tenant of its caller
	FromRequest = "request" // the caller names the tenant, and may: it is trusted
)

// RLSRequired is the value of rls that asks for row-level security beside the filter.
const RLSRequired = "required"

// Settings are the settings of one module; zero values say nothing.
type Settings struct {
	File string // the file that they were read from, "" if there is none

	TenantColumn string   // the column that names the tenant
	SecondLevel  string   // the column of the level below it
	TenantSource string   // FromContext, FromRequest or ""
	Principal    string   // the table of the authenticated users
	Members      []string // tables that join principals to tenants
	Shared       []string // tables that no tenant owns
	Public       []string // tables whose rows every tenant may read
	SharesNull   []string // tables whose rows without a tenant are for everybody
	Checkers     []string // functions that decide access, as pkg/path.F or pkg/path.(*T).M
	Staff        []string // words of tests of the caller behind which every tenant may be seen
	Schema       []string // globs of schema files and migrations
	Catalogue    string   // a file that stands for the schema files, "" for none
	RLS          string   // RLSRequired or ""
	Roots        []string // packages that are linked although they are no programs
	Warnings     bool     // print warnings under go vet and golangci-lint, too

	AskNewTables bool // a table that comes out shared is a finding until it is named

	Exclude  []Exclusion       // findings that are not reported
	Severity map[string]Weight // by rule

	Assumes   []string // soft premises that a person confirms, as the report prints them
	WordsFile string   // a file that changes the words by which things are told

	lines map[string]int // "key" and "key value" -> line
	words *trust.Words   // nil for the built-in ones
	text  string         // of the words file
}

// Line is the line of the file that gives the key this value, that of the key
// where the value has none, 0 if the file gives neither. Messages about a table
// that a setting names point there.
func (s *Settings) Line(key, value string) int {
	if line, ok := s.lines[key+" "+value]; ok {
		return line
	}
	return s.lines[key]
}

// Words are the words by which things are told, with what the words file changes.
func (s *Settings) Words() *trust.Words {
	if s.words == nil {
		return trust.Builtin()
	}
	return s.words
}

// Digest identifies what the settings say: two files with the same meaning have
// the same one. It goes over the table of keys, so that a key that is added
// counts.
func (s *Settings) Digest() string {
	var b strings.Builder
	for _, f := range fields {
		switch p := f.of(s).(type) {
		case *string:
			fmt.Fprintf(&b, "%s %q\n", f.key, *p)
		case *[]string:
			fmt.Fprintf(&b, "%s %q\n", f.key, *p)
		case *bool:
			fmt.Fprintf(&b, "%s %v\n", f.key, *p)
		case *[]Exclusion:
			for _, x := range *p {
				fmt.Fprintf(&b, "%s %q %q %q\n", f.key, x.Path, x.Rule, x.Reason)
			}
		case *map[string]Weight:
			for _, rule := range slices.Sorted(maps.Keys(*p)) {
				fmt.Fprintf(&b, "%s %s %s\n", f.key, rule, (*p)[rule])
			}
		}
	}
	b.WriteString(s.text)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// field is one key of the file: where its value goes and what it may be.
type field struct {
	key  string
	of   func(*Settings) any // *string, *[]string, *bool, *[]Exclusion or *map[string]Weight
	only []string            // the values that are allowed, nil for any
	help string              // one line, for `tenantvet help settings`
}

// fields are all keys, in the order in which help lists them.
var fields = []field{
	{key: "tenant_column", of: func(s *Settings) any { return &s.TenantColumn }, help: "the column that names the tenant, such as org_id"},
	{key: "second_level", of: func(s *Settings) any { return &s.SecondLevel }, help: "the column of the level below the tenant, such as project_id"},
	{key: "tenant_source", of: func(s *Settings) any { return &s.TenantSource }, only: []string{FromContext, FromRequest},
		help: "where the caller's tenant comes from: context, or request where callers are trusted to name it"},
	{key: "principal", of: func(s *Settings) any { return &s.Principal }, help: "the table of the authenticated users"},
	{key: "members", of: func(s *Settings) any { return &s.Members }, help: "tables that join users to tenants"},
	{key: "shared", of: func(s *Settings) any { return &s.Shared }, help: "tables that no tenant owns"},
	{key: "public", of: func(s *Settings) any { return &s.Public }, help: "tables whose rows every tenant may read"},
	{key: "shares_null", of: func(s *Settings) any { return &s.SharesNull }, help: "tables whose rows without a tenant are for everybody"},
	{key: "checkers", of: func(s *Settings) any { return &s.Checkers }, help: "functions that decide access to the ids they are given, as pkg/path.F or pkg/path.(*T).M"},
	{key: "staff", of: func(s *Settings) any { return &s.Staff }, help: "roles, attributes or functions that tell staff, who may see every tenant, such as instance_admin or IsSuperAdmin"},
	{key: "assumes", of: func(s *Settings) any { return &s.Assumes }, help: "assumptions that rest on a name and that you confirm, as the report prints them"},
	{key: "words", of: func(s *Settings) any { return &s.WordsFile }, help: "a YAML file beside this one that adds words by which tables, columns and functions are told, or takes some away"},
	{key: "schema", of: func(s *Settings) any { return &s.Schema }, help: "globs of schema files and migrations, below the file's directory"},
	{key: "catalogue", of: func(s *Settings) any { return &s.Catalogue }, help: "a file beside this one, written by tenantvet schema --write, that stands for the schema files in hermetic builds"},
	{key: "rls", of: func(s *Settings) any { return &s.RLS }, only: []string{RLSRequired},
		help: "required asks for both walls: the statement's own filter, and policies of row-level security"},
	{key: "roots", of: func(s *Settings) any { return &s.Roots }, help: "packages to link although they are no programs"},
	{key: "ask_new_tables", of: func(s *Settings) any { return &s.AskNewTables }, help: "true makes a table that belongs to no tenant a finding until shared: or public: names it"},
	{key: "exclude", of: func(s *Settings) any { return &s.Exclude }, help: "findings that are not reported: a list of {path: GLOB, rule: NAME, reason: WHY}, of which path or rule may be left out"},
	{key: "severity", of: func(s *Settings) any { return &s.Severity }, help: "by rule: error, warning, or off with the reason, such as {unchecked-tenant: warning, rls-unique: {to: off, reason: slugs are public}}"},
	{key: "warnings", of: func(s *Settings) any { return &s.Warnings }, help: "true prints warnings under go vet and golangci-lint, too"},
}

// Help describes every key, one a line, from the table that also reads them.
func Help() string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, "  %-14s %s\n", f.key, f.help)
	}
	return b.String()
}
