package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// trustedRow: what a credential or the user's own row says is not chosen by the
// client; that the statement itself is merely excused does not pass on.
func trustedRow(v value, excuse proof.Excuse) value {
	out := value{alts: make([]conj, len(v.alts)), fails: v.fails}
	for i, c := range v.alts {
		c.notes.excuse = ""
		c.notes = c.notes.with(assume(trustedRows[excuse].Premise()))
		out.alts[i] = c
	}
	return out
}

// trustedRows are the assumptions of rows that say who the caller is.
var trustedRows = map[proof.Excuse]trust.Known{
	proof.Credential: trust.CredentialRow, proof.OwnRows: trust.OwnRow,
}
