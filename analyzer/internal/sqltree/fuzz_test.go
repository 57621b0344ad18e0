package sqltree

import "testing"

// FuzzParse: no panic, no hang; what parses prints and parses again to the same.
func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text, uint8(0))
	}
	f.Add("SELECT ? + ?, a ?? b", uint8(Question))
	f.Add("SELECT :a, b::c, @d", uint8(Colon))
	f.Fuzz(func(t *testing.T, text string, binds uint8) {
		s, err := ParseSource(Source{Text: text, Binds: Binds(binds) & (Question | Colon)})
		if err != nil {
			if located, ok := err.(*Error); !ok || int(located.At) > len(text) {
				t.Fatalf("error of a wrong kind or place: %#v", err)
			}
			return
		}
		printed := Print(s)
		if len(printed) < maxText {
			reparse(t, printed)
		}
		Clone(s)
	})
}

func reparse(t *testing.T, printed string) {
	again, err := Parse(printed, Postgres)
	if err != nil {
		if err.(*Error).Reason == tooDeepReason {
			return // printing adds parentheses
		}
		t.Fatalf("printed as\n%s\n%v", printed, err)
	}
	if twice := Print(again); twice != printed {
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
		for _, p := range Split(text) {
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
		if _, err := Parse(texts[i%len(texts)], Postgres); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseShort(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("SELECT id, name FROM projects WHERE id = $1 AND org_id = $2", Postgres); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	var trees []Statement
	for _, text := range corpus(b) {
		trees = append(trees, mustParse(b, text))
	}
	for i := 0; b.Loop(); i++ {
		Print(trees[i%len(trees)])
	}
}
