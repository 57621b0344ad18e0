package access

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

func (p *Deciders) TrustedKey(key string) (proof.NeedKind, bool) {
	for _, kind := range []proof.NeedKind{proof.Tenant, proof.Principal} {
		if p.Names.ContextKey(kind, key, nil) {
			return kind, true
		}
	}
	return 0, false
}
