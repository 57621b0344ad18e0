package session

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/fixture"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// Job is one run of a statement with bind values.
type Job struct {
	prepared *Prepared
	args     []domain.Value
	write    bool
	inserts  bool  // a write that may take ids from sequences
	tables   []int // which tables a write may change, as indices into World.Order
}

// Outcome is what one run did. After is set for writes: what the tables that it
// may change held before the run was rolled back.
type Outcome struct {
	Err   error
	Rows  []fixture.Row
	Count int64
	After fixture.Data
}

// pipelined is how many runs are sent before the first answer is awaited.
const pipelined = 32

// JobOf makes the run of a statement with bind values.
func JobOf(w *worlds.World, p *Prepared, args []domain.Value, sql string) Job {
	j := Job{prepared: p, args: args, write: isWrite(sql)}
	if j.write {
		j.inserts, j.tables = insertPattern.MatchString(sql), w.Touched(sql)
	}
	return j
}

var insertPattern = regexp.MustCompile(`(?i)\b(INSERT|CALL)\b|\(\)`)

// Execute runs jobs, each in a transaction of its own that is rolled back.
func (s *Session) Execute(ctx context.Context, jobs []Job) ([]Outcome, error) {
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

// batch sends all jobs before it reads the first answer.
func (s *Session) batch(ctx context.Context, jobs []Job) ([]Outcome, error) {
	p := s.Conn.StartPipeline(ctx)
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
		outcomes[i] = s.outcome(results, j)
		if s.transacts(j) {
			if _, err := untilSync(p); err != nil {
				return nil, err
			}
		}
	}
	return outcomes, p.Close()
}

// transacts reports whether a run is in a transaction that is rolled back.
func (s *Session) transacts(j Job) bool { return j.write || s.As != nil }

// before are the statements before that of a run.
func (s *Session) before(j Job) int {
	n := 0
	if s.transacts(j) {
		n++
	}
	if j.inserts {
		n++
	}
	if s.As != nil {
		n += 2
	}
	return n
}

// send queues one run. A write ends with a ROLLBACK behind a sync of its own,
// so that it is reached after an error too.
func (s *Session) send(p *pgconn.Pipeline, j Job) {
	args := make([][]byte, len(j.args))
	for i, v := range j.args {
		if v != nil {
			args[i] = []byte(*v)
		}
	}
	if !s.transacts(j) {
		p.SendQueryPrepared(j.prepared.name, args, nil, nil)
		p.SendPipelineSync()
		return
	}
	p.SendQueryParams("BEGIN", nil, nil, nil, nil)
	if j.inserts {
		p.SendQueryPrepared("reset_ids", nil, nil, nil)
	}
	if s.As != nil {
		p.SendQueryParams("SET LOCAL ROLE "+s.As.Name, nil, nil, nil, nil)
		p.SendQueryParams("SELECT set_config('"+s.As.Variable+"', $1, true), set_config('"+s.As.Other+"', $2, true)", [][]byte{[]byte(s.As.Tenant), []byte(s.As.Stranger)}, nil, nil, nil)
	}
	p.SendQueryPrepared(j.prepared.name, args, nil, nil)
	if s.As != nil {
		p.SendQueryParams("RESET ROLE", nil, nil, nil, nil)
	}
	for _, i := range j.tables {
		p.SendQueryPrepared(DumpName(i), nil, nil, nil)
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
func (s *Session) outcome(results []*pgconn.Result, j Job) Outcome {
	for _, r := range results {
		if r.Err != nil {
			return Outcome{Err: r.Err}
		}
	}
	at := s.before(j)
	out := Outcome{Rows: RowsOf(results[at].Rows), Count: results[at].CommandTag.RowsAffected()}
	if j.write {
		out.After = fixture.Data{}
		after := at + 1
		if s.As != nil {
			after++
		}
		for k, i := range j.tables {
			out.After[s.World.Order[i]] = RowsOf(results[after+k].Rows)
		}
	}
	return out
}

// isWrite reports whether a text may change rows; too often is harmless.
func isWrite(sql string) bool { return writePattern.MatchString(sql) }

var writePattern = regexp.MustCompile(`(?i)\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CALL)\b`)
