package unittext

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `package example.com/shop/store store example.com/shop
file "store/store.go"
file "store/query.sql.go" generated
library database/sql
type *example.com/shop/store.pg { Get = example.com/shop/store.(*pg).Get, Tx = example.com/shop/store.(*base).Tx via base, Q = iface example.com/shop/db.Querier via base.q }
convert *example.com/shop/store.pg -> example.com/shop/service.Store @ "store/store.go":9:9
entry example.com/shop/api.(*H).Get "net/http" [2]
directive allow "nightly job" line 12 @ "store/store.go":12:2
problem "type-check" "undefined: x" @ "store/store.go":3:1
func example.com/shop/store.(*pg).Get(p, ctx, id, rest...) results 2 recv example.com/shop/store.pg exported allow "why" over "instructions" @ "store/store.go":20:14
	runs 1 queryrow database/sql.(*DB).QueryRowContext dialect postgres "SELECT id FROM invoices WHERE id = $1" [p2, p3[]] spread if nonzero(p2) allow "x" @ "store/store.go":21:2-21:40
	calls 2 defer static example.com/shop/store.(*pg).close(p0)
	calls 3 iface example.com/shop/db.Querier Run(p0.q, #1.col(0)) if nil(#1.!scan), eq(p2, tenant) @ "store/store.go":22:2 args _ @ "store/store.go":22:9
	calls 4 value p3(ctx(org), fn(example.com/shop/store.(*pg).Get$1){id: p2}) as "func(context.Context) error"
	calls 5 lib net/http.(*ServeMux).HandleFunc("/x", fn(example.com/shop/api.(*H).Get){p0: p0}) role "registers"
	runs 6 copy pgx.(*Conn).CopyFrom "" [] named {.id: p2} copy ["invoices"] ["id"]
	puts example.com/shop/auth.key{} #3.r0
	stores example.com/shop/store.pg.org p2
	stores .example.com/shop/store.all fn(example.com/shop/store.(*pg).Get)
	reads request(path, id) @ "store/store.go":23:2
	uses {.ID: #1.col(0)} if nil(#1.!scan) @ "store/store.go":24:2
	takes example.com/shop/store.(*pg).Get$1 "func()"
	takes example.com/shop/store.(*pg).Run "" via github.com/robfig/cron.Job
	gives {.ID: #1.col(0)}, #1.!scan
	gives
`

func TestTextFormIsStable(t *testing.T) {
	units, err := Parse("sample", sample)
	require.NoError(t, err)
	require.Len(t, units, 1)
	again, err := Parse("again", Text(units[0]))
	require.NoError(t, err, Text(units[0]))
	assert.Equal(t, Text(units[0]), Text(again[0]))
	assert.Equal(t, sample, Text(units[0]))
}

// A package variable has no type; what is stored there is found by its name.
func TestStoreOfAVariable(t *testing.T) {
	units, err := Parse("u", "package ex/a a -\nfunc ex/a.F() results 0\n\tstores .ex/a.all p0\n\tstores ex/a.T.all p0\n")
	require.NoError(t, err)
	stores := units[0].Functions[0].Stores
	assert.Equal(t, []string{"", "ex/a.all", "ex/a.T", "all"}, []string{stores[0].Type, stores[0].Field, stores[1].Type, stores[1].Field})
}

func TestParseTellsFileAndLine(t *testing.T) {
	_, err := Parse("u.txt", "package a a -\n\nfunc a.F() results 0\n\tdances 1\n")
	require.EqualError(t, err, "u.txt:4: unknown operation dances")
}
