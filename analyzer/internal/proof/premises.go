package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
)

// What a proof demands and rests on; [premise] documents it.
type (
	NeedKind       = premise.NeedKind
	Need           = premise.Need
	AssumptionKind = premise.AssumptionKind
	Assumption     = premise.Assumption
	Excuse         = premise.Excuse
	Alternative    = premise.Alternative
	Limit          = premise.Limit
)

// The needs.
const (
	Tenant    = premise.Tenant
	Principal = premise.Principal
	Key       = premise.Key
	NonZero   = premise.NonZero
	Zero      = premise.Zero

	SecondTenant = premise.SecondTenant
	Setting      = premise.Setting

	InTransaction = premise.InTransaction
)

// The assumptions.
const (
	Ref          = premise.Ref
	FixT         = premise.FixT
	Uniq         = premise.Uniq
	NullShare    = premise.NullShare
	TriggerFills = premise.TriggerFills
	PublicRows   = premise.PublicRows
	Secret       = premise.Secret
)

// The excuses.
const (
	NoExcuse   = premise.NoExcuse
	OwnRows    = premise.OwnRows
	Credential = premise.Credential
	Public     = premise.Public
	NewTenant  = premise.NewTenant
)

// The limits.
const (
	Copies          = premise.Copies
	ConditionSize   = premise.ConditionSize
	Arms            = premise.Arms
	QueryPredicates = premise.QueryPredicates
	Derivations     = premise.Derivations
	ArmProduct      = premise.ArmProduct
	AlternativeList = premise.AlternativeList
)

// Undecided begins the reason of a statement with a table that is undecided.
const Undecided = premise.Undecided

// Overwritten is the reason of a gap that an upsert leaves.
const Overwritten = ledger.Overwritten

// What was found of the relations, and what the statement owes; [ledger]
// documents it.
type (
	Gap       = ledger.Gap
	Written   = ledger.Written
	ValueKind = ledger.ValueKind
	Move      = ledger.Move
	MoveKind  = ledger.MoveKind
	Note      = ledger.Note
)

// The kinds of values that a write stores, of moves, and the notes.
const (
	BoundValue    = ledger.BoundValue
	StrayColumn   = ledger.StrayColumn
	ConstantValue = ledger.ConstantValue
	ComputedValue = ledger.ComputedValue
	TakenValue    = ledger.TakenValue
	Reassigns     = ledger.Reassigns
	Overwrites    = ledger.Overwrites
	KeyOracle     = ledger.KeyOracle
)
