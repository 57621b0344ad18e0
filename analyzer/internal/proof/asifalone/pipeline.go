package asifalone

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// job is one run of a statement with bind values.
type job struct {
	prepared *Prepared
	args     []Value
	write    bool
}

// Outcome is what one run did. After is set for writes: what all tables held
// before the run was rolled back.
type Outcome struct {
	Err   error
	Rows  []Row
	Count int64
	After Data
}

// pipelined is how many runs are sent before the first answer is awaited.
const pipelined = 32

// execute runs jobs, each in a transaction of its own that is rolled back.
func (s *session) execute(ctx context.Context, jobs []job) ([]Outcome, error) {
	outcomes := make([]Outcome, 0, len(jobs))
	for len(jobs) > 0 {
		n := min(pipelined, len(jobs))
		some, err := s.batch(ctx, jobs[:n])
		if err != nil {
			return nil, err
		}
		outcomes, jobs = append(outcomes, some...), jobs[n:]
	}
	return outcomes, nil
}

func (s *session) batch(ctx context.Context, jobs []job) ([]Outcome, error) {
	p := s.conn.StartPipeline(ctx)
	for _, j := range jobs {
		s.send(p, j)
	}
	if err := p.Flush(); err != nil {
		return nil, err
	}
	outcomes := make([]Outcome, len(jobs))
	for i, j := range jobs {
		results, err := untilSync(p)
		if err != nil {
			return nil, err
		}
		outcomes[i] = s.outcome(results, j.write)
		if j.write {
			if _, err := untilSync(p); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, p.Close()
}

// send queues one run. A write ends with a ROLLBACK behind a sync of its own,
// so that it is reached after an error too.
func (s *session) send(p *pgconn.Pipeline, j job) {
	args := make([][]byte, len(j.args))
	for i, v := range j.args {
		if v != nil {
			args[i] = []byte(*v)
		}
	}
	if !j.write {
		p.SendQueryPrepared(j.prepared.name, args, nil, nil)
		p.SendPipelineSync()
		return
	}
	p.SendQueryParams("BEGIN", nil, nil, nil, nil)
	p.SendQueryPrepared("reset_ids", nil, nil, nil)
	p.SendQueryPrepared(j.prepared.name, args, nil, nil)
	for i := range s.w.Order {
		p.SendQueryPrepared(dumpName(i), nil, nil, nil)
	}
	p.SendPipelineSync()
	p.SendQueryParams("ROLLBACK", nil, nil, nil, nil)
	p.SendPipelineSync()
}

// untilSync reads results up to the next sync. An error of a statement ends the
// list; a broken connection is the second result.
func untilSync(p *pgconn.Pipeline) ([]*pgconn.Result, error) {
	var results []*pgconn.Result
	for {
		next, err := p.GetResults()
		var refused *pgconn.PgError
		switch {
		case errors.As(err, &refused):
			results = append(results, &pgconn.Result{Err: err})
			continue
		case err != nil:
			return nil, err
		}
		switch got := next.(type) {
		case *pgconn.ResultReader:
			results = append(results, got.Read())
		case *pgconn.PipelineSync:
			return results, nil
		default:
			return nil, fmt.Errorf("unexpected answer %T", next)
		}
	}
}

// outcome sorts the answers of one run.
func (s *session) outcome(results []*pgconn.Result, write bool) Outcome {
	for _, r := range results {
		if r.Err != nil {
			return Outcome{Err: r.Err}
		}
	}
	at := 0
	if write {
		at = 2
	}
	out := Outcome{Rows: rowsOf(results[at].Rows), Count: results[at].CommandTag.RowsAffected()}
	if write {
		out.After = Data{}
		for i, t := range s.w.Order {
			out.After[t] = rowsOf(results[at+1+i].Rows)
		}
	}
	return out
}
