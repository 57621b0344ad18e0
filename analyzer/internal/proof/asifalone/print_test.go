package asifalone

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// TestPrintMeansTheSame runs statements and what the parser and printer make of
// them: both must do the same.
func TestPrintMeansTheSame(t *testing.T) {
	ctx := context.Background()
	conn, err := server(t).Database(ctx, "printed")
	require.NoError(t, err)
	n, bad := 0, map[string]string{}
	for i := range 40 {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		dd := newDDL(r)
		ses := &session{conn: conn}
		require.NoError(t, run(ctx, conn, ses.clear()+dd.text()))
		cat, err := decide(dd.text(), catalogue.Settings{})
		require.NoError(t, err)
		w := newWorld(dd.text(), cat)
		w.Views = dd.views
		require.NoError(t, ses.setup(ctx, w))
		data := fill(r, w, Keep{})
		require.NoError(t, ses.load(ctx, data, w.all()))
		require.NoError(t, err)
		for range 100 {
			st := generate(r, w)
			p, err := ses.prepare(ctx, st.SQL)
			if err != nil {
				continue
			}
			tree, err := sqltree.Parse(st.SQL, sqltree.Postgres)
			if err != nil {
				bad["parse "+err.Error()] = st.SQL
				continue
			}
			again := sqltree.Print(tree)
			p2, err := ses.prepare(ctx, again)
			if err != nil {
				bad["prepare "+err.Error()] = st.SQL + "\n   " + again
				continue
			}
			b := binder{r, w, data, viewer{tenant: *valueOf(w.tenantType(), 1)}}
			args, can := b.bind(p.types, st.Meant)
			if !can {
				continue
			}
			outs, err := ses.execute(ctx, []job{w.job(p, args, st.SQL), w.job(p2, args, again)})
			require.NoError(t, err)
			n++
			if outs[0].Err != nil {
				continue
			}
			if outs[1].Err != nil {
				bad["run "+outs[1].Err.Error()] = st.SQL + "\n   " + again
				continue
			}
			if !sameRows(outs[0].Rows, outs[1].Rows) || outs[0].Count != outs[1].Count {
				bad[fmt.Sprint("differs", n)] = st.SQL + "\n   " + again
			}
			for _, tb := range w.Order {
				if !sameRows(outs[0].After[tb], outs[1].After[tb]) {
					bad[fmt.Sprint("differs", n)] = st.SQL + "\n   " + again
				}
			}
		}
	}
	for k, v := range bad {
		fmt.Println(k, "\n   ", v)
	}
	fmt.Println(n, len(bad))
	assert.Empty(t, bad)
}
