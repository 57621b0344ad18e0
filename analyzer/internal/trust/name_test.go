package trust_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

func TestNamesID(t *testing.T) {
	for name, want := range map[string]bool{
		"org_id": true, "id": true, "c_groupid": true, "userUUID": true, "who_guid": true,
		"kind": false, "paid": false, "email": false, "": false, "grid": false,
	} {
		assert.Equal(t, want, trust.Builtin().NamesID(name), name)
	}
}
