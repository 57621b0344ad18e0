package unit

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// fill sets everything in v to something that is not zero, so that a field
// that the binary form forgets is seen.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("s", *n))
	case reflect.Int:
		v.SetInt(int64(*n % 2))
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Interface:
		v.Set(reflect.ValueOf(termSample(*n)))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[term.Fact]() {
			v.Set(reflect.ValueOf(term.Fact{Op: term.Ne, A: termSample(*n), B: termSample(*n + 1)}))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	}
}

// termSamples are terms of every kind.
var termSamples = []string{
	`p2.Org`, `fv.req.ID[]`, `global(a/b.V)`, `ctx("org").ID`, `#1.r0.OrgID`, `#2.col(0)`, `#2.col(org_id)`, `#2.!scan`,
	`tenant`, `request(path, id).A`, `unknown(why)`, `"text"`, `42`, `true`, `a/b.T{base p1, .A: zero, .B: tenant}`,
	`[p1, p2...]`, `fn(a/b.F$1){x: p1}`, `cat("a", p1)`, `test(eq(p1, tenant))`, `(p1 | tenant)`,
}

func termSample(n int) term.Term {
	t, err := termtext.Parse(termSamples[n%len(termSamples)])
	if err != nil {
		panic(err)
	}
	return t
}

func full() *Unit {
	u := &Unit{}
	n := 0
	fill(reflect.ValueOf(u).Elem(), &n)
	return u
}

func TestEveryFieldSurvives(t *testing.T) {
	u := full()
	got, err := Decode(Encode(u))
	require.NoError(t, err)
	assert.Equal(t, u, got)
}

func TestEveryTermSurvives(t *testing.T) {
	for i := range termSamples {
		u := &Unit{Path: "p", Functions: []*Function{{Symbol: "p.F", Site: NoSite, Runs: []Run{{Text: termSample(i), Site: NoSite}}}}}
		got, err := Decode(Encode(u))
		require.NoError(t, err, termSamples[i])
		assert.Equal(t, termSample(i).String(), got.Functions[0].Runs[0].Text.String())
	}
}

func TestEncodingIsDeterministic(t *testing.T) {
	first := Encode(full())
	for range 10 {
		assert.Equal(t, first, Encode(full()))
	}
}

// A term that occurs often is written once.
func TestTermsAreShared(t *testing.T) {
	unit := func(n int) *Unit {
		f := &Function{Symbol: "p.F", Site: NoSite}
		for range n {
			f.Puts = append(f.Puts, Put{Key: "k", Value: termSample(14), Site: NoSite})
		}
		return &Unit{Path: "p", Functions: []*Function{f}}
	}
	one, many := len(Encode(unit(1))), len(Encode(unit(101)))
	assert.Less(t, many-one, 100*6)
}

// A few bytes that describe a term of exponential size are refused.
func TestExponentialTermsAreRefused(t *testing.T) {
	x := term.P(1)
	for range 40 {
		x = &term.List{Elems: []term.Term{x, x}}
	}
	w := newEncoder()
	w.term(x)
	data := append([]byte{version, 1, 0}, byte(len(w.nodes)))
	_, err := Decode(append(data, w.terms...))
	assert.ErrorIs(t, err, errCorrupt)
}

func TestCorruptInputIsAnError(t *testing.T) {
	whole := Encode(full())
	for i := range whole {
		_, err := Decode(whole[:i])
		require.Error(t, err, "cut at %d", i)
	}
	for i := range whole {
		broken := append([]byte(nil), whole...)
		broken[i] ^= 0x55
		if u, err := Decode(broken); err == nil {
			_ = Encode(u)
		}
	}
}

func TestArchiveKeepsItsMembers(t *testing.T) {
	low := NewArchive(&Unit{Path: "m/low", Name: "low", Libraries: []string{"database/sql"}})
	dull := NewArchive(&Unit{Path: "m/dull", Name: "dull"}, low)
	a := NewArchive(&Unit{Path: "m/cmd", Name: "main"}, dull, low)
	got, err := ReadArchive(a.Bytes())
	require.NoError(t, err)
	assert.Equal(t, []string{"m/cmd", "m/dull", "m/low"}, paths(got))
	u, err := got.Unit("m/low")
	require.NoError(t, err)
	assert.Equal(t, []string{"database/sql"}, u.Libraries)
	u, err = got.Unit("m/none")
	require.NoError(t, err)
	assert.Nil(t, u)
	assert.Equal(t, a.Bytes(), NewArchive(&Unit{Path: "m/cmd", Name: "main"}, low, dull).Bytes(), "order of imports")
}

func TestArchiveOfNothing(t *testing.T) {
	a, err := ReadArchive(nil)
	require.NoError(t, err)
	assert.Empty(t, paths(a))
}

func TestUnitOverTheCapSaysSo(t *testing.T) {
	u, err := Expand("p", capped(full(), 10))
	require.NoError(t, err)
	assert.Equal(t, OverCap, u.Problems[0].Kind)
	assert.Empty(t, u.Functions)
}

func FuzzCodec(f *testing.F) {
	f.Add(Encode(full()))
	f.Add(Encode(&Unit{Path: "p"}))
	f.Add([]byte{version})
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode(Encode(u))
		if err != nil {
			t.Fatalf("what was decoded does not survive: %v", err)
		}
		if !reflect.DeepEqual(u, again) {
			t.Fatal("decoding, encoding and decoding give another unit")
		}
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(NewArchive(full(), NewArchive(&Unit{Path: "q"})).Bytes())
	f.Fuzz(func(_ *testing.T, data []byte) {
		a, err := ReadArchive(data)
		if err != nil {
			return
		}
		for _, path := range paths(a) {
			_, _ = a.Unit(path)
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	u := &Unit{Path: "p"}
	for i := range 500 {
		f := full().Functions[0]
		f.Symbol = fmt.Sprint("p.F", i)
		f.Site = NoSite
		u.Functions = append(u.Functions, f)
	}
	u.Files, u.Sites = full().Files, full().Sites
	data := Encode(u)
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			Encode(u)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// paths are the import paths of the members, sorted.
func paths(a *Archive) []string {
	out := make([]string, len(a.members))
	for i, m := range a.members {
		out[i] = m.path
	}
	return out
}

// TestEveryFactSurvives holds that facts of every kind that a unit may have are read
// back, and that one with the wrong sides is refused.
func TestEveryFactSurvives(t *testing.T) {
	p := term.P(0)
	one := term.Fact{Op: term.NotNil, A: p}
	facts := []term.Fact{{Op: term.Eq, A: p, B: p}, {Op: term.Ne, A: p, B: p}, {Op: term.In, A: p, B: p}, {Op: term.Implies, A: &term.Test{Fact: one}, B: &term.Test{Fact: one}},
		{Op: term.Met, A: p},
		{Op: term.Every, A: p, B: &term.Test{Fact: term.Fact{Op: term.Implies, A: &term.Test{Fact: one}, B: &term.Test{Fact: one}}}},
		{Op: term.Left, A: p, B: &term.Test{Fact: term.Fact{Op: term.Every, A: p, B: &term.Test{Fact: one}}}},
		{Op: term.Implies, A: &term.Test{Fact: term.Fact{Op: term.Ran, A: &term.Result{Call: 3}}}, B: &term.Test{Fact: one}}}
	for op := term.NonZero; op <= term.Null; op++ {
		facts = append(facts, term.Fact{Op: op, A: p})
	}
	for _, f := range facts {
		u := &Unit{Path: "p", Functions: []*Function{{Symbol: "p.F", Site: NoSite, Gives: []Give{{If: []term.Fact{f}, Site: NoSite}}}}}
		got, err := Decode(Encode(u))
		require.NoError(t, err, f.String())
		assert.Equal(t, f.String(), got.Functions[0].Gives[0].If[0].String())
	}
	u := &Unit{Path: "p", Functions: []*Function{{Symbol: "p.F", Site: NoSite, Gives: []Give{{If: []term.Fact{{Op: term.Implies, A: p, B: p}}, Site: NoSite}}}}}
	_, err := Decode(Encode(u))
	assert.ErrorContains(t, err, "fact")
}
