package sqlparse_test

import (
	"testing"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/sqledit"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// FuzzParse: no panic, no hang; what parses prints and parses again to the same.
func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text)
	}
	f.Add("SELECT ? + ?, a ?? b||?")
	f.Add("SELECT :a, b::c, @d, e[:f]")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		if err != nil {
			if located, ok := err.(*sqltree.Error); !ok || int(located.At) > len(text) {
				t.Fatalf("error of a wrong kind or place: %#v", err)
			}
			return
		}
		printed := sqlprint.Print(s)
		if len(printed) < sqlparse.MaxText {
			reparse(t, printed)
		}
		sqledit.Clone(s)
	})
}

func reparse(t *testing.T, printed string) {
	again, err := sqlparse.Parse(printed, sqltree.Postgres)
	if err != nil {
		if err.(*sqltree.Error).Reason == sqltree.TooDeep {
			return // printing adds parentheses
		}
		t.Fatalf("printed as\n%s\n%v", printed, err)
	}
	if twice := sqlprint.Print(again); twice != printed {
		t.Fatalf("printed as\n%s\nand then as\n%s", printed, twice)
	}
}

// FuzzSplit: the pieces are parts of the text in its order, and what one piece
// is, it is alone.
func FuzzSplit(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text + ";\n" + text)
	}
	f.Add("\\connect x\nCOPY t FROM stdin;\n1\n\\.\n; DO $a$ ; $a$; --> statement-breakpoint")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, p := range sqltext.Split(text) {
			if p.Offset < end || p.Offset+len(p.Text) > len(text) || text[p.Offset:p.Offset+len(p.Text)] != p.Text {
				t.Fatalf("piece %+v is no part of %q", p, text)
			}
			end = p.Offset + len(p.Text)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	texts := corpus(b)
	bytes := 0
	for _, text := range texts {
		bytes += len(text)
	}
	b.SetBytes(int64(bytes / len(texts)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := sqlparse.Parse(texts[i%len(texts)], sqltree.Postgres); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseShort(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sqlparse.Parse("SELECT id, name FROM projects WHERE id = $1 AND org_id = $2", sqltree.Postgres); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	var trees []sqltree.Statement
	for _, text := range corpus(b) {
		trees = append(trees, mustParse(b, text))
	}
	for i := 0; b.Loop(); i++ {
		sqlprint.Print(trees[i%len(trees)])
	}
}
