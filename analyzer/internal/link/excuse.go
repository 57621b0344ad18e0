package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// grant is a line of the table of excuses ([finding.Excuses]) with what must hold.
type grant struct {
	excuse string
	// holds reports whether the excuse holds for a context.
	holds func(*verdict, hearing) (granted, bool)
}

// granted is what an excuse comes with: what a person wrote, and what it rests on.
type granted struct {
	detail string
	notes  obligation.Notes
}

// grants are asked in the order of the table. A call is excused here and nowhere
// else; that a call is not reached is no matter of its contexts: [notReached].
var grants = []grant{
	{finding.OwnRows, byProof(string(proof.OwnRows))},
	{finding.Credential, byProof(string(proof.Credential))},
	{finding.Public, byProof(string(proof.Public))},
	{finding.NewTenant, byProof(string(proof.NewTenant))},
	{finding.SignedMessage, byProof(finding.SignedMessage)},
	{finding.Allowed, byDirective},
	{finding.UniqueKey, byProbe},
	{finding.Login, byLogin},
	{finding.Job, byJob},
	{finding.Staff, byStaff},
}

// excused is the vote of a grant.
func (g grant) excused(by granted) ballot {
	b := ballot{verdict: finding.Excused, reason: g.excuse, notes: by.notes}
	if by.detail != "" {
		b.reason += ": " + by.detail
	}
	return b
}

// isExcused tells a call that is fine for a named reason.
func isExcused(c *Call) bool { return c.Verdict == finding.Excused }

// notReached is the verdict of a call that no program reaches.
func notReached() (finding.Verdict, string) { return finding.Excused, finding.NotReached }

// byProof is an excuse that what was proved carries.
func byProof(name string) func(*verdict, hearing) (granted, bool) {
	return func(_ *verdict, h hearing) (granted, bool) {
		return granted{notes: h.context.Notes}, h.proved() && h.context.Notes.Excuse == name
	}
}

// byDirective: a person spoke of the call, of every way to it, or of the statement
// that the finding would stand at.
func byDirective(p *verdict, h hearing) (granted, bool) {
	if h.proved() {
		return granted{}, false
	}
	d := p.allowed(h.f, h.run, h.at, h.context.Hops)
	if d == nil && !h.open() {
		a := p.atRootCause(h.builder())
		d = p.allowed(a.f, a.run, a.at, nil)
	}
	if d == nil {
		return granted{}, false
	}
	return granted{detail: d.Reason}, true
}

// byProbe: only whether a row is there matters, and its unique key tells that anyway.
func byProbe(_ *verdict, h hearing) (granted, bool) {
	if h.proved() || h.unjudged != "" {
		return granted{}, false
	}
	probe := h.stmt.Proof.Shape.Probe
	return granted{}, probe == proof.KeyProbe || probe == proof.RowProbe && h.context.Idle
}

// byLogin: the user is looked up by name, on a way that logs somebody in.
func byLogin(p *verdict, h hearing) (granted, bool) {
	if h.proved() || h.unjudged != "" {
		return granted{}, false
	}
	by := p.logins.LogsIn(h.stmt, h.f, h.run, h.context)
	return granted{notes: obligation.Assuming(trust.LogsInByName.Premise(by))}, by != ""
}

// byJob: only the program's own work comes here, and no part of the program is lost.
func byJob(p *verdict, h hearing) (granted, bool) {
	return granted{}, !h.proved() && h.open() && h.context.Root == callgraph.JobRoot && p.incomplete() == "" && !h.fed()
}

// byStaff: the settings say that the word that was tested means staff.
func byStaff(p *verdict, h hearing) (granted, bool) {
	if h.proved() {
		return granted{notes: h.context.Notes}, h.context.Notes.Excuse == finding.Staff
	}
	if h.open() {
		return granted{}, false
	}
	n, ok := p.staff.BehindStaff(h.f, h.run.If, h.context)
	return granted{}, ok && n.Settled()
}
